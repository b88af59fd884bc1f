"""What staff, or the engagement's own terms, decide about a panel."""

from uuid import uuid4

import pytest

from services.matching.domain.matches import Member, Status
from shared.contracts.matches import MatchApproved, MatchFellShort, MatchProposed
from shared.errors import ConflictError, NotFoundError
from tests.builders.matching import (
    a_person,
    approved,
    changed,
    erased,
    left,
    published,
    registered,
    sent_back,
    updated,
)
from tests.fakes.matching_service import Matching


async def test_a_panel_that_staff_approve_stands(matching: Matching) -> None:
    people, engagement = [a_person() for _ in range(3)], published(places=2)
    await matching.hears(*map(registered, people), engagement)
    await matching.draws()
    seen = matching.state_of(engagement)

    await matching.hears(approved(seen, sequence=1), registered(a_person()))
    await matching.draws()

    assert matching.match_of(engagement).status is Status.APPROVED
    assert len(matching.said(MatchProposed)) == 1
    assert matching.said(MatchApproved) == []


async def test_an_older_panel_that_staff_approve_stands_and_is_told_again(
    matching: Matching,
) -> None:
    people, engagement = [a_person() for _ in range(3)], published(places=2)
    await matching.hears(*map(registered, people), engagement)
    await matching.draws()
    seen = matching.state_of(engagement)
    await matching.hears(left(matching.first_chosen(engagement, people)))
    await matching.draws()

    await matching.hears(approved(seen, sequence=1))

    [told] = matching.said(MatchApproved)
    panel = [each.participant_id for each in told.data.match.panel]
    assert panel == [each.participant_id for each in seen.panel]
    assert matching.state_of(engagement) == told.data.match
    assert (told.sequence, told.data.match_sequence, told.data.by) == (3, 3, "amina")


async def test_of_who_was_erased_nothing_comes_back_with_an_older_panel_that_staff_approve(
    matching: Matching,
) -> None:
    people, engagement = [a_person() for _ in range(3)], published(places=2)
    await matching.hears(*map(registered, people), engagement)
    await matching.draws()
    seen = matching.state_of(engagement)
    gone = matching.first_chosen(engagement, people)
    await matching.hears(erased(gone))
    await matching.draws()

    await matching.hears(approved(seen, sequence=1))

    [told] = matching.said(MatchApproved)
    blank, other = matching.match_of(engagement).panel
    assert blank == Member(str(gone.participant_id), "", blank.chance)
    assert other.participant_reference
    assert gone.references[0].reference not in told.model_dump_json()


async def test_what_was_taken_back_of_answers_does_not_come_back_with_a_panel_that_staff_approve(
    matching: Matching,
) -> None:
    people = [a_person(monitoring={"disability": "yes"}) for _ in range(2)]
    engagement = published(places=2, quotas={"disability": {"yes": {"min": 0, "max": 2}}})
    await matching.hears(*map(registered, people), engagement)
    await matching.draws()
    seen = matching.state_of(engagement)
    silent = people[0].model_copy(update={"monitoring": {}})

    await matching.hears(updated(silent, sequence=2), approved(seen, sequence=1))

    panel = matching.match_of(engagement).panel
    answers = {each.participant_id: each.features for each in panel}
    assert answers[str(people[0].participant_id)] == {}
    assert answers[str(people[1].participant_id)] == {"disability": "yes"}


async def test_an_approval_that_an_erasure_overtook_is_not_told_again(matching: Matching) -> None:
    people, engagement = [a_person() for _ in range(3)], published(places=3)
    await matching.hears(*map(registered, people), engagement)
    await matching.draws()
    seen = matching.state_of(engagement)

    await matching.hears(erased(people[0]), approved(seen, sequence=1))

    assert matching.said(MatchApproved) == []
    assert matching.match_of(engagement).status is Status.APPROVED


async def test_an_approval_that_an_erasure_outran_is_not_kept(matching: Matching) -> None:
    people, engagement = [a_person() for _ in range(3)], published(places=2)
    await matching.hears(*map(registered, people), engagement)
    await matching.draws()
    seen = matching.state_of(engagement)
    gone = matching.first_chosen(engagement, people)
    await matching.hears(left(gone), registered(gone).model_copy(update={"sequence": 3}))
    await matching.draws()
    approval = approved(seen, sequence=1)
    outrun = await matching.handlers._of_event[approval.TYPE](approval)

    await matching.hears(erased(gone, sequence=4))

    with pytest.raises(ConflictError):
        matching.kept.store.commit(outrun)


