"""Who had less of a chance so far gets more now."""

from typing import Any

import pytest

from shared.contracts.draws import DrawnAs, MatchChancesRemembered
from shared.contracts.engagements import EngagementPublished
from shared.contracts.matches import MatchDrawRecorded
from shared.contracts.participants import ParticipantState
from shared.contracts.sessions import Answer
from shared.errors import NotYetError
from shared.sortition.record import faults
from tests.builders.matching import (
    a_person,
    answered,
    approved,
    closed,
    due,
    erased,
    left,
    published,
    registered,
    sent_back,
    updated,
)
from tests.fakes.matching_service import Matching


async def drawn(matching: Matching, **asked: Any) -> EngagementPublished:
    """Publish an engagement and draw its match."""
    engagement = published(**asked)
    await matching.hears(engagement)
    await matching.draws()
    return engagement


async def approve(matching: Matching, engagement: EngagementPublished) -> None:
    match = matching.match_of(engagement)
    await matching.hears(approved(matching.state_of(engagement), sequence=match.told))
    await matching.draws()


async def drawn_and_approved(matching: Matching, **asked: Any) -> EngagementPublished:
    engagement = await drawn(matching, **asked)
    await approve(matching, engagement)
    return engagement


async def had_by(matching: Matching, person: ParticipantState) -> float:
    candidate = await matching.kept.candidates.get(str(person.participant_id))
    assert candidate
    return round(matching.fading.left(candidate.had, matching.now), 6) if candidate.had else 0


async def joined(matching: Matching, count: int) -> list[ParticipantState]:
    people = [a_person() for _ in range(count)]
    await matching.hears(*map(registered, people))
    return people


async def test_everybody_in_the_pool_had_a_chance_when_the_panel_is_approved(
    matching: Matching,
) -> None:
    people = await joined(matching, 4)
    engagement = await drawn(matching, places=1)
    assert {await had_by(matching, each) for each in people} == {0}

    await approve(matching, engagement)
    await approve(matching, engagement)

    assert {await had_by(matching, each) for each in people} == {0.25}


async def test_a_panel_that_staff_sent_back_was_no_chance(matching: Matching) -> None:
    people = await joined(matching, 4)
    engagement = await drawn(matching, places=1)
    match = matching.match_of(engagement)

    again = sent_back(matching.state_of(engagement), sequence=match.told, draw_again=True)
    await matching.hears(again)
    await matching.draws()
    await approve(matching, engagement)

    assert {await had_by(matching, each) for each in people} == {0.25}
    assert matching.kept.drawn.entities == {}


async def test_an_automatic_match_counts_as_well(matching: Matching) -> None:
    people = await joined(matching, 2)

    await drawn(matching, places=1, approval="automatic")
    await matching.draws()

    assert {await had_by(matching, each) for each in people} == {0.5}


async def test_who_had_no_chance_before_comes_first(matching: Matching) -> None:
    await joined(matching, 2)
    await drawn_and_approved(matching, places=2)
    [newcomer] = await joined(matching, 1)

    engagement = await drawn(matching, places=1)

    [member] = matching.match_of(engagement).panel
    assert member.participant_id == str(newcomer.participant_id)
    assert member.chance == 1


async def test_a_no_lowers_no_later_chance(matching: Matching) -> None:
    people = await joined(matching, 2)
    before = await drawn_and_approved(matching, places=1)
    chosen = matching.first_chosen(before, people)

    await matching.hears(answered(chosen, before, Answer.DECLINED))
    engagement = await drawn(matching, places=1)

    assert matching.match_of(engagement).panel[0].chance == 0.5
    assert matching.match_of(engagement).eligible == 2


async def test_chances_had_stay_when_somebody_changes_or_leaves_and_go_when_they_are_erased(
    matching: Matching,
) -> None:
    [person] = await joined(matching, 1)
    await drawn_and_approved(matching, places=1)

    seen = []
    ends = (updated(person, sequence=2), left(person, sequence=3), erased(person, sequence=4))
    for event in ends:
        await matching.hears(event)
        seen.append(await had_by(matching, person))

    assert seen == [1, 1, 0]


