"""What is being handed over now, for the limit of a person: many messages are in hand at once."""

from collections import defaultdict, deque
from collections.abc import Mapping
from datetime import datetime, timedelta

from services.notification.domain import Letter

REMEMBERED = timedelta(minutes=2)
"""Longer than a mail server is waited for, and the commit after it."""


class LetThrough:
    """What this process let through in the last minutes: it may not be stored as sent yet.

    Else all that is in hand at once would pass a limit together.
    """

    def __init__(self) -> None:
        self._order: deque[tuple[datetime, str, str]] = deque()
        self._to: dict[str, dict[str, datetime]] = defaultdict(dict)

    def note(self, letter: Letter, now: datetime) -> None:
        """Remember a message that is about to be handed over, once however often it is tried."""
        self._forget(now - REMEMBERED)
        person, key = letter.participant.id, letter.message.id
        self._order.append((now, person, key))
        self._to[person][key] = now

    def to_person(self, participant_id: str, now: datetime) -> Mapping[str, datetime]:
        """Return by message when it was let through."""
        self._forget(now - REMEMBERED)
        return self._to.get(participant_id, {})

    def _forget(self, before: datetime) -> None:
        while self._order and self._order[0][0] < before:
            _, person, key = self._order.popleft()
            noted = self._to[person]
            if noted.get(key, before) < before:
                del noted[key]
            if not noted:
                del self._to[person]
