"""How fast each publisher may send by AMQP: what is faster waits for its turn, and is never lost.

A message that waits is kept in the broker's wait queues, for about as long as those before it take;
so what others send is not behind it.
"""

from dataclasses import dataclass
from datetime import datetime
from random import uniform

from services.intake.domain.publishers import Pace, Publisher
from shared.errors import TooFastError

SHORTEST_SECONDS = 1.0
LONGEST_AGAIN_SECONDS = 30.0
"""Who has waited already waits no longer than this again."""


@dataclass(slots=True)
class _Queue:
    """The pace of one publisher, and about how many of its messages wait."""

    pace: Pace
    waiting: int = 0

    @property
    def is_rested(self) -> bool:
        """Whether the message let in came after so much quiet that none can wait any more.

        What waited here and was let in by another replica is not taken off the count here.
        """
        return self.pace.left >= self.pace.per_minute - 1


class Turns:
    """Whose turn it is, in this process alone; what waits is counted anew after a start."""

    def __init__(self) -> None:
        self._queues: dict[str, _Queue] = {}

    def take(self, publisher: Publisher, now: datetime, *, has_waited: bool) -> None:
        """Let one message in. Raises TooFastError where its turn has not come."""
        if publisher.per_minute is None:
            self._queues.pop(publisher.name, None)
            return
        queue = self._queues.get(publisher.name)
        if queue is None or queue.pace.per_minute != publisher.per_minute:
            queue = _Queue(Pace.rested(publisher.per_minute, now))
            self._queues[publisher.name] = queue
        seconds = queue.pace.take(1, now)
        if not seconds:
            queue.waiting = 0 if queue.is_rested else max(0, queue.waiting - has_waited)
            return
        before_it = queue.waiting * 60 / publisher.per_minute
        if has_waited:
            before_it = uniform(0, min(before_it, LONGEST_AGAIN_SECONDS))  # noqa: S311 - no secret
        else:
            queue.waiting += 1
        wait = max(SHORTEST_SECONDS, float(seconds), before_it)
        raise TooFastError("this publisher sends faster than was agreed", wait)
