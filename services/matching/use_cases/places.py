"""Following the places of an approved panel: those that stay free are drawn for again."""

from dataclasses import replace
from datetime import timedelta

from services.matching.domain.engagements import Engagement, Session
from services.matching.ports import Records
from services.matching.use_cases.outreach import seeks_nobody
from services.matching.use_cases.wanted import draw_wanted, draws_waiting
from shared.changes import NOTHING, Changes
from shared.contracts.base import Event
from shared.contracts.sessions import (
    SessionAnnounced,
    SessionCancelled,
    SessionRescheduled,
    SessionStatus,
    SessionUnscheduled,
    SessionUpdated,
)
from shared.facts import Facts

SessionEvent = (
    SessionAnnounced | SessionUpdated | SessionRescheduled | SessionUnscheduled | SessionCancelled
)

ANSWERS_HEARD = timedelta(seconds=2)
"""By then the answers that were told beside a session are recorded."""


async def follow_places(event: SessionEvent, records: Records, facts: Facts) -> Changes:
    """Keep the newest of a session; while any ahead lacks people, have the panel drawn for them.

    Only an approved panel is drawn for. Scheduling has asked every reserve before it says that
    somebody is missing.
    """
    match = await records.matches.get(str(event.data.match_id))
    engagement = await records.engagements.get(str(event.data.engagement_id))
    session = _session(event)
    if match is None or engagement is None or engagement.has_heard(session):
        return NOTHING
    heard = engagement.hearing(session)
    if not match.stands:
        moved = heard.joinable_until != engagement.joinable_until
        again = draws_waiting((match,), event, facts) if moved else ()
        return Changes((records.engagements.keep(heard), *again))
    followed = short_or_not(heard, event, records, facts)
    if heard.lacks_people(facts.now()):
        return followed
    return followed + seeks_nobody(match, facts.caused_by(event), records)


def short_or_not(engagement: Engagement, cause: Event, records: Records, facts: Facts) -> Changes:
    """Keep whether an approved panel lacks people, and have it drawn for those who are missing."""
    short = engagement.lacks_people(facts.now())
    noted = Changes((records.engagements.keep(replace(engagement, short=short)),))
    if not short:
        return noted
    at, key = facts.now() + ANSWERS_HEARD, f"{engagement.id}:places"
    return noted + Changes((draw_wanted(engagement.id, cause, at=at, key=key),))


def _session(event: SessionEvent) -> Session:
    """Return it as matching keeps it; who does not say until when it is joined says its start."""
    state = event.data
    starts_at = state.starts_at if state.status is SessionStatus.ANNOUNCED else None
    return Session(
        id=event.subject,
        sequence=event.sequence,
        missing=state.missing,
        starts_at=starts_at,
        joinable_until=starts_at and (state.joinable_until or starts_at),
        is_undated=state.status is SessionStatus.UNSCHEDULED,
        ends_at=starts_at and state.ends_at,
        cannot_come=frozenset(str(each.participant_id) for each in state.cannot_come),
    )
