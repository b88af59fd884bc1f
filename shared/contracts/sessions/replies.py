"""What participants answer."""

from typing import ClassVar
from uuid import UUID

from shared.contracts.base import Event, Model


class ReplyState(Model):
    """What a participant answered by their link, or `by_phone` to staff, who noted it."""

    invitation_id: UUID
    participant_id: UUID
    by_phone: bool = False


class NeedsState(ReplyState):
    """What a participant needs to take part: codes of needs, and whether staff are to ring them."""

    needs: tuple[str, ...] = ()
    call_me: bool = False


class ReplyAccepted(Event):
    """A participant said yes. Subject: the invitation."""

    TYPE: ClassVar[str] = "wlc.reply.accepted.v1"
    data: ReplyState


class ReplyDeclined(Event):
    """A participant said no, or no longer. Subject: the invitation."""

    TYPE: ClassVar[str] = "wlc.reply.declined.v1"
    data: ReplyState


class ReplyLeft(Event):
    """A participant leaves the collaborative. Subject: the invitation."""

    TYPE: ClassVar[str] = "wlc.reply.left.v1"
    data: ReplyState


class ReplyAnotherTime(Event):
    """A participant wants to come, but not then. Subject: the invitation."""

    TYPE: ClassVar[str] = "wlc.reply.another_time.v1"
    data: ReplyState


class ReplyNeedsGiven(Event):
    """A participant said what they need; that is neither yes nor no. Subject: the invitation."""

    TYPE: ClassVar[str] = "wlc.reply.needs_given.v1"
    data: NeedsState
