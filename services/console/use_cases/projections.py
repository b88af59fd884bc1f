"""The read models: each event's newest state is kept, what is older is dropped.

Nothing of an erased person is kept, however late an event that names them comes.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC
from typing import TypeVar

from services.console.ports import (
    AnnouncedView,
    ChangeView,
    DrawView,
    EngagementView,
    FigureView,
    InvitationView,
    Kept,
    Knowledge,
    MatchView,
    MessageView,
    PersonView,
    SessionView,
    Trace,
    TraceEntry,
)
from services.console.use_cases.envelope import told_by
from services.console.use_cases.erasure import (
    erased_among,
    match_without_erased,
    message_without_erased,
    session_without_erased,
)
from services.console.use_cases.held import dropped_with
from services.console.use_cases.quota_answers import kept_apart
from shared.changes import NOTHING, Changes
from shared.contracts import (
    engagements,
    matches,
    messages,
    sessions,
    submissions,
)
from shared.contracts.base import Event
from shared.contracts.matches import MatchStatus
from shared.contracts.sessions import Answer

V = TypeVar("V", AnnouncedView, DrawView, EngagementView, FigureView)

AnyMatch = matches.MatchProposed | matches.MatchFellShort | matches.MatchCancelled
AnyDecision = matches.MatchApproved | matches.MatchSentBack
AnyEngagement = (
    engagements.EngagementPublished | engagements.EngagementUpdated | engagements.EngagementClosed
)
AnySession = (
    sessions.SessionAnnounced
    | sessions.SessionUpdated
    | sessions.SessionRescheduled
    | sessions.SessionUnscheduled
    | sessions.SessionCancelled
)
AnyInvitation = (
    sessions.InvitationIssued
    | sessions.InvitationAccepted
    | sessions.InvitationDeclined
    | sessions.InvitationChanged
    | sessions.InvitationExpired
    | sessions.InvitationCancelled
    | sessions.InvitationAnotherTime
)
AnyMessage = (
    messages.NotificationSent
    | messages.NotificationDelivered
    | messages.NotificationFailed
    | messages.NotificationCallNeeded
)

OF_ENGAGEMENTS = "wlc.engagement."
TAKEN_IN = frozenset({Answer.EXPIRED, Answer.CANCELLED, Answer.WITHDRAWN})
"""Where scheduling's word is final, whatever was answered here."""


def trace_event(event: Event, trace: Trace) -> Changes:
    """Remember that the event happened, and nothing of what it said."""
    entry = TraceEntry(
        id=event.id,
        type=event.type,
        correlation_id=event.correlationid,
        causation_id=event.causationid,
        at=event.time,
        source=event.source,
        subject=event.subject,
        hub=event.hub,
        sequence=event.sequence,
        engagement_id=_engagement_of(event),
    )
    return Changes((trace.keep(entry),))


def _engagement_of(event: Event) -> str | None:
    """Return the id of the engagement that an event is about, or that a submission changed."""
    data = event.data
    if isinstance(data, submissions.SubmissionState):
        return data.aggregate_id if data.type.startswith(OF_ENGAGEMENTS) else None
    if isinstance(data, matches.MatchDecision):
        data = data.match
    engagement_id = getattr(data, "engagement_id", None)
    return str(engagement_id) if engagement_id else None


async def know_match(event: AnyMatch, known: Knowledge) -> Changes:
    """Keep a match as it was drawn, found short or called off."""
    match_id = str(event.data.match_id)
    stored = await known.matches.get(match_id)
    if event.is_old(stored):
        return NOTHING
    dropped, undone = dropped_with(stored)
    view = MatchView(id=match_id, state=event.data, dropped=dropped, **told_by(event, stored))
    return await kept_apart(await match_without_erased(view, known.people), known) + undone


async def know_decision(event: AnyDecision, known: Knowledge) -> Changes:
    """Keep what was decided, unless the match was drawn anew since or it is known already."""
    decided, match_id = event.data, str(event.data.match.match_id)
    stored = await known.matches.get(match_id)
    if stored and stored.sequence > decided.match_sequence:
        return NOTHING
    if stored and stored.sequence == decided.match_sequence and stored.decided_by:
        return NOTHING
    approved = isinstance(event, matches.MatchApproved)
    status = MatchStatus.APPROVED if approved else MatchStatus.SENT_BACK
    told = told_by(event, stored)
    told["sequence"] = decided.match_sequence
    dropped, undone = dropped_with(stored)
    view = MatchView(
        id=match_id,
        state=decided.match.model_copy(update={"status": status}),
        decided_by=decided.by,
        decided_at=(decided.decided_at or event.time).astimezone(UTC),
        reason=decided.reason,
        dropped=dropped,
        **told,
    )
    return await kept_apart(await match_without_erased(view, known.people), known) + undone


