"""Sessions that move, find no place or are called off, and reminding people of them."""

from datetime import UTC, datetime, timedelta

from services.scheduling.domain.calendar import LONDON, Days
from shared.contracts import participants
from shared.contracts.engagements import EngagementUpdated
from shared.contracts.sessions import (
    Answer,
    InvitationCancelled,
    InvitationChanged,
    InvitationIssued,
    InvitationReminderDue,
    ReplyAccepted,
    ReplyDeclined,
    SessionAnnounced,
    SessionCancelled,
    SessionRescheduled,
    SessionStatus,
    SessionUnscheduled,
    SessionUpdated,
)
from tests.builders.scheduling import (
    NOW,
    WHEELCHAIR,
    a_venue,
    approved,
    closed,
    days,
    engagement,
    participant,
    reply,
    rules,
)
from tests.fakes.scheduling import Stage, names


async def test_people_who_come_are_reminded_a_week_and_a_day_before_at_ten(stage: Stage) -> None:
    far = {"from": "2027-03-01", "to": "2027-04-30"}
    await stage.hear(engagement(EngagementUpdated, at=2, window=far), approved("ada", "ben"))
    await stage.hear(reply(ReplyAccepted, stage.invited("ada")))

    await stage.wait(days(120))

    reminders = stage.heard(InvitationReminderDue)
    assert names(reminders) == {"ada"}
    starts = [each.starts_at.astimezone(LONDON) for each in stage.invited("ada").sessions]
    at_ten = [start.replace(hour=10, minute=0) - days(n) for start in starts for n in (7, 1)]
    assert sorted(each.time for each in reminders) == sorted(at_ten)


async def test_who_declines_is_not_reminded_any_more(stage: Stage) -> None:
    await stage.hear(approved("ada"))
    await stage.hear(reply(ReplyAccepted, stage.invited("ada")))
    await stage.hear(reply(ReplyDeclined, stage.invited("ada"), at=2))

    await stage.wait(days(60))

    assert stage.heard(InvitationReminderDue) == []
    assert stage.store.due == {}


async def test_a_reminder_held_up_until_night_is_given_in_the_morning(stage: Stage) -> None:
    await stage.hear(approved("ada"))
    await stage.hear(reply(ReplyAccepted, stage.invited("ada")))
    [*_, last] = stage.invited("ada").sessions
    stage.now = last.starts_at.replace(hour=22, minute=0) - days(7)
    await stage.settle()
    assert stage.heard(InvitationReminderDue) == []

    await stage.wait(timedelta(hours=12))

    [reminder] = stage.heard(InvitationReminderDue)
    assert reminder.time.hour == 8
    assert reminder.data.due_session_id == last.session_id


async def test_a_closed_engagement_cancels_sessions_and_invitations_and_frees_the_room(
    stage: Stage,
) -> None:
    await stage.hear(approved("ada", "ben"))
    await stage.hear(reply(ReplyAccepted, stage.invited("ada")))

    await stage.hear(closed())

    assert len(stage.heard(SessionCancelled)) == 2
    assert names(stage.heard(InvitationCancelled)) == {"ada", "ben"}
    booked = await stage.diary.booked_days.within(Days(NOW.date(), NOW.date() + days(365)))
    assert [day.bookings for day in booked] == [(), ()]
    assert stage.store.due == {}


async def test_a_changed_window_moves_the_sessions_and_tells_everybody(stage: Stage) -> None:
    await stage.hear(approved("ada", "ben"))
    await stage.hear(reply(ReplyAccepted, stage.invited("ada")))
    before = stage.invited("ada").sessions[0]

    later = {"from": "2027-02-15", "to": "2027-03-31"}
    await stage.hear(engagement(EngagementUpdated, at=2, window=later))

    moved = stage.heard(SessionRescheduled)
    assert [each.data.calendar_sequence for each in moved] == [1, 1]
    assert names(stage.heard(InvitationChanged)) == {"ada", "ben"}
    after = stage.invited("ada")
    assert after.answer is Answer.ACCEPTED
    assert after.sessions[0].session_id == before.session_id
    assert after.sessions[0].starts_at >= datetime(2027, 2, 15, tzinfo=UTC)


async def test_a_wider_window_moves_nothing(stage: Stage) -> None:
    await stage.hear(approved("ada", "ben"))
    stage.forget_events()

    wider = {"from": "2027-01-01", "to": "2027-06-30"}
    await stage.hear(engagement(EngagementUpdated, at=2, window=wider))

    assert stage.store.events == []


async def test_a_session_that_moved_is_reminded_of_anew_and_not_at_the_old_time(
    stage: Stage,
) -> None:
    await stage.hear(approved("ada"))
    await stage.hear(reply(ReplyAccepted, stage.invited("ada")))
    later = {"from": "2027-02-15", "to": "2027-03-31"}
    await stage.hear(engagement(EngagementUpdated, at=2, window=later))

    await stage.wait(days(120))

    reminded = [each.data.due_session_id for each in stage.heard(InvitationReminderDue)]
    sessions = [each.session_id for each in stage.invited("ada").sessions]
    assert sorted(reminded) == sorted([*sessions, *sessions])


async def test_when_nothing_fits_staff_are_told_why_and_nobody_is_invited(stage: Stage) -> None:
    soon = {"from": "2027-01-05", "to": "2027-01-08"}
    await stage.hear(engagement(EngagementUpdated, at=2, window=soon))

    await stage.hear(approved("ada", "ben"))

    [told] = stage.heard(SessionUnscheduled)
    assert "7 days of notice" in told.data.reasons[0]
    assert stage.heard(InvitationIssued) == []


async def test_what_could_not_be_placed_is_tried_again_when_the_engagement_changes(
    stage: Stage,
) -> None:
    soon = {"from": "2027-01-05", "to": "2027-01-08"}
    await stage.hear(engagement(EngagementUpdated, at=2, window=soon), approved("ada", "ben"))

    await stage.hear(engagement(EngagementUpdated, at=3))

    assert [each.data.number for each in stage.heard(SessionAnnounced)] == [1, 2]
    assert names(stage.heard(InvitationIssued)) == {"ada", "ben"}


async def test_people_hear_when_their_session_has_no_date_any_more(stage: Stage) -> None:
    await stage.hear(approved("ada"))

    soon = {"from": "2027-01-05", "to": "2027-01-08"}
    await stage.hear(engagement(EngagementUpdated, at=2, window=soon))

    assert {each.data.status for each in stage.heard(SessionUnscheduled)} == {
        SessionStatus.UNSCHEDULED
    }
    assert stage.invited("ada").sessions == ()


async def test_a_need_that_the_venue_does_not_meet_is_noted() -> None:
    stage = Stage(rules(a_venue(access=())), NOW)
    await stage.hear(participant("ada"), engagement(), approved("ada"))

    updated = participant("ada", participants.ParticipantUpdated, at=2, needs=[WHEELCHAIR])
    await stage.hear(updated)

    assert {each.data.reasons for each in stage.heard(SessionUpdated)} == {
        ("Hall lacks step-free access",)
    }
