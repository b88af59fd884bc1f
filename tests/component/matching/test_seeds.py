"""Nobody can choose a seed: the hash of what it is made of is told before the draw."""

from services.matching.domain.matches import match_id
from shared.contracts.matches import MatchDrawAnnounced, MatchDrawRecorded, MatchProposed
from shared.contracts.participants import ParticipantState
from shared.sortition.record import faults
from tests.builders.matching import (
    a_person,
    approved,
    closed,
    left,
    published,
    registered,
    sent_back,
    session_updated,
)
from tests.fakes.matching_service import Matching


def commitments(matching: Matching) -> list[str]:
    return [each.data.commitment for each in matching.said(MatchDrawAnnounced)]


async def test_a_draw_is_announced_before_anybody_is_drawn(matching: Matching) -> None:
    engagement = published(places=1)

    await matching.hears(engagement)

    [announced] = matching.said(MatchDrawAnnounced)
    assert str(announced.data.match_id) == match_id(engagement.subject)
    assert matching.said(MatchProposed) == []


async def test_the_record_shows_that_its_seed_was_announced_before_the_draw(
    matching: Matching,
) -> None:
    await matching.hears(*(registered(a_person()) for _ in range(4)))
    engagement = published(places=1)
    await matching.hears(engagement)
    [announced] = commitments(matching)
    await matching.draws()
    match = matching.match_of(engagement)

    await matching.hears(approved(matching.state_of(engagement), sequence=match.told))

    [recorded] = matching.said(MatchDrawRecorded)
    assert recorded.data.record["commitment"] == announced
    assert recorded.data.record["seed"] == str(match.seed)
    assert faults(recorded.data.record) == []
    assert faults({**recorded.data.record, "nonce": "another"}) == [
        "The seed does not come from the nonce.",
        "The commitment is not the hash of the nonce.",
    ]


async def test_a_draw_that_is_made_again_has_another_seed_announced_before(
    matching: Matching,
) -> None:
    await matching.hears(*(registered(a_person()) for _ in range(4)))
    engagement = published(places=1)
    await matching.hears(engagement)
    await matching.draws()
    first = matching.match_of(engagement)
    before = commitments(matching)
    again = sent_back(matching.state_of(engagement), sequence=first.told, draw_again=True)

    await matching.hears(again)
    await matching.draws()

    second = matching.match_of(engagement)
    assert second.seed != first.seed
    await matching.hears(approved(matching.state_of(engagement), sequence=second.told))
    [recorded] = matching.said(MatchDrawRecorded)
    assert len(set(before)) == 2
    assert recorded.data.record["commitment"] == before[1]


async def test_an_engagement_is_announced_once_whatever_is_heard_of_it_first(
    matching: Matching,
) -> None:
    engagement = published(places=1)

    await matching.hears(closed(engagement), engagement)

    assert len(commitments(matching)) == 1


async def test_after_a_panel_that_was_outrun_is_approved_the_next_draw_is_announced_too(
    matching: Matching,
) -> None:
    people, engagement = [a_person() for _ in range(4)], published(places=2)
    await matching.hears(*map(registered, people), engagement)
    await matching.draws()
    seen, sequence = matching.state_of(engagement), matching.match_of(engagement).told
    gone = [each for each in people if each.participant_id == seen.panel[0].participant_id]
    again = sent_back(seen, sequence=sequence, draw_again=True)
    await matching.hears(again, *map(left, gone))
    await matching.draws()

    await matching.hears(approved(seen, sequence=sequence))
    await matching.hears(session_updated(engagement, missing=1), *map(registered, _more()))
    await matching.draws()
    match = matching.match_of(engagement)
    await matching.hears(approved(matching.state_of(engagement), sequence=match.told))

    records = [each.data.record for each in matching.said(MatchDrawRecorded)]
    assert len(records) == 2
    assert {each["commitment"] for each in records} <= set(commitments(matching))


def _more() -> list[ParticipantState]:
    return [a_person() for _ in range(3)]
