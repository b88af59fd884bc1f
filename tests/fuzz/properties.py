"""AMQP properties with bytes in them that no well-behaved client would write."""

import struct
from typing import Any

from aiormq import spec


class RawProperties(spec.Basic.Properties):
    """Writes bytes as they are, in place of what the protocol has there."""

    def encode_property(self, name: str, value: Any) -> bytes:
        return value if isinstance(value, bytes) else super().encode_property(name, value)


def short(text: bytes) -> bytes:
    """Return a short string of the protocol; at most 255 bytes."""
    return bytes([len(text)]) + text


def table(entries: bytes) -> bytes:
    """Return a table of the protocol."""
    return struct.pack(">I", len(entries)) + entries


MALFORMED: dict[str, dict[str, bytes]] = {
    "a message id that is not UTF-8": {"message_id": short(b"\xff" * 255)},
    "a type that is not UTF-8": {"message_type": short(b"\xff\xfe")},
    "a correlation id that is not UTF-8": {"correlation_id": short(b"\xc3")},
    "a content type that is not UTF-8": {"content_type": short(b"\xff")},
    "the last of all times": {"timestamp": b"\xff" * 8},
    "a time that is too far": {"timestamp": struct.pack(">Q", 2**63)},
    "a header whose name is not UTF-8": {"headers": table(short(b"\xff") + b"t\x01")},
    "a header with a time too far": {"headers": table(short(b"a") + b"T" + b"\xff" * 8)},
    "headers in headers": {"headers": table(short(b"a") + b"F" + table(short(b"\xff") + b"V"))},
}
