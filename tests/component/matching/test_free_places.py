"""What becomes of the places of an approved panel that stay free."""

from typing import Any
from uuid import UUID

import pytest

from services.matching.domain.matches import Status
from shared.contracts.engagements import QuotaBounds
from shared.contracts.matches import MatchApproved, MatchFellShort, MatchProposed
from shared.contracts.outreach import OutreachRequested
from shared.contracts.sessions import SessionStatus
from shared.errors import ConflictError
from tests.builders.free_places import approved_and_answered, two_answer
from tests.builders.matching import (
    a_person,
    approved,
    later,
    left,
    published,
    registered,
    sent_back,
    session_updated,
)
from tests.fakes.matching_service import Matching


async def test_a_free_place_is_drawn_for_among_those_not_asked_and_nobody_loses_theirs(
    matching: Matching,
) -> None:
    people, engagement = [a_person() for _ in range(3)], published(places=2)
    stays, gone = await approved_and_answered(matching, people, engagement)

    await matching.hears(session_updated(engagement, missing=1))
    await matching.draws()

    [_, proposed] = matching.said(MatchProposed)
    [other] = {each.participant_id for each in people} - {stays, gone}
    assert [each.participant_id for each in proposed.data.panel] == [stays, other]
    assert proposed.sequence == 3
    assert proposed.data.panel[0].chance == pytest.approx(2 / 3, abs=1e-5)
    assert proposed.data.panel[1].chance == 1.0
    assert matching.match_of(engagement).status is Status.PROPOSED


async def test_who_joins_them_is_drawn_within_what_they_leave_of_the_quotas(
    matching: Matching,
) -> None:
    women = [a_person(monitoring={"sex": "female"}) for _ in range(4)]
    men = [a_person(monitoring={"sex": "male"}) for _ in range(2)]
    bounds = {"sex": {"female": QuotaBounds(min=1, max=1), "male": QuotaBounds(min=1, max=1)}}
    engagement = published(places=2, quotas=bounds)
    stays, gone = await approved_and_answered(matching, women + men, engagement)

    await matching.hears(session_updated(engagement, missing=1))
    await matching.draws()

    panel = matching.match_of(engagement).panel
    assert panel[0].participant_id == str(stays)
    assert str(gone) not in matching.match_of(engagement).named
    assert sorted(each.features["sex"] for each in panel) == ["female", "male"]
    assert [fit.selected for fit in matching.match_of(engagement).quotas] == [1, 1]


async def test_a_panel_that_nobody_can_join_stands_until_somebody_new_can(
    matching: Matching,
) -> None:
    people, engagement = [a_person() for _ in range(2)], published(places=2)
    stays, _ = await approved_and_answered(matching, people, engagement)
    await matching.hears(session_updated(engagement, missing=1))
    await matching.draws()
    stood, newcomer = matching.match_of(engagement).status, a_person()

    await matching.hears(registered(newcomer))
    await matching.draws()

    panel = [UUID(each.participant_id) for each in matching.match_of(engagement).panel]
    assert stood is Status.APPROVED
    assert panel == [stays, newcomer.participant_id]
    assert matching.said(MatchFellShort) == []


async def test_a_panel_sent_back_is_drawn_again_around_those_who_hold_a_place(
    matching: Matching,
) -> None:
    people, engagement = [a_person() for _ in range(9)], published(places=2, reserves=2)
    stays, gone = await approved_and_answered(matching, people, engagement)
    await matching.hears(session_updated(engagement, missing=1))
    await matching.draws()
    [was, _] = matching.match_of(engagement).panel

    await matching.hears(sent_back(matching.state_of(engagement), sequence=3, draw_again=True))
    await matching.draws()

    match = matching.match_of(engagement)
    assert match.panel[0] == was
    assert match.named[0] == str(stays)
    assert str(gone) not in match.named
    assert [event.sequence for event in matching.said(MatchProposed)] == [1, 3, 5]


async def test_places_that_come_free_are_filled_without_staff_where_the_engagement_says_so(
    matching: Matching,
) -> None:
    people = [a_person() for _ in range(3)]
    engagement = published(places=2, approval="automatic")
    await two_answer(matching, people, engagement)

    await matching.hears(session_updated(engagement, missing=1))
    await matching.draws()

    assert [event.data.match_sequence for event in matching.said(MatchApproved)] == [1, 2]
    assert not matching.kept.engagements.entities[engagement.subject].short


