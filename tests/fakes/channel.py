"""A channel of the broker and a message that it delivered, as acknowledging sees them."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from aiormq.exceptions import ChannelInvalidStateError


@dataclass
class BrokerChannel:
    """What RabbitMQ does with acknowledgements: one of a delivery it does not know is an error."""

    unacknowledged: set[int]
    put_back: set[int] = field(default_factory=set)
    refused: list[int] = field(default_factory=list)
    frames: int = 0
    is_closed: bool = False

    async def basic_ack(self, tag: int, multiple: bool = False) -> None:  # noqa: FBT001, FBT002
        await asyncio.sleep(0)
        if self.is_closed:
            raise ChannelInvalidStateError("closed")
        if tag not in self.unacknowledged:
            self.refused.append(tag)
        self.frames += 1
        self.unacknowledged -= {
            each for each in self.unacknowledged if each == tag or (multiple and each < tag)
        }


@dataclass
class Delivered:
    """A message in hand."""

    of: BrokerChannel
    delivery_tag: int
    body: bytes = b"{}"
    type: str = ""
    exchange: str = "events"
    message_id: str | None = None
    correlation_id: str = ""
    content_type: str | None = None
    user_id: str | None = None
    headers: dict[str, Any] = field(default_factory=dict)

    @property
    def channel(self) -> BrokerChannel:
        if self.of.is_closed:
            raise ChannelInvalidStateError("closed")
        return self.of

    async def nack(self) -> None:
        await asyncio.sleep(0)
        self.of.unacknowledged.remove(self.delivery_tag)
        self.of.put_back.add(self.delivery_tag)
