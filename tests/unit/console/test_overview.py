"""What staff see first."""

from datetime import datetime, timedelta
from uuid import uuid4

from services.console.ports import Role
from services.console.queries.start import SHOWN, Start, what_needs_me
from shared.contracts.matches import MatchFellShort, MatchProposed
from shared.contracts.messages import NotificationCallNeeded, NotificationFailed
from shared.contracts.outreach import OutreachClosed, OutreachRequested
from shared.contracts.sessions import SessionAnnounced, SessionUnscheduled
from shared.contracts.submissions import SubmissionAccepted, SubmissionRejected
from tests.builders.console import BEFORE_THE_SAMPLES_END as NOW
from tests.builders.console import ConsoleInMemory
from tests.builders.events import an_event

LEAD = {"west-london": (Role.LEAD, Role.OPERATOR)}


def session_at(starts_at: datetime) -> SessionAnnounced:
    data = {"session_id": uuid4(), "starts_at": starts_at, "missing": 1}
    return an_event(SessionAnnounced, data=data)


def failure_at(at: datetime) -> NotificationFailed:
    return an_event(NotificationFailed, data={"message_id": uuid4(), "at": at})


def a_call(due_by: datetime | None) -> NotificationCallNeeded:
    return an_event(NotificationCallNeeded, data={"message_id": uuid4(), "due_by": due_by})


async def seen(console: ConsoleInMemory, *roles: Role) -> Start:
    known, held = console.stored.known, {"west-london": roles} if roles else LEAD
    return await what_needs_me(known, console.dead_letters, held, NOW)


async def test_however_many_sessions_are_announced_the_nearest_are_shown() -> None:
    console = ConsoleInMemory()
    past, nearest = session_at(NOW - timedelta(hours=1)), session_at(NOW + timedelta(hours=1))
    far = [session_at(NOW + timedelta(days=8 + number)) for number in range(2 * SHOWN)]
    await console.hear(past, nearest, *far)

    found = await seen(console)

    assert [row.id for row in found.coming.rows] == [str(nearest.data.session_id)]
    assert found.in_need.rows[0].id == str(nearest.data.session_id)
    assert (len(found.in_need.rows), found.in_need.total) == (SHOWN, 1 + len(far))


async def test_a_message_that_failed_long_ago_is_not_counted_for_ever() -> None:
    console = ConsoleInMemory()
    await console.hear(failure_at(NOW - timedelta(days=8)), failure_at(NOW - timedelta(days=6)))

    assert (await seen(console)).failed == 1


async def test_the_call_with_the_next_deadline_comes_first_and_one_without_last() -> None:
    console = ConsoleInMemory()
    later, none, next_ = a_call(NOW + timedelta(days=2)), a_call(None), a_call(NOW)
    await console.hear(later, none, next_)

    rows = (await seen(console)).calls.rows

    assert [row.id for row in rows] == [str(e.data.message_id) for e in (next_, later, none)]


async def test_a_match_that_looks_for_people_is_told_once_with_whom() -> None:
    console = ConsoleInMemory()
    sought = an_event(OutreachRequested)
    looking = an_event(MatchFellShort, data={"match_id": sought.data.match_id})
    other = an_event(MatchFellShort, data={"match_id": uuid4()})
    await console.hear(looking, other, sought)

    found = await seen(console)

    assert found.missing == 2
    assert [row.match_id for row in found.sought.rows] == [str(sought.data.match_id)]
    assert [row.id for row in found.short.rows] == [str(other.data.match_id)]


async def test_a_request_for_people_that_is_closed_is_not_shown_also_if_that_comes_first() -> None:
    console = ConsoleInMemory()
    await console.hear(an_event(OutreachClosed, sequence=2, data={"wanted": []}))
    await console.hear(an_event(OutreachRequested))

    assert (await seen(console)).sought.total == 0


async def test_what_was_refused_is_counted_by_publisher_until_it_is_corrected() -> None:
    console = ConsoleInMemory()
    refused = an_event(SubmissionRejected)
    await console.hear(refused, an_event(SubmissionRejected, subject=str(uuid4())))
    before = await seen(console)
    await console.hear(an_event(SubmissionAccepted, subject=refused.subject, sequence=2))

    assert before.refused == {"nwl-trust": 2}
    assert (await seen(console)).refused == {"nwl-trust": 1}


async def test_what_was_corrected_before_its_refusal_is_heard_of_is_not_counted() -> None:
    console = ConsoleInMemory()
    refused = an_event(SubmissionRejected)
    await console.hear(an_event(SubmissionAccepted, subject=refused.subject, sequence=2), refused)

    assert (await seen(console)).refused == {}


async def test_who_may_only_look_sees_no_calls_and_nothing_of_the_system() -> None:
    console = ConsoleInMemory()
    console.dead_letters.counts = {"matching": 3}
    await console.hear(a_call(NOW), an_event(SubmissionRejected), an_event(MatchProposed))

    found = await seen(console, Role.VIEWER)

    assert found.to_decide.total == 1
    assert (found.calls.total, dict(found.refused), dict(found.dead)) == (0, {}, {})
    assert not found.is_dark


async def test_dead_letters_that_cannot_be_counted_are_not_told_as_none() -> None:
    console = ConsoleInMemory()
    console.dead_letters.counts = {"matching": 2, "intake": 0}
    counted = await seen(console)
    console.dead_letters.counts = None

    assert counted.dead == {"matching": 2}
    assert (await seen(console)).is_dark


async def test_nothing_of_another_hub_is_shown() -> None:
    console = ConsoleInMemory()
    events = (an_event(each, hub="lambeth") for each in (MatchProposed, SessionUnscheduled))
    await console.hear(*events, an_event(OutreachRequested, hub="lambeth"))

    found = await seen(console)

    assert found.is_quiet
