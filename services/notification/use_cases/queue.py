"""Queueing a message: it is stored, and sending it becomes due work."""

from datetime import datetime, timedelta

from services.notification.domain import Message
from services.notification.ports import Records
from shared.changes import Changes, Due

SENDS = "sends"


def queued(message: Message, records: Records, *, delay: timedelta = timedelta()) -> Changes:
    """Store a message, and ask for it to be sent after the delay."""
    return queued_at(message, message.at + delay, records)


def queued_at(message: Message, at: datetime, records: Records) -> Changes:
    """Store a message, and ask for it to be sent at that time."""
    return Changes((records.messages.keep(message), Due(SENDS, message.id, at)))
