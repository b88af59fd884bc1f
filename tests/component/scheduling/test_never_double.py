"""Whatever happens in whatever order: nobody and nothing is at two sessions at a time."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from itertools import combinations
from typing import Any
from uuid import uuid5

from hypothesis import given, settings
from hypothesis import strategies as st

from services.scheduling.domain.calendar import local_meeting
from services.scheduling.domain.people.attendants import can_come
from services.scheduling.domain.sessions.session import Session
from shared.contracts.base import Event
from shared.contracts.engagements import EngagementUpdated
from shared.contracts.participants import ParticipantUpdated
from shared.contracts.sessions import (
    InvitationState,
    ReplyAccepted,
    ReplyDeclined,
    SessionAnnounced,
    SessionMoveRequested,
    SessionNeedsAccepted,
    SessionRescheduled,
    SessionState,
    SessionSupportChanged,
)
from tests.builders.scheduling import (
    BSL,
    BSL_USER,
    ENGAGEMENT,
    EVENING,
    NOW,
    WHEELCHAIR,
    a_hub,
    a_venue,
    a_worker,
    approved,
    asked_of,
    closed,
    days,
    engagement,
    participant,
    person_id,
    reply,
    rules,
)
from tests.fakes.scheduling import PEOPLE, Stage

OTHER = uuid5(ENGAGEMENT, "other")
ASKED = (ENGAGEMENT, OTHER)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
WINDOWS = [
    {"from": "2027-01-11", "to": "2027-03-31"},
    {"from": "2027-02-15", "to": "2027-04-30"},
    {"from": "2027-01-05", "to": "2027-01-08"},
]
HUB_OF_FEW = a_hub(
    a_venue("One"),
    a_venue("Two", access=()),
    hours=dict.fromkeys(range(5), (EVENING,)),
    workers=[*map(a_worker, ("fi", "fo")), *(a_worker(f"bsl-{n}", BSL) for n in (1, 2, 3))],
    facilitators=1,
)
RULES = rules(hub=HUB_OF_FEW, rest=None)

Step = tuple[str, Any]
person, asked = st.sampled_from(PEOPLE), st.sampled_from(ASKED)
weeks = st.sets(st.sampled_from(WEEKDAYS), max_size=4)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("approve"), st.tuples(asked, st.permutations(PEOPLE))),
        st.tuples(st.just("times"), st.tuples(person, weeks)),
        st.tuples(st.just("needs"), st.tuples(person, st.sampled_from([BSL_USER, WHEELCHAIR]))),
        st.tuples(st.sampled_from(["yes", "no"]), st.tuples(asked, person)),
        st.tuples(st.just("move"), st.tuples(asked, st.integers(0, 1))),
        st.tuples(
            st.sampled_from(["cannot", "can"]),
            st.tuples(asked, st.sampled_from(["fi", "fo", "bsl-1", "bsl-2"])),
        ),
        st.tuples(st.just("accept"), st.tuples(asked, st.sampled_from([BSL, "step-free access"]))),
        st.tuples(st.just("window"), st.tuples(asked, st.sampled_from(WINDOWS))),
        st.tuples(st.just("close"), st.tuples(asked, st.none())),
        st.tuples(st.just("wait"), st.tuples(asked, st.integers(1, 20))),
    ),
    min_size=4,
    max_size=14,
)


class Story:
    """Two engagements over the same six people, in a hub that has little of everything."""

    def __init__(self) -> None:
        self.stage = Stage(RULES, NOW)
        self._at = 1

    async def begin(self, weeks: list[set[str]]) -> None:
        """Everybody joins with the days that suit them; both panels are approved at one moment."""
        for name, weekdays in zip(PEOPLE, weeks, strict=True):
            await self.stage.hear(participant(name, availability=_evenings(weekdays)))
        await self.stage.hear(*(engagement(engagement_id=each) for each in ASKED))
        for each, names in zip(ASKED, (PEOPLE[:3], PEOPLE[2:5]), strict=True):
            await self.stage.hear(_approved(each, names, at=1))

    async def play(self, step: str, about: Any) -> None:
        """Do one thing."""
        self._at += 1
        if step == "wait":
            await self.stage.wait(days(about[1]))
            return
        for event in await self._events(step, about):
            await self.stage.hear(event)

    async def _events(self, step: str, about: Any) -> list[Any]:
        of, what = about
        if step in {"yes", "no"}:
            kind = ReplyAccepted if step == "yes" else ReplyDeclined
            return [reply(kind, each, at=self._at) for each in self._invited(of, what)][-1:]
        if step in {"move", "cannot", "can", "accept"}:
            return self._asked(step, of, what)
        events = {
            "approve": lambda: _approved(of, what[:4], at=self._at),
            "times": lambda: participant(
                of, ParticipantUpdated, at=self._at, availability=_evenings(what)
            ),
            "needs": lambda: participant(of, ParticipantUpdated, at=self._at, needs=[what]),
            "window": lambda: engagement(
                EngagementUpdated, at=self._at, engagement_id=of, window=what
            ),
            "close": lambda: closed(at=self._at, engagement_id=of),
        }
        return [events[step]()]

    def _invited(self, of: Any, name: str) -> list[InvitationState]:
        said = (e.data for e in self.stage.store.events)
        mine = (each for each in said if isinstance(each, InvitationState))
        return [
            each
            for each in mine
            if each.engagement_id == of and str(each.participant_id) == person_id(name)
        ]

    def _asked(self, step: str, of: Any, what: Any) -> list[Any]:
        said = (e.data for e in self.stage.store.events)
        known = {
            each.number: each
            for each in said
            if isinstance(each, SessionState) and each.engagement_id == of
        }
        dated = [each for each in known.values() if each.starts_at]
        if step == "accept":
            return [
                asked_of(SessionNeedsAccepted, each, at=self._at, needs=[what])
                for each in [*known.values()][:1]
            ]
        if step == "move":
            return [
                asked_of(SessionMoveRequested, each, at=self._at) for each in dated[what : what + 1]
            ]
        data = {"resource_id": what, "cannot_come": step == "cannot"}
        return [asked_of(SessionSupportChanged, each, at=self._at, **data) for each in dated[:1]]


@settings(max_examples=60, deadline=timedelta(seconds=20))
@given(st.lists(weeks, min_size=6, max_size=6), steps)
def test_nothing_is_double_or_out_of_place_after_every_step(
    usual: list[set[str]], story: list[Step]
) -> None:
    asyncio.run(_played(usual, story))


async def _played(usual: list[set[str]], story: list[Step]) -> None:
    player = Story()
    await player.begin(usual)
    await _check_offers(player.stage, player.stage.store.events)
    for step, about in story:
        before, heard = await _dated(player.stage), len(player.stage.store.events)
        await player.play(step, about)
        after = await _dated(player.stage)
        await _check_bookings(player.stage, after)
        await _check_people(player.stage)
        await _check_offers(player.stage, player.stage.store.events[heard:])
        if step not in {"move", "window", "close"}:
            _check_nothing_moved(before, after)


async def _dated(stage: Stage) -> dict[str, Session]:
    found = [each for of in ASKED for each in await stage.diary.sessions.of_engagement(str(of))]
    return {each.id: each for each in found if each.announced}


async def _check_bookings(stage: Stage, dated: dict[str, Session]) -> None:
    """Each room and worker is booked for exactly the sessions that have it, one at a time."""
    kept = stage.diary.booked_days.entities.values()  # type: ignore[attr-defined]
    booked = sorted(
        (day.id, each.hours.start, each.engagement_id) for day in kept for each in day.bookings
    )
    wanted = sorted(
        (f"{resource}:{s.meeting.day}", s.meeting.hours.start, s.engagement_id)
        for s in dated.values()
        if s.meeting
        for resource in s.resources
    )
    assert booked == wanted
    for day in kept:
        assert not any(a.hours.overlaps(b.hours) for a, b in combinations(day.bookings, 2))


async def _check_people(stage: Stage) -> None:
    """Nobody is expected at two sessions at a time."""
    for name in PEOPLE:
        mine = await stage.diary.invitations.of_person(person_id(name))
        periods = [(s.starts_at, s.ends_at) for each in mine if each.is_open for s in each.sessions]
        for (start, end), (begin, finish) in combinations(periods, 2):
            assert end <= begin or finish <= start


async def _check_offers(stage: Stage, events: list[Event]) -> None:
    """What is announced gives notice; nobody is offered a time that they said they cannot make."""
    for event in events:
        if type(event) in {SessionAnnounced, SessionRescheduled}:
            panel = await stage.diary.panels.get(str(event.data.engagement_id))
            assert panel is not None
            found = [await stage.diary.attendants.get(m.participant_id) for m in panel.members]
            people = [each for each in found if each is not None]
            notice = RULES.access.notice(people, panel.waived)
            assert event.data.starts_at.date() >= stage.now.date() + days(notice)
    for invitation, sessions in await _newly_offered(stage, events):
        person_ = await stage.diary.attendants.get(str(invitation.participant_id))
        assert person_ is not None
        for each in sessions:
            meeting = local_meeting(each.starts_at, each.ends_at)
            assert can_come(person_, meeting.day, meeting.hours)


async def _newly_offered(
    stage: Stage, events: list[Event]
) -> list[tuple[InvitationState, list[Any]]]:
    """Return what invitations offer now that they did not offer so before."""
    told = stage.store.events
    before: dict[str, set[tuple[Any, Any]]] = {}
    for event in told[: len(told) - len(events)]:
        if isinstance(event.data, InvitationState):
            before[event.subject] = set(_offers(event.data))
    offered = []
    for event in events:
        if isinstance(event.data, InvitationState) and event.data.answer in {"invited", "accepted"}:
            known = before.get(event.subject, set())
            new = [
                each
                for each in event.data.sessions
                if (each.session_id, each.starts_at) not in known and each.starts_at > stage.now
            ]
            offered.append((event.data, new))
    return offered


def _offers(state: InvitationState) -> Iterator[tuple[Any, Any]]:
    return ((each.session_id, each.starts_at) for each in state.sessions)


def _check_nothing_moved(before: dict[str, Session], after: dict[str, Session]) -> None:
    for key in before.keys() & after.keys():
        was, now = before[key], after[key]
        assert (was.starts_at, was.ends_at, was.venue) == (now.starts_at, now.ends_at, now.venue)
    assert before.keys() <= after.keys()


def _approved(of: Any, names: Any, *, at: int) -> Any:
    match = uuid5(of, "match")
    return approved(*names[:3], reserves=names[3:], at=at, engagement_id=of, match_id=match)


def _evenings(weekdays: set[str]) -> dict[str, Any]:
    hours = {"from": "17:00", "to": "20:00"}
    return {"weekly": [{"day": day, **hours} for day in sorted(weekdays)]}
