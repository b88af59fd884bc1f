"""Staff hear of a session with too few people, and may call one off; nothing does so by itself."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from services.scheduling.domain.calendar import Days
from shared.contracts.engagements import EngagementUpdated
from shared.contracts.sessions import (
    Answer,
    CancelOrder,
    InvitationCancelled,
    InvitationChanged,
    ReplyAccepted,
    ReplyDeclined,
    SessionAnnounced,
    SessionCancelled,
    SessionCancelRequested,
    SessionRescheduled,
    SessionState,
    SessionStatus,
)
from shared.errors import NotFoundError
from tests.builders.events import an_event
from tests.builders.scheduling import HUB, approved, days, engagement, reply
from tests.fakes.scheduling import Stage, names


def cancel(session: SessionState) -> SessionCancelRequested:
    order = CancelOrder(
        session_id=session.session_id, engagement_id=session.engagement_id, by="amina"
    )
    return an_event(
        SessionCancelRequested,
        data=order.model_dump(),
        id=str(uuid4()),
        subject=str(order.session_id),
        hub=HUB,
    )


def newest(stage: Stage) -> dict[int, SessionState]:
    """The newest that was said of each session."""
    said = [e.data for e in stage.store.events if isinstance(e.data, SessionState)]
    return {each.number: each for each in said}


async def test_three_days_before_only_a_yes_counts(stage: Stage) -> None:
    await stage.hear(approved("ada", "ben", "cy", "dee"))
    first = stage.heard(SessionAnnounced)[0].data
    await stage.hear(reply(ReplyAccepted, stage.invited("ada")))
    assert (first.quorum, newest(stage)[1].at_risk) == (2, False)

    await stage.wait(first.starts_at - timedelta(days=2) - stage.now)

    assert newest(stage)[1].at_risk
    assert newest(stage)[1].status is SessionStatus.ANNOUNCED


async def test_a_session_is_out_of_danger_once_enough_say_yes(stage: Stage) -> None:
    await stage.hear(approved("ada", "ben"))
    await stage.hear(reply(ReplyDeclined, stage.invited("ada")))
    assert newest(stage)[1].at_risk

    await stage.hear(reply(ReplyAccepted, stage.invited("ada"), at=2))
    await stage.hear(reply(ReplyAccepted, stage.invited("ben")))

    assert not newest(stage)[1].at_risk


async def test_staff_call_one_session_of_a_series_off_and_all_hear(stage: Stage) -> None:
    await stage.hear(approved("ada", "ben", reserves=["cy"]))
    await stage.hear(reply(ReplyAccepted, stage.invited("ada")))
    [first, second] = [each.data for each in stage.heard(SessionAnnounced)]
    order = cancel(second)

    await stage.hear(order, cancel(second))

    [cancelled] = stage.heard(SessionCancelled)
    assert cancelled.data.session_id == second.session_id
    assert cancelled.data.calendar_sequence == 1
    assert names(stage.heard(InvitationChanged)) == {"ada", "ben"}
    for name, answer in (("ada", Answer.ACCEPTED), ("ben", Answer.INVITED)):
        invited = stage.invited(name)
        assert [each.session_id for each in invited.sessions] == [first.session_id]
        assert invited.answer is answer
    booked = await _booked(stage)
    assert len(booked) == 1
    assert (await stage.settled_again()).writes == ()


async def test_with_the_only_session_the_invitations_are_taken_back(stage: Stage) -> None:
    await stage.hear(
        engagement(EngagementUpdated, at=2, sessions={"count": 1}), approved("ada", "ben")
    )
    await stage.hear(reply(ReplyAccepted, stage.invited("ada")))
    [only] = [each.data for each in stage.heard(SessionAnnounced)]

    await stage.hear(cancel(only))

    assert names(stage.heard(InvitationCancelled)) == {"ada", "ben"}
    assert {stage.invited(who).answer for who in ("ada", "ben")} == {Answer.CANCELLED}
    assert await _booked(stage) == []
    assert stage.store.due == {}


async def test_what_was_called_off_does_not_come_back_when_the_rest_moves(stage: Stage) -> None:
    await stage.hear(approved("ada", "ben"))
    [first, _] = [each.data for each in stage.heard(SessionAnnounced)]
    await stage.hear(cancel(first))

    later = {"from": "2027-03-01", "to": "2027-04-30"}
    await stage.hear(engagement(EngagementUpdated, at=2, window=later))

    assert [each.data.number for each in stage.heard(SessionRescheduled)] == [2]
    assert newest(stage)[1].status is SessionStatus.CANCELLED


async def test_what_has_begun_is_not_called_off(stage: Stage) -> None:
    await stage.hear(approved("ada"))
    [first, _] = [each.data for each in stage.heard(SessionAnnounced)]
    await stage.wait(first.starts_at - stage.now)

    await stage.hear(cancel(first))

    assert stage.heard(SessionCancelled) == []


async def test_an_order_about_a_session_that_never_was_is_refused(stage: Stage) -> None:
    await stage.hear(approved("ada"))
    nowhere = stage.heard(SessionAnnounced)[0].data.model_copy(update={"session_id": UUID(int=1)})

    with pytest.raises(NotFoundError):
        await stage.hear(cancel(nowhere))


async def _booked(stage: Stage) -> list[object]:
    found = await stage.diary.booked_days.within(
        Days(stage.now.date(), (stage.now + days(365)).date())
    )
    return [booking for day in found for booking in day.bookings]
