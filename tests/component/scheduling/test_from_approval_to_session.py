"""From an approved panel to a session with everybody in it, and all that may come between."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

import pytest

from services.scheduling.domain.calendar import Days, Hours
from services.scheduling.domain.panels import Quota
from shared.contracts import participants
from shared.contracts.base import Event
from shared.contracts.engagements import EngagementUpdated
from shared.contracts.sessions import (
    Answer,
    InvitationAccepted,
    InvitationCancelled,
    InvitationChanged,
    InvitationDeclined,
    InvitationExpired,
    InvitationIssued,
    InvitationReminderDue,
    InvitationState,
    ReplyAccepted,
    ReplyDeclined,
    ReplyLeft,
    SessionAnnounced,
    SessionCancelled,
    SessionRescheduled,
    SessionStatus,
    SessionUnscheduled,
    SessionUpdated,
)
from shared.errors import NotFoundError, NotYetError
from tests.builders.scheduling import (
    ENGAGEMENT,
    NOW,
    WHEELCHAIR,
    a_hub,
    a_venue,
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
from tests.fakes.scheduling import Stage

PEOPLE = ("ada", "ben", "cy", "dee", "eve", "fay")


@pytest.fixture
async def stage() -> Stage:
    """Six people and an engagement are known; nothing is approved."""
    stage = Stage(rules(), NOW)
    await stage.hear(*(participant(name) for name in PEOPLE), engagement())
    return stage


def invited(stage: Stage, name: str) -> InvitationState:
    """The newest that was said of a person's invitation."""
    said = [
        event.data
        for event in stage.store.events
        if event.type.startswith("wlc.invitation.")
        and str(event.data.participant_id) == person_id(name)
    ]
    assert isinstance(said[-1], InvitationState)
    return said[-1]


def names(events: list[Event]) -> set[str]:
    """Whom these events are about."""
    by_id = {person_id(name): name for name in PEOPLE}
    return {by_id[str(event.data.participant_id)] for event in events}


async def answers(stage: Stage) -> dict[str, Answer]:
    """Who answered what, as the first session shows it to staff."""
    [session, *_] = await stage.diary.sessions.of_engagement(str(ENGAGEMENT))
    return {each.reference.removeprefix("ref-"): Answer(each.answer) for each in session.attendees}


async def test_an_approved_panel_gets_its_sessions_and_everybody_is_invited(stage: Stage) -> None:
    await stage.hear(approved("ada", "ben", "cy", reserves=["dee"]))

    announced = stage.heard(SessionAnnounced)
    assert [each.data.number for each in announced] == [1, 2]
    assert {a.answer for each in announced for a in each.data.attendees} == {Answer.INVITED}
    issued = stage.heard(InvitationIssued)
    assert names(issued) == {"ada", "ben", "cy"}
    assert all(len(each.data.sessions) == 2 for each in issued)
    assert {each.correlationid for each in (*announced, *issued)} == {"trace"}


async def test_what_is_approved_before_the_engagement_is_known_waits_for_it() -> None:
    stage = Stage(rules(), NOW)
    with pytest.raises(NotYetError):
        await stage.hear(approved("ada"))
    await stage.diary.panels.get(str(ENGAGEMENT))

    stage.store.due.clear()
    await stage.hear(participant("ada"))
    await stage.hear(engagement())

    assert names(stage.heard(InvitationIssued)) == {"ada"}


async def test_an_acceptance_shows_in_the_sessions(stage: Stage) -> None:
    await stage.hear(approved("ada", "ben"))

    await stage.hear(reply(ReplyAccepted, invited(stage, "ada")))

    assert names(stage.heard(InvitationAccepted)) == {"ada"}
    assert await answers(stage) == {"ada": Answer.ACCEPTED, "ben": Answer.INVITED}


