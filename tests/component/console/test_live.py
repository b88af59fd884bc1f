"""Pages hear of news over a connection that ends with what it rests on."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import httpx
import uvicorn

from services.console.ports import News
from shared.contracts.matches import MatchProposed
from shared.serving import EndingServer
from tests.builders.console import PASSWORD, ConsoleInMemory, a_member
from tests.builders.events import an_event

NEWS = News(kind="match", id="m-1", hub="west-london", title="Ward", status="proposed", by="ben")
SECONDS = 10


@asynccontextmanager
async def served(console: ConsoleInMemory) -> AsyncIterator[EndingServer]:
    config = uvicorn.Config("unused", host="127.0.0.1", port=0, log_config=None, lifespan="off")
    listening = config.bind_socket()
    console.origin = f"http://127.0.0.1:{listening.getsockname()[1]}"
    config.app = console.app()
    server = EndingServer(config, console.live.end)
    serving = asyncio.create_task(server.serve([listening]))
    console.live.tell(None)
    try:
        yield server
    finally:
        server.should_exit = True
        await serving


@asynccontextmanager
async def browser(console: ConsoleInMemory) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=console.origin, timeout=SECONDS) as client:
        await client.post("/sign-in", data={"username": "amina", "password": PASSWORD})
        yield client


async def until(lines: AsyncIterator[str], start: str) -> str:
    async with asyncio.timeout(SECONDS):
        async for line in lines:
            if line.startswith(start):
                return line
    raise AssertionError("the connection ended")


async def test_news_is_told_and_says_nothing_else() -> None:
    console = ConsoleInMemory()
    async with served(console), browser(console) as client, client.stream("GET", "/live") as live:
        lines = live.aiter_lines()
        await until(lines, "event: hello")
        console.live.tell(News(kind="match", id="other", hub="lambeth"))
        console.live.tell(NEWS)
        told = json.loads((await until(lines, 'data: {"kind')).removeprefix("data: "))

    assert told == {
        "kind": "match",
        "id": "m-1",
        "hub": "west-london",
        "title": "Ward",
        "status": "proposed",
        "sequence": 0,
        "by": "ben",
    }
    assert live.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert live.headers["cache-control"] == "no-store"


async def test_a_connection_ends_when_its_browser_signs_out() -> None:
    console = ConsoleInMemory(live_check_seconds=0.05)
    async with served(console), browser(console) as client, client.stream("GET", "/live") as live:
        lines = live.aiter_lines()
        await until(lines, ": ping")
        await client.post("/sign-out")
        await until(lines, "event: ended")


async def test_a_connection_does_not_keep_its_browser_signed_in() -> None:
    console = ConsoleInMemory(live_check_seconds=0.05)
    async with served(console), browser(console) as client, client.stream("GET", "/live") as live:
        lines = live.aiter_lines()
        await until(lines, ": ping")
        console.clock.pass_by(timedelta(minutes=29))
        await client.get("/", headers={"wlc-live": "1"})
        await until(lines, ": ping")
        console.clock.pass_by(timedelta(minutes=2))
        await until(lines, "event: ended")


async def test_a_connection_ends_when_the_roles_of_its_account_change() -> None:
    console = ConsoleInMemory(live_check_seconds=0.05)
    console.employ(a_member(hubs=("west-london", "lambeth")))
    async with served(console), browser(console) as client, client.stream("GET", "/live") as live:
        lines = live.aiter_lines()
        await until(lines, "event: hello")
        console.employ(a_member(hubs=("lambeth",)))
        await until(lines, "event: ended")


async def test_a_service_that_stops_ends_its_connections_at_once() -> None:
    console = ConsoleInMemory()
    async with served(console) as server, browser(console) as client:
        async with client.stream("GET", "/live") as live:
            lines = live.aiter_lines()
            await until(lines, "event: hello")
            server.should_exit = True
            async with asyncio.timeout(SECONDS):
                assert [line async for line in lines if line.startswith("event")] == []
        assert console.live.listening == 0


async def test_a_connection_that_its_browser_leaves_is_forgotten() -> None:
    console = ConsoleInMemory()
    async with served(console), browser(console) as client:
        async with client.stream("GET", "/live") as live:
            await until(live.aiter_lines(), "event: hello")
            assert console.live.listening == 1
        async with asyncio.timeout(SECONDS):
            while console.live.listening:
                await asyncio.sleep(0.01)


async def test_only_staff_hear_news() -> None:
    async with ConsoleInMemory().visited() as client:
        answer = await client.get("/live")

    assert answer.headers["location"].startswith("/sign-in")


async def test_a_form_that_comes_back_with_faults_is_not_brought_up_to_date() -> None:
    console, match = ConsoleInMemory(), an_event(MatchProposed)
    await console.hear(match)
    page = f"/matches/{match.data.match_id}"
    async with console.signed_in() as client:
        shown = await client.get(page)
        unexplained = await client.post(page, data={"sequence": match.sequence, "choice": "rest"})
        moved_on = await client.post(page, data={"sequence": 99, "choice": "approve"})

    assert (unexplained.status_code, moved_on.status_code) == (422, 409)
    assert ["data-live" in each.text for each in (shown, unexplained, moved_on)] == [
        True,
        False,
        False,
    ]