@pytest.mark.parametrize(
    "state",
    [
        {"missing": 0},
        {"missing": 1, "starts_at": later(-60)},
        {"missing": 1, "starts_at": later(86_000), "joinable_until": later(-400)},
        {"missing": 1, "status": SessionStatus.CANCELLED},
    ],
    ids=str,
)
async def test_a_session_that_is_full_or_that_nobody_can_join_asks_for_no_draw(
    matching: Matching, state: dict[str, Any]
) -> None:
    people, engagement = [a_person() for _ in range(3)], published(places=2)
    await approved_and_answered(matching, people, engagement)
    matching.kept.store.due.clear()

    await matching.hears(session_updated(engagement, **state))

    assert matching.kept.store.due == {}


async def test_a_place_is_drawn_for_while_the_last_session_of_the_series_can_be_joined(
    matching: Matching,
) -> None:
    people, engagement = [a_person() for _ in range(3)], published(places=2)
    await approved_and_answered(matching, people, engagement)
    near = {"starts_at": later(86_000), "joinable_until": later(-400)}
    far = {"starts_at": later(900_000), "joinable_until": later(813_600)}

    await matching.hears(
        session_updated(engagement, number=1, missing=1, **near),
        session_updated(engagement, number=2, missing=1, **far),
    )
    await matching.draws()

    assert matching.match_of(engagement).status is Status.PROPOSED


async def test_nobody_who_joins_later_is_drawn_for_a_session_that_has_come_too_near(
    matching: Matching,
) -> None:
    people, engagement = [a_person() for _ in range(2)], published(places=2)
    await approved_and_answered(matching, people, engagement)
    dated = {"starts_at": later(172_800), "joinable_until": later(86_400)}
    await matching.hears(session_updated(engagement, missing=1, **dated))
    await matching.draws()
    matching.now = later(86_401)

    await matching.hears(registered(a_person()))
    await matching.draws()

    assert matching.match_of(engagement).status is Status.APPROVED


async def test_a_free_place_is_drawn_for_though_its_news_overtakes_the_approval(
    matching: Matching,
) -> None:
    people, engagement = [a_person() for _ in range(3)], published(places=2)
    await matching.hears(*map(registered, people), engagement)
    await matching.draws()
    seen = matching.state_of(engagement)
    await two_answer(matching, people, engagement)

    await matching.hears(session_updated(engagement, missing=1), approved(seen, sequence=1))
    await matching.draws()

    first, again, *_ = matching.said(MatchProposed)
    assert (first.sequence, again.sequence) == (1, 3)
    assert matching.match_of(engagement).status is Status.PROPOSED


async def test_an_approval_that_news_of_a_free_place_outran_is_not_kept(
    matching: Matching,
) -> None:
    people, engagement = [a_person() for _ in range(3)], published(places=2)
    await matching.hears(*map(registered, people), engagement)
    await matching.draws()
    approval = approved(matching.state_of(engagement), sequence=1)
    read_before = await matching.handlers._of_event[approval.TYPE](approval)

    await matching.hears(session_updated(engagement, missing=1))

    with pytest.raises(ConflictError):
        matching.kept.store.commit(read_before)


async def test_what_was_drawn_for_and_approved_is_not_drawn_for_again(
    matching: Matching,
) -> None:
    people, engagement = [a_person() for _ in range(5)], published(places=2)
    await approved_and_answered(matching, people, engagement)
    await matching.hears(session_updated(engagement, missing=1))
    await matching.draws()

    await matching.hears(approved(matching.state_of(engagement), sequence=3))
    await matching.draws()

    assert matching.match_of(engagement).status is Status.APPROVED


async def test_a_panel_of_whom_nobody_is_left_before_there_is_a_date_is_drawn_for(
    matching: Matching,
) -> None:
    people, engagement = [a_person() for _ in range(2)], published(places=2)
    await matching.hears(*map(registered, people), engagement)
    await matching.draws()
    await matching.hears(approved(matching.state_of(engagement), sequence=1))
    await matching.hears(*(left(each) for each in people))
    undated = {"status": SessionStatus.UNSCHEDULED, "starts_at": None, "missing": 2}
    await matching.hears(session_updated(engagement, **undated))
    await matching.draws()
    [requested] = matching.said(OutreachRequested)
    assert requested.data.wanted[0].people == 2
    newcomers = [a_person() for _ in range(2)]

    await matching.hears(*map(registered, newcomers))
    await matching.draws()

    named = {str(each.participant_id) for each in newcomers}
    assert set(matching.match_of(engagement).named) == named
    assert matching.match_of(engagement).status is Status.PROPOSED