async def test_who_declines_is_replaced_by_the_reserve_who_keeps_the_quotas(stage: Stage) -> None:
    sexes = {"ada": "f", "ben": "m", "dee": "m", "eve": "f"}
    features = {name: {"sex": sex} for name, sex in sexes.items()}
    quotas = [Quota("sex", "f", 1, 1), Quota("sex", "m", 1, 1)]
    panel = approved("ada", "ben", reserves=["dee", "eve"], features=features, quotas=quotas)
    await stage.hear(panel)

    await stage.hear(reply(ReplyDeclined, invited(stage, "ada")))

    assert names(stage.heard(InvitationDeclined)) == {"ada"}
    assert invited(stage, "eve").replaces == UUID(person_id("ada"))
    assert "dee" not in names(stage.heard(InvitationIssued))


async def test_who_accepted_and_then_declines_is_replaced_too(stage: Stage) -> None:
    await stage.hear(approved("ada", "ben", reserves=["cy"]))
    await stage.hear(reply(ReplyAccepted, invited(stage, "ada")))

    await stage.hear(reply(ReplyDeclined, invited(stage, "ada"), at=2))

    assert names(stage.heard(InvitationIssued)) == {"ada", "ben", "cy"}


async def test_when_no_reserve_is_left_the_sessions_say_how_many_are_missing(stage: Stage) -> None:
    await stage.hear(approved("ada", "ben"))

    await stage.hear(reply(ReplyDeclined, invited(stage, "ada")))

    assert {each.data.missing for each in stage.heard(SessionUpdated)} == {1}


async def test_who_does_not_answer_in_time_gives_the_place_to_a_reserve(stage: Stage) -> None:
    await stage.hear(approved("ada", reserves=["ben"]))

    await stage.wait(invited(stage, "ada").answer_by - stage.now)

    assert names(stage.heard(InvitationExpired)) == {"ada"}
    assert names(stage.heard(InvitationIssued)) == {"ada", "ben"}
    first = stage.heard(SessionAnnounced)[0].data.starts_at
    assert invited(stage, "ben").answer_by < first


async def test_a_person_who_leaves_is_replaced_and_no_longer_invited(stage: Stage) -> None:
    await stage.hear(approved("ada", "ben", reserves=["cy"]))

    await stage.hear(left("ada"))

    [cancelled] = stage.heard(InvitationCancelled)
    assert cancelled.data.answer is Answer.WITHDRAWN
    assert invited(stage, "cy").answer is Answer.INVITED


async def test_who_leaves_by_the_link_is_let_go_once(stage: Stage) -> None:
    await stage.hear(approved("ada", "ben"))

    await stage.hear(reply(ReplyLeft, invited(stage, "ada")), left("ada"))

    assert len(stage.heard(InvitationCancelled)) == 1


async def test_a_reserve_who_left_is_passed_over(stage: Stage) -> None:
    await stage.hear(approved("ada", reserves=["ben", "cy"]), left("ben"))

    await stage.hear(reply(ReplyDeclined, invited(stage, "ada")))

    assert names(stage.heard(InvitationIssued)) == {"ada", "cy"}


async def test_who_declined_may_come_after_all_while_the_place_is_free(stage: Stage) -> None:
    await stage.hear(approved("ada"))
    await stage.hear(reply(ReplyDeclined, invited(stage, "ada")))

    await stage.hear(reply(ReplyAccepted, invited(stage, "ada"), at=2))

    assert await answers(stage) == {"ada": Answer.ACCEPTED}
    assert stage.heard(SessionUpdated)[-1].data.missing == 0


async def test_who_declined_stays_out_when_somebody_else_has_the_place(stage: Stage) -> None:
    await stage.hear(approved("ada", reserves=["ben"]))
    await stage.hear(reply(ReplyDeclined, invited(stage, "ada")))

    await stage.hear(reply(ReplyAccepted, invited(stage, "ada"), at=2))

    assert await answers(stage) == {"ada": Answer.DECLINED, "ben": Answer.INVITED}


