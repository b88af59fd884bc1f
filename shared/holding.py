"""What a service holds on one person, for what, on what ground and for how long: for a copy of it.

Every collection is looked through for the person's id, so nothing that names them can be left out
by a query that was forgotten. Of a row that is of others too, only what is the person's own is
shown; staff are not named.
"""

import base64
import zlib
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import bson
from fastapi import APIRouter, Depends, HTTPException
from pydantic import BaseModel, ConfigDict
from pymongo.errors import PyMongoError

from shared.mongo import BATCH, Database, Document, documents_in, stored_time
from shared.operator_doors import RESPONSES, OperatorDoor
from shared.periods import RETENTION, RUNS
from shared.permits import PermitDoor

INVOLVEMENT = "your consent to be involved (involvement)"
MONITORING = "your consent to equality monitoring (monitoring)"
ACCOUNTABILITY = "our duty to be able to show what was done (UK GDPR, Article 5(2))"

NOT_SHOWN = frozenset(
    {"correlation_id", "causation_id", "handles", "avoids", "replaces", "who", "by", "staff"}
)
"""Ours alone, as keyed digests; or of others: whose place was taken, who of staff did it."""
VERSION = "version"
TIMES = frozenset({"answer_by", "due_by"})
SEALED = "sealed: who you are and how you are reached, as intake shows it in clear"

Linked = Callable[[Document], Mapping[str, Document]]
Opened = Callable[[str, Document, UUID], Awaitable[Document]]


@dataclass(frozen=True, slots=True)
class Held:
    """One collection: what it says of a person, in words to them.

    `shared` are the fields shown of a row that is not the person's alone; of a list in them, what
    names the person. The texts of fields that are `packed` are looked through unpacked.
    """

    says: str
    purpose: str
    ground: str
    shared: tuple[str, ...] = ()
    packed: tuple[str, ...] = ()


class Holding(BaseModel):
    """The rows of one collection that are about the person."""

    model_config = ConfigDict(frozen=True)

    collection: str
    says: str
    purpose: str
    ground: str
    kept: str
    rows: list[dict[str, Any]]


class HeldOn(BaseModel):
    """All that one service holds on a person, where it has looked, and what its codes mean."""

    model_config = ConfigDict(frozen=True)

    service: str
    participant_id: UUID
    read_at: datetime
    looked_in: list[str]
    of_nobody: dict[str, str]
    words: dict[str, str]
    holdings: list[Holding]


@dataclass(frozen=True, slots=True)
class Holdings:
    """Every collection of a service: what it holds on people, or why that is nothing."""

    held: Mapping[str, Held]
    of_nobody: Mapping[str, str]
    words: Mapping[str, str] = field(default_factory=dict)


OF_ALL_SERVICES: Mapping[str, str] = {
    "inbox": "ids of messages that were handled, for 30 days",
    "outbox": "events on their way out, for seconds",
    RETENTION: "that what was kept for its time is to be ended, each night",
    RUNS: "how much was ended in a night",
}


async def as_it_is(_collection: str, row: Document, _person: UUID) -> Document:
    """Return a row in which nothing is sealed."""
    return row


def nothing_linked(_row: Document) -> Mapping[str, Document]:
    """Return no more queries."""
    return {}


