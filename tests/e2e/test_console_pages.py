"""Every page in a real browser: accessible, by keyboard, without JavaScript, on a phone."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
import uvicorn
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, StorageStateCookie, async_playwright

from services.console.ports import PreviewView, WhatIfView
from services.console.use_cases.match_people import pair_id
from shared.changes import Changes
from shared.contracts.base import Event
from shared.contracts.draws import MatchWhatIfAnswered, MatchWhatIfAsked
from shared.contracts.engagements import EngagementOutcomeRecorded, EngagementPublished
from shared.contracts.matches import (
    MatchApproved,
    MatchChangeRequested,
    MatchFellShort,
    MatchProposed,
)
from shared.contracts.messages import NotificationCallNeeded, NotificationFailed, NotificationSent
from shared.contracts.own_details import ReplyDetailsGiven
from shared.contracts.participants import (
    Channel,
    Contact,
    ContactCard,
    ParticipantContactChanged,
    ParticipantRegistered,
    ReplyAvailabilityGiven,
)
from shared.contracts.previews import PreviewRendered, PreviewRequested
from shared.contracts.sessions import (
    InvitationCancelled,
    InvitationExpired,
    InvitationIssued,
    ReplyAccepted,
    ReplyLeft,
    SessionAnnounced,
    SessionUnscheduled,
)
from shared.links import DETAILS_OPEN_FOR
from tests.builders.console import PASSWORD, ConsoleInMemory
from tests.builders.events import an_event

CHROMIUM = Path("/usr/bin/chromium")
FULL_TABLE = 60
"""More than a start page lists of each kind."""
DESK, PHONE = {"width": 1200, "height": 900}, {"width": 320, "height": 640}
STAFF_PAGES = (
    *("/", "/matches", "/sessions", "/calls", "/messages", "/engagements", "/calendars"),
    *("/previews", "/reach", "/account", "/account/codes", "/accounts"),
    *("/sessions?view=board", "/sessions?view=calendar", "/reach/over-time", "/exports"),
)

MATCH = an_event(MatchProposed).data.match_id
SHORT, STUCK = uuid4(), uuid4()
FIRST = an_event(MatchProposed).data.panel[0].participant_id
SESSION = an_event(SessionAnnounced).data.session_id
ENGAGEMENT = an_event(EngagementPublished).data.engagement_id
CALL = an_event(NotificationCallNeeded).data
OPEN = an_event(InvitationIssued).data.invitation_id
EXPIRED, CANCELLED, ASKS = uuid4(), uuid4(), uuid4()
WRITTEN = uuid4()
WHAT_IF, UNANSWERED = uuid4(), uuid4()
MAIL = "<h1 style='color:#212b32'>You are invited</h1><p>Hello [name]</p>"
DETAIL_PAGES = (
    f"/matches/{MATCH}",
    f"/matches/{SHORT}",
    *(f"/matches/{match}/people/{pair_id(match, FIRST)}" for match in (MATCH, SHORT)),
    f"/sessions/{SESSION}",
    f"/sessions/{STUCK}",
    f"/engagements/{ENGAGEMENT}",
    f"/engagements/{ENGAGEMENT}/timeline",
    *("/search", "/search?q=leaving", "/search?q=nwl", "/people?q=nwl"),
    f"/calls/{CALL.message_id}",
    f"/people/{CALL.participant_id}",
    f"/previews/{WRITTEN}",
    f"/calls/{ASKS}/details",
    f"/what-ifs/{WHAT_IF}",
    f"/what-ifs/{UNANSWERED}",
)


async def a_busy_console() -> ConsoleInMemory:
    console = ConsoleInMemory()
    issued = an_event(InvitationIssued).data.model_dump(mode="json")
    person = {"participant_id": CALL.participant_id}
    change = an_event(MatchChangeRequested)
    followed = {"participant_id": change.data.participant_id, "sequence": change.sequence}
    console.opener.cards[str(CALL.participant_id)] = ContactCard(
        display_name="Samuel Okonkwo",
        address_as="Sam",
        contacts=(Contact(channel=Channel.PHONE, value="+447700900123", preferred=True),),
    )
    await console.hear(
        an_event(EngagementPublished),
        an_event(MatchProposed, data={"followed": [followed]}),
        an_event(MatchFellShort, data={"match_id": SHORT, "title": "Commissioning a crisis line"}),
        change,
        an_event(SessionAnnounced, data={"starts_at": "2026-11-24T10:00:00Z", "missing": 1}),
        an_event(SessionUnscheduled, data={"session_id": STUCK}),
        an_event(ParticipantRegistered, data={**person, "needs": ["441092009"]}),
        an_event(ParticipantContactChanged, data=person),
        an_event(InvitationIssued),
        *what_one_knows_of(console, an_event(InvitationIssued).data.participant_id),
        an_event(InvitationIssued, data={**issued, **person, "invitation_id": CALL.invitation_id}),
        an_event(InvitationExpired, data={**issued, "invitation_id": EXPIRED, "answer": "expired"}),
        an_event(
            InvitationCancelled, data={**issued, "invitation_id": CANCELLED, "answer": "cancelled"}
        ),
        an_event(NotificationSent),
        an_event(NotificationFailed),
        an_event(NotificationCallNeeded),
    )
    await people_asked(console)
    await a_preview(console)
    await what_ifs(console)
    return console


def what_one_knows_of(console: ConsoleInMemory, who: UUID) -> tuple[Event, ...]:
    """Return what is heard of the person who is invited, and of how they are reached."""
    console.opener.cards[str(who)] = ContactCard(
        display_name="Rosa Adeyemi",
        address_as="Rosa",
        contacts=(Contact(channel=Channel.EMAIL, value="rosa@example.org", preferred=True),),
        postcode="W12 7RZ",
    )
    attendee = {
        "participant_id": who,
        "participant_reference": "NWL-5",
        "invitation_id": OPEN,
        "answer": "accepted",
        "attended": True,
    }
    own = {"participant_id": who}
    asks = {"message_id": ASKS, "kind": "details-link", "invitation_id": None}
    return (
        an_event(ParticipantRegistered, data=own),
        an_event(ParticipantContactChanged, data=own, subject=str(who)),
        an_event(SessionAnnounced, data={"session_id": uuid4(), "attendees": [attendee]}),
        an_event(EngagementOutcomeRecorded),
        an_event(NotificationCallNeeded, data={**own, **asks}, subject=str(ASKS)),
    )


async def people_asked(console: ConsoleInMemory) -> None:
    """Let so many be asked that figures are shown, and so few of one group that it is hidden."""
    groups = [*["white"] * 25, *["black"] * 20, *["asian"] * 12, *["mixed"] * 3]
    for place, ethnicity in enumerate(groups):
        who, invitation = uuid4(), uuid4()
        ids = {"participant_id": who, "invitation_id": invitation}
        told = {"message_id": uuid4(), "kind": "invitation", "channel": ("sms", "email")[place % 2]}
        answers = {"ethnicity": ethnicity, "sex": ("female", "male")[place % 2]}
        await console.hear(
            an_event(ParticipantRegistered, data={"participant_id": who, "monitoring": answers}),
            an_event(InvitationIssued, data=ids),
            an_event(NotificationSent, data={**ids, **told}, subject=str(told["message_id"])),
        )


async def a_preview(console: ConsoleInMemory) -> None:
    """Let a message be written that staff look at."""
    wanted = an_event(PreviewRequested).data
    previews = console.stored.known.previews
    asked = PreviewView(
        id=str(WRITTEN),
        hub="west-london",
        asked_by="amina",
        asked_at=console.clock.now,
        wanted=wanted,
    )
    console.stored.commit(Changes((previews.keep(asked),)))
    parts = [
        {"media_type": "text/plain", "content": "You are invited\nHello [name]"},
        {"media_type": "text/html", "content": MAIL},
    ]
    data = {"subject": "You are invited", "parts": parts}
    await console.hear(an_event(PreviewRendered, subject=str(WRITTEN), data=data))


async def what_ifs(console: ConsoleInMemory) -> None:
    """Let staff ask what leaving somebody out would bring: of two questions one is answered."""
    views, out = console.stored.known.what_ifs, an_event(MatchProposed).data.panel[-1]
    who = {"participant_id": out.participant_id}
    asked = an_event(MatchWhatIfAsked, data=who).data
    for each in (WHAT_IF, UNANSWERED):
        question = asked.model_copy(update={"what_if_id": each})
        view = WhatIfView(
            id=str(each),
            hub="west-london",
            asked_by="amina",
            asked_at=console.clock.now - timedelta(minutes=5),
            asked=question,
        )
        console.stored.commit(Changes((views.keep(view),)))
    moves = (
        {**who, "before": "panel", "after": "not_drawn"},
        *an_event(MatchWhatIfAnswered).data.moves[1:],
    )
    data = {**who, "moves": moves}
    await console.hear(an_event(MatchWhatIfAnswered, subject=str(WHAT_IF), data=data))


@pytest.fixture
async def console() -> AsyncIterator[ConsoleInMemory]:
    console = await a_busy_console()
    config = uvicorn.Config(
        "unused",
        host="127.0.0.1",
        port=0,
        log_config=None,
        lifespan="off",
        timeout_graceful_shutdown=1,  # a page that listens for news never ends by itself
    )
    listening = config.bind_socket()
    console.origin = f"http://127.0.0.1:{listening.getsockname()[1]}"
    config.app = console.app()
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve([listening]))
    yield console
    server.should_exit = True
    await serving


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        await browser.close()


@pytest.fixture
async def page(browser: Browser) -> Page:
    return await browser.new_page(viewport=DESK)


async def sign_in(page: Page, console: ConsoleInMemory) -> None:
    await page.goto(f"{console.origin}/sign-in")
    await page.fill("#username", "amina")
    await page.fill("#password", PASSWORD)
    await page.press("#password", "Enter")
    await page.wait_for_url(f"{console.origin}/")


def links(console: ConsoleInMemory) -> list[str]:
    shown: Sequence[UUID] = (OPEN, EXPIRED, CANCELLED)
    own, who = console.link(OPEN), an_event(InvitationIssued).data.participant_id
    details = f"/d/{console.links.details(who, console.clock.at + DETAILS_OPEN_FOR)}"
    of_invitation = (f"{own}{each}" for each in ("/leave", "/times", "/details"))
    of_details = (details, f"{details}/leave", f"{details}/forget", f"{details}/again")
    return [*(console.link(each) for each in shown), *of_invitation, *of_details]


def ended_link(console: ConsoleInMemory) -> str:
    who = an_event(InvitationIssued).data.participant_id
    return f"/d/{console.links.details(who, console.clock.at)}"


async def link_of_a_newcomer(console: ConsoleInMemory) -> str:
    """Invite somebody of whom nothing is known yet."""
    ids = {"invitation_id": uuid4(), "participant_id": uuid4()}
    await console.hear(an_event(InvitationIssued, data=ids, subject=str(ids["invitation_id"])))
    return console.link(ids["invitation_id"])


async def violations(page: Page) -> list[str]:
    found = await Axe().run(page)
    return [f"{page.url}: {each['id']}" for each in found.response["violations"]]


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