async def test_the_record_of_an_approved_draw_is_told_and_names_nobody(matching: Matching) -> None:
    people = await joined(matching, 3)
    await drawn_and_approved(matching, places=1)

    [told] = matching.said(MatchDrawRecorded)

    assert faults(told.data.record) == []
    text = told.model_dump_json()
    assert not [each for each in people if str(each.participant_id) in text]


async def test_who_was_in_the_draw_is_told_with_their_chance_and_what_the_lot_said(
    matching: Matching,
) -> None:
    people = await joined(matching, 6)
    engagement = await drawn(matching, places=2, reserves=1)
    match = matching.match_of(engagement)

    await matching.hears(approved(matching.state_of(engagement), sequence=match.told))
    await matching.notes_chances()

    [told] = matching.said(MatchChancesRemembered)
    [recorded] = matching.said(MatchDrawRecorded)
    assert (str(told.data.draw_id), told.causationid) == (recorded.subject, recorded.id)
    assert (told.data.title, told.data.drawn_at) == (match.title, matching.now)
    became = {str(each.participant_id): each.drawn_as for each in told.data.chances}
    assert became.keys() == {str(each.participant_id) for each in people}
    assert {who for who in became if became[who] is DrawnAs.PANEL} == {
        each.participant_id for each in match.panel
    }
    assert {who for who in became if became[who] is DrawnAs.RESERVE} == {
        each.participant_id for each in match.reserves
    }
    assert {each.chance for each in told.data.chances} == {0.333333}


async def test_of_who_left_or_was_erased_since_no_chance_is_told(matching: Matching) -> None:
    stays, leaves, goes = await joined(matching, 3)
    engagement = await drawn(matching, places=1)
    match = matching.match_of(engagement)

    await matching.hears(approved(matching.state_of(engagement), sequence=match.told))
    await matching.hears(left(leaves), erased(goes))
    await matching.notes_chances()

    [told] = matching.said(MatchChancesRemembered)
    assert [each.participant_id for each in told.data.chances] == [stays.participant_id]


async def test_many_people_are_noted_some_at_a_time(matching: Matching) -> None:
    people = await joined(matching, 1_100)
    await drawn_and_approved(matching, places=11)
    engagement = published(places=1)
    await matching.hears(engagement)
    [draw] = [each for each in matching.kept.store.due.values() if each.collection == "draws"]
    with pytest.raises(NotYetError):
        await matching.handlers.of_due["draws"](due(draw))
    del matching.kept.store.due[draw.collection, draw.id]

    for _ in range(2):
        await matching.draws()

    assert {await had_by(matching, each) for each in people} == {0.01}
    assert matching.kept.drawn.entities == {}
    told = matching.said(MatchChancesRemembered)
    assert [len(each.data.chances) for each in told] == [500, 500, 100]
    assert len({each.subject for each in told}) == 3
    assert len({each.participant_id for one in told for each in one.data.chances}) == 1_100


async def test_who_leaves_before_the_approval_and_comes_back_had_that_chance(
    matching: Matching,
) -> None:
    people = await joined(matching, 2)
    engagement = await drawn(matching, places=1)
    [other] = [each for each in people if each != matching.first_chosen(engagement, people)]
    await matching.hears(left(other, sequence=2))

    await approve(matching, engagement)
    await matching.hears(updated(other, sequence=3))

    assert await had_by(matching, other) == 0.5


async def test_draws_of_an_engagement_that_is_over_are_forgotten(matching: Matching) -> None:
    await joined(matching, 2)
    engagement = await drawn(matching, places=1)
    assert len(matching.kept.drawn.entities) == 1

    await matching.hears(closed(engagement))
    await matching.draws()

    assert matching.kept.drawn.entities == {}
