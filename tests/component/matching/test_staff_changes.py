"""What staff want of single people before a panel is approved: the draw goes by it."""

from uuid import UUID

import pytest

from services.matching.domain.matches import Followed, Status
from shared.contracts.engagements import EngagementPublished
from shared.contracts.matches import MatchApproved, MatchFellShort, MatchProposed, PersonChange
from shared.contracts.participants import ParticipantState
from shared.contracts.sessions import Answer
from shared.errors import ConflictError
from tests.builders.matching import (
    a_person,
    answered,
    approved,
    change_requested,
    erased,
    left,
    published,
    registered,
    session_updated,
    updated,
)
from tests.fakes.matching_service import Matching

PIN, EXCLUDE, ASK_AGAIN = PersonChange.PIN, PersonChange.EXCLUDE, PersonChange.ASK_AGAIN


async def drawn(
    matching: Matching, engagement: EngagementPublished, *people: ParticipantState
) -> None:
    await matching.hears(*map(registered, people), engagement)
    await matching.draws()


def some(count: int, sex: str = "female") -> list[ParticipantState]:
    return [a_person(monitoring={"sex": sex}) for _ in range(count)]


def panel_of(matching: Matching, engagement: EngagementPublished) -> set[UUID]:
    return {UUID(each.participant_id) for each in matching.match_of(engagement).panel}


def not_drawn(
    matching: Matching, engagement: EngagementPublished, people: list[ParticipantState]
) -> ParticipantState:
    named = matching.match_of(engagement).named
    return next(each for each in people if str(each.participant_id) not in named)


async def test_whom_staff_put_on_the_panel_is_on_it_and_no_chance_is_made_up(
    matching: Matching,
) -> None:
    people, engagement = some(6), published(places=2)
    await drawn(matching, engagement, *people)
    wanted = not_drawn(matching, engagement, people)

    await matching.hears(change_requested(engagement, wanted, PIN))
    await matching.draws()

    first, other = matching.match_of(engagement).panel
    assert (first.participant_id, first.by_staff) == (str(wanted.participant_id), True)
    assert first.chance == 0
    assert (other.by_staff, other.chance) == (False, 0.2)
    assert matching.said(MatchProposed)[-1].data == matching.state_of(engagement)


async def test_the_lot_beside_who_is_put_on_the_panel_keeps_the_quotas(matching: Matching) -> None:
    women, men = some(3), some(3, "male")
    quotas = {"sex": {"female": {"min": 1, "max": 1}, "male": {"min": 1, "max": 1}}}
    engagement = published(places=2, quotas=quotas)
    await drawn(matching, engagement, *women, *men)

    await matching.hears(change_requested(engagement, women[0], PIN))
    await matching.draws()

    assert women[0].participant_id in panel_of(matching, engagement)
    assert panel_of(matching, engagement) & {each.participant_id for each in men}
    assert matching.match_of(engagement).status is Status.PROPOSED


@pytest.mark.parametrize(
    ("pinned", "places", "said"),
    [
        (1, 2, "2 people are wanted for sex: female; 1 of those eligible is."),
        (3, 2, "2 people are wanted; 3 hold a place or are put on the panel by staff."),
        (1, 1, "No more than 0 people are wanted for sex: male; with those whom staff put on the"),
    ],
)
async def test_who_is_put_on_the_panel_in_the_way_of_a_quota_shows_as_a_shortfall(
    matching: Matching, pinned: int, places: int, said: str
) -> None:
    men = some(3, "male")
    bounds = {
        "female": {"min": places, "max": 2},
        "male": {"min": 0, "max": 0},
    }
    engagement = published(places=places, quotas={"sex": bounds})
    await drawn(matching, engagement, *some(1), *men)

    await matching.hears(*(change_requested(engagement, each, PIN) for each in men[:pinned]))
    await matching.draws()

    assert matching.match_of(engagement).status is Status.SHORT
    sentences = [each.sentence for each in matching.said(MatchFellShort)[-1].data.unmet]
    assert any(each.startswith(said) for each in sentences), sentences


