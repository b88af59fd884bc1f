"""Whatever happens in whatever order: places, rooms and counts stay right."""

import asyncio
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from services.scheduling.domain.invitations.invitation import OPEN, Answer, Invitation
from shared.changes import NOTHING, Changes
from shared.contracts import participants
from shared.contracts.engagements import EngagementUpdated
from shared.contracts.sessions import ReplyAccepted, ReplyDeclined, ReplyLeft
from tests.builders.scheduling import (
    BSL_INTERPRETER,
    ENGAGEMENT,
    EVENING,
    NOW,
    a_hub,
    approved,
    closed,
    days,
    engagement,
    erased,
    left,
    participant,
    person_id,
    reply,
    rules,
)
from tests.fakes.scheduling import PEOPLE, Stage

TOO_SOON = {"from": "2027-01-05", "to": "2027-01-08"}
WINDOWS = [
    {"from": "2027-01-11", "to": "2027-03-31"},
    {"from": "2027-02-15", "to": "2027-03-31"},
    TOO_SOON,
]
EVENINGS = a_hub(hours=dict.fromkeys(range(5), (EVENING,)))
Steps = list[tuple[str, Any]]
person = st.sampled_from(PEOPLE)
steps = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["yes", "no", "leave", "left", "erased", "needs"]), person),
        st.tuples(st.sampled_from(["approve", "ask again"]), st.permutations(PEOPLE)),
        st.tuples(st.just("window"), st.sampled_from(WINDOWS)),
        st.tuples(st.just("count"), st.integers(1, 3)),
        st.tuples(st.just("wait"), st.integers(1, 30)),
        st.tuples(st.just("close"), st.none()),
    ),
    max_size=15,
)


class Story:
    """Plays steps on a stage, each with a higher sequence than the last."""

    def __init__(self) -> None:
        self.stage = Stage(rules(hub=EVENINGS), NOW)
        self._at = 1

    async def begin(self) -> None:
        """Six people, one engagement, a panel of three with two reserves."""
        await self.stage.hear(*(participant(name) for name in PEOPLE), engagement())
        await self.stage.hear(approved(*PEOPLE[:3], reserves=PEOPLE[3:5]))

    async def play(self, step: str, about: Any) -> None:
        """Do one thing."""
        self._at += 1
        if step == "wait":
            await self.stage.wait(days(about))
        elif step in {"yes", "no", "leave"}:
            await self._answer(step, about)
        else:
            await self.stage.hear(self._event(step, about))

    async def _answer(self, step: str, name: str) -> None:
        kind = {"yes": ReplyAccepted, "no": ReplyDeclined, "leave": ReplyLeft}[step]
        heard = [e.data for e in self.stage.store.events if hasattr(e.data, "answer_by")]
        mine = [each for each in heard if str(each.participant_id) == person_id(name)]
        if mine:
            await self.stage.hear(reply(kind, mine[-1], at=self._at))

    def _event(self, step: str, about: Any) -> Any:
        updated = participants.ParticipantUpdated
        plan = {"minutes": 90, "every_days": 14}
        events = {
            "left": lambda: left(about, at=self._at),
            "erased": lambda: erased(about, at=self._at),
            "needs": lambda: participant(about, updated, at=self._at, needs=[BSL_INTERPRETER]),
            "approve": lambda: approved(*about[:3], reserves=about[3:], at=self._at),
            "ask again": lambda: approved(
                *about[:3], reserves=about[3:], at=self._at, again=dict.fromkeys(about[1:4], 1)
            ),
            "window": lambda: engagement(EngagementUpdated, at=self._at, window=about),
            "count": lambda: engagement(
                EngagementUpdated, at=self._at, sessions={"count": about, **plan}
            ),
            "close": lambda: closed(at=self._at),
        }
        return events[step]()


async def played(story: Steps) -> Stage:
    """The stage after all steps."""
    player = Story()
    await player.begin()
    for step, about in story:
        await player.play(step, about)
        await check(player.stage)
    return player.stage


