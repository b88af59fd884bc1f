"""Whom matching still looks for is told to partners, and told to be over."""

import pytest

from services.matching.domain.matches import Status
from shared.contracts.base import Event
from shared.contracts.engagements import LivedExperience, QuotaBounds
from shared.contracts.matches import PersonChange
from shared.contracts.outreach import OutreachClosed, OutreachRequested
from shared.contracts.participants import ParticipantState
from shared.contracts.sessions import Answer
from tests.builders.matching import (
    a_person,
    answered,
    approved,
    change_requested,
    closed,
    later,
    published,
    registered,
    sent_back,
    session_updated,
)
from tests.fakes.matching_service import Matching

MEN_WANTED = published(
    places=3,
    lived_experience=LivedExperience(any=("discharge",)),
    quotas={"sex": {"male": QuotaBounds(min=2, max=3)}},
)


def man() -> Event:
    return registered(a_person(lived_experience=("discharge",), monitoring={"sex": "male"}))


def woman() -> Event:
    return registered(a_person(lived_experience=("discharge",), monitoring={"sex": "female"}))


async def short_of_men(matching: Matching) -> OutreachRequested:
    await matching.hears(*(woman() for _ in range(4)), MEN_WANTED)
    await matching.draws()
    [requested] = matching.said(OutreachRequested)
    assert isinstance(requested, OutreachRequested)
    return requested


async def test_who_is_missing_is_told_in_words_a_partner_can_act_on(matching: Matching) -> None:
    requested = await short_of_men(matching)

    [wanted] = requested.data.wanted
    assert (wanted.people, wanted.features) == (2, {"sex": "male"})
    assert wanted.sentence == "2 people with sex: male, with experience of discharge"
    assert requested.subject == str(requested.data.outreach_id)
    assert requested.correlationid == MEN_WANTED.correlationid


async def test_the_request_changes_as_people_come_and_closes_when_the_match_is_complete(
    matching: Matching,
) -> None:
    await short_of_men(matching)

    await matching.hears(man())
    await matching.draws()
    changed = matching.said(OutreachRequested)
    await matching.hears(man())
    await matching.draws()

    assert [each.data.wanted[0].people for each in changed] == [2, 1]
    [over] = matching.said(OutreachClosed)
    assert over.data.wanted == ()
    assert over.subject == changed[0].subject
    assert over.sequence > changed[-1].sequence > changed[0].sequence


async def test_the_same_people_are_asked_for_once(matching: Matching) -> None:
    await short_of_men(matching)

    await matching.hears(woman())
    await matching.draws()

    assert len(matching.said(OutreachRequested)) == 1


@pytest.mark.parametrize("end", ["called off", "let rest", "approved as it is"])
async def test_a_match_that_nobody_completes_any_more_closes_its_request(
    end: str, matching: Matching
) -> None:
    await short_of_men(matching)
    seen = matching.state_of(MEN_WANTED)
    ends = {
        "called off": closed(MEN_WANTED),
        "let rest": sent_back(seen, sequence=1, draw_again=False),
        "approved as it is": approved(seen, sequence=1),
    }

    await matching.hears(ends[end])

    assert len(matching.said(OutreachClosed)) == 1
    assert matching.match_of(MEN_WANTED).wanted == ()


async def test_a_complete_match_asks_for_nobody(matching: Matching) -> None:
    await matching.hears(*(man() for _ in range(3)), MEN_WANTED)
    await matching.draws()

    assert matching.said(OutreachRequested) == matching.said(OutreachClosed) == []


async def a_standing_panel_lacks_somebody(matching: Matching) -> ParticipantState:
    """Have a panel of two approved of whom one declines, with nobody to join them; return who."""
    people = [
        a_person(lived_experience=("discharge",), monitoring={"sex": "male"}) for _ in range(3)
    ]
    await matching.hears(*map(registered, people), MEN_WANTED)
    await matching.draws()
    await matching.hears(approved(matching.state_of(MEN_WANTED), sequence=1))
    await matching.hears(*(answered(each, MEN_WANTED, Answer.ACCEPTED) for each in people))
    await matching.hears(answered(people[0], MEN_WANTED, Answer.DECLINED, sequence=2))
    near = {"starts_at": later(172_800), "joinable_until": later(86_400)}
    await matching.hears(session_updated(MEN_WANTED, missing=1, **near))
    await matching.draws()
    return people[0]


async def test_an_approved_panel_that_nobody_can_join_asks_partners_for_people(
    matching: Matching,
) -> None:
    await a_standing_panel_lacks_somebody(matching)

    [requested] = matching.said(OutreachRequested)
    assert [each.people for each in requested.data.wanted] == [1]
    assert matching.match_of(MEN_WANTED).status is Status.APPROVED


