"""A page that is open hears of news from real servers, in a real browser, without a reload."""

import asyncio
import base64
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid4

import aio_pika
import pytest
import uvicorn
from playwright.async_api import Page, async_playwright

from services.console.main import build_app
from services.console.ports import News
from services.console.settings import Settings
from services.console.store.news import MongoNews
from shared.contracts.matches import MatchProposed
from shared.mongo import Database, connect
from shared.serving import EndingServer
from tests.builders.console import PASSWORD, PERMIT_KEY
from tests.builders.events import an_event
from tests.integration.delivery.broker import Broker
from tests.integration.test_console_service import MASTER, accounts
from tests.servers import TestServers

CHROMIUM = Path("/usr/bin/chromium")
SECONDS = 30


@dataclass(frozen=True)
class Place:
    """Where the console is served, by which settings, and who says what it hears."""

    settings: Settings
    matching: Broker

    @property
    def origin(self) -> str:
        return self.settings.origin


@pytest.fixture
async def place(
    servers: TestServers, database: Database, tmp_path: Path, unused_tcp_port: int
) -> AsyncIterator[Place]:
    staff_file = tmp_path / "staff.json"
    staff_file.write_text(accounts("west-london"))
    settings = Settings(
        rabbit_url=servers.rabbit["console"],
        mongo_url=servers.mongo_url,
        database=database.name,
        port=unused_tcp_port,
        public_url=f"http://127.0.0.1:{unused_tcp_port}",
        secure_cookies=False,
        keyring_database=database.name,
        keyring_key=base64.b64encode(MASTER).decode(),
        link_key="a key that only this test knows",
        permit_key=PERMIT_KEY,
        staff_file=staff_file,
    )
    matching = await aio_pika.connect(servers.rabbit["matching"])
    operator = await aio_pika.connect(servers.rabbit["operator"])
    async with matching, operator, Broker.of(servers):
        speaks = Broker(await matching.channel(on_return_raises=True), await operator.channel())
        yield Place(settings, speaks)


@asynccontextmanager
async def served(place: Place) -> AsyncIterator[None]:
    app = build_app(place.settings)
    config = uvicorn.Config(app, host="127.0.0.1", port=place.settings.port, log_config=None)
    server = EndingServer(config, app.state.end)
    serving = asyncio.create_task(server.serve())
    try:
        async with asyncio.timeout(SECONDS):
            while not server.started:
                await asyncio.sleep(0.01)
        yield
    finally:
        server.should_exit = True
        await serving


@asynccontextmanager
async def open_page(place: Place) -> AsyncIterator[Page]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        page = await browser.new_page()
        await page.goto(f"{place.origin}/sign-in")
        await page.fill("#username", "amina")
        await page.fill("#password", PASSWORD)
        await page.press("#password", "Enter")
        await page.wait_for_url(f"{place.origin}/")
        yield page
        await browser.close()


async def mark(page: Page) -> None:
    """Leave something in the page that a reload would take away."""
    await page.evaluate("window.notReloaded = true")


async def is_the_same_page(page: Page) -> bool:
    return bool(await page.evaluate("window.notReloaded === true"))


async def signed_in_once_ready(place: Place) -> None:
    """Wait until the accounts of the file are known, and the change stream is open."""
    await asyncio.sleep(2)


def proposed(title: str) -> MatchProposed:
    match_id = uuid4()
    return an_event(
        MatchProposed, data={"match_id": match_id, "title": title}, subject=str(match_id)
    )


async def appears(page: Page, text: str) -> float:
    """Return after how many seconds a text is there."""
    began = time.perf_counter()
    await page.get_by_role("link", name=text).first.wait_for(timeout=SECONDS * 1000)
    return time.perf_counter() - began


async def test_a_match_that_is_published_appears_on_the_page_that_is_open(
    place: Place, record_property: Callable[[str, object], None]
) -> None:
    async with served(place):
        await signed_in_once_ready(place)
        async with open_page(place) as page:
            await mark(page)
            await asyncio.sleep(1)
            delays = []
            for number in range(3):
                await place.matching.say(proposed(f"Match number {number}"))
                delays.append(await appears(page, f"Match number {number}"))
            title = await page.title()
            said = await page.locator("[data-live-said]").text_content()
            same = await is_the_same_page(page)

    record_property("live_seconds", [round(each, 3) for each in delays])
    print(f"live: {[round(each, 3) for each in delays]} s")
    assert same
    assert title.startswith("(3) Start")
    assert "waits for a decision" in (said or "")
    assert max(delays) < SECONDS


async def test_a_form_that_somebody_fills_in_is_not_taken_from_them(place: Place) -> None:
    match = proposed("One that is drawn again")
    async with served(place):
        await signed_in_once_ready(place)
        async with open_page(place) as page:
            await place.matching.say(match)
            await appears(page, "One that is drawn again")
            await page.goto(f"{place.origin}/matches/{match.data.match_id}")
            await page.get_by_label("Why you send it back").select_option("too_few")
            again = match.model_copy(
                update={
                    "id": str(uuid4()),
                    "sequence": 9,
                    "data": match.data.model_copy(update={"eligible": 4711}),
                }
            )
            await place.matching.say(again)
            await page.get_by_role("button", name="Show it").wait_for(timeout=SECONDS * 1000)
            kept = await page.get_by_label("Why you send it back").input_value()
            before = await page.get_by_text("4711").count()
            await page.get_by_role("button", name="Show it").click()
            await page.get_by_text("4711").first.wait_for(timeout=SECONDS * 1000)

    assert (kept, before) == ("too_few", 0)


async def test_a_page_comes_back_after_the_server_was_away_and_shows_what_it_missed(
    place: Place,
) -> None:
    async with served(place):
        await signed_in_once_ready(place)
        context = open_page(place)
        page = await context.__aenter__()
        await mark(page)
        await asyncio.sleep(1)
    await place.matching.say(proposed("Said while it was away"))
    async with served(place):
        await appears(page, "Said while it was away")
        same = await is_the_same_page(page)
        await context.__aexit__(None, None, None)

    assert same


async def test_the_account_of_the_console_may_follow_its_own_database(servers: TestServers) -> None:
    root = connect(servers.mongo_url, name="tests")
    host = servers.mongo_url.rpartition("@")[2].partition("/")[0]
    url = f"mongodb://console:{servers.secrets.mongo['console']}@{host}/?authSource=admin"
    own = connect(f"{url}&directConnection=true", name="console")
    source = MongoNews(own["console"])
    stream = source.news()
    matches = root["console"]["matches"]

    first = await anext(stream)
    row = {"_id": f"live-{uuid4()}", "hub": "west-london", "sequence": 2, "version": 1}
    state = {"title": "Ward", "status": "proposed", "panel": [{"participant_id": "p"}]}
    await matches.insert_one({**row, "state": state, "held": {"by": "ben"}})
    news = await anext(stream)
    await stream.aclose()  # type: ignore[attr-defined]
    await matches.replace_one({"_id": row["_id"]}, {**row, "state": state, "decided_by": "amina"})
    later = await anext(source.news())
    await matches.delete_one({"_id": row["_id"]})
    root.close()
    own.close()

    assert first is None
    assert news == News(
        kind="match",
        id=row["_id"],
        hub="west-london",
        title="Ward",
        status="proposed",
        sequence=2,
        by="ben",
    )
    assert later == replace(news, by="amina")
