"""What is being handed over now, for the limits: many messages are in hand at once."""

from collections import OrderedDict, defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import takewhile

from services.notification.domain import Letter

REMEMBERED = timedelta(minutes=2)
"""Longer than a mail server is waited for, and the commit after it."""


class LetThrough:
    """What this process let through in the last minutes: it may not be stored as sent yet.

    Else all that is in hand at once would pass a limit together.
    """

    def __init__(self) -> None:
        self._at: OrderedDict[str, tuple[str, str, datetime]] = OrderedDict()
        self._to: dict[str, dict[str, datetime]] = defaultdict(dict)

    def note(self, letter: Letter, now: datetime) -> None:
        """Remember a message that is about to be handed over, once however often it is tried."""
        key, person = letter.message.id, letter.participant.id
        self._at[key] = person, letter.message.hub, now
        self._at.move_to_end(key)
        self._to[person][key] = now

    def to_person(self, participant_id: str, now: datetime) -> Mapping[str, datetime]:
        """Return by message when it was let through."""
        self._forget(now - REMEMBERED)
        return self._to.get(participant_id, {})

    def of_hub(self, hub: str, since: datetime) -> int:
        """Count what was let through since."""
        lately = takewhile(lambda each: each[2] >= since, reversed(self._at.values()))
        return sum(of == hub for _, of, _ in lately)

    def _forget(self, before: datetime) -> None:
        while self._at and next(iter(self._at.values()))[2] < before:
            key, (person, _, _) = self._at.popitem(last=False)
            self._to[person].pop(key, None)
            if not self._to[person]:
                del self._to[person]
