"""Noting what the staff of a hub are to hear: panels to decide on, sessions that need them."""

from dataclasses import replace
from datetime import timedelta

from services.notification.domain import Kind, Match, Message, Session, message_id
from services.notification.ports import Records
from services.notification.use_cases.queue import queued
from shared.changes import NOTHING, Changes
from shared.contracts import matches, sessions
from shared.contracts.base import Event

STAFF_DELAY = timedelta(seconds=3)
"""Staff mail waits a moment: what is decided or has changed meanwhile is not worth a mail."""

MatchEvent = matches.MatchProposed | matches.MatchFellShort | matches.MatchCancelled
Decision = matches.MatchApproved | matches.MatchSentBack
SessionEvent = (
    sessions.SessionAnnounced
    | sessions.SessionUpdated
    | sessions.SessionRescheduled
    | sessions.SessionUnscheduled
    | sessions.SessionCancelled
)

MATCH_KINDS = {"proposed": Kind.STAFF_MATCH, "short": Kind.STAFF_SHORT}


async def tell_of_match(event: MatchEvent, records: Records) -> Changes:
    """Tell staff that a panel waits, or that none can be drawn; until they decide, once.

    A panel drawn anew while it waits is on the console: people who join must not flood staff.
    """
    stored = await records.matches.get(str(event.data.match_id))
    if event.is_old(stored):
        return NOTHING
    kind = MATCH_KINDS.get(event.data.status.value)
    match = _match(event, event.data, event.sequence, stored)
    if kind is None or (stored and match.told == stored.told):
        return Changes((records.matches.keep(match),))
    match = replace(match, told_at=event.sequence)
    message = _message(event, kind, match, cause=event.id)
    return Changes((records.matches.keep(match),)) + queued(message, records, delay=STAFF_DELAY)


async def note_decision(event: Decision, records: Records) -> Changes:
    """Remember that staff decided, so that they are not asked for what they have done.

    What was drawn since, and came before this, was not news then, as they had not decided: it is.
    """
    decided = event.data
    stored = await records.matches.get(str(decided.match.match_id))
    if stored and decided.match_sequence < stored.sequence:
        return _asked_again(event, stored, records)
    status = "approved" if isinstance(event, matches.MatchApproved) else "sent_back"
    match = _match(event, decided.match, decided.match_sequence, stored)
    return Changes((records.matches.keep(replace(match, status=status, told="")),))


def _asked_again(event: Decision, match: Match, records: Records) -> Changes:
    kind = MATCH_KINDS.get(match.status)
    if kind is None or match.told_at > event.data.match_sequence:
        return NOTHING
    told = Changes((records.matches.keep(replace(match, told_at=match.sequence)),))
    message = _message(event, kind, match, cause=event.id)
    return told + queued(message, records, delay=STAFF_DELAY)


async def tell_of_session(event: SessionEvent, records: Records) -> Changes:
    """Tell staff of a session without a slot, with too few people, or with a new concern."""
    stored = await records.sessions.get(str(event.data.session_id))
    if event.is_old(stored):
        return NOTHING
    session = _session(event, version=stored.version if stored else 0)
    changes = Changes((records.sessions.keep(session),))
    kind = _concern(event, session, stored)
    if kind is None:
        return changes
    message = _message(event, kind, session, cause=_once_a_series(event))
    if await records.messages.get(message.id):
        return changes
    return changes + queued(message, records, delay=STAFF_DELAY)


def _concern(event: SessionEvent, session: Session, before: Session | None) -> Kind | None:
    """Return what staff are to hear of, whichever event tells of it first.

    That a slot is lost is never said twice for the same reasons: in between there was one.
    """
    if isinstance(event, sessions.SessionUnscheduled) or session.has_lost_its_slot(before):
        return Kind.STAFF_UNSCHEDULED
    if session.has_come_at_risk(before):
        return Kind.STAFF_AT_RISK
    if session.status == "announced" and session.has_got_worse(before):
        return Kind.STAFF_MISSING
    return None


def _once_a_series(event: SessionEvent) -> str:
    """Name what happened to the whole series, so that its sessions are one piece of news."""
    state = event.data
    cause = event.causationid or event.id
    return f"{cause} {state.match_id} {state.missing} {sorted(state.reasons)}"


def _message(event: Event, kind: Kind, subject: Match | Session, *, cause: str) -> Message:
    is_match = isinstance(subject, Match)
    return Message(
        id=message_id(cause, kind, subject.hub),
        kind=kind,
        hub=subject.hub,
        caused_by=event.id,
        correlation_id=event.correlationid,
        at=event.time,
        sequence=event.sequence,
        engagement_id=subject.engagement_id,
        match_id=subject.id if isinstance(subject, Match) else subject.match_id,
        session_id=None if is_match else subject.id,
    )


def _match(event: Event, state: matches.MatchState, sequence: int, before: Match | None) -> Match:
    status = state.status.value
    known = before.told if before else ""
    return Match(
        id=str(state.match_id),
        sequence=sequence,
        hub=event.hub,
        engagement_id=str(state.engagement_id),
        title=state.title,
        partner=state.partner,
        status=status,
        places=state.places,
        chosen=len(state.panel),
        reserves=len(state.reserves),
        eligible=state.eligible,
        unmet=tuple(shortfall.sentence for shortfall in state.unmet),
        told=status if status in MATCH_KINDS else known,
        told_at=before.told_at if before else 0,
        version=before.version if before else 0,
    )


def _session(event: SessionEvent, *, version: int) -> Session:
    state = event.data
    return Session(
        id=str(state.session_id),
        sequence=event.sequence,
        hub=event.hub,
        match_id=str(state.match_id),
        engagement_id=str(state.engagement_id),
        title=state.title,
        partner=state.partner,
        status=state.status.value,
        starts_at=state.starts_at,
        places=state.places,
        missing=state.missing,
        reasons=state.reasons,
        coming=sum(each.answer is sessions.Answer.ACCEPTED for each in state.attendees),
        quorum=state.quorum,
        at_risk=state.at_risk,
        version=version,
    )
