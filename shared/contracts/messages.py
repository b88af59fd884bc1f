"""What notification says of the messages it sent."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from shared.contracts.base import Event, Model


class MessageStatus(StrEnum):
    """Where a message stands. `to_call`: staff ring the person."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    TO_CALL = "to_call"


class MessageState(Model):
    """One message to one person or to staff, without its text. `caused_by` is an event's id.

    `due_by`: until when a call is to be made, where the person is to answer something by then.
    """

    message_id: UUID
    kind: str
    participant_id: UUID | None = None
    participant_reference: str | None = None
    staff: str | None = None
    channel: str
    status: MessageStatus
    at: datetime
    caused_by: str
    engagement_id: UUID | None = None
    invitation_id: UUID | None = None
    error_code: str | None = None
    due_by: datetime | None = None


class NotificationSent(Event):
    """A message was handed over."""

    TYPE: ClassVar[str] = "wlc.notification.sent.v1"
    data: MessageState


class NotificationFailed(Event):
    """A message could not be delivered; staff must act."""

    TYPE: ClassVar[str] = "wlc.notification.failed.v1"
    data: MessageState


class NotificationCallNeeded(Event):
    """A person is to be rung by staff, because e-mail is not their channel."""

    TYPE: ClassVar[str] = "wlc.notification.call_needed.v1"
    data: MessageState
