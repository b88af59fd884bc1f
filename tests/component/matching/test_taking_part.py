"""Who took part in what they were invited to, as the ledger remembers it."""

from itertools import permutations
from typing import Any

import pytest

from shared.contracts.base import Event
from shared.contracts.participants import ParticipantState
from shared.contracts.sessions import Answer
from shared.errors import ConflictError
from tests.builders.attendance import attended
from tests.builders.matching import WINDOW, a_person, answered, published, registered
from tests.fakes.matching_service import Matching

ADA, BEN = a_person(), a_person()
ENGAGEMENT = published(places=2)
INVITED = [answered(each, ENGAGEMENT, Answer.ACCEPTED, on=WINDOW.start) for each in (ADA, BEN)]


def part_in(matching: Matching, person: ParticipantState) -> bool | None:
    kept = matching.kept.opportunities.entities.values()
    [mine] = [each for each in kept if each.participant_id == str(person.participant_id)]
    return mine.took_part


@pytest.mark.parametrize("order", list(permutations(range(4))), ids=str)
async def test_who_came_and_who_did_not_is_known_in_whatever_order_it_is_heard(
    order: tuple[int, ...], matching: Matching
) -> None:
    first = attended(ENGAGEMENT, BEN, missed=(ADA,))
    told: list[Event] = [*INVITED, first, attended(ENGAGEMENT, ADA, missed=(BEN,), sequence=2)]
    await matching.hears(registered(ADA), registered(BEN), ENGAGEMENT)

    await matching.hears(*(told[each] for each in order))

    assert (part_in(matching, ADA), part_in(matching, BEN)) == (True, False)


async def test_nothing_is_known_of_who_is_not_named(matching: Matching) -> None:
    await matching.hears(registered(ADA), ENGAGEMENT, INVITED[0])

    await matching.hears(attended(ENGAGEMENT, BEN))

    assert part_in(matching, ADA) is None


async def test_an_attendance_that_an_invitation_outran_is_not_kept(matching: Matching) -> None:
    await matching.hears(registered(ADA), ENGAGEMENT)
    event = attended(ENGAGEMENT, ADA)
    read_before = await matching.handlers._of_event[event.TYPE](event)

    await matching.hears(INVITED[0])

    with pytest.raises(ConflictError):
        matching.kept.store.commit(read_before)


@pytest.mark.parametrize(
    "changes",
    [{"hub": "lambeth"}, {"engagement": published().data.engagement_id}],
    ids=["another hub", "another engagement"],
)
async def test_what_names_another_hub_or_engagement_is_about_nobodys_session(
    changes: dict[str, Any], matching: Matching
) -> None:
    await matching.hears(registered(ADA), ENGAGEMENT, INVITED[0])
    told = attended(ENGAGEMENT, missed=(ADA,))
    data = told.data.model_copy(update={"engagement_id": changes.get("engagement")})

    update = {"data": data, "hub": changes.get("hub", told.hub)}
    await matching.hears(told.model_copy(update=update))

    assert part_in(matching, ADA) is None
