"""How fast each publisher may send by HTTP; who is faster is told when to come again."""

from datetime import datetime

from services.intake.api.problems import ProblemError
from services.intake.domain.publishers import Pace, Publisher


class Paces:
    """The pace of each publisher that has one set, in this process alone."""

    def __init__(self) -> None:
        self._paces: dict[str, Pace] = {}

    def take(self, publisher: Publisher, events: int, now: datetime) -> None:
        """Let so many events in. Raises ProblemError 429 when the publisher was too fast before."""
        if publisher.per_minute is None:
            self._paces.pop(publisher.name, None)
            return
        pace = self._paces.get(publisher.name)
        if pace is None or pace.per_minute != publisher.per_minute:
            pace = self._paces[publisher.name] = Pace.rested(publisher.per_minute, now)
        if seconds := pace.take(events, now):
            raise ProblemError(429, retry_after=seconds)