async def test_an_older_reply_that_comes_late_changes_nothing(stage: Stage) -> None:
    await stage.hear(approved("ada"))
    late = reply(ReplyAccepted, invited(stage, "ada"), at=1)
    await stage.hear(reply(ReplyDeclined, invited(stage, "ada"), at=2))

    await stage.hear(late)

    assert await answers(stage) == {"ada": Answer.DECLINED}


async def test_a_reply_to_an_expired_or_cancelled_invitation_changes_nothing(stage: Stage) -> None:
    await stage.hear(approved("ada", "ben"))
    await stage.hear(closed())

    await stage.hear(reply(ReplyAccepted, invited(stage, "ada")))

    assert stage.heard(InvitationAccepted) == []


async def test_a_reply_to_what_was_never_offered_is_refused(stage: Stage) -> None:
    await stage.hear(approved("ada"))
    state = invited(stage, "ada").model_copy(update={"invitation_id": uuid5(ENGAGEMENT, "other")})

    with pytest.raises(NotFoundError):
        await stage.hear(reply(ReplyAccepted, state))


async def test_a_topped_up_panel_invites_only_the_new_people(stage: Stage) -> None:
    await stage.hear(approved("ada", "ben", "cy"))
    await stage.hear(reply(ReplyDeclined, invited(stage, "ada")))
    stage.forget_events()

    await stage.hear(approved("ben", "cy", "dee", at=2))

    assert names(stage.heard(InvitationIssued)) == {"dee"}
    assert stage.heard(SessionUpdated)[-1].data.missing == 0


async def test_the_same_approval_twice_changes_nothing(stage: Stage) -> None:
    await stage.hear(approved("ada", "ben"))
    stage.forget_events()

    await stage.hear(approved("ada", "ben"))

    assert stage.store.events == []


async def test_people_who_come_are_reminded_a_week_and_a_day_before_by_day(stage: Stage) -> None:
    await stage.hear(approved("ada", "ben"))
    await stage.hear(reply(ReplyAccepted, invited(stage, "ada")))
    starts_at = stage.heard(SessionAnnounced)[0].data.starts_at

    await stage.wait(starts_at - stage.now)

    reminders = stage.heard(InvitationReminderDue)
    assert names(reminders) == {"ada"}
    times = [each.time for each in reminders]
    at_ten = [starts_at.replace(hour=10, minute=0) - days(n) for n in (7, 1)]
    assert [time for time in times if time < starts_at][-1] == at_ten[1]
    assert at_ten[0] > NOW or len(times) >= 1


async def test_who_declines_is_not_reminded_any_more(stage: Stage) -> None:
    await stage.hear(approved("ada"))
    await stage.hear(reply(ReplyAccepted, invited(stage, "ada")))
    await stage.hear(reply(ReplyDeclined, invited(stage, "ada"), at=2))

    await stage.wait(days(60))

    assert stage.heard(InvitationReminderDue) == []
    assert stage.store.due == {}


async def test_a_reminder_held_up_until_night_is_given_in_the_morning(stage: Stage) -> None:
    await stage.hear(approved("ada"))
    await stage.hear(reply(ReplyAccepted, invited(stage, "ada")))
    [*_, last] = invited(stage, "ada").sessions
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
    await stage.hear(reply(ReplyAccepted, invited(stage, "ada")))

    await stage.hear(closed())

    assert len(stage.heard(SessionCancelled)) == 2
    assert names(stage.heard(InvitationCancelled)) == {"ada", "ben"}
    booked = await stage.diary.venue_days.within(stage_window())
    assert [day.bookings for day in booked] == [(), ()]
    assert stage.store.due == {}


def stage_window() -> Days:
    """All days that matter."""
    return Days(NOW.date(), NOW.date() + days(365))