async def know_change(
    event: matches.MatchChangeRequested, known: Kept[ChangeView], people: Kept[PersonView]
) -> Changes:
    """Keep the newest that staff want of a person; of who was erased, nothing."""
    stored = await known.get(event.subject)
    if event.is_old(stored):
        return NOTHING
    if await erased_among([event.data.participant_id], people):
        return Changes((known.drop(stored),)) if stored else NOTHING
    view = ChangeView(id=event.subject, state=event.data, **told_by(event, stored))
    return Changes((known.keep(view),))


async def know_announcement(
    event: matches.MatchDrawAnnounced, known: Kept[AnnouncedView]
) -> Changes:
    """Keep what was told before a draw."""
    return await _know(AnnouncedView, event.subject, event, known)


async def know_draw(event: matches.MatchDrawRecorded, known: Kept[DrawView]) -> Changes:
    """Keep how a panel was drawn."""
    return await _know(DrawView, event.subject, event, known)


async def know_engagement(event: AnyEngagement, known: Kept[EngagementView]) -> Changes:
    """Keep what a partner asks for."""
    return await _know(EngagementView, str(event.data.engagement_id), event, known)


async def know_figure(
    event: engagements.EngagementOutcomeRecorded, known: Kept[FigureView]
) -> Changes:
    """Keep a figure of what came of an engagement."""
    return await _know(FigureView, event.subject, event, known)


async def _know(
    kind: Callable[..., V],
    view_id: str,
    event: AnyEngagement
    | engagements.EngagementOutcomeRecorded
    | matches.MatchDrawAnnounced
    | matches.MatchDrawRecorded,
    known: Kept[V],
) -> Changes:
    """Keep what an event says, unless something newer is known."""
    stored = await known.get(view_id)
    if event.is_old(stored):
        return NOTHING
    view = kind(id=view_id, state=event.data, **told_by(event, stored))
    return Changes((known.keep(view),))


async def know_session(
    event: AnySession, known: Kept[SessionView], people: Kept[PersonView]
) -> Changes:
    """Keep a session with everybody's answers; what staff did here of it stays."""
    session_id = str(event.data.session_id)
    stored = await known.get(session_id)
    if event.is_old(stored):
        return NOTHING
    told = told_by(event, stored)
    if event.data.starts_at:
        told["at"] = event.data.starts_at.astimezone(UTC)
    if stored:
        view = replace(stored, state=event.data, **told)
    else:
        view = SessionView(id=session_id, state=event.data, **told)
    return Changes((known.keep(await session_without_erased(view, people)),))


async def know_invitation(
    event: AnyInvitation, known: Kept[InvitationView], people: Kept[PersonView]
) -> Changes:
    """Keep an invitation; what was answered here stands until scheduling has taken it in."""
    invitation_id, state = str(event.data.invitation_id), event.data
    stored = await known.get(invitation_id)
    if event.is_old(stored):
        return NOTHING
    if await erased_among([state.participant_id], people):
        return Changes((known.drop(stored),)) if stored else NOTHING
    view = InvitationView(id=invitation_id, state=state, **told_by(event, stored))
    if stored:
        said = None if _is_settled(state, stored) else stored.said
        view = replace(
            view,
            replies=stored.replies,
            said=said,
            left=stored.left,
            needs=stored.needs,
            needs_told=stored.needs_told,
            call_me=stored.call_me,
        )
    return Changes((known.keep(view),))


def _is_settled(state: sessions.InvitationState, stored: InvitationView) -> bool:
    """Whether what was answered here is taken in, or was to an invitation made again since."""
    gave_up = stored.said in {Answer.DECLINED, Answer.ANOTHER_TIME}
    made_again = state.asked > stored.state.asked and gave_up
    return made_again or _is_taken_in(state, stored)


def _is_taken_in(state: sessions.InvitationState, stored: InvitationView) -> bool:
    refused = 0 < stored.replies <= state.refused_reply
    return refused or state.answer == stored.said or state.answer in TAKEN_IN


async def know_message(
    event: AnyMessage, known: Kept[MessageView], people: Kept[PersonView]
) -> Changes:
    """Keep what became of a message; a call that was made or tried stays so."""
    message_id = str(event.data.message_id)
    stored = await known.get(message_id)
    if event.is_old(stored):
        return NOTHING
    told = told_by(event, stored)
    told["at"] = event.data.at.astimezone(UTC)
    view = MessageView(id=message_id, state=event.data, **told)
    if stored:
        view = replace(view, done_by=stored.done_by, tries=stored.tries)
    return Changes((known.keep(await message_without_erased(view, people)),))
