"""Every page in a real browser: accessible, by keyboard, without JavaScript, on a phone."""

from collections.abc import AsyncIterator, Sequence
from uuid import uuid4

import pytest
from playwright.async_api import Browser, Page, StorageStateCookie
from starlette.routing import compile_path

from services.console.api.access import addresses
from shared.contracts.matches import (
    MatchApproved,
    MatchChangeRequested,
    MatchFellShort,
    MatchProposed,
)
from shared.contracts.own_details import ReplyDetailsGiven
from shared.contracts.participants import (
    ParticipantRegistered,
    ReplyAvailabilityGiven,
)
from shared.contracts.sessions import (
    InvitationIssued,
    ReplyAccepted,
    ReplyLeft,
    SessionUnscheduled,
)
from shared.links import DETAILS_OPEN_FOR
from tests.builders.busy_console import (
    BEGUN,
    CALL,
    DETAIL_PAGES,
    MATCH,
    OPEN,
    SHORT,
    STAFF_PAGES,
    a_busy_console,
    ended_link,
    link_of_a_newcomer,
    links,
    served,
    sign_in,
)
from tests.builders.console import ConsoleInMemory
from tests.builders.events import an_event
from tests.builders.gateway import DESK, PHONE
from tests.builders.looking import faults, violations

FULL_TABLE = 60
"""More than a start page lists of each kind."""


@pytest.fixture
async def console() -> AsyncIterator[ConsoleInMemory]:
    async with served(await a_busy_console()) as console:
        yield console


@pytest.fixture
async def page(browser: Browser) -> Page:
    return await browser.new_page(viewport=DESK)


NO_PAGES = {
    "/live": "news, for scripts of pages",
    "/account/codes/key.svg": "a picture, on the page of codes",
    "/calendar/{token}.ics": "a calendar, for other programs",
    "/draws/{draw_id}": "a file to keep",
    "/previews/{preview_id}/files/{name}": "a file to keep",
    "/sign-in/callback": "leads on",
    "/sign-in/with-provider": "leads on",
    "/sign-in/code": "looked at in test_console_sign_in",
    "/sign-out/elsewhere": "looked at in test_console_sign_in",
}
"""Addresses that the lists of pages need not have."""


async def test_every_address_of_a_page_is_looked_at(console: ConsoleInMemory) -> None:
    asked = [*STAFF_PAGES, *DETAIL_PAGES, "/sign-in", ended_link(console), *links(console)]
    found = {
        each.path
        for each in addresses(console.app().routes)
        if each.method == "GET" and not each.path.startswith("/v1/")
    }
    shape = {path: compile_path(path)[0] for path in found}
    seen = {path for path in found for each in asked if shape[path].match(each.partition("?")[0])}

    assert found - seen == set(NO_PAGES)


async def test_no_page_has_an_accessibility_violation(page: Page, console: ConsoleInMemory) -> None:
    faults: list[str] = []
    for path in ("/sign-in", "/i/unknown", ended_link(console), *links(console)):
        await page.goto(console.origin + path)
        faults += await violations(page)
    await sign_in(page, console)
    for path in (*STAFF_PAGES, *DETAIL_PAGES, "/nothing-here"):
        await page.goto(console.origin + path)
        faults += await violations(page)

    assert faults == []


async def test_no_page_breaks_a_rule_of_its_own_content_policy(
    page: Page, console: ConsoleInMemory
) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(f"{page.url}: {message.text}"))
    page.on("pageerror", lambda error: said.append(f"{page.url}: {error}"))

    await sign_in(page, console)
    for path in (*STAFF_PAGES, *DETAIL_PAGES, *links(console)):
        await page.goto(console.origin + path)

    assert said == []


