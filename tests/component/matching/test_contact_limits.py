"""How much is asked of a person, as draws keep to it."""

from datetime import timedelta

import pytest

from services.matching.domain.contact import Limits
from shared.contracts.engagements import EngagementPublished, Payment
from shared.contracts.matches import MatchFellShort, MatchProposed
from shared.contracts.participants import ParticipantState
from shared.contracts.sessions import Answer
from shared.errors import ConflictError
from tests.builders.matching import (
    WINDOW,
    a_person,
    answered,
    approved,
    closed,
    due,
    published,
    registered,
    session_updated,
)
from tests.fakes.matching_service import Matching


async def with_a_place_elsewhere(
    matching: Matching,
) -> tuple[ParticipantState, EngagementPublished]:
    """Have one person, who has a place in an engagement, and publish another at that time."""
    person, elsewhere = a_person(), published(places=1)
    await matching.hears(registered(person), elsewhere)
    await matching.hears(answered(person, elsewhere, Answer.ACCEPTED, on=WINDOW.start))
    return person, elsewhere


async def test_who_has_a_place_elsewhere_at_that_time_is_not_drawn(matching: Matching) -> None:
    await with_a_place_elsewhere(matching)
    await matching.draws()
    engagement = published(places=1)

    await matching.hears(engagement)
    await matching.draws()

    [short] = [each for each in matching.said(MatchFellShort) if each.subject]
    assert short.data.engagement_id == engagement.data.engagement_id
    welcome, *spared = short.data.steps[-3:]
    assert [each.requirement for each in spared] == [
        "no place elsewhere at that time",
        "not asked too often lately",
    ]
    assert [welcome.left, *(each.left for each in spared)] == [1, 0, 0]


async def test_who_gives_a_place_back_is_drawn_where_people_are_missing(matching: Matching) -> None:
    person, elsewhere = await with_a_place_elsewhere(matching)
    await matching.draws()
    engagement = published(places=1)
    await matching.hears(engagement)
    await matching.draws()

    await matching.hears(answered(person, elsewhere, Answer.DECLINED, sequence=2, on=WINDOW.start))
    await matching.draws()

    assert matching.match_of(engagement).named == (str(person.participant_id),)


async def test_who_is_invited_elsewhere_meanwhile_is_not_named_any_more(matching: Matching) -> None:
    person, first, second = a_person(), published(places=1), published(places=1)
    await matching.hears(registered(person), first, second)
    await matching.draws()
    assert len(matching.said(MatchProposed)) == 2

    await matching.hears(answered(person, first, Answer.INVITED, on=WINDOW.start))
    await matching.draws()

    assert matching.match_of(first).named == (str(person.participant_id),)
    assert matching.match_of(second).named == ()


async def test_a_short_match_is_looked_at_again_when_somebody_may_be_asked_again() -> None:
    matching = Matching(limits=Limits(most_asks=1))
    person, elsewhere, engagement = a_person(), published(places=1), published(places=1)
    await matching.hears(registered(person), elsewhere)
    await matching.hears(answered(person, elsewhere, Answer.DECLINED))
    await matching.hears(engagement)
    await matching.draws()
    [look] = [each for each in matching.kept.store.due.values() if "asked-again" in each.id]
    assert look.at == matching.now + timedelta(days=30)

    matching.now = look.at
    await matching.draws()

    assert matching.match_of(engagement).named == (str(person.participant_id),)


async def test_a_persons_own_limit_on_paid_activities_is_kept(matching: Matching) -> None:
    paid = Payment(gbp_per_hour=15)
    guarded = a_person(one_paid_activity_a_week=True)
    elsewhere = published(places=1, payment=paid)
    await matching.hears(registered(guarded), elsewhere)
    six_days_before = WINDOW.start - timedelta(days=6)
    await matching.hears(answered(guarded, elsewhere, Answer.ACCEPTED, on=six_days_before))
    await matching.draws()
    engagement = published(places=1, payment=paid)

    await matching.hears(engagement)
    await matching.draws()

    assert matching.match_of(engagement).named == ()


async def test_who_is_on_an_approved_panel_is_not_drawn_elsewhere_before_they_are_invited(
    matching: Matching,
) -> None:
    person, first, second = a_person(), published(places=1), published(places=1)
    await matching.hears(registered(person), first, second)
    await matching.draws()
    match = matching.match_of(first)

    await matching.hears(approved(matching.state_of(first), sequence=match.told))
    await matching.draws()

    assert matching.match_of(second).named == ()


async def test_of_two_automatic_matches_at_one_moment_only_one_names_a_person(
    matching: Matching,
) -> None:
    asked = [published(places=1, approval="automatic") for _ in range(2)]
    await matching.hears(registered(a_person()), *asked)
    due_now = [due(each) for each in matching.kept.store.due.values()]
    first, second = [await matching.handlers.of_due["draws"](each) for each in due_now]

    matching.kept.store.commit(first)
    with pytest.raises(ConflictError):
        matching.kept.store.commit(second)
    await matching.notes_chances()
    again = await matching.handlers.of_due["draws"](due_now[1])
    matching.kept.store.commit(again)

    named = [matching.match_of(each).named for each in asked]
    assert sorted(map(len, named)) == [0, 1]


async def test_a_place_is_held_no_longer_than_until_the_invitation_or_the_end(
    matching: Matching,
) -> None:
    people, engagement = [a_person() for _ in range(2)], published(places=2)
    await matching.hears(*map(registered, people), engagement)
    await matching.draws()
    match = matching.match_of(engagement)
    await matching.hears(approved(matching.state_of(engagement), sequence=match.told))

    await matching.hears(answered(people[0], engagement, Answer.DECLINED, on=WINDOW.start))
    held = [each.answer for each in matching.kept.opportunities.entities.values()]
    assert sorted(held) == ["chosen", "declined"]

    await matching.hears(closed(engagement))
    held = [each.answer for each in matching.kept.opportunities.entities.values()]
    assert held == ["declined"]


async def test_who_was_never_invited_holds_no_place_once_another_panel_is_approved(
    matching: Matching,
) -> None:
    people, engagement = [a_person() for _ in range(2)], published(places=2)
    elsewhere = published(places=1)
    await matching.hears(*map(registered, people), engagement)
    await matching.draws()
    first = matching.match_of(engagement)
    await matching.hears(approved(matching.state_of(engagement), sequence=first.told))
    await matching.hears(answered(people[0], engagement, Answer.ACCEPTED, on=WINDOW.start))
    await matching.hears(elsewhere)
    await matching.hears(answered(people[1], elsewhere, Answer.ACCEPTED, on=WINDOW.start))
    newcomer = a_person()
    await matching.hears(registered(newcomer), session_updated(engagement, missing=1))
    await matching.draws()

    second = matching.match_of(engagement)
    await matching.hears(approved(matching.state_of(engagement), sequence=second.told))

    kept = matching.kept.opportunities.entities.values()
    held = {each.participant_id for each in kept if each.answer == "chosen"}
    assert held == {str(newcomer.participant_id)}
