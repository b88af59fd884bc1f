"""From an event to what matching keeps and says, on records in memory."""

import pytest

from services.matching.domain.matches import Status
from shared.contracts.engagements import LivedExperience, QuotaBounds
from shared.contracts.matches import MatchCancelled, MatchFellShort, MatchProposed
from shared.contracts.sessions import Answer
from shared.errors import ConflictError
from shared.sortition.quotas import Quota
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
    updated,
)
from tests.fakes.matching_service import Matching


async def test_an_engagement_gets_a_panel_of_those_who_meet_its_requirements(
    matching: Matching,
) -> None:
    carers = [a_person(lived_experience=("carer",)) for _ in range(3)]
    engagement = published(places=2, reserves=1, lived_experience=LivedExperience(any=("carer",)))

    await matching.hears(*map(registered, [*carers, a_person()]), engagement)
    await matching.draws()

    [proposed] = matching.said(MatchProposed)
    state = proposed.data
    assert proposed.sequence == 1
    assert proposed.correlationid == engagement.correlationid
    assert [(step.requirement, step.left) for step in state.steps][:2] == [
        ("consent and hub", 4),
        ("lived experience", 3),
    ]
    assert state.eligible == 3
    assert [each.chance for each in state.panel] == [pytest.approx(2 / 3, abs=1e-5)] * 2
    assert len(state.reserves) == 1
    assert {each.participant_id for each in state.panel} <= {each.participant_id for each in carers}
    assert "has lived experience of carer" in state.panel[0].reasons
    assert state.panel[0].participant_reference == f"ref-{state.panel[0].participant_id}"


async def test_who_gave_no_consent_is_never_asked(matching: Matching) -> None:
    engagement = published(places=1)

    await matching.hears(registered(a_person(consents={})), engagement)
    await matching.draws()

    [short] = matching.said(MatchFellShort)
    assert short.data.eligible == 0
    assert short.data.panel == ()


async def test_a_newcomer_is_considered_for_an_engagement_that_is_short(
    matching: Matching,
) -> None:
    engagement = published(places=2)
    await matching.hears(registered(a_person()), engagement)
    await matching.draws()
    seed = matching.match_of(engagement).seed

    await matching.hears(registered(a_person()))
    await matching.draws()

    assert matching.match_of(engagement).status is Status.PROPOSED
    [proposed] = matching.said(MatchProposed)
    assert proposed.sequence == 2
    assert proposed.correlationid == engagement.correlationid
    assert matching.match_of(engagement).seed != seed, "the first one has been shown"


async def test_a_newcomer_who_does_not_fit_asks_for_no_draw(matching: Matching) -> None:
    engagement = published(places=2, lived_experience=LivedExperience(any=("carer",)))
    await matching.hears(engagement)
    await matching.draws()
    matching.kept.store.due.clear()

    await matching.hears(registered(a_person()), registered(a_person(), hub="lambeth"))

    assert matching.kept.store.due == {}


async def test_newcomers_of_the_same_moment_make_one_draw(matching: Matching) -> None:
    await matching.hears(published(places=9))
    await matching.draws()
    matching.kept.store.due.clear()

    await matching.hears(*(registered(a_person()) for _ in range(5)))

    assert len(matching.kept.store.due) == 1


async def test_a_draw_that_comes_out_the_same_says_nothing(matching: Matching) -> None:
    engagement = published(places=2)
    await matching.hears(registered(a_person()), engagement)
    await matching.draws()

    second = matching.kept.store.due["draws", f"{engagement.subject}:second"]
    changes = await matching.handlers.of_due["draws"](due(second))

    assert changes.events == ()
    assert changes.writes == ()


async def test_a_duplicate_or_late_event_changes_nothing(matching: Matching) -> None:
    person = a_person(borough="Ealing")
    await matching.hears(updated(person, sequence=3))

    await matching.hears(registered(a_person(person.participant_id)), updated(person, sequence=3))

    [kept] = matching.kept.candidates.entities.values()
    assert (kept.borough, kept.sequence, kept.version) == ("Ealing", 3, 1)


async def test_who_leaves_is_replaced_on_a_panel_that_waits(matching: Matching) -> None:
    people = [a_person() for _ in range(3)]
    engagement = published(places=2)
    await matching.hears(*map(registered, people), engagement)
    await matching.draws()
    gone = matching.first_chosen(engagement, people)

    await matching.hears(left(gone))
    await matching.draws()

    panel = {each.participant_id for each in matching.match_of(engagement).panel}
    assert str(gone.participant_id) not in panel
    assert len(panel) == 2


async def test_who_no_longer_meets_a_requirement_is_replaced_on_a_panel_that_waits(
    matching: Matching,
) -> None:
    people = [a_person(lived_experience=("carer",)) for _ in range(3)]
    engagement = published(places=2, lived_experience=LivedExperience(any=("carer",)))
    await matching.hears(*map(registered, people), engagement)
    await matching.draws()
    changed = matching.first_chosen(engagement, people)

    await matching.hears(updated(a_person(changed.participant_id), sequence=2))
    await matching.draws()

    panel = {each.participant_id for each in matching.match_of(engagement).panel}
    assert str(changed.participant_id) not in panel
    assert len(panel) == 2


async def test_a_change_that_leaves_a_person_on_their_panel_asks_for_no_draw(
    matching: Matching,
) -> None:
    people, engagement = [a_person() for _ in range(2)], published(places=1, reserves=1)
    await matching.hears(*map(registered, people), engagement)
    await matching.draws()
    matching.kept.store.due.clear()

    await matching.hears(updated(people[0].model_copy(update={"travel_km": 3.0}), sequence=2))

    assert matching.kept.store.due == {}


