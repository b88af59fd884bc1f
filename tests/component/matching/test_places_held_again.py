"""What becomes of a draw for a free place that is taken again, or whose panel loses its holder."""

from uuid import UUID

import pytest

from services.matching.domain.matches import Status
from shared.contracts.matches import MatchApproved, PersonChange
from shared.contracts.sessions import Answer
from shared.errors import ConflictError
from tests.builders.free_places import approved_and_answered
from tests.builders.matching import (
    a_person,
    answered,
    change_requested,
    due,
    erased,
    published,
    session_updated,
)
from tests.fakes.matching_service import Matching


async def test_a_place_taken_again_is_not_drawn_for(matching: Matching) -> None:
    people, engagement = [a_person() for _ in range(3)], published(places=2)
    _, back = await approved_and_answered(matching, people, engagement)
    await matching.hears(session_updated(engagement, missing=1))

    person = next(each for each in people if each.participant_id == back)
    await matching.hears(answered(person, engagement, Answer.ACCEPTED, sequence=9))
    await matching.hears(session_updated(engagement, missing=0, sequence=3))
    await matching.draws()

    assert matching.match_of(engagement).status is Status.APPROVED
    assert not matching.kept.engagements.entities[engagement.subject].short


async def test_a_match_whose_places_are_all_held_again_needs_nobodys_approval(
    matching: Matching,
) -> None:
    people, engagement = [a_person() for _ in range(3)], published(places=2)
    stays, back = await approved_and_answered(matching, people, engagement)
    await matching.hears(session_updated(engagement, missing=1))
    await matching.draws()
    assert matching.match_of(engagement).status is Status.PROPOSED

    person = next(each for each in people if each.participant_id == back)
    await matching.hears(answered(person, engagement, Answer.ACCEPTED, sequence=9))
    await matching.draws()

    match = matching.match_of(engagement)
    assert match.status is Status.APPROVED
    assert {UUID(each) for each in match.named} == {stays, back}
    assert [each.data.by for each in matching.said(MatchApproved)] == ["automatic"]
    assert [each for each in matching.kept.drawn.entities.values() if not each.taken] == []


async def test_nobody_is_put_on_a_panel_whose_places_are_all_held_again(
    matching: Matching,
) -> None:
    people, engagement = [a_person() for _ in range(4)], published(places=2)
    stays, back = await approved_and_answered(matching, people, engagement)
    await matching.hears(session_updated(engagement, missing=1))
    wanted, _ = [each for each in people if each.participant_id not in {stays, back}]
    await matching.hears(change_requested(engagement, wanted, PersonChange.PIN))
    await matching.draws()
    assert str(wanted.participant_id) in matching.match_of(engagement).named

    person = next(each for each in people if each.participant_id == back)
    await matching.hears(answered(person, engagement, Answer.ACCEPTED, sequence=9))
    await matching.draws()

    [approval] = matching.said(MatchApproved)
    assert {each.participant_id for each in approval.data.match.panel} == {stays, back}
    assert approval.data.match.unmet == ()


async def test_who_holds_a_place_and_is_erased_meanwhile_is_not_proposed_again(
    matching: Matching,
) -> None:
    people, engagement = [a_person() for _ in range(4)], published(places=2)
    stays, _ = await approved_and_answered(matching, people, engagement)
    await matching.hears(session_updated(engagement, missing=1))
    await matching.notes_chances()
    work = matching.kept.store.due["draws", f"{engagement.subject}:places"]
    drawn = await matching.handlers.of_due["draws"](due(work))

    await matching.hears(erased(next(each for each in people if each.participant_id == stays)))

    with pytest.raises(ConflictError):
        matching.kept.store.commit(drawn)
    await matching.draws()
    assert str(stays) not in matching.match_of(engagement).named
