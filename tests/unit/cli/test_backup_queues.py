"""A backup is refused while messages lie where it does not look: in a queue's replacement."""

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast

import pytest
from aiormq.exceptions import ChannelNotFoundEntity

from cli.backups.letters import Counts
from cli.backups.queues import all_queues, copy_queues
from cli.errors import CommandError
from shared.topology import holding_queue, queue

MOVING = holding_queue(queue("intake"))


@dataclass
class Broker:
    """A connection and its channel; all queues are there, and empty."""

    appears_after: int
    """So many queues were looked into before the replacement began."""
    looked_into: list[str] = field(default_factory=list)

    async def channel(self, **_how: Any) -> "Broker":
        return self

    async def declare_queue(self, name: str, *, passive: bool) -> Any:
        assert passive
        if name in all_queues():
            self.looked_into.append(name)
        elif name != MOVING or len(self.looked_into) < self.appears_after:
            raise ChannelNotFoundEntity(name)
        return SimpleNamespace(declaration_result=SimpleNamespace(message_count=0))

    async def reopen(self) -> None:
        pass

    async def close(self) -> None:
        pass


async def copied(broker: Broker) -> None:
    await copy_queues(cast("Any", broker), cast("Any", None), Counts())


@pytest.mark.parametrize("looked_into", [0, len(all_queues())])
async def test_nothing_is_copied_where_a_queue_is_replaced_before_or_meanwhile(
    looked_into: int,
) -> None:
    broker = Broker(looked_into)

    with pytest.raises(CommandError, match=MOVING):
        await copied(broker)

    assert len(broker.looked_into) == looked_into


async def test_every_queue_is_looked_into_where_none_is_replaced() -> None:
    broker = Broker(len(all_queues()) + 1)

    await copied(broker)

    assert broker.looked_into == all_queues()
