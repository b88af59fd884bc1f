"""Decisions that can be undone: they are held for a while before anybody is told of them.

The match as it stands is written with each step, so that of undoing, going ahead and the time that
comes exactly one has its effect. A match that moves on meanwhile takes the decision with it.
"""

from dataclasses import replace
from datetime import timedelta

from services.console.ports import (
    Choice,
    Dropped,
    DroppedDecision,
    HeldDecision,
    Knowledge,
    MatchView,
)
from services.console.use_cases.audit import noted
from services.console.use_cases.decisions import (
    AUDITED_AS,
    Decision,
    Taken,
    match_to_decide,
    told,
)
from services.console.use_cases.match_people import people_of_match
from shared.changes import NOTHING, Changes, Due, Undue
from shared.errors import NotFoundError, RuleError
from shared.facts import Facts

HELD_DECISIONS = "held_decisions"


class DecisionGoneError(RuleError):
    """The decision is not held any more: it was undone, told, or dropped with its match."""

    code = "decision-gone"


async def hold(
    asked: Decision, choice: Choice, known: Knowledge, facts: Facts, *, undo: timedelta
) -> Changes:
    """Decide, and tell nobody for as long as it can be undone. Raises as `decide` does."""
    match = await match_to_decide(asked, choice, known)
    now = facts.now()
    decision = HeldDecision(
        id=str(facts.new_id()),
        choice=choice,
        reason=asked.reason,
        by=asked.by,
        at=now,
        goes_at=now + undo,
    )
    about = {"decision": decision.id}
    writes = (
        known.matches.keep(replace(match, held=decision, dropped=None)),
        Due(HELD_DECISIONS, match.id, decision.goes_at, about),
    )
    return Changes(writes) + _noted(asked.by, AUDITED_AS[choice], match, known, facts)


async def undo(
    match_id: str, decision: str, by: str, hubs: tuple[str, ...], known: Knowledge, facts: Facts
) -> Changes:
    """Put the match back as it was. Raises NotFoundError, DecisionGoneError."""
    match = await _match(match_id, hubs, known)
    _decision(match, decision)
    back = Changes((known.matches.keep(replace(match, held=None)), _not_due(match)))
    return back + _noted(by, "match_decision_undone", match, known, facts)


async def go_ahead(
    match_id: str, decision: str, by: str, hubs: tuple[str, ...], known: Knowledge, facts: Facts
) -> Changes:
    """Tell of the decision at once, or drop it. Raises NotFoundError, DecisionGoneError."""
    match = await _match(match_id, hubs, known)
    sent = await _sent(match, _decision(match, decision), known, facts)
    done = sent + Changes((_not_due(match),))
    return done + _noted(by, "match_decision_sent", match, known, facts) if sent.events else done


async def send_when_due(match_id: str, decision: str, known: Knowledge, facts: Facts) -> Changes:
    """Tell of the decision when its time has come, unless it is held no more."""
    match = await known.matches.get(match_id)
    if match is None or match.held is None or match.held.id != decision:
        return NOTHING
    return await _sent(match, match.held, known, facts)


def dropped_with(stored: MatchView | None) -> tuple[DroppedDecision | None, Changes]:
    """Return what is left of a held decision when its match moves on, and what is to be undone."""
    if stored is None or stored.held is None:
        return None, NOTHING
    dropped = DroppedDecision(decision=stored.held, because=Dropped.MOVED_ON)
    return dropped, Changes((_not_due(stored),))


async def _sent(
    match: MatchView, decision: HeldDecision, known: Knowledge, facts: Facts
) -> Changes:
    """Tell of it, as of whoever decided, when and why; unless the panel is being drawn again."""
    is_approval = decision.choice is Choice.APPROVE
    if is_approval and (await people_of_match(match, known)).waits_for_draw:
        dropped = DroppedDecision(decision=decision, because=Dropped.BEING_DRAWN)
        return Changes((known.matches.keep(replace(match, held=None, dropped=dropped)),))
    taken = Taken(choice=decision.choice, reason=decision.reason, by=decision.by, at=decision.at)
    return await told(match, taken, known, facts)


async def _match(match_id: str, hubs: tuple[str, ...], known: Knowledge) -> MatchView:
    match = await known.matches.get(match_id)
    if match is None or match.hub not in hubs:
        raise NotFoundError("no such match")
    return match


def _decision(match: MatchView, decision: str) -> HeldDecision:
    if match.held is None or match.held.id != decision:
        raise DecisionGoneError("this decision is not held any more")
    return match.held


def _not_due(match: MatchView) -> Undue:
    return Undue(HELD_DECISIONS, match.id)


def _noted(who: str, what: str, match: MatchView, known: Knowledge, facts: Facts) -> Changes:
    return noted(known.audit, facts, who=who, what=what, about=match.id, hub=match.hub)
