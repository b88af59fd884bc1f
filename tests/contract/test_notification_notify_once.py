"""GOV.UK Notify: whatever goes wrong on the way, a person gets a message once."""

import asyncio
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.notification.clients.notify import NotifyTexts
from services.notification.domain import NotReachedError, TextMessage
from services.notification.ports import Carrier
from shared.errors import UnavailableError
from tests.builders.carriers import asking
from tests.builders.parcels import a_text
from tests.fakes.govuk_notify import Notify, govuk_notify
from tests.fakes.govuk_notify_rules import TEMPLATE_ID

TROUBLES = st.lists(st.sampled_from(["", "500", "503", "429", "403", "cut", "garbled"]), max_size=9)


@pytest.fixture
def notify(tmp_path: Path) -> Iterator[Notify]:
    """GOV.UK Notify on loopback."""
    with govuk_notify(tmp_path) as server:
        yield server


async def told_until_taken(carrier: Carrier, text: TextMessage) -> None:
    """Do what the use case does: ask first, then hand over, and begin again after a fault."""
    while True:
        try:
            if await carrier.find(text.key) is None:
                await carrier.hand_over(text)
        except UnavailableError:
            await asyncio.sleep(0.01)
        else:
            return


async def test_a_notify_that_falls_silent_may_have_taken_it(notify: Notify) -> None:
    text = a_text()
    notify.tell({"troubles": ["silent"]})

    with asking(notify.url, timeout_seconds=0.2) as api:
        texts = NotifyTexts(api, TEMPLATE_ID)
        with pytest.raises(UnavailableError) as fault:
            await texts.hand_over(text)
        found = await texts.find(text.key)

    assert not isinstance(fault.value, NotReachedError)
    assert found is not None


async def test_nobody_asks_for_a_message_while_it_is_still_being_handed_over(
    notify: Notify,
) -> None:
    text = a_text()
    notify.tell({"troubles": ["hang"]})

    with asking(notify.url, timeout_seconds=0.5) as api:
        texts = NotifyTexts(api, TEMPLATE_ID)
        given_up = asyncio.create_task(texts.hand_over(text))
        while not notify.requests:
            await asyncio.sleep(0.01)
        given_up.cancel()
        with pytest.raises(UnavailableError):
            await texts.find(text.key)
        await told_until_taken(texts, text)

    assert len(notify.of(text.key)) == 1


async def test_few_threads_carry_many_messages(notify: Notify) -> None:
    messages = [a_text() for _ in range(60)]

    with asking(notify.url, at_once=3) as api:
        texts = NotifyTexts(api, TEMPLATE_ID)
        await asyncio.gather(*(texts.hand_over(text) for text in messages))

    assert sorted(each["reference"] for each in notify.taken) == sorted(x.key for x in messages)
    assert notify.connections <= 3


@settings(max_examples=40)
@given(TROUBLES)
def test_whatever_goes_wrong_a_person_gets_it_once(troubles: list[str]) -> None:
    text = a_text()

    with TemporaryDirectory() as folder, govuk_notify(Path(folder)) as notify:
        notify.tell({"troubles": troubles})
        with asking(notify.url) as api:
            asyncio.run(told_until_taken(NotifyTexts(api, TEMPLATE_ID), text))

    assert len(notify.of(text.key)) == 1


async def test_what_was_taken_is_found_though_notify_was_killed_since(tmp_path: Path) -> None:
    text, port = a_text(), a_free_port()
    first = await a_process(tmp_path, port)
    with asking(f"http://127.0.0.1:{port}") as api:
        texts = NotifyTexts(api, TEMPLATE_ID)
        handed = await texts.hand_over(text)
        first.kill()
        first.wait()

        second = await a_process(tmp_path, port)
        await told_until_taken(texts, text)
        found = await texts.find(text.key)
        second.kill()
        second.wait()

    assert found == handed
    assert len((tmp_path / "notifications.jsonl").read_text().splitlines()) == 1


def a_free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


async def a_process(folder: Path, port: int) -> subprocess.Popen[bytes]:
    command = (sys.executable, "-m", "tests.fakes.govuk_notify")
    process = subprocess.Popen((*command, "--port", str(port), "--dir", str(folder)))  # noqa: S603, ASYNC220 - ours
    async with httpx.AsyncClient() as client:
        while True:
            try:
                await client.get(f"http://127.0.0.1:{port}/told")
            except httpx.ConnectError:
                await asyncio.sleep(0.05)
            else:
                return process
