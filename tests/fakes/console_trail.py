"""What happened and what staff did, in memory, and the chain that seals it."""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter

from services.console.ports import AuditAsked, AuditRow, TraceEntry
from shared.audit_chain import Block, Row
from tests.fakes.store import InMemoryCollection

if TYPE_CHECKING:
    from tests.fakes.console import InMemoryConsole


class InMemoryTrace(InMemoryCollection[TraceEntry]):
    """See ports.Trace."""

    async def of(self, *correlation_ids: str) -> list[TraceEntry]:
        found = await self.where(lambda entry: entry.correlation_id in correlation_ids)
        return sorted(found, key=lambda entry: entry.at)

    async def about(self, any_id: str) -> list[TraceEntry]:
        found = await self.where(lambda entry: any_id in {entry.id, entry.subject})
        return sorted(found, key=lambda entry: entry.at)

    async def of_engagement(
        self, engagement_id: str, subjects: Collection[str]
    ) -> list[TraceEntry]:
        found = await self.where(
            lambda entry: entry.engagement_id == engagement_id or entry.subject in subjects
        )
        return sorted(found, key=lambda entry: (entry.at, entry.id), reverse=True)


class InMemoryAuditTrail(InMemoryCollection[AuditRow]):
    """See ports.AuditTrail."""

    async def rows(self, asked: AuditAsked) -> list[AuditRow]:
        found = sorted(
            await self.where(lambda row: self._is_asked(row, asked)),
            key=lambda row: (row.at, row.id),
            reverse=True,
        )
        return found[asked.skip : asked.skip + asked.limit]

    async def how_many(self, asked: AuditAsked, *, at_most: int | None = None) -> int:
        found = await self.where(lambda row: self._is_asked(row, asked))
        return len(found[:at_most])

    async def about(
        self, objects: Collection[str], people_in: Collection[str] = ()
    ) -> list[AuditRow]:
        def is_meant(row: AuditRow) -> bool:
            place, space, _ = row.about.partition(" ")
            return row.about in objects or bool(space and place in people_in)

        found = await self.where(is_meant)
        return sorted(found, key=lambda row: (row.at, row.id), reverse=True)

    def _is_asked(self, row: AuditRow, asked: AuditAsked) -> bool:
        in_no_hub = row.who in asked.colleagues or bool({*row.hubs} & {*asked.hubs})
        return (
            (row.hub in asked.hubs if row.hub else in_no_hub)
            and asked.who in {None, row.who}
            and asked.what in {None, row.what}
            and asked.about in {None, row.told_of}
            and (asked.start is None or asked.start <= row.at)
            and (asked.end is None or row.at < asked.end)
        )


class InMemoryAuditChain(InMemoryCollection[Block]):
    """See ports.AuditChain; rows are stored as the committer stores them."""

    def __init__(self, console: "InMemoryConsole") -> None:
        super().__init__("audit_chain")
        self._console = console

    async def last(self) -> Block | None:
        return self.entities[max(self.entities)] if self.entities else None

    async def asked(self) -> list[str]:
        return [row_id for collection, row_id in self._console.due if collection == "audit_seals"]

    async def sealed_among(self, row_ids: Collection[str]) -> set[str]:
        return {entry.row for block in self.entities.values() for entry in block.entries} & {
            *row_ids
        }

    async def rows(self, row_ids: Collection[str]) -> Sequence[Row]:
        stored = [row for row in self.stored_rows() if row["_id"] in row_ids]
        return sorted(stored, key=lambda row: (row["at"], row["_id"]))

    async def after(self, row_id: str, limit: int) -> Sequence[Row]:
        rows = sorted(self.stored_rows(), key=lambda row: str(row["_id"]))
        return [row for row in rows if row["_id"] > row_id][:limit]

    def stored_rows(self) -> list[dict[str, Any]]:
        """Return the trail as MongoDB holds it."""
        found = []
        for row in self._console.audit.entities.values():
            document = TypeAdapter(AuditRow).dump_python(row, mode="json")
            found.append({"_id": document.pop("id"), **document})
        return found
