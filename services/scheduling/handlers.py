"""Events and due work in: each is one call to one use case."""

import asyncio
from datetime import timedelta

import structlog

from services.scheduling.domain.planning.slots import Rules
from services.scheduling.ports import Calendars, Diary
from services.scheduling.use_cases import (
    answering,
    directing,
    knowing,
    placing,
    reading_calendars,
    settling,
)
from services.scheduling.use_cases.asking import (
    CALENDAR_READS,
    DEADLINES,
    ERASURES,
    FOLLOW_UPS,
    HUB_PLANS,
    PLANS,
    QUORUMS,
    REMINDERS,
    resettle,
)
from services.scheduling.use_cases.attending import note_attendance
from services.scheduling.use_cases.cancelling import call_off
from services.scheduling.use_cases.following_up import follow_up
from shared.changes import Changes
from shared.committer import Commits, Work
from shared.contracts.engagements import (
    EngagementAttendanceRecorded,
    EngagementClosed,
    EngagementPublished,
    EngagementUpdated,
)
from shared.contracts.matches import MatchApproved
from shared.contracts.participants import (
    ParticipantErased,
    ParticipantLeft,
    ParticipantRegistered,
    ParticipantUpdated,
)
from shared.contracts.sessions import (
    ReplyAccepted,
    ReplyAnotherTime,
    ReplyDeclined,
    ReplyLeft,
    SessionCancelRequested,
    SessionMoveRequested,
    SessionNeedsAccepted,
    SessionSupportChanged,
)
from shared.due import DueWork
from shared.errors import AppError
from shared.facts import Facts
from shared.handlers import Handlers

log = structlog.get_logger()

MANY_AT_ONCE = 400
"""Reminders: one read and one write each, and half of a city may be due one at ten o'clock."""


def build_handlers(diary: Diary, rules: Rules, facts: Facts) -> Handlers:
    """Return what scheduling does about each event and each kind of due work."""
    handlers = Handlers()
    _hear_of_people_and_engagements(handlers, diary, rules, facts)
    _hear_answers(handlers, diary, facts)
    _hear_staff(handlers, diary, facts)
    _work_when_due(handlers, diary, rules, facts)
    return handlers


def _hear_of_people_and_engagements(
    handlers: Handlers, diary: Diary, rules: Rules, facts: Facts
) -> None:
    @handlers.on(ParticipantRegistered, ParticipantUpdated, ParticipantLeft, ParticipantErased)
    async def on_participant(event: knowing.ParticipantEvent) -> Changes:
        return await knowing.know_participant(event, diary, rules.exclusions, facts)

    @handlers.on(EngagementPublished, EngagementUpdated, EngagementClosed)
    async def on_engagement(event: knowing.EngagementEvent) -> Changes:
        return await knowing.know_engagement(event, diary, facts)

    @handlers.on(EngagementAttendanceRecorded)
    async def on_attendance_recorded(event: EngagementAttendanceRecorded) -> Changes:
        return await note_attendance(event, diary, facts)

    @handlers.on(MatchApproved)
    async def on_match_approved(event: MatchApproved) -> Changes:
        return await knowing.know_panel(event, diary, facts)


def _hear_answers(handlers: Handlers, diary: Diary, facts: Facts) -> None:
    @handlers.on(ReplyAccepted)
    async def on_reply_accepted(event: ReplyAccepted) -> Changes:
        return await answering.take_acceptance(event, diary, facts)

    @handlers.on(ReplyDeclined)
    async def on_reply_declined(event: ReplyDeclined) -> Changes:
        return await answering.take_refusal(event, diary, facts)

    @handlers.on(ReplyAnotherTime)
    async def on_another_time(event: ReplyAnotherTime) -> Changes:
        return await answering.take_another_time(event, diary, facts)

    @handlers.on(ReplyLeft)
    async def on_reply_left(event: ReplyLeft) -> Changes:
        return await answering.take_departure(event, diary, facts)


def _hear_staff(handlers: Handlers, diary: Diary, facts: Facts) -> None:
    @handlers.on(SessionCancelRequested)
    async def on_cancel_requested(event: SessionCancelRequested) -> Changes:
        return await call_off(event, diary, facts)

    @handlers.on(SessionMoveRequested)
    async def on_move_requested(event: SessionMoveRequested) -> Changes:
        return await directing.move_session(event, diary, facts)

    @handlers.on(SessionNeedsAccepted)
    async def on_needs_accepted(event: SessionNeedsAccepted) -> Changes:
        return await directing.accept_needs(event, diary, facts)

    @handlers.on(SessionSupportChanged)
    async def on_support_changed(event: SessionSupportChanged) -> Changes:
        return await directing.note_absence(event, diary, facts)


def _work_when_due(handlers: Handlers, diary: Diary, rules: Rules, facts: Facts) -> None:
    @handlers.when_due(PLANS)
    async def on_plan_due(work: DueWork) -> Changes:
        cause = work.about.get("caused_by")
        return await settling.settle_engagement(work.id, diary, rules, facts, caused_by=cause)

    @handlers.when_due(HUB_PLANS)
    async def on_hub_plan_due(work: DueWork) -> Changes:
        cause = work.about.get("caused_by")
        return await placing.plan_hub(work.id, diary, rules, facts, caused_by=cause)

    @handlers.when_due(DEADLINES)
    async def on_deadline(work: DueWork) -> Changes:
        return await answering.expire(work.id, diary, facts)

    @handlers.when_due(REMINDERS, at_once=MANY_AT_ONCE)
    async def on_reminder_due(work: DueWork) -> Changes:
        return await answering.remind(work.id, work.about["invitation_id"], diary, facts)

    @handlers.when_due(FOLLOW_UPS)
    async def on_follow_up_due(work: DueWork) -> Changes:
        return await follow_up(work.id, work.about["invitation_id"], diary, facts)

    @handlers.when_due(ERASURES)
    async def on_erasure_due(work: DueWork) -> Changes:
        return await knowing.confirm_forgotten(work, diary, facts)

    @handlers.when_due(QUORUMS)
    async def on_quorum_due(work: DueWork) -> Changes:
        return Changes((resettle(work.about["engagement_id"], facts, caused_by=None),))


def read_when_due(
    handlers: Handlers, calendars: Calendars, diary: Diary, facts: Facts, *, every: timedelta
) -> None:
    """Have the calendars of rooms and staff read, one replica each time."""

    @handlers.when_due(CALENDAR_READS)
    async def on_reading_due(work: DueWork) -> Changes:
        return await reading_calendars.read_calendar(work.id, calendars, diary, facts, every=every)


async def keep_asking(ask: Work, commits: Commits, facts: Facts, *, every: timedelta) -> None:
    """See to it that every calendar is read, whatever became of the rows that ask for it."""
    while True:
        try:
            await commits.commit(f"calendars {facts.new_id()}", ask)
        except AppError as error:
            log.warning("calendars_not_asked_for", error_code=error.code)
        await asyncio.sleep(every.total_seconds())