async def test_whoever_comes_then_completes_it_and_closes_the_request(matching: Matching) -> None:
    await a_standing_panel_lacks_somebody(matching)

    await matching.hears(man())
    await matching.draws()

    assert len(matching.said(OutreachClosed)) == 1
    assert matching.match_of(MEN_WANTED).status is Status.PROPOSED
    assert len(matching.match_of(MEN_WANTED).panel) == 3


async def test_nobody_is_looked_for_once_the_place_is_taken_again(matching: Matching) -> None:
    gone = await a_standing_panel_lacks_somebody(matching)

    await matching.hears(answered(gone, MEN_WANTED, Answer.ACCEPTED, sequence=3))
    await matching.hears(session_updated(MEN_WANTED, missing=0, sequence=3))

    assert len(matching.said(OutreachClosed)) == 1
    assert matching.match_of(MEN_WANTED).wanted == ()


async def test_nobody_is_looked_for_once_the_sessions_are_too_near(matching: Matching) -> None:
    await a_standing_panel_lacks_somebody(matching)
    [look] = [each for each in matching.kept.store.due.values() if "too-near" in each.id]

    matching.now = look.at
    await matching.draws()

    assert look.at == later(86_400)
    assert len(matching.said(OutreachClosed)) == 1
    assert matching.match_of(MEN_WANTED).status is Status.APPROVED


async def test_a_request_lasts_as_long_as_sessions_that_move_can_be_joined(
    matching: Matching,
) -> None:
    await a_standing_panel_lacks_somebody(matching)
    far = {"starts_at": later(950_400), "joinable_until": later(864_000)}
    await matching.hears(session_updated(MEN_WANTED, missing=1, sequence=3, **far))
    await matching.draws()
    [look] = [each for each in matching.kept.store.due.values() if "too-near" in each.id]
    assert look.at == later(864_000)

    matching.now = look.at
    await matching.draws()

    assert len(matching.said(OutreachRequested)) == len(matching.said(OutreachClosed)) == 1


async def test_a_match_completed_in_part_looks_for_nobody_once_its_sessions_are_too_near(
    matching: Matching,
) -> None:
    people = [
        a_person(lived_experience=("discharge",), monitoring={"sex": "male"}) for _ in range(3)
    ]
    await matching.hears(*map(registered, people), MEN_WANTED)
    await matching.draws()
    await matching.hears(approved(matching.state_of(MEN_WANTED), sequence=1))
    answers = (Answer.ACCEPTED, Answer.DECLINED, Answer.DECLINED)
    for each, answer in zip(people, answers, strict=True):
        await matching.hears(answered(each, MEN_WANTED, answer))
    near = {"starts_at": later(172_800), "joinable_until": later(86_400)}
    await matching.hears(session_updated(MEN_WANTED, missing=2, **near), man())
    await matching.draws()
    assert matching.match_of(MEN_WANTED).status is Status.SHORT

    matching.now = later(86_400)
    await matching.draws()

    assert len(matching.said(OutreachRequested)) == len(matching.said(OutreachClosed)) == 1


async def test_a_match_whose_sessions_are_too_near_still_follows_what_staff_want(
    matching: Matching,
) -> None:
    people = [
        a_person(lived_experience=("discharge",), monitoring={"sex": "male"}) for _ in range(5)
    ]
    await matching.hears(*map(registered, people), MEN_WANTED)
    await matching.draws()
    await matching.hears(approved(matching.state_of(MEN_WANTED), sequence=1))
    chosen = {each.participant_id for each in matching.state_of(MEN_WANTED).panel}
    invited = [each for each in people if each.participant_id in chosen]
    answers = (Answer.ACCEPTED, Answer.ACCEPTED, Answer.DECLINED)
    for each, answer in zip(invited, answers, strict=True):
        await matching.hears(answered(each, MEN_WANTED, answer))
    near = {"starts_at": later(172_800), "joinable_until": later(86_400)}
    await matching.hears(session_updated(MEN_WANTED, missing=1, **near))
    await matching.draws()
    matching.now = later(86_401)
    unwanted, _ = [each for each in people if each.participant_id not in chosen]

    await matching.hears(change_requested(MEN_WANTED, unwanted, PersonChange.EXCLUDE))
    await matching.draws()

    assert len(matching.match_of(MEN_WANTED).followed) == 1
    assert all(each.at > matching.now for each in matching.kept.store.due.values())
