"""What staff see first."""

from datetime import datetime, timedelta
from uuid import uuid4

from services.console.queries import MANY, what_waits
from shared.contracts.messages import NotificationFailed
from shared.contracts.sessions import SessionAnnounced
from tests.builders.console import BEFORE_THE_SAMPLES_END as NOW
from tests.builders.console import ConsoleInMemory
from tests.builders.events import an_event


def session_at(starts_at: datetime) -> SessionAnnounced:
    data = {"session_id": uuid4(), "starts_at": starts_at, "missing": 1}
    return an_event(SessionAnnounced, data=data)


def failure_at(at: datetime) -> NotificationFailed:
    return an_event(NotificationFailed, data={"message_id": uuid4(), "at": at})


async def test_however_many_sessions_are_announced_the_nearest_are_shown() -> None:
    console = ConsoleInMemory()
    past, nearest = session_at(NOW - timedelta(hours=1)), session_at(NOW + timedelta(hours=1))
    far = [session_at(NOW + timedelta(days=8 + number)) for number in range(MANY)]
    await console.hear(past, nearest, *far)

    found = await what_waits(console.stored.known, ("west-london",), NOW)

    assert [session.event_id for session in found["coming"]] == [nearest.id]
    assert found["missing"][0].event_id == nearest.id
    assert past.id not in {session.event_id for session in found["missing"]}


async def test_a_message_that_failed_long_ago_is_not_counted_for_ever() -> None:
    console = ConsoleInMemory()
    await console.hear(failure_at(NOW - timedelta(days=8)), failure_at(NOW - timedelta(days=6)))

    found = await what_waits(console.stored.known, ("west-london",), NOW)

    assert found["failed"] == 1
