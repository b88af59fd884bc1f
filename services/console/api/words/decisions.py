"""Words for what staff decide on a panel, and why."""

from collections.abc import Mapping

from services.console.ports import Choice, Dropped
from shared.contracts.matches import DecisionReason

REASONS: Mapping[DecisionReason, str] = {
    DecisionReason.MEETS_TARGETS: "the panel meets its targets",
    DecisionReason.BEST_POSSIBLE: "it is the best that can be done",
    DecisionReason.PARTNER_AGREED: "the partner agreed to it",
    DecisionReason.TIME_PRESSES: "people have to be asked soon",
    DecisionReason.NOT_BALANCED: "the panel is not balanced well enough",
    DecisionReason.TOO_FEW: "more people are needed first",
    DecisionReason.WRONG_PEOPLE: "it is not the right people for this work",
    DecisionReason.ENGAGEMENT_CHANGES: "the engagement is about to change",
    DecisionReason.PARTNER_ASKED: "the partner asked for it",
}
DONE: Mapping[Choice, str] = {
    Choice.APPROVE: "Approved",
    Choice.DRAW_AGAIN: "Sent back, to be drawn again,",
    Choice.REST: "Sent back, to rest,",
}
FOLLOWS: Mapping[Choice, str] = {
    Choice.APPROVE: "Invitations are set in motion",
    Choice.DRAW_AGAIN: "The panel is drawn again",
    Choice.REST: "The match is put to rest",
}
WHY_DROPPED: Mapping[Dropped, str] = {
    Dropped.MOVED_ON: "the match changed before that",
    Dropped.BEING_DRAWN: "somebody changed who is to be drawn, so the panel is drawn again",
}


def why(reason: DecisionReason) -> str:
    """Say why a panel was approved or sent back."""
    return REASONS[reason]


def done(choice: Choice) -> str:
    """Say what was decided."""
    return DONE[choice]


def follows(choice: Choice) -> str:
    """Say what a decision sets in motion."""
    return FOLLOWS[choice]


def why_dropped(because: Dropped) -> str:
    """Say why a decision never left."""
    return WHY_DROPPED[because]
