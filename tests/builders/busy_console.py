"""A console in memory with something on every page, served to a browser."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import UUID, uuid4

import uvicorn
from playwright.async_api import Page

from services.console.ports import PreviewView, WhatIfView
from services.console.use_cases.match_people import pair_id
from shared.changes import Changes
from shared.contracts.base import Event
from shared.contracts.draws import MatchWhatIfAnswered, MatchWhatIfAsked
from shared.contracts.engagements import EngagementOutcomeRecorded, EngagementPublished
from shared.contracts.matches import (
    MatchChangeRequested,
    MatchFellShort,
    MatchProposed,
)
from shared.contracts.messages import NotificationCallNeeded, NotificationFailed, NotificationSent
from shared.contracts.participants import (
    Channel,
    Contact,
    ContactCard,
    ParticipantContactChanged,
    ParticipantRegistered,
)
from shared.contracts.previews import PreviewRendered, PreviewRequested
from shared.contracts.sessions import (
    InvitationCancelled,
    InvitationExpired,
    InvitationIssued,
    SessionAnnounced,
    SessionUnscheduled,
)
from shared.links import DETAILS_OPEN_FOR
from tests.builders.console import PASSWORD, ConsoleInMemory
from tests.builders.events import an_event

MATCH = an_event(MatchProposed).data.match_id
SHORT, STUCK, BEGUN = uuid4(), uuid4(), uuid4()
FIRST = an_event(MatchProposed).data.panel[0].participant_id
SESSION = an_event(SessionAnnounced).data.session_id
ENGAGEMENT = an_event(EngagementPublished).data.engagement_id
CALL = an_event(NotificationCallNeeded).data
OPEN = an_event(InvitationIssued).data.invitation_id
EXPIRED, CANCELLED, ASKS = uuid4(), uuid4(), uuid4()
WRITTEN = uuid4()
WHAT_IF, UNANSWERED = uuid4(), uuid4()
MAIL = "<h1 style='color:#212b32'>You are invited</h1><p>Hello [name]</p>"
STAFF_PAGES = (
    *("/", "/matches", "/sessions", "/calls", "/messages", "/engagements", "/calendars"),
    *("/previews", "/reach", "/account", "/account/codes", "/accounts"),
    *("/sessions?view=board", "/sessions?view=calendar", "/reach/over-time", "/exports", "/audit"),
)

DETAIL_PAGES = (
    f"/matches/{MATCH}",
    f"/matches/{SHORT}",
    *(f"/matches/{match}/people/{pair_id(match, FIRST)}" for match in (MATCH, SHORT)),
    f"/sessions/{SESSION}",
    f"/sessions/{STUCK}",
    f"/sessions/{SESSION}/cancel",
    f"/sessions/{BEGUN}/attendance",
    f"/engagements/{ENGAGEMENT}",
    f"/engagements/{ENGAGEMENT}/timeline",
    *("/search", "/search?q=leaving", "/search?q=nwl", "/people?q=nwl"),
    f"/calls/{CALL.message_id}",
    f"/calls/{CALL.message_id}/needs",
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
        an_event(SessionAnnounced, data={"session_id": BEGUN, "starts_at": "2026-11-20T09:00:00Z"}),
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


@asynccontextmanager
async def served(console: ConsoleInMemory) -> AsyncIterator[ConsoleInMemory]:
    """Listen on a port of its own for as long as the context lasts."""
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
    of_invitation = (f"{own}{each}" for each in ("/leave", "/times", "/details", "/needs"))
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
