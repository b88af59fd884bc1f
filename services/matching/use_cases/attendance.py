"""Remembering who took part in what they were invited to."""

import asyncio
from collections.abc import Iterable, Mapping
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
    attendance = Attendance(
        event.subject,
        event.sequence,
        came,
        hub=event.hub,
        engagement_id=str(event.data.engagement_id or ""),
        version=stored.version if stored else 0,
    )
    people = sorted(came.keys() | (stored.came.keys() if stored else set()))
    found, invited = await asyncio.gather(
        asyncio.gather(*map(records.candidates.get, people)),
        records.opportunities.of_session(event.subject),
    )
    known = await _known((s for each in invited for s in each.sessions), records)
    noted = [_noting(each, known | {attendance.id: attendance}) for each in invited]
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


async def with_attendance(opportunity: Opportunity, records: Records) -> Opportunity:
    """Return it with whether the person took part, as far as that is known."""
    return _noting(opportunity, await _known(opportunity.sessions, records))


async def _known(sessions: Iterable[str], records: Records) -> dict[str, Attendance]:
    found = await asyncio.gather(*map(records.attendances.get, dict.fromkeys(sessions)))
    return {each.id: each for each in found if each}


def _noting(opportunity: Opportunity, known: Mapping[str, Attendance]) -> Opportunity:
    hub, engagement_id = opportunity.hub, opportunity.engagement_id
    found = map(known.get, opportunity.sessions)
    sessions = [each if each and each.is_of(hub, engagement_id) else None for each in found]
    return replace(opportunity, took_part=took_part(opportunity.participant_id, sessions))