async def test_a_first_page_is_less_than_100_kb_with_nothing_kept(
    browser: Browser, console: ConsoleInMemory
) -> None:
    for number in range(FULL_TABLE):
        title = f"Leaving the ward with a plan that works, number {number}"
        short = {"match_id": uuid4(), "title": title}
        await console.hear(
            an_event(MatchProposed, data={"match_id": uuid4(), "title": title}),
            an_event(MatchFellShort, data=short),
            an_event(SessionUnscheduled, data={"session_id": uuid4(), "title": title}),
        )
    page = await browser.new_page()
    await sign_in(page, console)
    cookies = (await page.context.storage_state())["cookies"]

    sizes = {
        path: await bytes_of_first_visit(browser, console.origin + path, cookies)
        for path in ("/sign-in", "/", console.link(OPEN))
    }

    assert {path: size for path, size in sizes.items() if not 10_000 < size < 100_000} == {}


async def bytes_of_first_visit(
    browser: Browser, address: str, cookies: Sequence[StorageStateCookie]
) -> int:
    """Return what came over the wire, headers and all files included, until the page stands."""
    context = await browser.new_context()
    await context.add_cookies([{**each} for each in cookies])  # type: ignore[typeddict-item]
    page = await context.new_page()
    network = await context.new_cdp_session(page)
    sizes: list[float] = []
    network.on("Network.loadingFinished", lambda told: sizes.append(told["encodedDataLength"]))
    await network.send("Network.enable")
    await page.goto(address, wait_until="load")
    assert page.url == address
    assert await page.evaluate("document.body.classList.contains('nhsuk-frontend-supported')")
    await context.close()
    return int(sum(sizes))


async def test_nothing_is_wider_than_a_small_phone(page: Page, console: ConsoleInMemory) -> None:
    await sign_in(page, console)
    await page.set_viewport_size(PHONE)
    wide = []
    for path in (*STAFF_PAGES, *DETAIL_PAGES, "/sign-in", ended_link(console), *links(console)):
        await page.goto(console.origin + path)
        if await page.evaluate("document.documentElement.scrollWidth") > PHONE["width"]:
            wide.append(path)

    assert wide == []


@pytest.mark.parametrize("width", [320, 390])
async def test_no_table_of_a_match_is_cut_on_a_phone(
    page: Page, console: ConsoleInMemory, width: int
) -> None:
    shares = [
        {**quota.model_dump(mode="json"), "population_share": 0.11, "raised_times": 1.5}
        for quota in an_event(MatchProposed).data.quotas
    ]
    again = an_event(MatchProposed, sequence=3, data={"quotas": shares})
    await console.hear(again)
    await sign_in(page, console)
    await page.set_viewport_size({"width": width, "height": 640})
    await page.goto(f"{console.origin}/matches/{MATCH}")

    tables = page.locator(".wlc-scroll")
    cut = await tables.evaluate_all(
        "tables => tables.filter(each => each.scrollWidth > each.clientWidth)"
        ".map(each => each.getAttribute('aria-label'))"
    )

    assert await page.get_by_role("columnheader", name="Fit").count() == 1
    assert await page.get_by_text("Met", exact=True).first.is_visible()
    assert cut == []


async def test_staff_put_somebody_on_the_panel_by_reference_without_javascript_by_keyboard(
    browser: Browser, console: ConsoleInMemory
) -> None:
    called = [{"publisher": "nwl-trust", "reference": "NWL-77"}]
    somebody = {"participant_id": uuid4(), "references": called}
    await console.hear(an_event(ParticipantRegistered, data=somebody))
    page = await browser.new_page(java_script_enabled=False, viewport=PHONE)
    await sign_in(page, console)
    await page.goto(f"{console.origin}/matches/{MATCH}")
    field = page.get_by_label("reference")

    await field.fill("nobody")
    await field.press("Enter")
    await page.get_by_role("link", name="Nobody in this hub has this reference").press("Enter")
    refused = page.url
    await field.fill("NWL-77")
    await field.press("Enter")

    await page.get_by_text("The panel is being drawn again").wait_for()
    assert refused.endswith("#reference")
    assert len(console.said(MatchChangeRequested)) == 1