async def test_a_changed_window_moves_the_sessions_and_tells_everybody(stage: Stage) -> None:
    await stage.hear(approved("ada", "ben"))
    await stage.hear(reply(ReplyAccepted, invited(stage, "ada")))
    before = invited(stage, "ada").sessions[0]

    later = {"from": "2027-02-15", "to": "2027-03-31"}
    await stage.hear(engagement(EngagementUpdated, at=2, window=later))

    moved = stage.heard(SessionRescheduled)
    assert [each.data.calendar_sequence for each in moved] == [1, 1]
    assert names(stage.heard(InvitationChanged)) == {"ada", "ben"}
    after = invited(stage, "ada")
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
    await stage.hear(reply(ReplyAccepted, invited(stage, "ada")))
    later = {"from": "2027-02-15", "to": "2027-03-31"}
    await stage.hear(engagement(EngagementUpdated, at=2, window=later))

    await stage.wait(days(120))

    reminded = [each.data.due_session_id for each in stage.heard(InvitationReminderDue)]
    sessions = [each.session_id for each in invited(stage, "ada").sessions]
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
    assert invited(stage, "ada").sessions == ()


async def test_a_need_that_the_venue_does_not_meet_is_noted() -> None:
    stage = Stage(rules(a_venue(access=())), NOW)
    await stage.hear(participant("ada"), engagement(), approved("ada"))

    updated = participant("ada", participants.ParticipantUpdated, at=2, needs=[WHEELCHAIR])
    await stage.hear(updated)

    assert {each.data.reasons for each in stage.heard(SessionUpdated)} == {
        ("Hall lacks step-free access",)
    }


async def test_an_erased_person_is_gone_from_everything_that_is_kept(stage: Stage) -> None:
    await stage.hear(approved("ada", "ben", reserves=["cy"]))
    await stage.hear(reply(ReplyDeclined, invited(stage, "ada")))

    await stage.hear(erased("ada"), erased("ben"))

    kept = [
        *await stage.diary.sessions.of_engagement(str(ENGAGEMENT)),
        await stage.diary.panels.get(str(ENGAGEMENT)),
        *await stage.diary.invitations.of_engagement(str(ENGAGEMENT)),
    ]
    assert not any("ref-ada" in repr(each) or "ref-ben" in repr(each) for each in kept)
    assert await answers(stage) == {"cy": Answer.INVITED}


async def test_two_engagements_never_get_one_room_at_one_time() -> None:
    evening = a_hub(a_venue(), hours={0: (stage_hours(),)})
    stage = Stage(rules(hub=evening), NOW)
    other = uuid5(ENGAGEMENT, "other")
    one_session = {"count": 1, "minutes": 90, "every_days": 7}
    await stage.hear(participant("ada"), participant("ben"))
    await stage.hear(
        engagement(sessions=one_session), engagement(engagement_id=other, sessions=one_session)
    )

    await stage.hear(approved("ada"))
    await stage.hear(approved("ben", engagement_id=other, match_id=uuid5(other, "match")))

    first, second = (each.data.starts_at for each in stage.heard(SessionAnnounced))
    assert abs(second - first) >= days(7)


def stage_hours() -> Hours:
    """Two hours: room for one session of 90 minutes and no more."""
    return Hours(datetime(2027, 1, 1, 18).time(), datetime(2027, 1, 1, 20).time())  # noqa: DTZ001


async def test_every_aggregate_counts_its_events_up_from_one(stage: Stage) -> None:
    await stage.hear(approved("ada", "ben", reserves=["cy", "dee"]))
    await stage.hear(reply(ReplyAccepted, invited(stage, "ada")))
    await stage.hear(reply(ReplyDeclined, invited(stage, "ben")))
    await stage.hear(closed())

    sequences: dict[str, list[int]] = {}
    for event in stage.store.events:
        sequences.setdefault(event.subject, []).append(event.sequence)
    assert all(seen == list(range(1, len(seen) + 1)) for seen in sequences.values())
