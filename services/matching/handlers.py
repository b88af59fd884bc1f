"""What matching does about each event, and about draws that are due: one use case each."""

from typing import get_args

from services.matching.ports import Records
from services.matching.use_cases.attendance import record_attendance
from services.matching.use_cases.chances import (
    CHANCES,
    FORGETTING,
    forget_draws,
    leave_chances,
    note_chances,
)
from services.matching.use_cases.decisions import approve_match, send_back_match
from services.matching.use_cases.draws import draw_match
from services.matching.use_cases.engagements import close_engagement, keep_engagement
from services.matching.use_cases.opportunities import InvitationEvent, record_opportunity
from services.matching.use_cases.panels import Terms
from services.matching.use_cases.people import keep_candidate
from services.matching.use_cases.places import SessionEvent, follow_places
from services.matching.use_cases.staff_changes import follow_change
from services.matching.use_cases.states import ParticipantEvent
from services.matching.use_cases.wanted import DRAWS
from services.matching.use_cases.what_ifs import (
    WHAT_IFS,
    OwnThread,
    answer_what_if,
    leave_unanswered,
    take_question,
)
from shared.changes import Changes
from shared.contracts import draws, engagements, matches
from shared.due import DueWork
from shared.facts import Facts
from shared.handlers import Handlers


def build_handlers(
    records: Records, facts: Facts, terms: Terms, *, gather_seconds: float
) -> Handlers:
    """Return the handlers of the service."""
    handlers = Handlers()
    _hear_of_people(handlers, records, facts, gather_seconds)
    _hear_of_engagements(handlers, records, facts)
    _hear_of_decisions(handlers, records, facts)
    _hear_of_invitations(handlers, records, facts, gather_seconds)

    @handlers.when_due(DRAWS)
    async def on_draw_due(work: DueWork) -> Changes:
        return await draw_match(work, records, facts, terms)

    _hear_what_staff_ask(handlers, records, facts, terms)

    @handlers.when_due(FORGETTING)
    async def on_forgetting_due(work: DueWork) -> Changes:
        return await forget_draws(work, records)

    @handlers.when_given_up(CHANCES)
    async def on_chances_given_up(work: DueWork) -> Changes:
        return await leave_chances(work, records)

    @handlers.when_due(CHANCES)
    async def on_chances_due(work: DueWork) -> Changes:
        return await note_chances(work, records, facts, terms.fading)

    return handlers


def _hear_of_people(
    handlers: Handlers, records: Records, facts: Facts, gather_seconds: float
) -> None:
    @handlers.on(*get_args(ParticipantEvent))
    async def on_participant_changed(event: ParticipantEvent) -> Changes:
        return await keep_candidate(event, records, facts, gather_seconds=gather_seconds)


def _hear_of_engagements(handlers: Handlers, records: Records, facts: Facts) -> None:
    @handlers.on(engagements.EngagementPublished, engagements.EngagementUpdated)
    async def on_engagement_changed(
        event: engagements.EngagementPublished | engagements.EngagementUpdated,
    ) -> Changes:
        return await keep_engagement(event, records, facts)

    @handlers.on(engagements.EngagementClosed)
    async def on_engagement_closed(event: engagements.EngagementClosed) -> Changes:
        return await close_engagement(event, records, facts)


def _hear_of_decisions(handlers: Handlers, records: Records, facts: Facts) -> None:
    @handlers.on(matches.MatchApproved)
    async def on_match_approved(event: matches.MatchApproved) -> Changes:
        return await approve_match(event, records, facts)

    @handlers.on(matches.MatchSentBack)
    async def on_match_sent_back(event: matches.MatchSentBack) -> Changes:
        return await send_back_match(event, records, facts)

    @handlers.on(matches.MatchChangeRequested)
    async def on_match_change_requested(event: matches.MatchChangeRequested) -> Changes:
        return await follow_change(event, records, facts)


def _hear_what_staff_ask(handlers: Handlers, records: Records, facts: Facts, terms: Terms) -> None:
    thread = OwnThread()

    @handlers.on(draws.MatchWhatIfAsked)
    async def on_what_if_asked(event: draws.MatchWhatIfAsked) -> Changes:
        return take_question(event, facts)

    @handlers.when_due(WHAT_IFS, at_once=1)
    async def on_what_if_due(work: DueWork) -> Changes:
        return await answer_what_if(work, records, facts, terms, thread)

    @handlers.when_given_up(WHAT_IFS)
    async def on_what_if_given_up(work: DueWork) -> Changes:
        return leave_unanswered(work, facts)


def _hear_of_invitations(
    handlers: Handlers, records: Records, facts: Facts, gather_seconds: float
) -> None:
    @handlers.on(*get_args(SessionEvent))
    async def on_session_changed(event: SessionEvent) -> Changes:
        return await follow_places(event, records, facts)

    @handlers.on(engagements.EngagementAttendanceRecorded)
    async def on_attendance_recorded(event: engagements.EngagementAttendanceRecorded) -> Changes:
        return await record_attendance(event, records)

    @handlers.on(*get_args(InvitationEvent))
    async def on_invitation_changed(event: InvitationEvent) -> Changes:
        return await record_opportunity(event, records, facts, gather_seconds=gather_seconds)
