"""What the pages and the JSON addresses are built from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol
from uuid import UUID

from services.console.ports import DeadLetters, Knowledge
from services.console.ports.provider import Provider
from services.console.use_cases.live import LiveFeed
from services.console.use_cases.own_keys import OwnKeys
from shared.committer import Commits, Work
from shared.contracts.participants import ContactCard, SealedContact
from shared.facts import Facts
from shared.links import Links
from shared.periods import LEFT_DAYS
from shared.permits import Permits


class Opener(Protocol):
    """Who can open a sealed contact, and seal one again, but make no key."""

    async def open(self, sealed: SealedContact) -> ContactCard | None:
        """Return who the person is; None when their key is forgotten."""
        ...

    async def seal_anew(self, participant_id: UUID, card: ContactCard) -> SealedContact | None:
        """Seal who a person is under the key they have; None when it is forgotten."""
        ...


class NotAsked:
    """See ports.DeadLetters: nobody has been told how to ask RabbitMQ."""

    async def counted(self) -> Mapping[str, int] | None:
        """Return nothing."""
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What an installation sets; with `codes_required` nobody goes on without one-time codes.

    For as long as `undo` a decision can be undone. Who left is forgotten `kept_left_days` later.
    """

    origin: str
    secure_cookies: bool = True
    idle: timedelta = timedelta(minutes=30)
    help_text: str
    kept_left_days: int = LEFT_DAYS
    named_before_yes: frozenset[str] = frozenset()
    codes_required: bool = False
    undo: timedelta = timedelta(0)
    live_check_seconds: float = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Everything that a request may need."""

    known: Knowledge
    commits: Commits
    opener: Opener
    links: Links
    keys: OwnKeys
    permits: Permits
    facts: Facts
    options: Options
    provider: Provider | None = None
    dead_letters: DeadLetters = field(default_factory=NotAsked)
    live: LiveFeed = field(default_factory=LiveFeed)

    async def change(self, work: Work) -> None:
        """Make a change true before the answer is given. Raises what `work` raises."""
        await self.commits.commit(f"console:{self.facts.new_id()}", work)
