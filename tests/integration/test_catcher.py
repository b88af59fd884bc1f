"""The mail catcher as a process of its own."""

import asyncio
import re
import sys
from pathlib import Path

from deploy.embedded.catcher import MailFolder, message_name


async def test_it_says_where_it_listens_and_ends_when_told_to(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "deploy.embedded.catcher", "--dir", str(tmp_path / "mail")),
        stdout=asyncio.subprocess.PIPE,
    )
    line = await asyncio.wait_for(process.stdout.readline(), 20)
    port = int(re.fullmatch(rb"catching mail on 127\.0\.0\.1:(\d+) into .*\n", line)[1])
    _, writer = await asyncio.open_connection("127.0.0.1", port)

    process.terminate()

    assert await asyncio.wait_for(process.wait(), 10) == 0
    writer.close()


async def test_a_port_that_is_taken_is_said_in_one_sentence(tmp_path: Path) -> None:
    holder = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = str(holder.sockets[0].getsockname()[1])

    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "deploy.embedded.catcher", "--port", port, "--dir", str(tmp_path)),
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await process.communicate()
    holder.close()
    await holder.wait_closed()

    assert process.returncode == 3
    assert said.count(b"\n") == 1
    assert port.encode() in said


def test_a_message_id_cannot_lead_out_of_the_folder() -> None:
    name = message_name(b"Message-ID: <../../etc/passwd@x>\r\n\r\nhello")

    assert re.fullmatch("[0-9a-f]{64}", name)


def test_a_mail_without_a_message_id_is_refused(tmp_path: Path) -> None:
    answer = MailFolder(tmp_path).keep(b"Subject: x\r\n\r\nhello")

    assert answer.startswith("550")
    assert list(tmp_path.iterdir()) == []
