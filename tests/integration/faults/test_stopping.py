"""A service is told to stop: it finishes or gives back what is in hand, and cuts nobody off."""

import asyncio
import json
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from shared import topology
from shared.mongo import Database
from tests.builders.intake import event, person
from tests.integration.delivery.broker import Broker
from tests.integration.faults.breakable import Breakable
from tests.integration.faults.running import (
    PATIENCE_SECONDS,
    Running,
    counting,
    intake,
    slow_message,
)

pytestmark = pytest.mark.asyncio(loop_scope="session")

QUEUE = topology.queue("matching")
DELIVERIES_BEFORE = "x-delivery-count"


async def stopped_at_work(service: Running) -> None:
    """Stop it once it is at work on all that was said."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while len(service.lines("slow_work_began")) < 5:
            await asyncio.sleep(0.05)
        service.terminate()
        await service.process.wait()


@pytest.mark.parametrize(("seconds", "finished", "given_back"), [("1", 5, []), ("600", 0, [1] * 5)])
async def test_what_is_in_hand_is_finished_in_time_or_given_back(
    seconds: str,
    finished: int,
    given_back: list[int],
    breakable: Breakable,
    store: Database,
    tmp_path: Path,
) -> None:
    async with (
        Broker.of(breakable.servers) as broker,
        counting(breakable.servers, store, tmp_path, slow=seconds) as service,
    ):
        await broker.say(*(slow_message() for _ in range(5)))
        await stopped_at_work(service)
        left = await broker.taken(QUEUE)

    assert len(service.lines("service_stopped")) == 1
    assert await store["sightings"].count_documents({"times": 1}) == finished
    assert [message.headers[DELIVERIES_BEFORE] for message in left] == given_back


class Request:
    """One request by HTTP on a connection of its own, sent in two parts."""

    def __init__(self, service: Running, key: str) -> None:
        body = json.dumps(event(person())).encode()
        head = (
            f"POST /v1/events HTTP/1.1\r\nHost: intake\r\nAuthorization: Bearer {key}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
            "Connection: close\r\n\r\n"
        )
        self._parts = head.encode() + body[:10], body[10:]
        self._port = urlsplit(service.url).port

    async def begin(self) -> None:
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        self._writer.write(self._parts[0])
        await self._writer.drain()

    async def end(self) -> bytes:
        """Return all that was answered, up to the end of the connection."""
        self._writer.write(self._parts[1])
        try:
            return await self._reader.read()
        finally:
            self._writer.close()


def is_whole(answer: bytes) -> bool:
    head, _, body = answer.partition(b"\r\n\r\n")
    length = [line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")]
    return bool(length) and int(length[0].partition(b":")[2]) == len(body)


async def is_closed(service: Running) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", urlsplit(service.url).port)
            except ConnectionRefusedError:
                return
            writer.close()
            await asyncio.sleep(0.01)


async def test_a_request_that_has_begun_is_answered_and_the_next_finds_the_port_closed(
    breakable: Breakable, store: Database, tmp_path: Path
) -> None:
    key = breakable.servers.secrets.publisher_keys["nwl-trust"]
    async with intake(breakable.servers, store, tmp_path) as service:
        await service.says(reason=None)
        begun = Request(service, key)
        await begun.begin()
        await asyncio.sleep(0.2)  # for the head to be read: nothing outside shows it
        service.terminate()
        await is_closed(service)
        answer = await begun.end()

    assert answer.startswith(b"HTTP/1.1 202")
    assert is_whole(answer)
    assert await store["participants"].count_documents({}) == 1


async def send_until_closed(service: Running, key: str, answers: list[bytes]) -> None:
    """Send one request after the other; an answer that was cut off is there as it came."""
    while True:
        try:
            one = Request(service, key)
            await one.begin()
            answers.append(await one.end())
        except ConnectionRefusedError:
            return
        except ConnectionResetError:
            continue  # it was in the line of those who were not let in yet


async def test_every_answer_under_load_is_whole_and_kept_whenever_the_service_stops(
    breakable: Breakable, store: Database, tmp_path: Path
) -> None:
    key = breakable.servers.secrets.publisher_keys["nwl-trust"]
    answers: list[bytes] = []
    async with intake(breakable.servers, store, tmp_path) as service:
        await service.says(reason=None)
        sending = [asyncio.create_task(send_until_closed(service, key, answers)) for _ in range(20)]
        async with asyncio.timeout(PATIENCE_SECONDS):
            while len(answers) < 100:
                await asyncio.sleep(0.05)
            service.terminate()
            await asyncio.gather(*sending)

    said = [answer for answer in answers if answer]
    assert all(is_whole(answer) for answer in said)
    accepted = [answer for answer in said if answer.startswith(b"HTTP/1.1 202")]
    stored = await store["participants"].count_documents({})
    assert len(accepted) <= stored <= len(accepted) + len(answers) - len(said)
