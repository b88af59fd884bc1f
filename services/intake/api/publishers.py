"""What the operator sees and sets of the publishers, by the operator's token."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Path
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, field_validator

from services.intake.domain.publishers import NAME, SHA256, Key, PublisherRecord
from services.intake.domain.submissions import UNKNOWN
from services.intake.ports import Desk, KeyUses, PublisherBook, PublisherRecords
from shared.changes import Changes
from shared.committer import Commits
from shared.contracts.submissions import SUBMISSIONS
from shared.errors import AppError, ConflictError
from shared.failed_work import QuietRoute
from shared.operator_doors import RESPONSES, OperatorDoor

MOST_KEYS = 10
MOST_PER_MINUTE = 1_000_000
MOVED_ON = "Somebody changed this publisher meanwhile; look again."
NOT_ONE = "This is no name of a publisher."
HubName = Annotated[str, Field(pattern=NAME)]


class KeyShape(BaseModel):
    """A key by its digest; `ends_at` is null for one that does not end by itself."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Annotated[str, Field(pattern=r"^[0-9a-f]{8}$")]
    sha256: Annotated[str, Field(pattern=SHA256)]
    made_at: AwareDatetime | None = None
    ends_at: AwareDatetime | None = None


class PublisherAsked(BaseModel):
    """A publisher as it is to be; `version` is that which was seen, 0 for a new one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    types: frozenset[str]
    hubs: Annotated[frozenset[HubName], Field(max_length=100)]
    keys: Annotated[tuple[KeyShape, ...], Field(max_length=MOST_KEYS)]
    per_minute: Annotated[int, Field(ge=1, le=MOST_PER_MINUTE)] | None = None
    closed: bool = False
    version: Annotated[int, Field(ge=0)]

    @field_validator("types")
    @classmethod
    def _are_types(cls, value: frozenset[str]) -> frozenset[str]:
        if strange := value - SUBMISSIONS.keys():
            raise ValueError(f"no such event type: {', '.join(sorted(strange))}")
        return value


class PublisherShape(PublisherAsked):
    """A publisher as it is, and when each of its keys was last used by HTTP, by the key's id."""

    name: str
    used: dict[str, datetime]


class PublisherDoor:
    """`/publishers` and `/publishers/{name}`."""

    def __init__(
        self,
        desk: Desk,
        commits: Commits,
        publishers: PublisherBook,
        stored: PublisherRecords,
        uses: KeyUses,
    ) -> None:
        self._desk = desk
        self._commits = commits
        self._publishers = publishers
        self._stored = stored
        self._uses = uses

    async def show(self) -> list[PublisherShape]:
        """Return every publisher, by name."""
        try:
            await self._publishers.refresh()
            await self._publishers.tell_uses()
            used = await self._uses.last()
        except AppError as error:
            raise HTTPException(503, "MongoDB is away") from error
        records = self._publishers.records()
        return [_shape(records[name], used) for name in sorted(records)]

    async def set(
        self, name: Annotated[str, Path(pattern=NAME)], asked: PublisherAsked
    ) -> PublisherShape:
        """Set a publisher; it counts at once here, and within moments at other replicas."""
        if name == UNKNOWN:
            raise HTTPException(422, NOT_ONE)
        record = _record(name, asked)

        async def work() -> Changes:
            return Changes((self._stored.keep(record),))

        try:
            await self._commits.commit(f"intake:publishers:{self._desk.facts.new_id()}", work)
            await self._publishers.refresh()
            return _shape(self._publishers.records()[name], await self._uses.last())
        except ConflictError:
            raise HTTPException(409, MOVED_ON) from None
        except AppError as error:
            raise HTTPException(503, "MongoDB is away") from error


class _Route(QuietRoute):
    refusal = "This is no publisher: types there are, hubs by name, at most ten keys by digest."


def publishers_router(door: PublisherDoor, operator_door: OperatorDoor) -> APIRouter:
    """Return the router; no address of it is for publishers."""
    router = APIRouter(
        tags=["operations"],
        dependencies=[Depends(operator_door)],
        route_class=_Route,
        responses={**RESPONSES, 503: {"description": "MongoDB is away"}},
    )
    router.add_api_route("/publishers", door.show)
    router.add_api_route("/publishers/{name}", door.set, methods=["PUT"])
    return router


def _record(name: str, asked: PublisherAsked) -> PublisherRecord:
    return PublisherRecord(
        id=name,
        types=asked.types,
        hubs=asked.hubs,
        keys=tuple(Key(key.id, key.sha256, key.made_at, key.ends_at) for key in asked.keys),
        per_minute=asked.per_minute,
        closed=asked.closed,
        version=asked.version,
    )


def _shape(record: PublisherRecord, used: dict[tuple[str, str], datetime]) -> PublisherShape:
    return PublisherShape(
        name=record.id,
        types=record.types,
        hubs=record.hubs,
        keys=tuple(
            KeyShape(id=key.id, sha256=key.sha256, made_at=key.made_at, ends_at=key.ends_at)
            for key in record.keys
        ),
        per_minute=record.per_minute,
        closed=record.closed,
        version=record.version,
        used={key: at for (name, key), at in used.items() if name == record.id},
    )
