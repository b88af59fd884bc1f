"""What would be drawn were one person left out: computed as the draw would be, and not kept.

A draw of its own thread at a time, so that those that count never wait for one.
"""

import asyncio
import contextvars
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar
from uuid import UUID

from services.matching.domain.engagements import Engagement
from services.matching.domain.matches import UNDECIDED, Match
from services.matching.domain.staff_changes import Change, StaffChange
from services.matching.ports import Records
from services.matching.use_cases.asked import asked_before
from services.matching.use_cases.panels import Terms, panel_now
from services.matching.use_cases.states import match_state
from shared.changes import NOTHING, Changes, Due
from shared.contracts.draws import (
    DrawnAs,
    MatchWhatIfAnswered,
    MatchWhatIfAsked,
    Move,
    PanelFigures,
    WhatIf,
    WhatIfFault,
    WhatIfState,
)
from shared.due import DueWork
from shared.errors import NotYetError
from shared.facts import Facts

WHAT_IFS = "what_ifs"
WANTED_FOR = timedelta(days=1)
"""After so long nobody has the question any more."""

T = TypeVar("T")
A = TypeVar("A")


class OwnThread:
    """Does heavy work in one thread, one piece at a time."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "what-if")

    async def __call__(self, work: Callable[[A], T], about: A) -> T:
        """Return what the work returns."""
        run = partial(contextvars.copy_context().run, work, about)
        return await asyncio.get_running_loop().run_in_executor(self._thread, run)


def take_question(event: MatchWhatIfAsked, facts: Facts) -> Changes:
    """Have it answered in its turn."""
    about = {
        "hub": event.hub,
        "asked_at": event.time.isoformat(),
        "correlation_id": event.correlationid,
        "causation_id": event.id,
        "question": event.data.model_dump(mode="json"),
    }
    return Changes((Due(WHAT_IFS, event.subject, facts.now(), about),))


async def answer_what_if(
    work: DueWork, records: Records, facts: Facts, terms: Terms, thread: OwnThread
) -> Changes:
    """Draw as `draw_match` would if staff left the person out now; tell it and change nothing.

    Raises NotYetError while chances in an earlier draw are added up, as that does.
    """
    if facts.now() - datetime.fromisoformat(work.about["asked_at"]) > WANTED_FOR:
        return NOTHING
    question = WhatIf.model_validate(work.about["question"])
    engagement, stored = await asyncio.gather(
        records.engagements.get(str(question.engagement_id)),
        records.matches.get(str(question.match_id)),
    )
    if engagement is None or stored is None or engagement.hub != work.about["hub"]:
        return _told(work, facts, WhatIfFault.MATCH_NOT_OPEN)
    if fault := _is_another(question, engagement, stored):
        return _told(work, facts, fault)
    who = str(question.participant_id)
    asked = await asked_before(
        engagement, stored, records, terms.limits, facts.now(), wish=_left_out(who, engagement)
    )
    if any(each.id == who for each in asked.holding):
        return _told(work, facts, WhatIfFault.PERSON_FIXED)
    if await records.draws.being_noted(engagement.hub):
        raise NotYetError("the chances of an earlier draw are still being added up")
    drawn = await panel_now(engagement, stored, asked, records=records, terms=terms, thread=thread)
    return _answered(work, facts, stored, drawn.match)


def leave_unanswered(work: DueWork, facts: Facts) -> Changes:
    """Say that it could not be computed: that is seen as failed work."""
    return _told(work, facts, WhatIfFault.NOT_COMPUTED)


def _is_another(question: WhatIf, engagement: Engagement, match: Match) -> WhatIfFault | None:
    """Return why the match is not the one that staff asked about."""
    if match.told != question.match_sequence or match.waits_for_draw:
        return WhatIfFault.MATCH_MOVED_ON
    is_open = engagement.open and engagement.secret and match.status in UNDECIDED
    return None if is_open else WhatIfFault.MATCH_NOT_OPEN


def _left_out(who: str, engagement: Engagement) -> StaffChange:
    return StaffChange("", engagement.id, who, Change.EXCLUDE, asked=0, sequence=0)


def _answered(work: DueWork, facts: Facts, before: Match, after: Match) -> Changes:
    out = str(work.about["question"]["participant_id"])
    everybody = dict.fromkeys((out, *before.named, *after.named))
    moves = ((who, _drawn_as(who, before), _drawn_as(who, after)) for who in everybody)
    state = _state(
        work,
        before=_figures(before),
        after=_figures(after),
        moves=tuple(
            Move(participant_id=UUID(who), before=was, after=would_be)
            for who, was, would_be in moves
            if was is not would_be
        ),
    )
    return _tell(work, facts, state)


def _figures(match: Match) -> PanelFigures:
    state = match_state(match)
    return PanelFigures(
        places=state.places,
        eligible=state.eligible,
        panel=len(state.panel),
        reserves=len(state.reserves),
        quotas=state.quotas,
        unmet=state.unmet,
        evenness=state.evenness,
    )


def _drawn_as(who: str, match: Match) -> DrawnAs:
    if any(each.participant_id == who for each in match.panel):
        return DrawnAs.PANEL
    is_reserve = any(each.participant_id == who for each in match.reserves)
    return DrawnAs.RESERVE if is_reserve else DrawnAs.NOT_DRAWN


def _told(work: DueWork, facts: Facts, fault: WhatIfFault) -> Changes:
    return _tell(work, facts, _state(work, fault=fault))


def _state(work: DueWork, **answer: object) -> WhatIfState:
    return WhatIfState.model_validate({**work.about["question"], **answer})


def _tell(work: DueWork, facts: Facts, state: WhatIfState) -> Changes:
    header = facts.started(
        work.about["hub"],
        correlation_id=work.about["correlation_id"],
        causation_id=work.about["causation_id"],
    )
    subject = str(state.what_if_id)
    return Changes((), (MatchWhatIfAnswered(**header, subject=subject, sequence=1, data=state),))
