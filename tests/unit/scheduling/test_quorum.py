"""How many people a session needs, and that places go by quota fit whichever way they come free."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.scheduling.domain.engagements.panels import (
    Member,
    Panel,
    Quota,
    best_reserve,
    deviation,
)
from services.scheduling.domain.invitations.invitation import Answer
from services.scheduling.domain.sessions.quorum import counted, quorum_of
from services.scheduling.domain.sessions.session import Attendee, Session, SessionStatus
from services.scheduling.domain.settling.seating import seated
from services.scheduling.domain.settling.situation import Situation
from tests.builders.scheduling import (
    ENGAGEMENT,
    HUB,
    MATCH,
    NOW,
    a_member,
    a_panel,
    an_attendant,
    an_engagement,
    days,
    person_id,
    rules,
    terms,
)
from tests.unit.scheduling.test_invitations import an_invitation

AHEAD = days(20)
ACCEPTED, INVITED, DECLINED = Answer.ACCEPTED, Answer.INVITED, Answer.DECLINED


def a_session(*answers: Answer, ahead: timedelta = AHEAD, places: int = 4) -> Session:
    attendees = (Attendee(str(n), f"R{n}", f"i{n}", each) for n, each in enumerate(answers))
    return Session(
        id="s",
        hub=HUB,
        correlation_id="trace",
        engagement_id=str(ENGAGEMENT),
        engagement_reference="E-1",
        match_id=str(MATCH),
        title="Leaving the ward",
        partner="Trust",
        number=1,
        places=places,
        status=SessionStatus.ANNOUNCED,
        starts_at=NOW + ahead,
        ends_at=NOW + ahead + timedelta(hours=1),
        attendees=tuple(attendees),
    )


@given(st.integers(1, 500), st.floats(0.01, 1))
def test_a_quorum_is_at_least_two_people_and_at_most_the_places(places: int, share: float) -> None:
    quorum = quorum_of(places, share)

    assert min(2, places) <= quorum <= places
    assert quorum >= min(places * share, places) - 1e-6


@pytest.mark.parametrize(
    ("answers", "ahead", "members", "at_risk"),
    [
        ((ACCEPTED, ACCEPTED, DECLINED, DECLINED), days(1), 2, False),
        ((ACCEPTED, INVITED, INVITED, INVITED), days(1), 4, True),
        ((ACCEPTED, INVITED, INVITED, INVITED), days(20), 4, False),
        ((ACCEPTED, INVITED, DECLINED, DECLINED), days(20), 2, False),
        ((ACCEPTED, DECLINED, DECLINED, DECLINED), days(20), 1, True),
        ((ACCEPTED, DECLINED, DECLINED, DECLINED), days(20), 4, False),
    ],
)
def test_a_session_is_at_risk_when_it_is_late_or_nobody_is_left(
    answers: tuple[Answer, ...], ahead: timedelta, members: int, *, at_risk: bool
) -> None:
    panel = a_panel(*(a_member(str(n)) for n in range(members)), places=4)

    session = counted(a_session(*answers, ahead=ahead), panel, 0.5, NOW)

    assert (session.quorum, session.at_risk) == (2, at_risk)


def test_a_session_that_has_begun_is_at_no_more_risk_than_it_was() -> None:
    begun = replace(a_session(ahead=-days(1)), at_risk=False)

    assert counted(begun, a_panel(a_member("ada")), 0.5, NOW) == begun


SEXES, AGES = ("f", "m"), ("young", "old")
quotas = st.lists(
    st.one_of(
        st.builds(
            Quota, st.just("sex"), st.sampled_from(SEXES), st.integers(0, 2), st.integers(2, 4)
        ),
        st.builds(
            Quota, st.just("age"), st.sampled_from(AGES), st.integers(0, 2), st.integers(2, 4)
        ),
    ),
    max_size=4,
)


def people(prefix: str, smallest: int) -> st.SearchStrategy[list[Member]]:
    features = st.fixed_dictionaries({"sex": st.sampled_from(SEXES), "age": st.sampled_from(AGES)})
    return st.lists(features, min_size=smallest, max_size=5).map(
        lambda found: [a_member(f"{prefix}{n}", **each) for n, each in enumerate(found)]
    )


def freed(panel: Panel, goes: int, way: str) -> Situation:
    """One member's place has come free in one of the ways in which places do."""
    who = panel.members[goes].participant_id
    known = {each: an_attendant(id=each) for each in panel.people}
    answer = {"left": INVITED, "erased": INVITED}.get(way) or Answer(way)
    invitation = replace(
        an_invitation(answer=answer),
        participant_id=who,
        not_at=(NOW + days(20),),
    )
    if way in {"left", "erased"}:
        known[who] = replace(known[who], active=False, erased=way == "erased")
    session = a_session(places=panel.places)
    return Situation(
        now=NOW,
        engagement=an_engagement(),
        panel=panel,
        people=known,
        sessions=(session,),
        invitations={who: invitation},
        days={},
    )


WAYS = ("declined", "expired", "withdrawn", "another_time", "left", "erased")


@given(people("m", 1), people("r", 1), quotas, st.data(), st.sampled_from(WAYS))
def test_a_place_goes_to_the_reserve_who_fits_best_whichever_way_it_came_free(
    members: list[Member], reserves: list[Member], asked: list[Quota], data: st.DataObject, way: str
) -> None:
    goes = data.draw(st.integers(0, len(members) - 1))
    panel = a_panel(*members, reserves=reserves, quotas=tuple(asked), arranged_for=terms())
    staying = [each for n, each in enumerate(members) if n != goes]

    after = seated(freed(panel, goes, way), rules())

    [newcomer] = [each for each in after.members if each in reserves]
    least = min(deviation([*staying, each], asked) for each in reserves)
    assert deviation(after.members, asked) == least
    assert newcomer == best_reserve(staying, reserves, asked)
    assert not after.has(members[goes].participant_id)


def test_nobody_who_waits_for_another_time_is_seated_at_that_time() -> None:
    panel = a_panel(a_member("ada"), arranged_for=terms())

    after = seated(freed(panel, 0, "another_time"), rules())

    assert after.members == ()
    assert [each.participant_id for each in after.reserves] == [person_id("ada")]
