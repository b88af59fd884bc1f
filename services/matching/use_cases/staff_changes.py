"""Following what staff want of single people: kept, and drawn by."""

import asyncio

from services.matching.domain.candidates import Candidate
from services.matching.domain.staff_changes import Change, StaffChange
from services.matching.ports import Records
from services.matching.use_cases.wanted import draw_wanted
from shared.changes import NOTHING, Changes
from shared.contracts.matches import MatchChangeRequested
from shared.facts import Facts


async def follow_change(event: MatchChangeRequested, records: Records, facts: Facts) -> Changes:
    """Keep the newest that staff want of a person, and have the match drawn by it.

    Of who was erased nothing is kept. The person is written as read, heard of or not, so that an
    erasure at the same moment makes a conflict.
    """
    about, asked = event.data, draw_wanted(str(event.data.engagement_id), event, at=facts.now())
    stored, person = await asyncio.gather(
        records.changes.get(event.subject), records.candidates.get(str(about.participant_id))
    )
    if event.is_old(stored):
        return NOTHING
    if person and person.erased:
        return Changes((asked,))
    change = StaffChange(
        id=event.subject,
        engagement_id=str(about.engagement_id),
        participant_id=str(about.participant_id),
        change=Change(about.change),
        asked=about.asked,
        sequence=event.sequence,
        version=stored.version if stored else 0,
    )
    unheard_of = Candidate(change.participant_id, event.hub, sequence=0)
    held = records.candidates.keep(person or unheard_of)
    return Changes((records.changes.keep(change), held, asked))