async def test_a_participant_says_yes_by_keyboard_alone(
    page: Page, console: ConsoleInMemory
) -> None:
    await page.goto(console.origin + console.link(OPEN))
    for _ in range(20):
        await page.keyboard.press("Tab")
        if await page.evaluate("document.activeElement.value") == "yes":
            break
    await page.keyboard.press("Enter")

    await page.get_by_role("heading", name="You said yes. Thank you.").wait_for()
    assert len(console.said(ReplyAccepted)) == 1


async def test_a_participant_leaves_without_javascript(
    browser: Browser, console: ConsoleInMemory
) -> None:
    page = await browser.new_page(java_script_enabled=False, viewport=PHONE)
    await page.goto(console.origin + console.link(OPEN))

    await page.get_by_role("link", name="I want to leave the collaborative").click()
    await page.get_by_role("button", name="Yes, I want to leave").click()

    await page.get_by_role("heading", name="You have left the collaborative").wait_for()
    assert len(console.said(ReplyLeft)) == 1


async def test_a_participant_says_when_they_can_come_without_javascript(
    browser: Browser, console: ConsoleInMemory
) -> None:
    page = await browser.new_page(java_script_enabled=False, viewport=PHONE)
    await page.goto(console.origin + await link_of_a_newcomer(console))

    await page.get_by_role("link", name="Tell us when you can come").click()
    await page.get_by_role("table", name="that suit").get_by_label("Monday morning").check()
    await page.get_by_role("table", name="hard").get_by_label("Friday evening").check()
    await page.get_by_label("First day of time away 1").fill("2027-02-01")
    await page.get_by_label("At the times that I choose here").check()
    await page.get_by_label("How long before for reminder 1").select_option("2 days before")
    await page.get_by_role("button", name="Keep my times").click()
    await page.get_by_role("heading", name="There is a problem").wait_for()
    await page.get_by_label("At what time for reminder 1").select_option("6pm")
    await page.get_by_role("button", name="Keep my times").click()

    await page.get_by_text("We have kept your times").wait_for()
    [said] = console.said(ReplyAvailabilityGiven)
    assert {slot.day for slot in said.data.availability.weekly} == {"mon", "fri"}
    assert [each.days_before for each in said.data.reminders] == [2]


