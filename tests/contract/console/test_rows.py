"""Rows of lists, on fake and MongoDB."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from services.console.handlers import build_handlers
from services.console.ports import Choice, Knowledge, Overview
from services.console.store import INDEXES, mongo_knowledge
from services.console.store.together import Together
from services.console.use_cases.decisions import Decision
from services.console.use_cases.held import HELD_DECISIONS, hold
from shared.changes import Changes
from shared.contracts.base import Event
from shared.contracts.engagements import EngagementPublished
from shared.contracts.matches import MatchFellShort, MatchProposed
from shared.contracts.messages import MessageStatus, NotificationCallNeeded, NotificationFailed
from shared.contracts.outreach import OutreachClosed, OutreachRequested
from shared.contracts.sessions import (
    InvitationAccepted,
    InvitationIssued,
    SessionAnnounced,
    SessionUnscheduled,
)
from shared.contracts.submissions import SubmissionAccepted, SubmissionRejected
from shared.facts import Facts
from shared.mongo import Database, stored_time
from shared.transaction import Transaction
from tests.builders.console import BEFORE_THE_SAMPLES_END as NOW
from tests.builders.events import E, an_event
from tests.fakes.console import InMemoryConsole

HUBS = ("west-london", "brent")
FEW = 2


@dataclass
class Subject:
    """The rows, and who keeps what they are read from."""

    overview: Overview
    hear: Callable[..., Awaitable[None]]
    hold: Callable[[MatchProposed, Choice], Awaitable[None]]


@pytest.fixture
async def subject(place: Database | None) -> Subject:
    console = InMemoryConsole()
    known = console.known
    if place is not None:
        known = await on_mongo(place)
    handlers = build_handlers(known, Facts("console", now=lambda: NOW))

    async def keep(changes: Changes) -> None:
        if place is None:
            console.commit(changes)
        else:
            await Transaction(place).run([str(uuid4())], changes.writes, [])

    async def hear(*events: Event) -> None:
        for event in events:
            await keep(await handlers._of_event[event.TYPE](event))

    async def held(match: MatchProposed, choice: Choice) -> None:
        asked = Decision(
            match_id=str(match.data.match_id),
            sequence=match.sequence,
            by="amina",
            hubs=HUBS,
        )
        wait = timedelta(seconds=20)
        facts = Facts("console", now=lambda: NOW)
        await keep(await hold(asked, choice, known, facts, undo=wait))

    return Subject(known.overview, hear, held)


async def on_mongo(place: Database) -> Knowledge:
    for name, indexes in {**INDEXES, "inbox": [], "outbox": [], HELD_DECISIONS: []}.items():
        await place.create_collection(name)
        if indexes:
            await place[name].create_indexes(list(indexes))
    return mongo_knowledge(place)


def at(number: int, event: type[E], key: str, /, **data: Any) -> E:
    """Build an event of the hub about something of its own, so many minutes later."""
    own = uuid4()
    time = NOW + timedelta(minutes=number)
    return an_event(event, data={key: own, **data}, subject=str(own), time=time)


async def test_matches_that_wait_are_the_oldest_first_and_all_are_counted(subject: Subject) -> None:
    events = [at(number, MatchProposed, "match_id") for number in (3, 1, 2)]
    elsewhere = an_event(MatchProposed, hub="lambeth", data={"match_id": uuid4()})
    await subject.hear(*events, elsewhere, at(0, MatchFellShort, "match_id"))

    found = await subject.overview.to_decide(HUBS, FEW)

    assert [row.id for row in found.rows] == [str(events[each].data.match_id) for each in (1, 2)]
    assert (found.total, found.more) == (3, 1)
    state = events[0].data
    [row] = [each for each in found.rows if each.id == str(events[1].data.match_id)]
    assert (row.title, row.partner, row.chosen, row.places, row.eligible, row.at) == (
        state.title,
        state.partner,
        len(state.panel),
        state.places,
        state.eligible,
        events[1].time,
    )


async def test_a_match_on_which_a_decision_is_held_waits_for_nobody(subject: Subject) -> None:
    one, other = (at(number, MatchProposed, "match_id") for number in (1, 2))
    await subject.hear(one, other)
    await subject.hold(one, Choice.APPROVE)

    waiting = await subject.overview.to_decide(HUBS, FEW)
    [row] = (await subject.overview.held(HUBS, FEW)).rows

    assert ([each.id for each in waiting.rows], waiting.total) == ([str(other.data.match_id)], 1)
    assert (row.id, row.held_choice, row.held_by) == (
        str(one.data.match_id),
        Choice.APPROVE,
        "amina",
    )
    assert row.goes_at == NOW + timedelta(seconds=20)


async def test_matches_that_are_short_are_listed_but_for_some(subject: Subject) -> None:
    one, other = (at(number, MatchFellShort, "match_id") for number in (1, 2))
    await subject.hear(one, other)

    found = await subject.overview.short(HUBS, [str(one.data.match_id)], FEW)

    assert ([row.id for row in found.rows], found.total) == ([str(other.data.match_id)], 1)


async def test_whom_matching_looks_for_is_listed_until_it_is_closed(subject: Subject) -> None:
    one, other = (at(number, OutreachRequested, "outreach_id") for number in (1, 2))
    over = {"outreach_id": other.data.outreach_id, "wanted": []}
    await subject.hear(one, other, an_event(OutreachClosed, sequence=2, data=over))

    found = await subject.overview.sought(HUBS, FEW)
    looked_for = await subject.overview.looked_for(HUBS)

    assert [(row.id, row.wanted) for row in found.rows] == [
        (str(one.data.outreach_id), one.data.wanted)
    ]
    assert (found.total, looked_for) == (1, {str(one.data.match_id)})


async def test_sessions_in_need_are_those_ahead_the_next_first_each_once(subject: Subject) -> None:
    def ahead(hours: int, **data: Any) -> SessionAnnounced:
        begins = NOW + timedelta(hours=hours)
        return at(0, SessionAnnounced, "session_id", starts_at=begins, **data)

    several = ahead(3, missing=2, at_risk=True, quorum=4, unmet=["step-free"])
    unmet, short = ahead(1, unmet=["language:bn"]), ahead(2, missing=1)
    well = ahead(1, missing=0, at_risk=False, unmet=[])
    await subject.hear(several, unmet, short, well, ahead(-1, missing=1))

    found = await subject.overview.in_need(HUBS, NOW, 10)
    coming = await subject.overview.ahead(HUBS, NOW, NOW + timedelta(hours=2), 10)

    assert [row.id for row in found.rows] == [
        str(each.data.session_id) for each in (unmet, short, several)
    ]
    assert found.total == 3
    row, state = found.rows[2], several.data
    assert (row.missing, row.at_risk, row.quorum, row.unmet) == (2, True, 4, ("step-free",))
    assert state.venue is not None
    assert (row.starts_at, row.venue, row.places) == (
        state.starts_at,
        state.venue.name,
        state.places,
    )
    assert {each.id for each in coming.rows} == {
        str(each.data.session_id) for each in (unmet, well)
    }


async def test_who_said_yes_is_counted_in_a_row(subject: Subject) -> None:
    sample = an_event(SessionAnnounced).data.attendees[0].model_dump(mode="json")
    answers = ("accepted", "accepted", "declined", "invited")
    people = [{**sample, "answer": answer} for answer in answers]
    later = NOW + timedelta(hours=1)
    await subject.hear(
        at(0, SessionAnnounced, "session_id", starts_at=later, missing=1, attendees=people)
    )

    [row] = (await subject.overview.in_need(HUBS, NOW, FEW)).rows

    assert row.coming == 2


async def test_a_session_without_a_time_is_listed_with_its_reasons(subject: Subject) -> None:
    event = an_event(SessionUnscheduled)
    await subject.hear(event)

    [row] = (await subject.overview.unplaced(HUBS, FEW)).rows

    assert (row.starts_at, row.reasons) == (None, event.data.reasons)


async def test_calls_are_listed_by_deadline_without_whom(subject: Subject) -> None:
    later, none, next_ = (
        at(n, NotificationCallNeeded, "message_id", due_by=due)
        for n, due in enumerate((NOW + timedelta(days=1), None, NOW))
    )
    engagement = an_event(EngagementPublished)
    await subject.hear(later, none, next_, engagement)

    calls = await subject.overview.calls(HUBS, (), FEW)

    assert [each.id for each in calls.rows] == [
        str(each.data.message_id) for each in (next_, later)
    ]
    assert (calls.total, calls.rows[0].due_by, calls.rows[0].kind) == (3, NOW, next_.data.kind)
    assert calls.rows[0].title == engagement.data.title


async def test_who_answered_meanwhile_is_not_rung_for_an_answer(subject: Subject) -> None:
    waits, answered = (at(0, kind, "invitation_id") for kind in (InvitationIssued,) * 2)
    said = an_event(
        InvitationAccepted,
        sequence=2,
        data={"invitation_id": answered.data.invitation_id, "answer": "accepted"},
    )
    calls = [
        at(1, NotificationCallNeeded, "message_id", kind=kind, invitation_id=about)
        for kind, about in (
            ("no-answer", waits.data.invitation_id),
            ("no-answer", answered.data.invitation_id),
            ("invitation", answered.data.invitation_id),
        )
    ]
    await subject.hear(waits, answered, said, *calls)

    found = await subject.overview.calls(HUBS, ("no-answer",), 10)

    assert {each.id for each in found.rows} == {
        str(each.data.message_id) for each in (calls[0], calls[2])
    }


async def test_what_failed_since_is_counted(subject: Subject) -> None:
    old, new = (
        at(0, NotificationFailed, "message_id", at=NOW - timedelta(hours=hours)) for hours in (2, 0)
    )
    await subject.hear(old, new)

    assert await subject.overview.failed_since(HUBS, NOW - timedelta(hours=1)) == 1


async def test_refusals_are_counted_by_publisher_until_corrected(subject: Subject) -> None:
    one, two = (an_event(SubmissionRejected, subject=str(uuid4())) for _ in range(FEW))
    await subject.hear(one, two, an_event(SubmissionAccepted, subject=two.subject, sequence=2))

    assert await subject.overview.refused(HUBS) == {"nwl-trust": 1}


async def test_open_engagements_are_counted(subject: Subject) -> None:
    await subject.hear(an_event(EngagementPublished))

    assert await subject.overview.open_engagements(HUBS) == 1


async def test_calls_that_were_kept_before_they_had_a_deadline_are_listed(
    database: Database,
) -> None:
    overview = (await on_mongo(database)).overview
    calls = [
        {
            "_id": str(number),
            "hub": HUBS[0],
            "at": stored_time(NOW + timedelta(minutes=number)),
            "state": {"kind": kind, "status": MessageStatus.TO_CALL.value},
        }
        for number, kind in enumerate(("invitation", "no-answer"))
    ]
    await database["messages"].insert_many(calls)

    found = await overview.calls(HUBS, ("no-answer",), FEW)

    assert [(row.id, row.due_by, row.invitation_id) for row in found.rows] == [("0", None, None)]


async def test_who_asks_beside_a_question_that_cannot_be_asked_is_told_why(
    database: Database,
) -> None:
    together = Together(database)

    refused = await asyncio.gather(
        together.ask("matches", [{"$match": {}}]),
        together.ask("matches", [{"$skip": 10**20}]),
        return_exceptions=True,
    )

    assert [type(each) for each in refused] == [OverflowError] * 2
