"""Staff ask what would be drawn without somebody, and matching draws to see, and for nothing else.

Nothing about the match changes by it, here or there.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from services.console.ports import Knowledge, WhatIfView
from services.console.use_cases.audit import noted
from services.console.use_cases.decisions import MAY_CHANGE, Decision, seen_match
from services.console.use_cases.erasure import erased_among, without_moves_of
from services.console.use_cases.match_people import people_of_match
from services.console.use_cases.person_changes import PersonFixedError
from shared.changes import NOTHING, Changes
from shared.contracts.draws import MatchWhatIfAnswered, MatchWhatIfAsked, WhatIf
from shared.contracts.matches import PersonChange
from shared.facts import Facts

PATIENCE = timedelta(minutes=2)
"""How long staff wait before they are told that matching does not answer: a draw may take one."""


class Stage(StrEnum):
    """How far a question is. `unanswered`: matching took too long."""

    WAITING = "waiting"
    UNANSWERED = "unanswered"
    ANSWERED = "answered"
    REFUSED = "refused"


async def ask_what_if(
    what_if_id: UUID, asked: Decision, person_id: str, known: Knowledge, facts: Facts
) -> Changes:
    """Have the match that staff saw drawn without somebody of it whom they could leave out.

    Raises NotFoundError, MatchMovedOnError, MatchNotOpenError, PersonFixedError.
    """
    match = await seen_match(asked, known, MAY_CHANGE)
    person = (await people_of_match(match, known)).find(person_id)
    if PersonChange.EXCLUDE not in person.may:
        raise PersonFixedError("this person cannot be left out")
    question = WhatIf(
        what_if_id=what_if_id,
        match_id=match.state.match_id,
        engagement_id=match.state.engagement_id,
        participant_id=person.participant_id,
        match_sequence=match.sequence,
    )
    header = facts.started(
        match.hub, correlation_id=match.correlation_id, causation_id=match.event_id
    )
    view = WhatIfView(
        id=str(what_if_id), hub=match.hub, asked_by=asked.by, asked_at=facts.now(), asked=question
    )
    event = MatchWhatIfAsked(**header, subject=view.id, data=question)
    return Changes((known.what_ifs.keep(view),), (event,)) + noted(
        known.audit,
        facts,
        who=asked.by,
        what="what_if_asked",
        about=f"{match.id} {person.participant_id}",
        hub=match.hub,
    )


async def know_what_if(event: MatchWhatIfAnswered, known: Knowledge) -> Changes:
    """Keep the answer, once, and only to what staff of that hub asked; nothing of the erased."""
    stored = await known.what_ifs.get(event.subject)
    if stored is None or stored.answered or stored.hub != event.hub:
        return NOTHING
    named = (event.data.participant_id, *(each.participant_id for each in event.data.moves))
    gone = await erased_among((stored.asked.participant_id, *named), known.people)
    if str(stored.asked.participant_id) in gone:
        return Changes((known.what_ifs.drop(stored),))
    answered = replace(stored, answered=event.data)
    return Changes((known.what_ifs.keep(without_moves_of(answered, gone)),))


def stage_of(what_if: WhatIfView, now: datetime) -> Stage:
    """Tell how far a question is."""
    if what_if.answered is None:
        late = now - what_if.asked_at > PATIENCE
        return Stage.UNANSWERED if late else Stage.WAITING
    return Stage.REFUSED if what_if.answered.fault else Stage.ANSWERED
