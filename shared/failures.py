"""What travels with a message that failed: how often, since when, why, and who sent it first.

The headers are trusted only on what we put into a queue ourselves; another system may write any.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from aio_pika.abc import AbstractIncomingMessage

from shared import topology
from shared.errors import TooFastError

ATTEMPT = "x-attempt"
ERROR_CODE = "x-error-code"
HANDLER = "x-handler"
ORIGIN = "x-origin"
USER = "x-user"
FIRST_FAILED_AT = "x-first-failed-at"
FAILED_AT = "x-failed-at"
SEALED = "x-sealed"
ABOUT = "x-about"
SEALING = (SEALED, ABOUT)
"""Whether the body is ciphertext, and keyed digests of what the people in it are called by."""
BOUND = 2
"""The value of SEALED where the ciphertext opens only beside its ABOUT and USER: its service knows
by that whether they are ours, whoever handed the message on."""
WRITTEN_BY_US = frozenset(
    {ATTEMPT, ERROR_CODE, HANDLER, ORIGIN, USER, FIRST_FAILED_AT, FAILED_AT, *SEALING}
)
MOST_TOLD = 1_000_000
OUR_EXCHANGES = frozenset({topology.REQUEUE, topology.RETRY})


def attempts_of(message: AbstractIncomingMessage) -> int:
    """Return how often the message has failed before."""
    attempt = message.headers.get(ATTEMPT) if _is_ours(message) else 0
    return min(attempt, MOST_TOLD) if isinstance(attempt, int) and attempt > 0 else 0


def origin_of(message: AbstractIncomingMessage) -> str:
    """Return the exchange to which it was published first."""
    exchange = message.exchange or ""
    return str(message.headers.get(ORIGIN, "")) if _is_ours(message) else exchange


def user_of(message: AbstractIncomingMessage) -> str | None:
    """Return the account that the broker vouched for when it was published first."""
    if _is_ours(message):
        return str(message.headers.get(USER, "")) or None
    return message.user_id


def sealing_of(message: AbstractIncomingMessage) -> Mapping[str, Any]:
    """Return the headers that say that we sealed its body; nothing where we did not.

    What the broker buried says it of itself: nobody else can make what its service will open.
    """
    if not _is_ours(message) and not is_buried_sealed(message):
        return {}
    return {name: message.headers[name] for name in SEALING if name in message.headers}


def is_buried_sealed(message: AbstractIncomingMessage) -> bool:
    """Whether the broker buried what lay sealed, if it is true what its headers say."""
    sealed = message.headers.get(SEALED)
    return message.exchange == topology.DEAD and sealed == BOUND and sealed is not True


def has_waited_its_turn(message: AbstractIncomingMessage) -> bool:
    """Return whether it waited last because its sender was too fast."""
    return _is_ours(message) and message.headers.get(ERROR_CODE) == TooFastError.code


def failed_once_more(
    message: AbstractIncomingMessage, error_code: str, handler: str
) -> Mapping[str, Any]:
    """Return the headers of the copy that waits, or lies with the dead letters.

    To wait for one's turn is no failure, and does not count as one.
    """
    now = datetime.now(UTC).isoformat()
    first = message.headers.get(FIRST_FAILED_AT) if _is_ours(message) else None
    return {
        ATTEMPT: attempts_of(message) + (error_code != TooFastError.code),
        ERROR_CODE: error_code,
        HANDLER: handler,
        ORIGIN: origin_of(message),
        USER: user_of(message) or "",
        FIRST_FAILED_AT: str(first or now),
        FAILED_AT: now,
    }


def _is_ours(message: AbstractIncomingMessage) -> bool:
    return message.exchange in OUR_EXCHANGES
