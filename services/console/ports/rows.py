"""What one line of a list shows, read without everything else that is kept of the same thing."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from services.console.ports.views import Choice, View
from shared.contracts.matches import MatchStatus
from shared.contracts.outreach import OutreachState, WantedPeople

R = TypeVar("R")

UNDECIDED = frozenset({MatchStatus.PROPOSED, MatchStatus.SHORT})


@dataclass(frozen=True, slots=True, kw_only=True)
class OutreachView(View):
    """Whom matching looks for in the name of a match; nobody once it is closed."""

    state: OutreachState


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """That a publisher's submission was refused, or corrected since; the id is the submission's.

    Nothing of what was submitted, and nothing of what is wrong with it. Kept as long as intake
    keeps what it refused.
    """

    id: str
    hub: str
    publisher: str
    at: datetime
    sequence: int
    corrected: bool = False
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchRow:
    """A match in a list; `chosen` is how many are on its panel.

    A decision that is held, and can be undone until `goes_at`, is `held_choice` by `held_by`.
    """

    id: str
    hub: str
    sequence: int
    at: datetime
    title: str
    partner: str
    status: str
    places: int
    eligible: int
    chosen: int
    decided_by: str | None = None
    held_choice: Choice | None = None
    held_by: str | None = None
    goes_at: datetime | None = None

    @property
    def is_drawn_again(self) -> bool:
        """Whether it waits for a decision once more, with another panel."""
        return self.sequence > 1 and not self.decided_by and self.status in UNDECIDED


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRow:
    """A session in a list; `coming` is how many said yes, `venue` its name."""

    id: str
    hub: str
    title: str
    status: str
    number: int = 1
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    venue: str | None = None
    places: int
    coming: int
    missing: int = 0
    quorum: int = 0
    at_risk: bool = False
    unmet: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRow:
    """A call to make, without whom; `due_by` is None where no answer is wanted by a time.

    `title` is that of the engagement it is about.
    """

    id: str
    hub: str
    kind: str
    at: datetime
    due_by: datetime | None = None
    engagement_id: str | None = None
    invitation_id: str | None = None
    title: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutreachRow:
    """Whom matching looks for, for one match."""

    id: str
    hub: str
    match_id: str
    title: str
    partner: str
    wanted: tuple[WantedPeople, ...] = ()

    @property
    def people(self) -> int:
        """How many are missing."""
        return sum(each.people for each in self.wanted)


@dataclass(frozen=True, slots=True)
class Some(Generic[R]):
    """The first rows of a list, and how many there are of all."""

    rows: list[R] = field(default_factory=list)
    total: int = 0

    @property
    def more(self) -> int:
        """How many are not among the rows."""
        return max(0, self.total - len(self.rows))


class Overview(Protocol):
    """What goes on in some hubs, as rows. Nothing is ever asked without naming the hubs."""

    async def to_decide(self, hubs: tuple[str, ...], limit: int, /) -> Some[MatchRow]:
        """Return the matches that wait for a decision, and none is held; the oldest first."""
        ...

    async def held(self, hubs: tuple[str, ...], limit: int, /) -> Some[MatchRow]:
        """Return the matches on which a decision is held, the oldest first."""
        ...

    async def short(
        self, hubs: tuple[str, ...], beside: Collection[str], limit: int, /
    ) -> Some[MatchRow]:
        """Return the matches that are short of people, the oldest first, but for some ids."""
        ...

    async def looked_for(self, hubs: tuple[str, ...], /) -> frozenset[str]:
        """Return the ids of all matches in whose name matching looks for people."""
        ...

    async def sought(self, hubs: tuple[str, ...], limit: int, /) -> Some[OutreachRow]:
        """Return whom matching looks for, the longest first."""
        ...

    async def in_need(
        self, hubs: tuple[str, ...], now: datetime, limit: int, /
    ) -> Some[SessionRow]:
        """Return sessions ahead at risk, short of people, or with needs unmet; the next first."""
        ...

    async def unplaced(self, hubs: tuple[str, ...], limit: int, /) -> Some[SessionRow]:
        """Return the sessions that have no time or no place."""
        ...

    async def ahead(
        self, hubs: tuple[str, ...], start: datetime, end: datetime, limit: int, /
    ) -> Some[SessionRow]:
        """Return the sessions that begin in a span, the next first."""
        ...

    async def calls(
        self, hubs: tuple[str, ...], about_silence: Collection[str], limit: int, /
    ) -> Some[CallRow]:
        """Return the calls to make, the next deadline first, then those waiting longest.

        Who was to be rung because they did not answer (of those kinds), and has by now, is left
        alone.
        """
        ...

    async def failed_since(self, hubs: tuple[str, ...], start: datetime, /) -> int:
        """Return how many messages failed since."""
        ...

    async def refused(self, hubs: tuple[str, ...], /) -> dict[str, int]:
        """Return how many submissions lie in quarantine, by publisher."""
        ...

    async def open_engagements(self, hubs: tuple[str, ...], /) -> int:
        """Return how many engagements are open."""
        ...


class DeadLetters(Protocol):
    """What services could not handle."""

    async def counted(self) -> Mapping[str, int] | None:
        """Return how many messages lie with each service; None when RabbitMQ cannot be asked."""
        ...
