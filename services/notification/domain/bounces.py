"""What a mail server says, after it took an e-mail, of what became of it."""

from dataclasses import dataclass

from services.notification.domain.parcels import Receipt


@dataclass(frozen=True, slots=True)
class Bounced:
    """What one report says of one message of ours.

    `code` is an enhanced status such as 5.1.1 (RFC 3463). `received_id` is the same each time
    the same report arrives.
    """

    message_id: str
    outcome: Receipt
    code: str | None
    received_id: str
