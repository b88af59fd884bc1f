"""What notification says of the messages it sent."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from shared.contracts.base import Event, Model


class MessageStatus(StrEnum):
    """Where a message stands. `sent`: handed over. `to_call`: a task for staff."""

    QUEUED = "queued"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    TO_CALL = "to_call"


class MessageState(Model):
    """One message to one person or to staff, without its text. `caused_by` is an event's id.

    `due_by`: until when a call is to be made, where the person is to answer something by then.
    `provider` took it, and calls it `provider_reference`. `instead_of` is the message that did not
    reach the person. `script` is what to say on the telephone; it names nobody. `language` is an
    ISO 639 code: of a translation that is missing, the language that the person needs.
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
    provider: str | None = None
    provider_reference: str | None = None
    instead_of: UUID | None = None
    script: str = ""
    language: str = "en"


class NotificationSent(Event):
    """A message was handed over."""

    TYPE: ClassVar[str] = "wlc.notification.sent.v1"
    data: MessageState


class NotificationDelivered(Event):
    """A receipt came: the message reached the person."""

    TYPE: ClassVar[str] = "wlc.notification.delivered.v1"
    data: MessageState


class NotificationFailed(Event):
    """A message could not be delivered; what follows it has `instead_of`."""

    TYPE: ClassVar[str] = "wlc.notification.failed.v1"
    data: MessageState


class NotificationCallNeeded(Event):
    """A task for staff: a person is to be rung, or written to by hand."""

    TYPE: ClassVar[str] = "wlc.notification.call_needed.v1"
    data: MessageState
