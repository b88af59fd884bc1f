"""Rows of the audit trail whose six years are over: which they are, and taking them away.

No account of a service may take a row away, nor the operator's: one of its own does, whose password
lies with the secrets of the installation.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from time import monotonic, sleep

from pymongo import MongoClient
from pymongo.database import Database

from cli.auditing.trail import CHAIN, ROWS, Document, Trail
from cli.backups.installation import Kept
from cli.doctoring.database import MILLISECONDS
from cli.errors import UNREACHABLE, CommandError
from cli.places import Places
from deploy.accounts import ARCHIVIST
from deploy.rights import CONSOLE
from shared.audit_chain import ENDED

SEALED_WITHIN_SECONDS = 60.0
PAUSE_SECONDS = 0.5
NOT_SEALED = "nothing was ended: that it is to be was not sealed in a minute; see `wlc status`."


@dataclass(frozen=True, slots=True)
class Over:
    """The last of the blocks, from the first, that are old enough; how many rows are there."""

    block: str
    rows: int


def over_in(trail: Trail, up_to: int, before: date) -> Over | None:
    """Return what is over, of blocks up to one; None where there is no row of it.

    May raise PyMongoError.
    """
    last, count = "", 0
    for block in islice(trail.blocks(), up_to):
        times = [row["at"] for row in trail.rows_of(block)]
        if any(at >= before.isoformat() for at in times):
            break
        last, count = block["_id"], count + len(times)
    return Over(last, count) if count else None


def wait_until_told(trail: Trail, over: Over) -> None:
    """Wait until the row that says what may be gone is sealed. Raises CommandError.

    Before, a trail that is taken away as a file would lack it, and miss the rows for good.
    """
    ends = monotonic() + SEALED_WITHIN_SECONDS
    while not trail.is_sealed({"what": ENDED, "about": over.block}):
        if monotonic() > ends:
            raise CommandError(NOT_SEALED, UNREACHABLE)
        sleep(PAUSE_SECONDS)


def archivists_url(folder: Path) -> str:
    """Return the address by which rows may be taken away. Raises CommandError."""
    return Kept(folder).mongo_url(Places(folder), ARCHIVIST)


def end_rows(url: str, over: Over) -> int:
    """Take the rows away and return how many; done twice, what is left goes.

    May raise PyMongoError.
    """
    with MongoClient[Document](url, serverSelectionTimeoutMS=MILLISECONDS) as client:
        return sum(_ended(client[CONSOLE], over))


def _ended(database: Database[Document], over: Over) -> Iterator[int]:
    for block in database[CHAIN].find({"_id": {"$lte": over.block}}):
        ids = [entry["row"] for entry in block["entries"]]
        yield database[ROWS].delete_many({"_id": {"$in": ids}}).deleted_count
