"""Every page that links lead to, of the whole system with people in it: found by following them.

With `PICTURES` set to a folder, a picture of each is left there, at desktop and phone width.
"""

import os
import re
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page

from tests.builders.gateway import DESK, PHONE, Gateway, a_browser, a_gateway
from tests.builders.looking import RULES

OF_A_KIND = 2
"""So many pages are looked at whose addresses differ only by an id, a day or a number."""
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
TOKEN = re.compile(r"(?<=/[id]/)[^/]+")
VALUE = re.compile(r"(?<!view)=[^&]*")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def gateway() -> AsyncIterator[Gateway]:
    async with a_gateway() as running:
        await running.publish_engagements()
        match = await running.match_waiting(at_least=5)
        await running.desk.approve(match)
        await running.invited()
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with a_browser() as browser:
        yield browser


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def addresses(gateway: Gateway, browser: Browser) -> list[str]:
    """Follow every link, from the start page and from a participant's."""
    page = await browser.new_page(viewport=DESK)
    await gateway.sign_in(page)
    waiting, found, kinds = (
        ["/", str((await gateway.invited())[0].link).removeprefix(gateway.url)],
        [],
        Counter[str](),
    )
    while waiting:
        path = waiting.pop(0)
        if path in found or kinds[kind(path)] == OF_A_KIND:
            continue
        answer = await page.goto(gateway.url + path)
        if answer is None or "text/html" not in answer.headers.get("content-type", ""):
            continue
        assert answer.status == 200, f"{path}: {answer.status}"
        kinds[kind(path)] += 1
        found.append(path)
        waiting += await links_of(page, gateway)
    await page.close()
    return found


def kind(path: str) -> str:
    """Return what an address has in common with others of its kind."""
    return VALUE.sub("=", UUID.sub("{id}", TOKEN.sub("{token}", path)))


async def links_of(page: Page, gateway: Gateway) -> list[str]:
    hrefs = await page.locator("a[href]:not([download])").evaluate_all(
        "links => links.map(each => each.href)"
    )
    own = (urlsplit(href) for href in hrefs if href.startswith(gateway.url))
    return [each.path + (f"?{each.query}" if each.query else "") for each in own]


def picture(path: str, size: str) -> Path | None:
    """Return where the picture of a page goes; of a list that is filtered there is none."""
    folder, name = os.environ.get("PICTURES"), kind(path).replace("?view=", "/")
    if not folder or "status=" in name:
        return None
    words = re.findall(r"[a-z-]+", name.partition("?")[0].partition("&")[0])
    return Path(folder) / f"{'-'.join(words) or 'start'}-{size}.jpg"


async def seen(browser: Browser, gateway: Gateway, *, wide: bool, scripts: bool) -> Page:
    size = DESK if wide else PHONE
    page = await browser.new_page(viewport=size, java_script_enabled=scripts)  # type: ignore[arg-type]
    await gateway.sign_in(page)
    return page


@pytest.mark.parametrize("wide", [True, False], ids=["desktop", "phone"])
@pytest.mark.asyncio(loop_scope="module")
async def test_every_page_is_accessible_and_keeps_to_its_policy(
    gateway: Gateway, browser: Browser, addresses: list[str], *, wide: bool
) -> None:
    page = await seen(browser, gateway, wide=wide, scripts=True)
    faults: list[str] = []
    page.on("console", lambda said: faults.append(f"{page.url}: {said.text}"))
    page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))

    for path in addresses:
        await page.goto(gateway.url + path)
        found = await Axe().run(page, options=RULES)
        faults += [f"{path}: {each['id']}" for each in found.response["violations"]]
        if await page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            faults.append(f"{path}: wider than the screen")
        where = picture(path, "desktop" if wide else "phone")
        if where and not where.exists():
            await page.screenshot(path=where, full_page=True, quality=50)

    await page.close()
    assert faults == []


@pytest.mark.asyncio(loop_scope="module")
async def test_every_page_says_the_same_without_javascript(
    gateway: Gateway, browser: Browser, addresses: list[str]
) -> None:
    page = await seen(browser, gateway, wide=False, scripts=False)
    bare: list[str] = []

    for path in addresses:
        answer = await page.goto(gateway.url + path)
        heading = page.locator("main h1")
        if answer is None or answer.status != 200 or not await heading.first.is_visible():
            bare.append(path)

    await page.close()
    assert bare == []


@pytest.mark.asyncio(loop_scope="module")
async def test_links_lead_to_every_page_for_staff_and_participants(addresses: list[str]) -> None:
    reached = set(map(kind, addresses))

    assert reached >= EXPECTED, sorted(EXPECTED - reached)


EXPECTED: frozenset[str] = frozenset(
    {
        *("/", "/matches", "/matches/{id}", "/engagements", "/engagements/{id}"),
        *("/engagements/{id}/timeline", "/sessions", "/sessions?view=board", "/sessions/{id}"),
        *("/calls", "/calls/{id}", "/messages", "/previews", "/reach", "/calendars", "/audit"),
        *("/people/{id}", "/account", "/accounts", "/i/{token}", "/i/{token}/needs"),
        *("/i/{token}/times", "/i/{token}/leave"),
    }
)