class Holder:
    """Reads it, from one service's database. Raises what the driver raises.

    `kept` says how long rows are kept, by collection. `linked` finds rows that name the person by
    something else than their id; `opened` makes readable what is sealed.
    """

    def __init__(
        self,
        service: str,
        database: Database,
        holdings: Holdings,
        *,
        kept: Mapping[str, str],
        opened: Opened = as_it_is,
        linked: Linked = nothing_linked,
    ) -> None:
        self._service = service
        self._database = database
        self._holdings = holdings
        self._kept = kept
        self._opened = opened
        self._linked = linked

    async def held_on(self, person: UUID) -> HeldOn:
        """Return everything."""
        found = {name: await self._rows(name, person) for name in self._holdings.held}
        for row in [row for rows in found.values() for row in rows]:
            for name, query in self._linked(row).items():
                found[name] += await self._database[name].find(query).to_list(None)
        return HeldOn(
            service=self._service,
            participant_id=person,
            read_at=datetime.now(UTC),
            looked_in=sorted(self._holdings.held),
            of_nobody=dict(self._holdings.of_nobody),
            words=dict(self._holdings.words),
            holdings=[await self._told(name, rows, person) for name, rows in found.items() if rows],
        )

    async def _rows(self, name: str, person: UUID) -> list[Document]:
        """Return the rows that name the person, read as bytes: most of them name somebody else."""
        needle, packed = str(person).encode(), self._holdings.held[name].packed
        batches = self._database[name].find_raw_batches({}, batch_size=BATCH)
        found: list[Document] = []
        async for batch in batches:
            if packed or needle in batch:
                rows = (each for each in documents_in(batch) if packed or needle in each)
                found += (row for row in map(bson.decode, rows) if _names(row, str(person), packed))
        return found

    async def _told(self, name: str, rows: Iterable[Document], person: UUID) -> Holding:
        held = self._holdings.held[name]
        rows = [{name: value for name, value in row.items() if name != VERSION} for row in rows]
        shown = [
            _plain(await self._opened(name, row, person))
            if _is_own(row, str(person)) or not _names(row, str(person), held.packed)
            else _plain(_part_of(row, held.shared, str(person)))
            for row in rows
        ]
        return Holding(
            collection=name,
            says=held.says,
            purpose=held.purpose,
            ground=held.ground,
            kept=self._kept[name],
            rows=shown,
        )


def holding_router(holder: Holder, door: OperatorDoor, permitted: PermitDoor) -> APIRouter:
    """Return `/held/{participant_id}`, for an operator whom the console permits to see it.

    It answers 503 while MongoDB is away.
    """
    responses: dict[int | str, dict[str, Any]] = {
        **RESPONSES,
        403: {"description": "No permit of the console's for this person"},
        503: {"description": "Try later"},
    }
    doors = [Depends(door), Depends(permitted)]
    router = APIRouter(tags=["operations"], dependencies=doors, responses=responses)

    @router.get("/held/{participant_id}")
    async def held_on(participant_id: UUID) -> HeldOn:
        try:
            return await holder.held_on(participant_id)
        except PyMongoError:
            raise HTTPException(503, "MongoDB is away") from None

    return router


def _names(row: Document, person: str, packed: tuple[str, ...]) -> bool:
    """Whether a row names the person, also where it is packed."""
    texts = (zlib.decompress(base64.b64decode(row[name])).decode() for name in packed)
    return _mentions(row, person) or any(person in text for text in texts)


def _is_own(row: Document, person: str) -> bool:
    """Whether a row is about this person alone."""
    state = row.get("state")
    named = {row.get(name) for name in ("_id", "participant_id", "subject", "aggregate_id")}
    return person in named or (isinstance(state, dict) and state.get("participant_id") == person)


def _mentions(value: object, person: str) -> bool:
    match value:
        case str():
            return person in value
        case dict():
            return any(person in str(k) or _mentions(v, person) for k, v in value.items())
        case list():
            return any(_mentions(each, person) for each in value)
        case _:
            return False


def _part_of(row: Document, fields: Iterable[str], person: str) -> Document:
    """Return the person's own part of a row that is of others too."""
    part: Document = {}
    for path in ("_id", *fields):
        value: Any = row
        for name in path.split("."):
            value = value.get(name) if isinstance(value, dict) else None
        if value is not None:
            part[path.rpartition(".")[2]] = _own(value, person)
    return part


def _own(value: object, person: str) -> object:
    match value:
        case list():
            return [_own(each, person) for each in value if _mentions(each, person)]
        case dict() if person in value:
            return {person: value[person]}
        case dict() if value.get("participant_id") == person:
            return value
        case dict():
            return {
                name: _own(each, person) for name, each in value.items() if _mentions(each, person)
            }
        case _:
            return value


def _plain(value: Any) -> Any:
    """Return it as JSON, without what is ours alone or of staff."""
    match value:
        case {"nonce": _, "ciphertext": _}:
            return SEALED
        case dict():
            shown = ((str(name), each) for name, each in value.items() if _is_shown(str(name)))
            return {name: _plain(each) for name, each in shown if each not in (None, "", [], {})}
        case list():
            return [_plain(each) for each in value]
        case datetime():
            return stored_time(value if value.tzinfo else value.replace(tzinfo=UTC))
        case bytes():
            return SEALED
        case _:
            return value


def _is_shown(name: str) -> bool:
    of_staff = name.endswith("_by") and name not in TIMES
    return not of_staff and name not in NOT_SHOWN
