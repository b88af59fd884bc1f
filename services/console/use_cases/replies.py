"""A participant answers an invitation: yes, no, another time, or leaves for good."""

from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from services.console.ports import InvitationView, Kept
from shared.changes import NOTHING, Changes
from shared.contracts.base import Event
from shared.contracts.sessions import (
    Answer,
    ReplyAccepted,
    ReplyAnotherTime,
    ReplyDeclined,
    ReplyLeft,
    ReplyState,
)
from shared.errors import NotFoundError, RuleError
from shared.facts import Facts


class Reply(StrEnum):
    """What a person can say."""

    YES = "yes"
    NO = "no"
    LEAVE = "leave"
    ANOTHER_TIME = "another_time"


class Standing(StrEnum):
    """Where an invitation stands for the person who looks at it.

    `rejoining`: they said yes after they gave their place up; scheduling tells whether it is still
    free.
    `gone`: it told that the place is taken.
    """

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    REJOINING = "rejoining"
    GONE = "gone"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    OVER = "over"
    LEFT = "left"
    ANOTHER_TIME = "another_time"


class TooLateError(RuleError):
    """The invitation does not take this answer any more."""

    code = "too-late"


MEANS = {
    Reply.YES: frozenset({Standing.ACCEPTED, Standing.REJOINING}),
    Reply.NO: frozenset({Standing.DECLINED, Standing.GONE}),
    Reply.LEAVE: frozenset({Standing.LEFT}),
    Reply.ANOTHER_TIME: frozenset({Standing.ANOTHER_TIME}),
}
STANDING = {
    Answer.INVITED: Standing.OPEN,
    Answer.ACCEPTED: Standing.ACCEPTED,
    Answer.DECLINED: Standing.DECLINED,
    Answer.WITHDRAWN: Standing.CANCELLED,
    Answer.EXPIRED: Standing.EXPIRED,
    Answer.CANCELLED: Standing.CANCELLED,
    Answer.ANOTHER_TIME: Standing.ANOTHER_TIME,
}
SAID = {
    Reply.YES: Answer.ACCEPTED,
    Reply.NO: Answer.DECLINED,
    Reply.ANOTHER_TIME: Answer.ANOTHER_TIME,
}
EVENT: dict[Reply, type[ReplyAccepted | ReplyDeclined | ReplyLeft | ReplyAnotherTime]] = {
    Reply.ANOTHER_TIME: ReplyAnotherTime,
    Reply.YES: ReplyAccepted,
    Reply.NO: ReplyDeclined,
    Reply.LEAVE: ReplyLeft,
}
GIVEN_UP = frozenset({Standing.DECLINED, Standing.GONE, Standing.ANOTHER_TIME})
CLOSED = GIVEN_UP | {Standing.CANCELLED, Standing.EXPIRED}


def standing(invitation: InvitationView, now: datetime) -> Standing:
    """Tell where the invitation stands, what was answered here a moment ago included."""
    if invitation.left:
        return Standing.LEFT
    state = invitation.state
    stands = _as_answered(invitation)
    if stands in CLOSED:
        return stands
    if state.sessions and max(session.ends_at for session in state.sessions) <= now:
        return Standing.OVER
    if stands is Standing.OPEN and state.answer_by <= now:
        return Standing.EXPIRED
    return stands


def _as_answered(invitation: InvitationView) -> Standing:
    state = invitation.state
    stands = STANDING[invitation.said or state.answer]
    if state.answer not in {Answer.DECLINED, Answer.ANOTHER_TIME}:
        return stands
    if stands is Standing.ACCEPTED:
        return Standing.REJOINING
    return Standing.GONE if state.refused_reply and not invitation.said else stands


def open_replies(invitation: InvitationView, now: datetime) -> frozenset[Reply]:
    """Return what the person can still say.

    Who gave their place up can say yes while a session lies ahead; anybody can leave at any time.
    """
    stands = standing(invitation, now)
    if stands is Standing.OPEN:
        return frozenset(Reply)
    if stands in {Standing.ACCEPTED, Standing.REJOINING}:
        return frozenset({Reply.NO, Reply.ANOTHER_TIME, Reply.LEAVE})
    ahead = any(session.starts_at > now for session in invitation.state.sessions)
    if stands is Standing.ANOTHER_TIME and ahead:
        return frozenset({Reply.YES, Reply.NO, Reply.LEAVE})
    if stands in GIVEN_UP and ahead:
        return frozenset({Reply.YES, Reply.LEAVE})
    return frozenset({Reply.LEAVE})


async def answer_invitation(
    invitation_id: UUID,
    reply: Reply,
    known: Kept[InvitationView],
    facts: Facts,
    *,
    by_phone: bool = False,
) -> Changes:
    """Take an answer; the same one again changes nothing. Raises NotFoundError, TooLateError."""
    invitation = await known.get(str(invitation_id))
    if invitation is None:
        raise NotFoundError("no such invitation")
    now = facts.now()
    if standing(invitation, now) in MEANS[reply]:
        return NOTHING
    if reply not in open_replies(invitation, now):
        raise TooLateError("the invitation does not take this answer any more")
    answered = replace(
        invitation,
        replies=invitation.replies + 1,
        said=SAID.get(reply, invitation.said),
        left=reply is Reply.LEAVE,
    )
    return Changes((known.keep(answered),), (_event(answered, reply, facts, by_phone=by_phone),))


def _event(answered: InvitationView, reply: Reply, facts: Facts, *, by_phone: bool) -> Event:
    return EVENT[reply](
        **facts.started(
            answered.hub, correlation_id=answered.correlation_id, causation_id=answered.event_id
        ),
        subject=answered.id,
        sequence=answered.replies,
        data=ReplyState(
            invitation_id=answered.state.invitation_id,
            participant_id=answered.state.participant_id,
            by_phone=by_phone,
        ),
    )
