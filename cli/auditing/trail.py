"""The audit trail and its chain as MongoDB holds them, read as the operator."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from pymongo import ASCENDING
from pymongo.database import Database
from pymongo.errors import OperationFailure, PyMongoError

from cli.doctoring.database import operators_client
from cli.errors import UNREACHABLE, CommandError
from cli.places import Places
from deploy.rights import CONSOLE
from shared.audit_chain import Found, block_id, check, day_before_which

CHAIN, ROWS = "audit_chain", "audit"
Document = dict[str, Any]


def kept_since() -> date:
    """Return the day since which rows have to be there, today."""
    return day_before_which(datetime.now(UTC).date())


@dataclass(frozen=True, slots=True)
class Trail:
    """The two collections. What they yield may raise PyMongoError."""

    database: Database[Document]

    def blocks(self, after: str = "") -> Iterator[Document]:
        """Yield the blocks in order."""
        yield from self.database[CHAIN].find({"_id": {"$gt": after}}).sort("_id", ASCENDING)

    def rows(self) -> Iterator[Document]:
        """Yield the rows, in no order."""
        yield from self.database[ROWS].find({})

    def rows_of(self, block: Document) -> Iterator[Document]:
        """Yield the rows that a block seals, those that are there."""
        ids = [entry["row"] for entry in block["entries"]]
        yield from self.database[ROWS].find({"_id": {"$in": ids}})

    def is_sealed(self, query: Document) -> bool:
        """Whether there is a row that this finds, and each such row is in a block."""
        ids = [row["_id"] for row in self.database[ROWS].find(query, {"_id": 1})]
        sealed = self.database[CHAIN].distinct("entries.row", {"entries.row": {"$in": ids}})
        return bool(ids) and {*ids} <= {*sealed}

    def checked(self) -> Found:
        """Compare the rows with the chain; what was sealed meanwhile counts as sealed."""
        found = check(self.blocks(), self.rows(), kept_since())
        newer = self.blocks(after=block_id(found.blocks))
        sealed = {entry["row"] for block in newer for entry in block["entries"]}
        found.unsealed = [row for row in found.unsealed if row["_id"] not in sealed]
        return found


@contextmanager
def opened(places: Places) -> Iterator[Trail]:
    """Open the trail. Raises CommandError where MongoDB does not let the operator look."""
    try:
        with operators_client(places) as client:
            yield Trail(client[CONSOLE])
    except OperationFailure as error:
        raise CommandError("MongoDB refuses the operator's account; check its URL.") from error
    except PyMongoError as error:
        sentence = "MongoDB cannot be reached; `wlc doctor` says why."
        raise CommandError(sentence, UNREACHABLE) from error
