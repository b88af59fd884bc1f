"""Who left long ago is forgotten exactly as who asks for it; nobody else is."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from services.intake.domain.people import ACTIVE, ERASED, LEFT
from services.intake.handlers import build_handlers
from services.intake.retention import LEAVERS, ends, forgotten_when_due
from services.intake.use_cases.erasure_cases import ERASURE_CHECKS
from services.intake.use_cases.leaving import ERASURES
from shared.changes import Changes, Due
from shared.contracts.base import Event
from shared.contracts.own_details import ReplyErasureAsked
from shared.contracts.participants import ParticipantErased
from shared.due import DueWork
from shared.handlers import Handlers
from tests.builders.events import an_event
from tests.builders.intake import HUB, NOW, event, intake, person, send
from tests.fakes.intake import Intake

KEPT_DAYS = 730
LONG_AGO, LATELY = NOW - timedelta(days=KEPT_DAYS), NOW - timedelta(days=KEPT_DAYS - 1)


async def somebody(status: str = LEFT, left_at: datetime | None = LONG_AGO) -> tuple[Intake, str]:
    door = intake()
    await send(door, event(person()))
    [known] = door.people
    people = door.store.collections["participants"].entities
    people[known.id] = replace(known, status=status, left_at=left_at)
    door.store.events.clear()
    return door, known.id


async def due(door: Intake, who: str) -> Changes:
    handlers = Handlers()
    forgotten_when_due(handlers, door.desk, kept_days=KEPT_DAYS)
    work = DueWork(who, NOW, {}, 0, "asked")
    return await handlers.of_due[LEAVERS](work)


def said(events: tuple[Event, ...]) -> list[tuple[str, object]]:
    return [
        (each.TYPE, each.model_dump(include={"subject", "sequence", "hub", "data"}))
        for each in events
    ]


async def test_what_follows_is_what_follows_when_a_person_asks_for_it() -> None:
    door, who = await somebody()
    asked = an_event(ReplyErasureAsked, data={"participant_id": who}, subject=who, hub=HUB)
    handlers = build_handlers(door.desk, door.publishers)
    by_themselves = await handlers._of_event[asked.TYPE](asked)

    by_time = await due(door, who)

    assert said(by_time.events) == said(by_themselves.events)
    assert [type(each) for each in by_time.events] == [ParticipantErased]
    written = [(each.collection, each.id) for each in by_time.writes]
    assert written == [(each.collection, each.id) for each in by_themselves.writes]
    assert {(ERASURES, who), (ERASURE_CHECKS, who), ("erasure_cases", who)} <= set(written)


async def test_they_are_forgotten_and_their_key_is_destroyed() -> None:
    door, who = await somebody()
    door.store.commit(await due(door, who))
    handlers, row = build_handlers(door.desk, door.publishers), door.store.due[ERASURES, who]

    door.store.commit(await handlers.of_due[ERASURES](DueWork(who, NOW, row.about, 0, "asked")))

    [left] = door.people
    assert (left.id, left.status, left.sealed) == (who, ERASED, None)
    assert door.keys.forgotten == [UUID(who)]


@pytest.mark.parametrize(
    ("status", "left_at"), [(LEFT, LATELY), (ACTIVE, LONG_AGO), (ACTIVE, None), (ERASED, None)]
)
async def test_who_left_lately_came_back_or_is_forgotten_already_stays_as_they_are(
    status: str, left_at: datetime | None
) -> None:
    door, who = await somebody(status, left_at)

    assert await due(door, who) == Changes()


async def test_a_list_of_who_left_that_comes_every_night_puts_off_nothing() -> None:
    door, stated = intake(), person()
    await send(door, event(stated))
    left = event({"reference": stated["reference"]}, type="participant.withdrawn")
    given_at = datetime.fromisoformat(stated["consent"]["involvement"]["given_at"])
    for days in (1, 9):
        time = (given_at + timedelta(days=days)).isoformat()
        await send(door, left | {"id": f"night-{days}", "time": time})

    [known] = door.people

    assert known.left_at == given_at + timedelta(days=1)


async def test_nobody_is_forgotten_who_is_not_there() -> None:
    door, _ = await somebody()

    assert await due(door, str(UUID(int=9))) == Changes()


async def test_each_is_asked_for_as_a_piece_of_work_of_its_own() -> None:
    door, who = await somebody()

    asked = await ends(door.desk)["participants"]([who, "another"])

    assert [(each.collection, each.id) for each in asked.writes if isinstance(each, Due)] == [
        (LEAVERS, who),
        (LEAVERS, "another"),
    ]