async def test_whom_staff_leave_out_is_not_drawn_and_the_narrowing_says_so(
    matching: Matching,
) -> None:
    people, engagement = some(3), published(places=2)
    await drawn(matching, engagement, *people)
    unwanted = matching.first_chosen(engagement, people)

    await matching.hears(change_requested(engagement, unwanted, EXCLUDE))
    await matching.draws()

    match = matching.match_of(engagement)
    assert str(unwanted.participant_id) not in match.named
    assert (match.steps[-1].requirement, match.steps[-1].left) == ("not left out by staff", 2)
    assert match.eligible == 2


@pytest.mark.parametrize("before", [PIN, EXCLUDE])
async def test_a_change_that_is_taken_back_leaves_the_draw_as_it_was(
    matching: Matching, before: PersonChange
) -> None:
    people, engagement = some(4), published(places=2)
    await drawn(matching, engagement, *people)
    first = matching.match_of(engagement)
    changed = matching.first_chosen(engagement, people)

    await matching.hears(change_requested(engagement, changed, before))
    await matching.draws()
    await matching.hears(change_requested(engagement, changed, ASK_AGAIN, sequence=2))
    await matching.draws()

    match = matching.match_of(engagement)
    assert match.panel == first.panel
    assert match.followed == (Followed(str(changed.participant_id), 2),)


async def test_of_two_changes_the_newer_counts_whichever_comes_first(matching: Matching) -> None:
    people, engagement = some(4), published(places=2)
    await drawn(matching, engagement, *people)
    changed = matching.first_chosen(engagement, people)

    await matching.hears(
        change_requested(engagement, changed, EXCLUDE, sequence=2),
        change_requested(engagement, changed, PIN, sequence=1),
    )
    await matching.draws()

    assert changed.participant_id not in panel_of(matching, engagement)


async def short_of_one(
    matching: Matching, answer: Answer, *, others: int = 1
) -> tuple[EngagementPublished, ParticipantState, list[ParticipantState]]:
    """An approved panel of two of whom one is not coming, drawn again for the free place."""
    people, engagement = some(2), published(places=2)
    await drawn(matching, engagement, *people)
    await matching.hears(approved(matching.state_of(engagement), sequence=1))
    newcomers = some(others)
    await matching.hears(
        answered(people[0], engagement, answer),
        answered(people[1], engagement, Answer.ACCEPTED),
        *map(registered, newcomers),
        session_updated(engagement, missing=1),
    )
    await matching.draws()
    return engagement, people[0], newcomers


@pytest.mark.parametrize("answer", [Answer.DECLINED, Answer.EXPIRED])
async def test_who_gave_an_invitation_up_is_drawn_only_when_staff_ask_again(
    matching: Matching, answer: Answer
) -> None:
    engagement, gave_up, [newcomer] = await short_of_one(matching, answer)
    assert gave_up.participant_id not in panel_of(matching, engagement)

    await matching.hears(
        change_requested(engagement, gave_up, ASK_AGAIN, asked=1),
        change_requested(engagement, newcomer, EXCLUDE),
    )
    await matching.draws()

    [again] = [each for each in matching.match_of(engagement).panel if each.asked_again]
    assert (again.participant_id, again.asked_again) == (str(gave_up.participant_id), 1)
    assert not again.by_staff


@pytest.mark.parametrize("change", [PIN, ASK_AGAIN])
async def test_who_gives_up_once_more_is_not_drawn_by_the_same_wish(
    matching: Matching, change: PersonChange
) -> None:
    engagement, gave_up, _ = await short_of_one(matching, Answer.DECLINED)
    await matching.hears(
        change_requested(engagement, gave_up, change, asked=1),
        answered(gave_up, engagement, Answer.DECLINED, sequence=4, asked=2),
    )

    await matching.draws()

    assert str(gave_up.participant_id) not in matching.match_of(engagement).named


