"""A local SMTP server that delivers nothing: it keeps each e-mail as a file, for people to read.

One file per Message-ID; what comes again under the same one is counted in `repeats.log`.
"""

import argparse
import asyncio
import hashlib
import os
import re
import signal
from email.parser import BytesHeaderParser
from email.policy import SMTP as SMTP_POLICY
from pathlib import Path
from typing import Self

from aiosmtpd.smtp import SMTP, Envelope, Session

HOST = "127.0.0.1"
LONGEST_MAIL_BYTES = 5 << 20
MOST_MAILS = 200_000
REPEATS = "repeats.log"
PLAIN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,180}")

TAKEN = "250 2.0.0 kept"
FULL = "452 4.3.1 the folder of caught mail is full"
UNNAMED = "550 5.6.0 a Message-ID is needed"


class MailFolder:
    """Keeps what it is handed; readable by its owner alone."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._count = sum(1 for _ in folder.glob("*.eml"))

    async def handle_DATA(  # noqa: N802 - the name that aiosmtpd calls
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        content = envelope.content
        assert isinstance(content, bytes)  # noqa: S101 - decode_data is off
        return self.keep(content)

    def keep(self, content: bytes) -> str:
        """Store an e-mail; return the SMTP answer."""
        name = message_name(content)
        if name is None:
            return UNNAMED
        target = self._folder / f"{name}.eml"
        if target.exists():
            self._note_repeat(name)
            return TAKEN
        if self._count >= MOST_MAILS:
            return FULL
        self._write(target, content)
        self._count += 1
        return TAKEN

    def _write(self, target: Path, content: bytes) -> None:
        """Let the file appear whole or not at all."""
        unfinished = target.with_suffix(".part")
        with os.fdopen(_private(unfinished, os.O_TRUNC), "wb") as file:
            file.write(content)
        unfinished.replace(target)

    def _note_repeat(self, name: str) -> None:
        with os.fdopen(_private(self._folder / REPEATS, os.O_APPEND), "w") as file:
            file.write(f"{name}\n")


class Catcher:
    """The server, as a context: `async with Catcher(folder) as catcher`; port 0 is any free one."""

    def __init__(self, folder: Path, port: int = 0) -> None:
        self._mails = MailFolder(folder)
        self.port = port

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._protocol, HOST, self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        await self._server.wait_closed()

    def _protocol(self) -> SMTP:
        return SMTP(
            self._mails,
            data_size_limit=LONGEST_MAIL_BYTES,
            enable_SMTPUTF8=True,
            hostname="localhost",
            ident="mail catcher",
        )


def message_name(content: bytes) -> str | None:
    """Name the file of an e-mail after its Message-ID; None when it has none."""
    headers = BytesHeaderParser(policy=SMTP_POLICY).parsebytes(content)
    message_id = str(headers["Message-ID"] or "").strip().strip("<>")
    if not message_id:
        return None
    if PLAIN_NAME.fullmatch(message_id):
        return message_id
    return hashlib.sha256(message_id.encode(errors="replace")).hexdigest()


def _private(path: Path, flag: int) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | flag, 0o600)


async def catch(folder: Path, port: int) -> None:
    """Catch mail until SIGTERM or SIGINT."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for wish in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(wish, stopped.set)
    async with Catcher(folder, port) as catcher:
        print(f"catching mail on {HOST}:{catcher.port} into {folder}", flush=True)  # noqa: T201 - readiness
        await stopped.wait()


def main() -> None:
    """Run as `python -m deploy.embedded.catcher --port PORT --dir FOLDER`."""
    parser = argparse.ArgumentParser(description="Keep every e-mail as a file; deliver none.")
    parser.add_argument("--port", type=int, default=0, help="0 takes any free port")
    parser.add_argument("--dir", type=Path, required=True, dest="folder")
    wanted = parser.parse_args()
    try:
        asyncio.run(catch(wanted.folder, wanted.port))
    except OSError as error:
        parser.exit(3, f"catcher: {error.strerror}: port {wanted.port}, folder {wanted.folder}\n")


if __name__ == "__main__":
    main()
