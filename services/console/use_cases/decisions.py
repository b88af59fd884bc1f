"""Staff decide on a match, on the panel that they saw and on no other."""

from dataclasses import dataclass, replace
from datetime import datetime

from services.console.ports import Choice, Knowledge, MatchView
from services.console.use_cases.audit import noted
from services.console.use_cases.match_people import people_of_match
from services.console.use_cases.quota_answers import as_told, kept_apart
from shared.changes import Changes
from shared.contracts.matches import (
    DecisionReason,
    MatchApproved,
    MatchDecision,
    MatchSentBack,
    MatchStatus,
)
from shared.errors import NotFoundError, RuleError
from shared.facts import Facts

MAY_APPROVE = frozenset({MatchStatus.PROPOSED})
MAY_SEND_BACK = frozenset({MatchStatus.PROPOSED, MatchStatus.SHORT})
MAY_CHANGE = MAY_SEND_BACK
REASONS_TO_APPROVE = (
    DecisionReason.MEETS_TARGETS,
    DecisionReason.BEST_POSSIBLE,
    DecisionReason.PARTNER_AGREED,
    DecisionReason.TIME_PRESSES,
)
REASONS_TO_SEND_BACK = (
    DecisionReason.NOT_BALANCED,
    DecisionReason.TOO_FEW,
    DecisionReason.WRONG_PEOPLE,
    DecisionReason.ENGAGEMENT_CHANGES,
    DecisionReason.PARTNER_ASKED,
)
AUDITED_AS = {
    Choice.APPROVE: "match_approved",
    Choice.DRAW_AGAIN: "match_sent_back",
    Choice.REST: "match_sent_back",
}


class MatchMovedOnError(RuleError):
    """The match changed after staff looked at it."""

    code = "match-moved-on"


class MatchNotOpenError(RuleError):
    """The match does not wait for this decision: it was taken, or the match is over."""

    code = "match-not-open"


class MatchBeingDrawnError(RuleError):
    """The panel was drawn before a change that staff asked for since."""

    code = "match-being-drawn"


class OtherReasonError(RuleError):
    """The reason is not one for this decision, or there has to be one."""

    code = "other-reason"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a member of staff wants done with the match as they saw it (its `sequence`).

    On pages they `must_say_why` they send a panel back; scripts need not.
    """

    match_id: str
    sequence: int
    by: str
    hubs: tuple[str, ...]
    reason: DecisionReason | None = None
    must_say_why: bool = False


async def decide(asked: Decision, choice: Choice, known: Knowledge, facts: Facts) -> Changes:
    """Let the panel be invited, have another one drawn, or let the match rest, at once.

    Raises NotFoundError, MatchMovedOnError, MatchNotOpenError, MatchBeingDrawnError,
    OtherReasonError.
    """
    match = await match_to_decide(asked, choice, known)
    taken = Taken(choice=choice, reason=asked.reason, by=asked.by, at=facts.now())
    row = noted(
        known.audit,
        facts,
        who=asked.by,
        what=AUDITED_AS[choice],
        about=match.id,
        hub=match.hub,
    )
    return await told(match, taken, known, facts) + row


async def match_to_decide(asked: Decision, choice: Choice, known: Knowledge) -> MatchView:
    """Return the match as staff saw it, if this can be decided of it. Raises as `decide` does."""
    is_approval = choice is Choice.APPROVE
    match = await seen_match(asked, known, MAY_APPROVE if is_approval else MAY_SEND_BACK)
    fitting = REASONS_TO_APPROVE if is_approval else REASONS_TO_SEND_BACK
    is_missing = asked.reason is None and asked.must_say_why and not is_approval
    if is_missing or asked.reason not in {None, *fitting}:
        raise OtherReasonError("this is no reason for this decision")
    if is_approval and (await people_of_match(match, known)).waits_for_draw:
        raise MatchBeingDrawnError("the panel is being drawn by what staff changed")
    return match


async def seen_match(asked: Decision, known: Knowledge, may: frozenset[MatchStatus]) -> MatchView:
    """Return the match as staff saw it, while it waits for one of them.

    Raises NotFoundError, MatchMovedOnError, MatchNotOpenError.
    """
    match = await known.matches.get(asked.match_id)
    if match is None or match.hub not in asked.hubs:
        raise NotFoundError("no such match")
    if match.sequence != asked.sequence:
        raise MatchMovedOnError("the match changed after it was looked at")
    if match.decided_by or match.held or match.state.status not in may:
        raise MatchNotOpenError("the match does not wait for this decision")
    return match


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A decision, by whom, when and why."""

    choice: Choice
    reason: DecisionReason | None
    by: str
    at: datetime


async def told(match: MatchView, taken: Taken, known: Knowledge, facts: Facts) -> Changes:
    """Describe the match as decided, and the event that tells it."""
    is_approval = taken.choice is Choice.APPROVE
    event = (MatchApproved if is_approval else MatchSentBack)(
        **facts.started(
            match.hub, correlation_id=match.correlation_id, causation_id=match.event_id
        ),
        subject=match.id,
        sequence=match.sequence + 1,
        data=MatchDecision(
            match=await as_told(match, known),
            match_sequence=match.sequence,
            by=taken.by,
            draw_again=taken.choice is Choice.DRAW_AGAIN,
            reason=taken.reason,
            decided_at=taken.at,
        ),
    )
    status = MatchStatus.APPROVED if is_approval else MatchStatus.SENT_BACK
    decided = replace(
        match,
        state=match.state.model_copy(update={"status": status}),
        decided_by=taken.by,
        decided_at=taken.at,
        reason=taken.reason,
        held=None,
        dropped=None,
    )
    return await kept_apart(decided, known) + Changes(events=(event,))
