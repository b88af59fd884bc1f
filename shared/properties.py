"""AMQP properties of a message as anybody may write them.

The broker passes on any bytes. pamqp 4.0 raises on a text that is not UTF-8, a time after the year
9999 or a broken table, which ends the connection that carries the message, at each redelivery anew.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from pamqp import decode

LENGTH_BYTES = 4
TIME_BYTES = 8
NO_TIME = datetime.fromtimestamp(0, tz=UTC)

Reader = Callable[[bytes], tuple[int, Any]]
"""Returns how many bytes it has read, and what they say."""

_strict_table, _strict_time = decode.field_table, decode.timestamp


def read_odd_properties() -> None:
    """Have this process read what is not well-formed as less, not as the end of the connection."""
    own: dict[str, Reader] = {"shortstr": _text, "table": _table, "timestamp": _time}
    decode.METHODS.update(own)


def _text(value: bytes) -> tuple[int, str]:
    end = 1 + value[0]
    return end, value[1:end].decode("utf-8", "ignore")


def _time(value: bytes) -> tuple[int, datetime]:
    try:
        return _strict_time(value)
    except (ValueError, OverflowError, OSError):
        return TIME_BYTES, NO_TIME


def _table(value: bytes) -> tuple[int, dict[str, Any]]:
    try:
        return _strict_table(value)
    except (ValueError, OverflowError, OSError, RecursionError):
        return LENGTH_BYTES + int.from_bytes(value[:LENGTH_BYTES], "big"), {}
