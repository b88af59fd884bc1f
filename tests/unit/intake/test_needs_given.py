"""What people say themselves that they need."""

from typing import Any
from uuid import UUID

import pytest

from services.intake.use_cases.needs import UnknownNeedError, add_needs
from shared.contracts.participants import ParticipantState
from shared.contracts.sessions import ReplyNeedsGiven
from tests.builders.events import an_event
from tests.builders.intake import HUB, event, intake, person, send
from tests.fakes.intake import Intake

STEP_FREE, BSL, LOOP = "1108191000000103", "204331000000107", "198061000000105"


async def give(to: Intake, *needs: str, **data: Any) -> None:
    [known] = to.people
    said = {"participant_id": UUID(known.id), "needs": needs, **data}
    changes = await add_needs(an_event(ReplyNeedsGiven, data=said, hub=HUB), to.desk)
    to.store.commit(changes)


def told(by: Intake) -> ParticipantState:
    """Return the newest that was said of the person."""
    said = [e.data for e in by.store.events if isinstance(e.data, ParticipantState)]
    return said[-1]


async def test_a_need_joins_those_that_are_known_and_all_else_stays_as_it_is() -> None:
    desk = intake()
    await send(desk, event(person(needs=[LOOP])))
    before = told(desk)

    await give(desk, STEP_FREE, BSL)

    after = told(desk)
    assert set(after.needs) == {LOOP, STEP_FREE, BSL}
    assert after.model_copy(update={"needs": before.needs}) == before


async def test_the_same_again_is_told_to_nobody() -> None:
    desk = intake()
    await send(desk, event(person()))
    await give(desk, STEP_FREE)
    events = len(desk.store.events)

    await give(desk, STEP_FREE)

    assert len(desk.store.events) == events


async def test_what_a_publisher_sends_later_does_not_take_it_away() -> None:
    desk = intake()
    amina = person()
    await send(desk, event(amina))
    await give(desk, STEP_FREE)

    await send(desk, event({**amina, "needs": [LOOP]}))

    assert set(told(desk).needs) == {LOOP, STEP_FREE}


async def test_a_code_that_may_not_be_stated_is_refused() -> None:
    desk = intake()
    await send(desk, event(person()))

    with pytest.raises(UnknownNeedError):
        await give(desk, "123456789")