async def test_a_panel_that_waits_is_drawn_anew_when_who_held_a_place_gives_it_up(
    matching: Matching,
) -> None:
    engagement, _, [newcomer] = await short_of_one(matching, Answer.DECLINED)
    [holder] = panel_of(matching, engagement) - {newcomer.participant_id}

    await matching.hears(
        answered(a_person(holder), engagement, Answer.DECLINED, sequence=2),
    )
    await matching.draws()

    assert panel_of(matching, engagement) == {newcomer.participant_id}
    assert matching.match_of(engagement).status is Status.SHORT


async def test_who_left_cannot_be_put_on_the_panel(matching: Matching) -> None:
    people, engagement = some(3), published(places=2)
    await drawn(matching, engagement, *people)

    await matching.hears(change_requested(engagement, people[0], PIN), left(people[0]))
    await matching.draws()

    assert people[0].participant_id not in panel_of(matching, engagement)


async def test_who_no_longer_meets_what_is_asked_for_cannot_be_put_on_the_panel(
    matching: Matching,
) -> None:
    people, engagement = some(3), published(places=2)
    await drawn(matching, engagement, *people)
    moved = people[0].model_copy(update={"consents": {}})

    await matching.hears(change_requested(engagement, people[0], PIN), updated(moved, sequence=2))
    await matching.draws()

    assert people[0].participant_id not in panel_of(matching, engagement)


async def test_what_staff_wanted_of_who_is_erased_is_dropped_and_drawn_without(
    matching: Matching,
) -> None:
    people, engagement = some(4), published(places=2)
    await drawn(matching, engagement, *people)
    await matching.hears(change_requested(engagement, people[0], EXCLUDE))
    await matching.draws()

    await matching.hears(erased(people[0]))
    await matching.draws()

    assert matching.kept.changes.entities == {}
    assert matching.match_of(engagement).followed == ()


async def test_what_comes_late_of_who_was_erased_is_not_kept(matching: Matching) -> None:
    people, engagement = some(4), published(places=2)
    await drawn(matching, engagement, *people)

    await matching.hears(erased(people[0]), change_requested(engagement, people[0], EXCLUDE))

    assert matching.kept.changes.entities == {}


async def test_a_change_that_an_erasure_outran_is_not_kept(matching: Matching) -> None:
    people, engagement = some(1), published(places=1)
    change = change_requested(engagement, people[0], PIN)
    outrun = await matching.handlers._of_event[change.TYPE](change)

    await matching.hears(erased(people[0]))

    with pytest.raises(ConflictError):
        matching.kept.store.commit(outrun)


async def test_a_change_leaves_a_panel_that_was_approved_meanwhile(matching: Matching) -> None:
    people, engagement = some(4), published(places=2)
    await drawn(matching, engagement, *people)
    await matching.hears(approved(matching.state_of(engagement), sequence=1))
    stood = matching.match_of(engagement)

    await matching.hears(change_requested(engagement, people[0], EXCLUDE))
    await matching.draws()

    assert matching.match_of(engagement) == stood
    assert matching.said(MatchApproved) == []


async def test_who_was_put_on_the_panel_by_staff_stays_told_as_such_when_others_join(
    matching: Matching,
) -> None:
    people, engagement = some(3), published(places=2)
    await drawn(matching, engagement, *people)
    await matching.hears(change_requested(engagement, people[0], PIN))
    await matching.draws()
    panel = panel_of(matching, engagement)
    [other] = [each for each in people[1:] if each.participant_id in panel]
    await matching.hears(
        approved(matching.state_of(engagement), sequence=2),
        answered(people[0], engagement, Answer.ACCEPTED),
        answered(other, engagement, Answer.DECLINED),
        session_updated(engagement, missing=1),
    )
    await matching.draws()

    holder, newcomer = matching.match_of(engagement).panel
    assert (holder.participant_id, holder.by_staff) == (str(people[0].participant_id), True)
    assert not newcomer.by_staff