async def test_a_change_makes_no_draw_for_a_panel_that_stands(matching: Matching) -> None:
    person = a_person(lived_experience=("carer",))
    engagement = published(places=1, lived_experience=LivedExperience(any=("carer",)))
    await matching.hears(registered(person), engagement)
    await matching.draws()
    await matching.hears(approved(matching.state_of(engagement), sequence=1))
    matching.kept.store.due.clear()

    await matching.hears(updated(a_person(person.participant_id), sequence=2))

    assert matching.kept.store.due == {}


async def test_of_a_person_who_is_erased_nothing_is_left_but_an_id(matching: Matching) -> None:
    people = [a_person(monitoring={"sex": "female"}) for _ in range(2)]
    bounds = {"sex": {"female": QuotaBounds(min=1, max=2)}}
    engagement = published(places=2, quotas=bounds)
    await matching.hears(*map(registered, people), engagement)
    await matching.draws()
    await matching.hears(approved(matching.state_of(engagement), sequence=1))

    await matching.hears(erased(people[0]))

    gone = matching.kept.candidates.entities[str(people[0].participant_id)]
    [member] = [
        each for each in matching.match_of(engagement).panel if each.participant_id == gone.id
    ]
    assert (gone.active, gone.monitoring, gone.references) == (False, {}, {})
    assert (member.participant_reference, member.features, member.reasons) == ("", {}, ())


@pytest.mark.parametrize("is_approved", [True, False])
async def test_answers_that_are_taken_back_are_gone_from_matches_and_count_in_none(
    matching: Matching, *, is_approved: bool
) -> None:
    people = [a_person(monitoring={"sex": "female"}) for _ in range(3)]
    engagement = published(places=2, quotas={"sex": {"female": QuotaBounds(min=1, max=2)}})
    await matching.hears(*map(registered, people), engagement)
    await matching.draws()
    if is_approved:
        await matching.hears(approved(matching.state_of(engagement), sequence=1))
    person = matching.first_chosen(engagement, people)
    silent = person.model_copy(update={"monitoring": {}})

    await matching.hears(updated(silent, sequence=2))

    def said() -> list[dict[str, str]]:
        match = matching.match_of(engagement)
        who = str(person.participant_id)
        members = (*match.panel, *match.reserves)
        return [dict(each.features) for each in members if each.participant_id == who]

    assert said() == [{}]
    await matching.draws()
    assert all(each == {} for each in said())


async def test_a_closed_engagement_takes_its_match_with_it(matching: Matching) -> None:
    engagement = published(places=2)
    await matching.hears(registered(a_person()), engagement)
    await matching.draws()

    await matching.hears(closed(engagement), registered(a_person()))
    await matching.draws()

    [cancelled] = matching.said(MatchCancelled)
    assert cancelled.sequence == 2
    assert matching.match_of(engagement).status is Status.CANCELLED


async def test_a_draw_that_an_engagement_outran_by_closing_is_not_kept(
    matching: Matching,
) -> None:
    engagement = published(places=1)
    await matching.hears(registered(a_person()), engagement)
    [work] = matching.kept.store.due.values()
    drawn = await matching.handlers.of_due["draws"](due(work))

    await matching.hears(closed(engagement))

    with pytest.raises(ConflictError):
        matching.kept.store.commit(drawn)


async def test_a_draw_that_an_erasure_outran_is_not_kept_and_says_nothing(
    matching: Matching,
) -> None:
    people, engagement = [a_person() for _ in range(2)], published(places=1, reserves=1)
    await matching.hears(*map(registered, people), engagement)
    [work] = matching.kept.store.due.values()
    drawn = await matching.handlers.of_due["draws"](due(work))

    await matching.hears(erased(people[0]))

    with pytest.raises(ConflictError):
        matching.kept.store.commit(drawn)
    await matching.draws()
    [told] = matching.said(MatchProposed)
    assert matching.match_of(engagement).named == (str(people[1].participant_id),)
    assert str(people[0].participant_id) not in told.model_dump_json()


async def test_an_erasure_that_a_draw_outran_is_done_again_on_its_match(
    matching: Matching,
) -> None:
    person, engagement = a_person(), published(places=1)
    await matching.hears(registered(person), engagement)
    gone = erased(person)
    outrun = await matching.handlers._of_event[gone.TYPE](gone)

    await matching.draws()

    with pytest.raises(ConflictError):
        matching.kept.store.commit(outrun)
    await matching.hears(gone)
    [member] = matching.match_of(engagement).panel
    assert (member.participant_reference, member.features, member.reasons) == ("", {}, ())


async def test_who_declined_is_not_drawn_for_the_same_engagement_again(
    matching: Matching,
) -> None:
    person, engagement = a_person(), published(places=1)
    await matching.hears(
        registered(person), answered(person, engagement, Answer.DECLINED), engagement
    )

    await matching.draws()

    [short] = matching.said(MatchFellShort)
    assert short.data.steps[-1].requirement == "not invited before"
    assert short.data.eligible == 0


async def test_how_far_a_quota_may_give_way_is_kept_to(matching: Matching) -> None:
    bounds = {"sex": {"female": QuotaBounds(min=2, max=3, min_flex=1, max_flex=3)}}
    engagement = published(places=3, quotas=bounds)

    await matching.hears(engagement)

    kept = matching.kept.engagements.entities[engagement.subject]
    assert kept.quotas == (Quota("sex", "female", 2, 3, min_flex=1, max_flex=3),)
