"""What a handler wants changed: returned by use cases, made true by the committer in one commit.

A use case never writes. It returns `Changes`; the committer stores them in one transaction with
the inbox row of the message, and with the events as outbox rows.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from shared.contracts.base import Event


@dataclass(frozen=True, slots=True)
class Put:
    """Store a document computed from version `was` (0: there was none); it becomes `was + 1`."""

    collection: str
    id: str
    document: Mapping[str, Any]
    was: int

    @property
    def key(self) -> tuple[str, str]:
        """What two changes must not touch in one group."""
        return self.collection, self.id


@dataclass(frozen=True, slots=True)
class Remove:
    """Delete a document that was read at version `was`."""

    collection: str
    id: str
    was: int

    @property
    def key(self) -> tuple[str, str]:
        """What two changes must not touch in one group."""
        return self.collection, self.id


@dataclass(frozen=True, slots=True)
class Due:
    """Ask for work at a time: a row that one replica claims when `at` has come.

    Asking again for the same id moves it and makes it run (once more), so any number of
    messages may ask for one piece of work. `about` is what the work needs to know. Of work
    that belongs `together`, whatever is due when a piece is begun is done with it. Its
    collection holds due work and nothing else.
    """

    collection: str
    id: str
    at: datetime
    about: Mapping[str, Any] = field(default_factory=dict)
    together: str | None = None


@dataclass(frozen=True, slots=True)
class Undue:
    """Work that is done or no longer wanted; no harm when it was never asked for.

    With `asked`, only the work as it was asked for then: what was asked again since stays, and with
    `claim` it is known of it that this attempt ended well.
    """

    collection: str
    id: str
    asked: str | None = None
    claim: str | None = None


@dataclass(frozen=True, slots=True)
class GivenUp:
    """Work that is not tried again by itself, as it was asked for then; `code` says why."""

    collection: str
    id: str
    asked: str
    code: str


Write = Put | Remove | Due | Undue | GivenUp


@dataclass(frozen=True, slots=True)
class Changes:
    """All that follows from one message: both or neither."""

    writes: tuple[Write, ...] = ()
    events: tuple[Event, ...] = ()

    def __add__(self, other: "Changes") -> "Changes":
        """Both, in this order."""
        return Changes(self.writes + other.writes, self.events + other.events)


NOTHING = Changes()
