"""Remembering who took part in what they were invited to."""

import asyncio
from collections.abc import Iterable
from dataclasses import replace

from services.matching.domain.attendance import Attendance, took_part
from services.matching.domain.candidates import Candidate
from services.matching.domain.matches import Opportunity
from services.matching.ports import Records
from shared.changes import NOTHING, Changes
from shared.contracts.engagements import EngagementAttendanceRecorded


async def record_attendance(event: EngagementAttendanceRecorded, records: Records) -> Changes:
    """Keep the newest of a session, and note it with each opportunity to be there.

    Everybody is written as read, so that an invitation at the same moment makes a conflict
    (`record_opportunity`).
    """
    stored = await records.attendances.get(event.subject)
    if event.is_old(stored):
        return NOTHING
    came = {str(each.participant_id): each.attended for each in event.data.attendances}
    attendance = Attendance(event.subject, event.sequence, came, stored.version if stored else 0)
    people = sorted(came.keys() | (stored.came.keys() if stored else set()))
    found, invited = await asyncio.gather(
        asyncio.gather(*map(records.candidates.get, people)),
        records.opportunities.of_session(event.subject),
    )
    noted = [await with_attendance(each, records, newest=attendance) for each in invited]
    changed = [each for each, was in zip(noted, invited, strict=True) if each != was]
    held = [
        person or Candidate(each, event.hub, sequence=0)
        for each, person in zip(people, found, strict=True)
    ]
    return Changes(
        (
            records.attendances.keep(attendance),
            *map(records.candidates.keep, held),
            *map(records.opportunities.keep, changed),
        )
    )


async def with_attendance(
    opportunity: Opportunity, records: Records, newest: Attendance | None = None
) -> Opportunity:
    """Return it with whether the person took part, as far as that is known."""
    known = await asyncio.gather(*map(records.attendances.get, opportunity.sessions))
    sessions: Iterable[Attendance | None] = (
        newest if newest and session == newest.id else each
        for session, each in zip(opportunity.sessions, known, strict=True)
    )
    return replace(opportunity, took_part=took_part(opportunity.participant_id, sessions))
