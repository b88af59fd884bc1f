"""Rows of the audit trail are sealed into the chain, soon after they were written down.

Not in their own transaction: all that staff do would wait for one newest block.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from services.console.ports import AuditChain
from shared.audit_chain import Block, Row, sealed
from shared.changes import NOTHING, Changes, Due
from shared.mongo import stored_time

AUDIT_SEALS = "audit_seals"
AUDIT_BACKFILLS = "audit_backfills"
SEAL_AFTER = timedelta(seconds=1)
"""So long rows are gathered for one block."""
PAGE = 1000
ALL = "all"


def to_be_sealed(row_id: str, at: datetime) -> Due:
    """Ask for a row to be sealed; all that wait then are sealed with it."""
    return Due(AUDIT_SEALS, row_id, at + SEAL_AFTER, together="audit")


async def seal(row_id: str, chain: AuditChain, now: datetime) -> Changes:
    """Seal a row, and all that are asked for; with the first block, ask for all of before too."""
    asked = {row_id, *await chain.asked()}
    asked -= await chain.sealed_among(asked)
    last, rows = await chain.last(), await chain.rows(asked)
    gone = asked - {row["_id"] for row in rows}
    begun = Changes((Due(AUDIT_BACKFILLS, ALL, now, {"after": ""}),)) if last is None else NOTHING
    return _kept(sealed(last, rows, gone, at=stored_time(now)), chain) + begun


async def seal_older(after: str, chain: AuditChain, now: datetime) -> Changes:
    """Seal a page of the rows that were there before the chain, and ask for the next."""
    page = await chain.after(after, PAGE)
    ids = {row["_id"] for row in page}
    open_ids = ids - await chain.sealed_among(ids)
    oldest_first = _oldest_first(page, open_ids)
    kept = _kept(sealed(await chain.last(), oldest_first, at=stored_time(now)), chain)
    if len(page) < PAGE:
        return kept
    return kept + Changes((Due(AUDIT_BACKFILLS, ALL, now, {"after": page[-1]["_id"]}),))


def _oldest_first(page: Sequence[Row], ids: set[str]) -> list[Row]:
    return sorted(
        (row for row in page if row["_id"] in ids), key=lambda row: (row["at"], row["_id"])
    )


def _kept(blocks: Sequence[Block], chain: AuditChain) -> Changes:
    return Changes(tuple(chain.keep(block) for block in blocks))
