"""Whole journeys by keyboard alone, with a focus that can be seen at each step and no trap."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from playwright.async_api import Browser, Page, expect

from shared.contracts.draws import MatchWhatIfAnswered, MatchWhatIfAsked
from shared.contracts.matches import MatchApproved
from shared.contracts.own_details import ReplyDetailsGiven
from shared.contracts.participants import ReplyAvailabilityGiven
from shared.contracts.sessions import (
    InvitationIssued,
    ReplyAccepted,
    ReplyAnotherTime,
    ReplyDeclined,
    ReplyLeft,
    ReplyNeedsGiven,
)
from shared.links import DETAILS_OPEN_FOR
from tests.builders.busy_console import (
    DETAIL_PAGES,
    MATCH,
    OPEN,
    STAFF_PAGES,
    a_busy_console,
    links,
    served,
    sign_in,
)
from tests.builders.console import PASSWORD, ConsoleInMemory
from tests.builders.events import an_event
from tests.builders.gateway import DESK, PHONE
from tests.builders.keyboard import Keyboard

TITLE = an_event(InvitationIssued).data.title


@pytest.fixture
async def console() -> AsyncIterator[ConsoleInMemory]:
    console = await a_busy_console()
    console.undo = timedelta(minutes=10)
    async with served(console):
        yield console


@pytest.fixture
async def page(browser: Browser) -> Page:
    page = await browser.new_page(viewport=DESK)
    page.set_default_timeout(9000)
    return page


async def test_staff_sign_in_skip_to_the_content_see_a_what_if_approve_undo_and_go_ahead(
    page: Page, console: ConsoleInMemory
) -> None:
    keys = await signed_in(page, console)
    await keys.press("link", "Skip to main content")
    await page.keyboard.press("Tab")
    in_main = await page.evaluate("!!document.activeElement.closest('main')")
    await keys.press("link", "Matches")
    await keys.press("link", TITLE)

    await keys.press("link", "Change for", nth=1)
    await keys.press("button", "See what would happen without them")
    [asked] = console.said(MatchWhatIfAsked)
    await console.hear(an_event(MatchWhatIfAnswered, subject=asked.subject))
    await page.get_by_role("heading", name="Both panels").wait_for()
    await keys.look()
    await keys.press("link", "Back to the match")
    await keys.choose("Why you approve it", "The panel meets its targets")
    await keys.press("button", "Approve this panel")
    await keys.press("button", "Undo", "Space")
    await keys.press("button", "Approve this panel", "Space")
    await keys.press("button", "Go ahead now")

    await expect(page.get_by_text("Decided by amina")).to_be_visible()
    assert in_main
    assert await keys.faults() == []
    assert len(console.said(MatchApproved)) == 1


async def test_staff_ring_somebody_note_their_yes_and_look_them_up(
    page: Page, console: ConsoleInMemory
) -> None:
    keys = await signed_in(page, console)
    await keys.press("link", f"Invitation: {TITLE}")
    await keys.press("button", "They said yes")
    await keys.write("searchbox", "Search", "NWL")
    await keys.press("button", "Search", "Space")
    await keys.press("link", "NWL")
    await keys.press("button", "Show who this is")
    shown = await page.get_by_role("heading", name="Who this is").is_visible()
    await keys.press("link", "Sessions")
    await keys.press("link", "Board")
    await keys.press("link", TITLE)
    await keys.press("button", "Sign out", "Space")

    assert shown
    assert page.url.endswith("/sign-in")
    assert await keys.faults() == []
    assert len(console.said(ReplyAccepted)) == 1


async def test_a_participant_says_what_they_need_yes_another_time_and_no(
    page: Page, console: ConsoleInMemory
) -> None:
    await page.set_viewport_size(PHONE)
    keys = await Keyboard(page).open(console.origin + console.link(OPEN))

    await keys.press("button", "I need something", "Space")
    await keys.tick("checkbox", "To get in without steps")
    await keys.press("button", "Send what I need")
    await keys.press("button", "Yes, I will come", "Space")
    await keys.press("button", "I want to come, but not at these times")
    await keys.press("button", "No, take me off the waiting list")

    await expect(page.get_by_role("heading", name="You said no")).to_be_visible()
    assert await keys.faults() == []
    for each in (ReplyNeedsGiven, ReplyAccepted, ReplyAnotherTime, ReplyDeclined):
        assert len(console.said(each)) == 1


async def test_a_participant_says_when_they_can_come_and_leaves(
    page: Page, console: ConsoleInMemory
) -> None:
    keys = await Keyboard(page).open(console.origin + console.link(OPEN))

    await keys.press("link", "Tell us when you can come")
    await keys.tick("checkbox", "Monday morning")
    await keys.choose_one("At the times that I choose here")
    await keys.choose("How long before for reminder 1", "2 days before")
    await keys.choose("At what time for reminder 1", "6pm")
    await keys.press("button", "Keep my times")
    await expect(page.get_by_text("We have kept your times")).to_be_visible()
    await keys.open(console.origin + console.link(OPEN))
    await keys.press("link", "I want to leave the collaborative")
    await keys.press("button", "Yes, I want to leave", "Space")

    await expect(page.get_by_role("heading", name="You have left")).to_be_visible()
    assert await keys.faults() == []
    assert len(console.said(ReplyAvailabilityGiven)) == len(console.said(ReplyLeft)) == 1


async def test_a_participant_corrects_their_details_after_a_mistake(
    page: Page, console: ConsoleInMemory
) -> None:
    await page.set_viewport_size(PHONE)
    who = an_event(InvitationIssued).data.participant_id
    token = console.links.details(who, console.clock.at + DETAILS_OPEN_FOR)
    keys = await Keyboard(page).open(f"{console.origin}/d/{token}")

    await keys.write("textbox", "Your name", " ")
    await keys.write("textbox", "Mobile number for text messages", "07700 900123")
    await keys.choose_one("By text message")
    await keys.tick("checkbox", "Papers in large print")
    await keys.press("button", "Keep my details")
    await keys.press("link", "Write your name")
    at_the_fault = await page.evaluate("document.activeElement.id")
    await keys.write("textbox", "Your name", "Rosa Adeyemi-Bell")
    await keys.press("button", "Keep my details", "Space")

    await expect(page.get_by_text("We have kept your details.")).to_be_visible()
    assert at_the_fault == "name"
    assert await keys.faults() == []
    [said] = console.said(ReplyDetailsGiven)
    assert said.data.preferred_channel == "sms"


async def test_each_page_can_be_stepped_through_and_left_and_shows_where_the_focus_is(
    page: Page, console: ConsoleInMemory
) -> None:
    faults: list[str] = []
    for path in ("/sign-in", *links(console)):
        faults += await (await Keyboard(page).open(console.origin + path)).whole_page()
    await sign_in(page, console)
    for path in (*STAFF_PAGES, *DETAIL_PAGES):
        faults += await (await Keyboard(page).open(console.origin + path)).whole_page()

    assert faults == []


async def test_the_word_that_a_page_has_changed_covers_nothing_that_has_the_focus(
    page: Page, console: ConsoleInMemory
) -> None:
    await sign_in(page, console)
    keys = await Keyboard(page).open(f"{console.origin}/matches/{MATCH}")
    await page.locator("[data-live-banner]").evaluate("banner => { banner.hidden = false }")

    assert await keys.whole_page(backwards=True) == []


@pytest.mark.parametrize(
    ("spoiled", "said"),
    [
        ("a:focus {all: unset !important}", "does not show that it has the focus"),
        ("body::after {content: ''; position: fixed; inset: 0}", "is covered while"),
        ("", "the focus does not leave the page"),
    ],
)
async def test_what_would_shut_out_somebody_with_a_keyboard_is_found(
    page: Page, console: ConsoleInMemory, spoiled: str, said: str
) -> None:
    await page.goto(f"{console.origin}/sign-in")
    keys = Keyboard(page)
    await page.evaluate(TRAP if not spoiled else STYLE, spoiled)
    await keys.look()

    assert said in " ".join(await keys.whole_page())


STYLE = "css => document.adoptedStyleSheets.push(new CSSStyleSheet()) && \
document.adoptedStyleSheets[0].replaceSync(css)"
TRAP = "() => document.addEventListener('keydown', each => each.key === 'Tab' && \
(each.preventDefault(), document.querySelector('#username').focus()))"


async def signed_in(page: Page, console: ConsoleInMemory) -> Keyboard:
    keys = await Keyboard(page).open(f"{console.origin}/sign-in")
    await keys.write("textbox", "User name", "amina")
    await keys.write("textbox", "Password", PASSWORD)
    await keys.press("button", "Sign in")
    return keys
