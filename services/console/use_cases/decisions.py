"""Staff decide on a match, on the panel that they saw and on no other."""

from dataclasses import dataclass, replace

from services.console.ports import Knowledge, MatchView
from services.console.use_cases.audit import noted
from services.console.use_cases.match_people import people_of_match
from shared.changes import Changes
from shared.contracts.matches import (
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


class MatchMovedOnError(RuleError):
    """The match changed after staff looked at it."""

    code = "match-moved-on"


class MatchNotOpenError(RuleError):
    """The match does not wait for this decision: it was taken, or the match is over."""

    code = "match-not-open"


class MatchBeingDrawnError(RuleError):
    """The panel was drawn before a change that staff asked for since."""

    code = "match-being-drawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a member of staff wants done with the match as they saw it (its `sequence`)."""

    match_id: str
    sequence: int
    by: str
    hubs: tuple[str, ...]


async def approve_match(asked: Decision, known: Knowledge, facts: Facts) -> Changes:
    """Let the panel be invited, once it was drawn by all that staff want of people.

    Raises NotFoundError, MatchMovedOnError, MatchNotOpenError, MatchBeingDrawnError.
    """
    match = await seen_match(asked, known, MAY_APPROVE)
    if (await people_of_match(match, known)).waits_for_draw:
        raise MatchBeingDrawnError("the panel is being drawn by what staff changed")
    event = MatchApproved(
        **facts.started(
            match.hub, correlation_id=match.correlation_id, causation_id=match.event_id
        ),
        subject=match.id,
        sequence=match.sequence + 1,
        data=MatchDecision(match=match.state, match_sequence=match.sequence, by=asked.by),
    )
    decided = _decided(match, asked, MatchStatus.APPROVED)
    return Changes((known.matches.keep(decided),), (event,)) + noted(
        known.audit, facts, who=asked.by, what="match_approved", about=match.id, hub=match.hub
    )


async def send_back_match(
    asked: Decision, known: Knowledge, facts: Facts, *, draw_again: bool
) -> Changes:
    """Have another panel drawn, or let the match rest.

    Raises NotFoundError, MatchMovedOnError, MatchNotOpenError.
    """
    match = await seen_match(asked, known, MAY_SEND_BACK)
    event = MatchSentBack(
        **facts.started(
            match.hub, correlation_id=match.correlation_id, causation_id=match.event_id
        ),
        subject=match.id,
        sequence=match.sequence + 1,
        data=MatchDecision(
            match=match.state,
            match_sequence=match.sequence,
            by=asked.by,
            draw_again=draw_again,
        ),
    )
    decided = _decided(match, asked, MatchStatus.SENT_BACK)
    return Changes((known.matches.keep(decided),), (event,)) + noted(
        known.audit, facts, who=asked.by, what="match_sent_back", about=match.id, hub=match.hub
    )


async def seen_match(asked: Decision, known: Knowledge, may: frozenset[MatchStatus]) -> MatchView:
    """Return the match as staff saw it, while it waits for one of them.

    Raises NotFoundError, MatchMovedOnError, MatchNotOpenError.
    """
    match = await known.matches.get(asked.match_id)
    if match is None or match.hub not in asked.hubs:
        raise NotFoundError("no such match")
    if match.sequence != asked.sequence:
        raise MatchMovedOnError("the match changed after it was looked at")
    if match.decided_by or match.state.status not in may:
        raise MatchNotOpenError("the match does not wait for this decision")
    return match


def _decided(match: MatchView, asked: Decision, status: MatchStatus) -> MatchView:
    return replace(
        match, state=match.state.model_copy(update={"status": status}), decided_by=asked.by
    )
