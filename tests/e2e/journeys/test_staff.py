"""What staff do from a match to its sessions: both widths, with and without JavaScript."""

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.builders.gateway import (
    DESK,
    EVERYWHERE,
    Gateway,
    a_browser,
    a_gateway,
    eventually,
)

WITHIN = 30_000
"""Milliseconds in which something that the services do has to be seen."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def gateway() -> AsyncIterator[Gateway]:
    async with a_gateway(CONSOLE_UNDO_SECONDS="600") as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with a_browser() as browser:
        yield browser


@pytest.mark.asyncio(loop_scope="module")
async def test_a_match_published_while_the_start_page_is_open_appears_without_reload(
    gateway: Gateway, browser: Browser
) -> None:
    page = await browser.new_page(viewport=DESK)
    await gateway.sign_in(page)
    await page.evaluate("window.sameDocument = true")
    region = page.get_by_role("region", name="Matches waiting for a decision")
    to_decide = region.get_by_role("link")
    await expect(to_decide).to_have_count(0)

    await gateway.publish_engagements()

    await expect(to_decide.first).to_be_visible(timeout=WITHIN)
    titles = {each.title for each in await gateway.desk.matches()}
    assert await to_decide.first.inner_text() in titles
    await expect(page).to_have_title(re.compile(r"^\(\d+\) "), timeout=WITHIN)
    assert await page.evaluate("window.sameDocument")
    await page.close()


@pytest.mark.parametrize(("size", "scripts"), EVERYWHERE)
@pytest.mark.asyncio(loop_scope="module")
async def test_staff_look_exclude_approve_undo_and_approve_again(
    gateway: Gateway, browser: Browser, size: dict[str, int], *, scripts: bool
) -> None:
    match = await gateway.match_waiting(at_least=5)
    page = await browser.new_page(viewport=size, java_script_enabled=scripts)  # type: ignore[arg-type]
    await gateway.sign_in(page)
    await page.goto(f"{gateway.url}/matches/{match.match_id}")
    await expect(page.get_by_role("heading", name="How the panel compares")).to_be_visible()

    await leave_out_whom_the_panel_can_spare(page, f"{gateway.url}/matches/{match.match_id}")
    await page.get_by_label("Why you approve it").select_option(index=1)
    await page.get_by_role("button", name="Approve this panel").click()
    await page.get_by_role("button", name="Undo").click()
    await expect(page.get_by_role("button", name="Approve this panel")).to_be_visible()
    await page.get_by_role("button", name="Approve this panel").click()
    await page.get_by_role("button", name="Go ahead now").click()

    await expect(page.get_by_text("Decided by staff")).to_be_visible()

    async def has_sessions() -> bool | None:
        sessions = await gateway.desk.sessions()
        return any(s.engagement_reference == match.engagement_reference for s in sessions) or None

    assert await eventually(has_sessions)
    await page.goto(f"{gateway.url}/sessions?view=board")
    await expect(page.get_by_role("link", name=match.title).first).to_be_visible()
    await page.close()


async def leave_out_whom_the_panel_can_spare(page: Page, address: str) -> None:
    """See what leaving one after the other out would bring; do it where all quotas stay met."""
    everybody = page.get_by_role("link", name=re.compile("^Change for"))
    for place in range(await everybody.count()):
        await everybody.nth(place).click()
        await page.get_by_role("button", name="See what would happen without them").click()
        await expect(page.get_by_role("heading", name="Both panels")).to_be_visible(timeout=WITHIN)
        if not await page.get_by_role("heading", name="What cannot be met").count():
            break
        await page.goto(address)
    await page.locator("main form select").first.select_option("Conflict of interest")
    await page.get_by_role("button", name="Leave this person out").click()

    async def is_drawn() -> bool | None:
        await page.goto(address)
        drawing = await page.get_by_text("The panel is being drawn again").count()
        return None if drawing else True

    await eventually(is_drawn)
    await expect(page.get_by_role("heading", name="Changes by staff")).to_be_visible()


@pytest.mark.asyncio(loop_scope="module")
async def test_two_members_of_staff_see_each_other_and_the_second_overwrites_nothing(
    gateway: Gateway, browser: Browser
) -> None:
    match = await gateway.match_waiting()
    address = f"{gateway.url}/matches/{match.match_id}"
    first, second = [await browser.new_page(viewport=DESK) for _ in range(2)]
    for page in (first, second):
        await gateway.sign_in(page)
        await page.goto(address)

    await first.get_by_role("button", name="Approve this panel").click()

    await expect(second.get_by_text("Decided, not sent yet").first).to_be_visible(timeout=WITHIN)
    await expect(second.get_by_role("button", name="Approve this panel")).to_have_count(0)
    await first.get_by_role("button", name="Go ahead now").click()
    await expect(second.get_by_text("Decided by staff")).to_be_visible(timeout=WITHIN)
    for page in (first, second):
        await page.close()


@pytest.mark.parametrize(("size", "scripts"), EVERYWHERE)
@pytest.mark.asyncio(loop_scope="module")
async def test_staff_find_a_person_ring_them_and_read_what_was_done(
    gateway: Gateway, browser: Browser, size: dict[str, int], *, scripts: bool
) -> None:
    page = await browser.new_page(viewport=size, java_script_enabled=scripts)  # type: ignore[arg-type]
    await gateway.sign_in(page)

    async def call_to_make() -> bool | None:
        await page.goto(f"{gateway.url}/calls")
        return await page.locator("main a[href^='/calls/']").count() > 0 or None

    await eventually(call_to_make)
    await page.locator("main a[href^='/calls/']").first.click()
    await expect(page.get_by_role("heading", name="What to say")).to_be_visible()
    call = page.url
    await page.get_by_role("link", name="Everything that is known about").click()
    reference = await page.get_by_role("heading", level=1).inner_text()
    await page.get_by_role("button", name="Show who this is").click()
    await expect(page.get_by_text("Name", exact=True).first).to_be_visible()
    await page.get_by_role("searchbox", name="Search").fill(reference.split()[-1])
    await page.get_by_role("button", name="Search").click()
    await expect(page.locator("main a[href^='/people/']").first).to_be_visible()

    await page.goto(call)
    await page.get_by_role("button", name="Nobody picked up").click()
    await page.goto(f"{gateway.url}/audit")
    rows = page.locator("main tbody")
    await expect(rows.get_by_text("Rang, and nobody picked up").first).to_be_visible()
    await expect(rows.get_by_text("Saw who somebody is").first).to_be_visible()

    await page.get_by_role("button", name="Sign out").click()
    await page.goto(f"{gateway.url}/calls")
    assert page.url.startswith(f"{gateway.url}/sign-in")
    await page.close()