async def test_a_form_of_times_with_a_fault_is_accessible(
    page: Page, console: ConsoleInMemory
) -> None:
    await page.set_viewport_size(PHONE)
    await page.goto(f"{console.origin}{await link_of_a_newcomer(console)}/times")
    await page.get_by_label("First day of time away 1").focus()
    await page.get_by_label("Last day of time away 1").fill("2027-02-01")
    await page.get_by_role("button", name="Keep my times").press("Enter")

    await page.get_by_role("heading", name="There is a problem").wait_for()
    assert await violations(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


async def test_who_a_person_is_shows_on_asking_without_javascript(
    browser: Browser, console: ConsoleInMemory
) -> None:
    page = await browser.new_page(java_script_enabled=False, viewport=PHONE)
    await sign_in(page, console)
    await page.goto(f"{console.origin}/people/{CALL.participant_id}")

    await page.get_by_role("button", name="Show who this is").click()

    await page.get_by_text("Samuel Okonkwo").wait_for()
    assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


async def test_the_page_with_who_a_person_is_is_accessible(
    page: Page, console: ConsoleInMemory
) -> None:
    await sign_in(page, console)
    await page.goto(f"{console.origin}/people/{CALL.participant_id}")
    await page.get_by_role("button", name="Show who this is").click()
    await page.get_by_text("Samuel Okonkwo").wait_for()

    assert await violations(page) == []


async def test_staff_approve_a_match_without_javascript(
    browser: Browser, console: ConsoleInMemory
) -> None:
    page = await browser.new_page(java_script_enabled=False, viewport=DESK)
    await sign_in(page, console)

    await page.goto(f"{console.origin}/matches")
    await page.get_by_role("link", name="Leaving the ward").first.click()
    await page.get_by_role("button", name="Approve this panel").click()

    await page.get_by_text("Decided by amina").wait_for()
    assert len(console.said(MatchApproved)) == 1


async def test_staff_leave_somebody_out_without_javascript(
    browser: Browser, console: ConsoleInMemory
) -> None:
    page = await browser.new_page(java_script_enabled=False, viewport=PHONE)
    await sign_in(page, console)
    await page.goto(f"{console.origin}/matches/{SHORT}")

    await page.get_by_role("link", name="Change for").first.click()
    await page.get_by_role("button", name="Change").click()
    await page.get_by_role("link", name="Choose what to change").click()
    await page.get_by_label("Leave out: conflict of interest").check()
    await page.get_by_role("button", name="Change").click()

    await page.get_by_role("heading", name="Changes by staff").wait_for()
    assert len(console.said(MatchChangeRequested)) == 1


async def test_a_person_corrects_their_details_on_an_old_phone_without_javascript_by_keyboard(
    browser: Browser, console: ConsoleInMemory
) -> None:
    page = await browser.new_page(java_script_enabled=False, viewport=PHONE)
    who = an_event(InvitationIssued).data.participant_id
    token = console.links.details(who, console.clock.at + DETAILS_OPEN_FOR)
    await page.goto(f"{console.origin}/d/{token}")
    name = page.get_by_label("Your name", exact=True)

    await name.fill(" ")
    await name.press("Enter")
    await page.get_by_role("link", name="Write your name").press("Enter")
    refused = page.url
    await name.fill("Rosa Adeyemi-Bell")
    await name.press("Enter")

    await page.get_by_text("We have kept your details.").wait_for()
    assert refused.endswith("#name")
    assert len(console.said(ReplyDetailsGiven)) == 1


async def test_pages_that_refuse_are_accessible_and_fit_a_small_phone(
    page: Page, browser: Browser, console: ConsoleInMemory
) -> None:
    who = an_event(InvitationIssued).data.participant_id
    details = f"/d/{console.links.details(who, console.clock.at + DETAILS_OPEN_FOR)}"
    other = await browser.new_page()
    for each, name in ((other, "Rosa"), (page, "Ro")):
        await each.goto(console.origin + details)
        await each.get_by_label("What we should call you").fill(f"{name} A")
    await other.get_by_role("button", name="Keep my details").click()
    await other.get_by_text("We have kept your details.").wait_for()
    await page.get_by_role("button", name="Keep my details").click()
    await page.get_by_role("heading", name="Nothing was kept this time").wait_for()
    found = await faults(page)
    for path in REFUSED:
        await page.goto(console.origin + path)
        found += await faults(page)
    await sign_in(page, console)
    for path in (*REFUSED, *REFUSED_STAFF):
        await page.goto(console.origin + path)
        found += await faults(page)
    await other.goto(f"{console.origin}{console.link(OPEN)}/leave")
    await other.get_by_role("button", name="Yes, I want to leave").click()
    for path in (console.link(OPEN), details):
        await page.goto(console.origin + path)
        found += await faults(page)

    assert found == []


async def test_forms_of_staff_that_come_back_with_a_fault_are_accessible(
    page: Page, console: ConsoleInMemory
) -> None:
    await sign_in(page, console)
    await page.goto(f"{console.origin}/sessions/{BEGUN}/attendance")
    await page.locator("summary").click()
    await page.get_by_role("checkbox").first.check()
    await page.get_by_label("Hours of").first.fill("two")
    await page.get_by_role("button", name="Note who came").click()
    await page.get_by_role("heading", name="Nothing was noted").wait_for()
    found = await faults(page)

    await page.goto(f"{console.origin}/people/{CALL.participant_id}")
    await page.locator("#received_on").evaluate(
        "each => { each.type = 'text'; each.value = 'soon'; }"
    )
    await page.get_by_role("button", name="Note the request").click()
    await page.get_by_role("heading", name="Nothing was noted").wait_for()
    found += await faults(page)

    assert found == []


REFUSED = ("/nowhere", "/i/unknown", "/d/unknown")
REFUSED_STAFF = (
    *("/matches?status=none", "/matches?page=none", "/audit?day=none", "/audit?from=x"),
    *("/reach?from=x", "/reach/over-time?from=x", "/sessions?view=calendar&month=x"),
)
