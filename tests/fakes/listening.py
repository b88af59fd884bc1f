"""A service that hears one message at a time, however late, and says how it stands."""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import asdict, dataclass, field, is_dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from pydantic_core import to_jsonable_python

from shared.changes import Changes
from shared.contracts.base import Event
from shared.due import DueWork
from shared.errors import ConflictError, NotYetError
from shared.handlers import Handlers
from tests.fakes.store import InMemoryStore

SELDOM = timedelta(minutes=2)
"""Between one rest and the next; second looks and draws are due by then."""
REST_ROUNDS = 20


class Stage(Protocol):
    """What a service goes by for the time."""

    now: datetime


@dataclass
class Listener:
    """A service on fakes; `inbox` are the ids of what has had its effect."""

    handlers: Handlers
    store: InMemoryStore
    stage: Stage
    inbox: set[str] = field(default_factory=set)

    async def read(self, event: Event) -> Changes:
        """Compute what follows from an event, as things stand."""
        return await self.handlers._of_event[event.TYPE](event)

    def keep(self, event: Event, changes: Changes) -> None:
        """Make it true once. Raises ConflictError when things stand otherwise by now."""
        if event.id not in self.inbox:
            self.store.commit(changes)
            self.inbox.add(event.id)

    async def hear(self, event: Event) -> None:
        """Read and keep."""
        self.keep(event, await self.read(event))

    async def rest(self) -> None:
        """Let time pass, and do all that has become due."""
        self.stage.now += SELDOM
        for _ in range(REST_ROUNDS):
            rows = sorted((row.at, key) for key, row in self.store.due.items())
            due = [key for at, key in rows if at <= self.stage.now]
            if not [key for key in due if await self._is_done(key)]:
                return

    async def _is_done(self, key: tuple[str, str]) -> bool:
        if key not in self.store.due:
            return False
        row = self.store.due[key]
        work = DueWork(row.id, row.at, row.about, 0, "asked")
        try:
            changes = await self.handlers.of_due[row.collection](work)
        except (NotYetError, ConflictError):
            return False
        del self.store.due[key]
        self.store.commit(changes)
        return True

    def stands(self, plain: "Plain") -> dict[str, Any]:
        """Say how everything stands: what is kept, what is due, the newest said of each subject."""
        kept = {name: each.entities.values() for name, each in self.store.collections.items()}
        due = [{"collection": kind, "id": name} for kind, name in self.store.due]
        return {
            name: plain.all_of(name, things)
            for name, things in {**kept, "due": due, "said": self._newest_said()}.items()
        }

    def _newest_said(self) -> list[dict[str, Any]]:
        newest = {event.subject: event for event in self.store.events}
        return [{"type": each.TYPE, "data": each.data} for each in newest.values()]


@dataclass(frozen=True)
class Plain:
    """How things are compared: without what is `unlike` by collection; of the `gone` only an id."""

    unlike: Mapping[str, frozenset[str]]
    gone: frozenset[str] = frozenset()

    def all_of(self, name: str, things: Iterable[Any]) -> list[str]:
        """Return each in plain words, in an order of their own."""
        left_out = {"version"} | self.unlike.get(name, frozenset())
        plain = (self._plain(to_jsonable_python(_open(each)), left_out) for each in things)
        return sorted(map(str, plain))

    def _plain(self, value: Any, left_out: AbstractSet[str]) -> Any:
        if isinstance(value, dict):
            if "chance" in value and value.get("participant_id") in self.gone:
                return {"participant_id": value["participant_id"]}
            kept = sorted(value.items())
            return {name: self._plain(v, left_out) for name, v in kept if name not in left_out}
        if isinstance(value, list):
            plain = [self._plain(each, left_out) for each in value]
            return sorted(plain, key=str)
        return value


def _open(thing: Any) -> Any:
    return asdict(thing) if is_dataclass(thing) and not isinstance(thing, type) else thing
