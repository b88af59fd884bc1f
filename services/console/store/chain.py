"""The chain of the audit trail in MongoDB."""

from collections.abc import Collection as Objects
from collections.abc import Sequence
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.errors import PyMongoError

from shared.audit_chain import Block, Row
from shared.changes import Put
from shared.errors import UnavailableError
from shared.mongo import BATCH, Collection, Database, Document

SEALS, CHAIN, ROWS = "audit_seals", "audit_chain", "audit"
CHAIN_INDEXES = (IndexModel([("entries.row", ASCENDING)], unique=True),)
"""No row is in two blocks."""


class MongoAuditChain:
    """See ports.AuditChain."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._blocks = Collection(database, CHAIN, Block)

    def keep(self, block: Block) -> Put:
        return self._blocks.keep(block)

    async def last(self) -> Block | None:
        found = await self._blocks.find({}, sort=[("_id", DESCENDING)], limit=1)
        return found[0] if found else None

    async def asked(self) -> list[str]:
        return [row["_id"] for row in await self._found(SEALS, {}, {"_id": 1})]

    async def sealed_among(self, row_ids: Objects[str]) -> set[str]:
        wanted = {"entries.row": {"$in": list(row_ids)}}
        blocks = await self._found(CHAIN, wanted, {"entries.row": 1})
        sealed = {entry["row"] for block in blocks for entry in block["entries"]}
        return sealed & {*row_ids}

    async def rows(self, row_ids: Objects[str]) -> Sequence[Row]:
        rows = await self._found(ROWS, {"_id": {"$in": list(row_ids)}})
        return sorted(rows, key=lambda row: (row["at"], row["_id"]))

    async def after(self, row_id: str, limit: int) -> Sequence[Row]:
        return await self._found(ROWS, {"_id": {"$gt": row_id}}, limit=limit)

    async def _found(
        self, name: str, query: Document, fields: Document | None = None, limit: int = 0
    ) -> list[Any]:
        cursor = self._database[name].find(query, fields, limit=limit, batch_size=BATCH)
        in_order = cursor.sort("_id", ASCENDING)
        try:
            return await in_order.to_list(None)
        except PyMongoError as error:
            raise UnavailableError("MongoDB did not answer for the audit trail") from error