async def test_a_panel_sent_back_is_drawn_again_with_another_seed(matching: Matching) -> None:
    engagement = published(places=1)
    await matching.hears(registered(a_person()), engagement)
    await matching.draws()
    before = matching.match_of(engagement)

    await matching.hears(sent_back(matching.state_of(engagement), sequence=1, draw_again=True))
    await matching.draws()

    after = matching.match_of(engagement)
    assert after.seed != before.seed
    assert [event.sequence for event in matching.said(MatchProposed)] == [1, 3]


async def test_a_panel_sent_back_to_rest_is_not_drawn_again(matching: Matching) -> None:
    engagement = published(places=2)
    await matching.hears(registered(a_person()), engagement)
    await matching.draws()

    await matching.hears(sent_back(matching.state_of(engagement), sequence=1, draw_again=False))
    await matching.hears(registered(a_person()))
    await matching.draws()

    assert matching.match_of(engagement).status is Status.SENT_BACK
    assert matching.said(MatchProposed) == []


async def test_a_match_that_rests_is_drawn_anew_when_what_is_asked_for_changes(
    matching: Matching,
) -> None:
    engagement = published(places=2)
    await matching.hears(*(registered(a_person()) for _ in range(3)), engagement)
    await matching.draws()
    await matching.hears(sent_back(matching.state_of(engagement), sequence=1, draw_again=False))
    rested = matching.match_of(engagement)

    await matching.hears(changed(engagement, places=3))
    await matching.draws()

    match, [_, proposed] = matching.match_of(engagement), matching.said(MatchProposed)
    assert (match.status, match.places, len(match.panel)) == (Status.PROPOSED, 3, 3)
    assert match.seed != rested.seed
    assert proposed.sequence == match.version > rested.version
    assert proposed.data == matching.state_of(engagement)


async def test_a_match_that_rests_is_told_again_though_the_change_alters_nobody(
    matching: Matching,
) -> None:
    engagement = published(places=1)
    await matching.hears(registered(a_person()), engagement)
    await matching.draws()
    await matching.hears(sent_back(matching.state_of(engagement), sequence=1, draw_again=False))

    await matching.hears(changed(engagement, decision_owner="Medical Director"))
    await matching.draws()

    assert [event.sequence for event in matching.said(MatchProposed)] == [1, 4]


async def test_a_match_that_rests_falls_short_when_too_few_people_meet_the_changed_terms(
    matching: Matching,
) -> None:
    engagement = published(places=1)
    await matching.hears(registered(a_person()), engagement)
    await matching.draws()
    await matching.hears(sent_back(matching.state_of(engagement), sequence=1, draw_again=False))

    await matching.hears(changed(engagement, places=2))
    await matching.draws()

    assert matching.match_of(engagement).status is Status.SHORT
    [short] = matching.said(MatchFellShort)
    assert short.sequence == matching.match_of(engagement).version


async def test_an_old_change_leaves_a_match_that_rests(matching: Matching) -> None:
    engagement = published(places=1)
    await matching.hears(registered(a_person()), changed(engagement, sequence=2))
    await matching.draws()
    await matching.hears(sent_back(matching.state_of(engagement), sequence=1, draw_again=False))

    await matching.hears(engagement, changed(engagement, sequence=2))
    await matching.draws()

    assert matching.match_of(engagement).status is Status.SENT_BACK
    assert len(matching.said(MatchProposed)) == 1


async def test_a_change_of_the_terms_leaves_an_approved_panel(matching: Matching) -> None:
    engagement = published(places=1)
    await matching.hears(registered(a_person()), registered(a_person()), engagement)
    await matching.draws()
    await matching.hears(approved(matching.state_of(engagement), sequence=1))
    stood = matching.match_of(engagement)

    await matching.hears(changed(engagement, places=2))
    await matching.draws()

    assert matching.match_of(engagement) == stood


async def test_a_decision_on_a_match_that_never_was_is_refused(matching: Matching) -> None:
    engagement = published()
    await matching.hears(registered(a_person()), registered(a_person()), engagement)
    await matching.draws()
    unknown = matching.state_of(engagement).model_copy(update={"match_id": uuid4()})

    with pytest.raises(NotFoundError):
        await matching.hears(approved(unknown, sequence=1))


async def test_a_complete_panel_is_approved_where_the_engagement_says_so(
    matching: Matching,
) -> None:
    engagement = published(places=1, approval="automatic")

    await matching.hears(registered(a_person()), engagement)
    await matching.draws()

    [told] = matching.said(MatchApproved)
    await matching.hears(told)
    assert (told.data.by, told.data.match_sequence) == ("automatic", 1)
    assert told.data.match == matching.said(MatchProposed)[0].data
    assert matching.match_of(engagement).status is Status.APPROVED


async def test_a_panel_that_falls_short_is_never_approved_by_itself(matching: Matching) -> None:
    await matching.hears(registered(a_person()), published(places=2, approval="automatic"))
    await matching.draws()

    assert matching.said(MatchApproved) == []
