"""What staff ask of sessions: to move one, to do without a need, to do without somebody there."""

from services.scheduling.domain.resources.absences import Absence, Absences
from services.scheduling.ports import Diary
from services.scheduling.use_cases.asking import resettle
from services.scheduling.use_cases.offering import offered_on
from shared.changes import NOTHING, Changes
from shared.contracts.sessions import (
    SessionMoveRequested,
    SessionNeedsAccepted,
    SessionSupportChanged,
)
from shared.errors import NotFoundError
from shared.facts import Facts


async def move_session(event: SessionMoveRequested, diary: Diary, facts: Facts) -> Changes:
    """Have a session placed anew, unless it has moved since staff saw it.

    Raises NotFoundError for a session that there never was.
    """
    asked = event.data
    session = await diary.sessions.get(str(asked.session_id))
    panel = await diary.panels.get(str(asked.engagement_id))
    if session is None or panel is None or session.engagement_id != panel.id:
        raise NotFoundError("a session to be moved that never was arranged")
    if session.calendar_sequence != asked.calendar_sequence or not session.is_ahead(facts.now()):
        return NOTHING
    moving = panel.moving(session.id, asked.calendar_sequence)
    return Changes((diary.panels.keep(moving), resettle(panel.id, facts, caused_by=event)))


async def accept_needs(event: SessionNeedsAccepted, diary: Diary, facts: Facts) -> Changes:
    """Do without what needs ask for, in an engagement, as a named member of staff accepted.

    Raises NotFoundError where there never was such an engagement.
    """
    panel = await diary.panels.get(str(event.data.engagement_id))
    if panel is None:
        raise NotFoundError("needs accepted of an engagement that has no panel")
    waiving = panel.waiving(event.data.needs, event.data.by)
    if waiving == panel:
        return NOTHING
    return Changes((diary.panels.keep(waiving), resettle(panel.id, facts, caused_by=event)))


async def note_absence(event: SessionSupportChanged, diary: Diary, facts: Facts) -> Changes:
    """Note when somebody cannot work, or can again, and settle every session that has them."""
    said = event.data
    known = await diary.absences.get(said.resource_id) or Absences(said.resource_id)
    absence = Absence(said.starts_at, said.ends_at, event.sequence, said.cannot_come)
    noted = known.noting(str(said.session_id), absence)
    if noted == known:
        return NOTHING
    sessions = await diary.sessions.worked_by(said.resource_id)
    touched = {str(said.engagement_id), *(each.engagement_id for each in sessions)}
    asked = (resettle(each, facts, caused_by=event) for each in sorted(touched))
    kept = Changes((diary.absences.keep(noted), *asked))
    if said.cannot_come:
        return kept
    return kept + await offered_on(event.hub, diary, facts, caused_by=event.id)