async def check(stage: Stage) -> None:
    """What must hold after every step."""
    engagement_id = str(ENGAGEMENT)
    panel = await stage.diary.panels.get(engagement_id)
    known = await stage.diary.engagements.get(engagement_id)
    invitations = await stage.diary.invitations.of_engagement(engagement_id)
    sessions = await stage.diary.sessions.of_engagement(engagement_id)
    assert panel is not None
    assert known is not None
    holders = {each.participant_id for each in invitations if each.is_open}
    dated = [each for each in sessions if each.announced]
    assert len(panel.members) <= panel.places
    assert holders <= {each.participant_id for each in panel.members}
    for each in invitations:
        attendant = await stage.diary.attendants.get(each.participant_id)
        assert attendant is not None
        assert attendant.active or not each.is_open
    committed = {
        each.id
        for each in stage.diary.attendants.entities.values()  # type: ignore[attr-defined]
        if each.commitments
    }
    assert committed == ({each.participant_id for each in panel.members} if known.open else set())
    if not known.open:
        assert all(each.begun(stage.now) for each in dated)
    booked = [b for each in stage.diary.booked_days.entities.values() for b in each.bookings]  # type: ignore[attr-defined]
    assert len(booked) == len(dated)
    for session in [each for each in dated if not each.begun(stage.now)]:
        open_now = {a.participant_id for a in session.attendees if a.answer in OPEN}
        assert open_now == holders
        assert session.missing == panel.missing


@settings(max_examples=40, deadline=timedelta(seconds=5))
@given(steps)
def test_places_rooms_and_people_agree_after_every_step(story: Steps) -> None:
    asyncio.run(played(story))


@settings(max_examples=30, deadline=timedelta(seconds=5))
@given(steps)
def test_settling_again_changes_nothing_and_counts_have_no_gap_backwards(story: Steps) -> None:
    async def settled_twice() -> tuple[Stage, Changes]:
        stage = await played(story)
        return stage, await stage.settled_again()

    stage, again = asyncio.run(settled_twice())

    assert again == NOTHING
    sequences: dict[str, list[int]] = {}
    for event in stage.store.events:
        sequences.setdefault(event.subject, []).append(event.sequence)
    assert all(seen == sorted(set(seen)) for seen in sequences.values())


async def test_a_day_later_the_same_obstacle_is_no_news() -> None:
    stage = await played([("window", TOO_SOON), ("wait", 1)])

    again = await stage.settled_again()

    assert again == NOTHING


async def test_who_leaves_after_the_close_changes_nothing_of_its_history() -> None:
    stage = await played([("close", None), ("left", PEOPLE[0])])

    again = await stage.settled_again()

    assert again == NOTHING


async def test_a_reserve_who_leaves_is_taken_out_at_once() -> None:
    stage = await played([("left", PEOPLE[3])])

    panel = await stage.diary.panels.get(str(ENGAGEMENT))

    assert panel is not None
    assert person_id(PEOPLE[3]) not in panel.people


async def test_who_was_erased_is_not_brought_back_by_whatever_is_heard_later() -> None:
    stage = await played([("erased", PEOPLE[0]), ("left", PEOPLE[0]), ("needs", PEOPLE[0])])

    person = await stage.diary.attendants.get(person_id(PEOPLE[0]))

    assert person is not None
    assert person.erased
    assert not person.active


@settings(max_examples=20, deadline=timedelta(seconds=5))
@given(steps)
def test_after_the_end_nothing_is_left_to_be_done(story: Steps) -> None:
    async def ended() -> tuple[Stage, list[Invitation]]:
        stage = await played(story)
        await stage.hear(closed(at=99))
        await stage.wait(days(200))
        return stage, await stage.diary.invitations.of_engagement(str(ENGAGEMENT))

    stage, invitations = asyncio.run(ended())

    assert stage.store.due == {}
    assert Answer.INVITED not in {each.answer for each in invitations}
