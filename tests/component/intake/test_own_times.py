"""What a person says by their own link stands, whatever publishers send in between."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from services.intake.domain.people import Participant
from services.intake.handlers import build_handlers
from shared.contracts.participants import (
    Availability,
    ParticipantState,
    ParticipantUpdated,
    ReplyAvailabilityGiven,
)
from shared.errors import NotFoundError
from tests.builders.events import an_event
from tests.builders.intake import HUB, Json, event, full_person, intake, send, without
from tests.fakes.intake import Intake

EVENING = [{"day": "thu", "from": "17:00:00", "to": "21:00:00"}]
MORNING = [{"day": "mon", "from": "09:00", "to": "12:00"}]


def own(person_id: str | UUID, *, at: str = "2026-11-22T10:00:00Z", **changes: Any) -> Any:
    """What a person said by their link."""
    given = {"weekly": EVENING, "except": [], "hard": EVENING, "term_time_only": True}
    data = {"participant_id": str(person_id), "availability": given, "reminders": []}
    return an_event(
        ReplyAvailabilityGiven,
        data=data | changes.pop("data", {}),
        **{"subject": str(person_id), "time": at, "hub": HUB, "sequence": 1} | changes,
    )


async def hear(to: Intake, said: Any) -> None:
    """Handle an event as it comes from the console."""
    handlers = build_handlers(to.desk, to.publishers)
    await to.commits.commit(said.id, lambda: handlers._of_event[said.TYPE](said))


async def joined(to: Intake, data: Json) -> Participant:
    """Somebody joins."""
    received = await send(to, event(data, time="2026-11-22T09:00:00Z"))
    return await known(to, str(received.submission.aggregate_id))


async def known(to: Intake, person_id: str) -> Participant:
    found = await to.desk.participants.get(person_id)
    assert found is not None
    return found


def newest(to: Intake) -> ParticipantState:
    """What was said last of anybody."""
    told = [e.data for e in to.store.events if e.TYPE.startswith("wlc.participant")]
    return next(each for each in reversed(told) if isinstance(each, ParticipantState))


def times(slots: list[dict[str, str]]) -> Mapping[str, Any]:
    return {"availability": {"weekly": slots}}


async def test_only_times_and_reminders_change_and_all_hear_of_it() -> None:
    door = intake()
    before = await joined(door, full_person())
    was = newest(door)

    await hear(door, own(before.id))

    told = door.store.events[-1]
    assert isinstance(told, ParticipantUpdated)
    assert told.sequence == before.version + 1
    given = own(before.id).data
    assert told.data == was.model_copy(update={"availability": given.availability, "reminders": ()})
    after = await known(door, before.id)
    assert (after.profile, after.references) == (before.profile, before.references)


async def test_late_and_doubled_sayings_change_nothing() -> None:
    door = intake()
    person = await joined(door, full_person())
    second = own(person.id, sequence=2, at="2026-11-22T10:05:00Z")
    await hear(door, second)
    told = len(door.store.events)

    await hear(door, own(person.id, data={"availability": {}}, sequence=1))
    await hear(door, second.model_copy(update={"id": "another"}))

    assert len(door.store.events) == told


async def test_a_list_sent_every_night_does_not_take_their_own_word_away() -> None:
    door, data = intake(), full_person()
    person = await joined(door, data)
    await hear(door, own(person.id))

    nightly = data | {"travel_km": 3}
    received = await send(door, event(nightly, time="2026-11-22T11:00:00Z"))

    assert newest(door).travel_km == 3
    assert newest(door).availability == own(person.id).data.availability
    assert newest(door).reminders == ()
    assert any("own link" in note for note in received.submission.notes)


SENT_LATER, SENT_BEFORE = "2026-11-22T10:30:00Z", "2026-11-22T09:30:00Z"


@pytest.mark.parametrize("own_comes_last", [False, True])
@pytest.mark.parametrize(
    ("sent_at", "day"), [(SENT_LATER, "mon"), (SENT_BEFORE, "thu")], ids=["later", "before"]
)
async def test_times_sent_by_a_publisher_go_before_only_when_they_were_said_later(
    sent_at: str, day: str, *, own_comes_last: bool
) -> None:
    door, data = intake(), full_person()
    person = await joined(door, data)
    sent = {"reference": data["reference"], **times(MORNING)}
    submission = event(sent, type="availability.submitted", time=sent_at)

    if own_comes_last:
        await send(door, submission)
    await hear(door, own(person.id))
    if not own_comes_last:
        await send(door, submission)

    assert [slot.day for slot in newest(door).availability.weekly] == [day]
    assert newest(door).reminders == ()


async def test_who_has_left_is_not_spoken_of_and_has_their_word_when_they_return() -> None:
    door, data = intake(), full_person()
    person = await joined(door, data)
    gone = {"reference": data["reference"]}
    await send(door, event(gone, type="participant.withdrawn", time="2026-11-22T09:30:00Z"))
    told = len(door.store.events)

    await hear(door, own(person.id))

    assert len(door.store.events) == told
    anew = {"version": "1", "given_at": "2026-11-22T11:00:00Z", "how": "web"}
    returns = without(data, "monitoring") | {"consent": {"involvement": anew}}
    await send(door, event(returns, time="2026-11-22T11:30:00Z"))
    assert [slot.day for slot in newest(door).availability.weekly] == ["thu"]


async def test_nothing_comes_back_of_who_was_forgotten() -> None:
    door, data = intake(), full_person()
    person = await joined(door, data)
    await hear(door, own(person.id))
    await send(door, event({"reference": data["reference"]}, type="participant.erasure_requested"))
    told = len(door.store.events)

    await hear(door, own(person.id, sequence=2))

    assert len(door.store.events) == told
    assert (await known(door, person.id)).own_times is None
    assert newest(door).availability == Availability()


async def test_of_somebody_unknown_it_is_an_error() -> None:
    with pytest.raises(NotFoundError):
        await hear(intake(), own(UUID(int=1)))


def test_their_own_word_is_as_new_as_what_is_sent_at_the_same_moment() -> None:
    at = datetime(2026, 11, 22, 10, tzinfo=UTC)
    person = Participant("p", HUB, ())

    assert not person.goes_by_own_times
    assert person.having_times_sent(at).having_times_sent(at.replace(hour=9)).times_sent_at == at
