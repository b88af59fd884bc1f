"""Queueing a message: it is stored, and sending it becomes due work."""

from datetime import timedelta

from services.notification.domain import Message
from services.notification.ports import Records
from shared.changes import Changes, Due

SENDS = "sends"


def queued(message: Message, records: Records, *, delay: timedelta = timedelta()) -> Changes:
    """Store a message, and ask for it to be sent after the delay."""
    due = Due(SENDS, message.id, message.at + delay)
    return Changes((records.messages.keep(message), due))
