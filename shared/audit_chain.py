"""The chain of the audit trail: blocks of digests of its rows, each bound to the block before.

A row that is changed or taken away no longer fits its digest, a block no longer its head. Whoever
may write to both collections can make the whole chain anew: only a head that was kept elsewhere
tells, and that the end was cut off.

Rows whose time is over may go, block by block from the first: a row of the trail itself says up to
which (`ENDED`), written before they go and sealed in a later block. Their digests stay. Whoever
may write rows can write that one too: it is believed only of blocks that say that they are so old.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pydantic import ConfigDict, TypeAdapter
from pydantic.dataclasses import dataclass as checked

BEFORE_ALL = "0" * 64
GONE = "0" * 64
"""In place of the digest of a row that was no longer there when it was to be sealed."""
ENDED = "audit_ended"
"""What a row says that names the last block of which the rows may be gone."""
KEPT_YEARS = 6
"""How long rows are kept: so long can be claimed (Limitation Act 1980, sections 5 and 9)."""
MOST_IN_BLOCK = 500
DIGITS = 12
FIELDS = frozenset({"_id", "prev", "entries", "head", "version"})
SEALED_AT = "at"
"""The field that blocks of before there were times have not."""

Row = Mapping[str, Any]


@checked(frozen=True, slots=True, config=ConfigDict(extra="forbid"))
class Entry:
    """A row by its id, and the SHA-256 of its canonical form."""

    row: str
    sha256: str


@checked(frozen=True, slots=True, kw_only=True)
class Block:
    """Rows that were sealed together; the id is its number, `head` binds it to all before.

    `at` is when, as ISO 8601 in UTC: none in blocks of before there were times.
    """

    id: str
    prev: str
    entries: tuple[Entry, ...]
    head: str
    at: str = ""
    version: int = 0

    @property
    def number(self) -> int:
        """Its place in the chain, from 1."""
        return int(self.id)


@dataclass(slots=True)
class Found:
    """What a check came to; `unsealed` rows are in no block, in the order in which they came.

    `ended` rows are gone because their time was over: of blocks up to `ended_up_to`, none of them
    after `over_up_to`, the last block that was sealed so long ago.
    """

    blocks: int = 0
    rows: int = 0
    ended: int = 0
    ended_up_to: int = 0
    over_up_to: int = 0
    head: str = BEFORE_ALL
    heads: dict[int, str] = field(default_factory=dict, repr=False)
    unsealed: list[Row] = field(default_factory=list, repr=False)
    faults: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Seal:
    """The number of the block that seals a row, and the row's digest there."""

    block: int
    sha256: str

    def may_be_gone(self, up_to: int) -> bool:
        """Whether the row may be gone, where rows of blocks up to one were ended."""
        return self.block <= up_to and self.sha256 != GONE


_BLOCK = TypeAdapter(Block)


def block_id(number: int) -> str:
    """Return the id of a block; ids sort as the numbers do."""
    return f"{number:0{DIGITS}}"


def canonical(value: Any) -> str:
    """Return the one way to write a document as JSON. Raises ValueError for what JSON has not."""
    return json.dumps(
        value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False
    )


def digest_of(row: Row) -> str:
    """Return the SHA-256 of a row as it is stored, its id and all its fields."""
    return _sha256(dict(row))


def day_before_which(today: date) -> date:
    """Return the day before which rows have been kept for their time."""
    try:
        return today.replace(year=today.year - KEPT_YEARS)
    except ValueError:  # 29 February
        return today.replace(year=today.year - KEPT_YEARS, day=28)


def sealed(
    last: Block | None, rows: Sequence[Row], gone: Iterable[str] = (), *, at: str = ""
) -> list[Block]:
    """Return the next blocks of the chain, of these rows and of those that are gone."""
    entries = [Entry(row["_id"], digest_of(row)) for row in rows]
    entries += [Entry(row_id, GONE) for row_id in sorted(gone)]
    blocks: list[Block] = []
    for first in range(0, len(entries), MOST_IN_BLOCK):
        block = _next(last, tuple(entries[first : first + MOST_IN_BLOCK]), at)
        blocks.append(block)
        last = block
    return blocks


def check(blocks: Iterable[Row], rows: Iterable[Row], before: date = date.min) -> Found:
    """Compare a chain, its blocks in order, with rows as they are stored.

    Rows may be gone, where the trail says so, of blocks that were sealed before a day.
    """
    found, seals, is_over = Found(), dict[str, Seal](), True
    for document in blocks:
        entries, at = _checked(document, found), str(document.get(SEALED_AT) or "")
        is_over = is_over and at < before.isoformat()
        found.over_up_to = found.blocks if is_over and at else found.over_up_to
        for entry in entries:
            if entry.row in seals:
                found.faults.append(f"row {entry.row} is sealed twice")
            seals[entry.row] = Seal(found.blocks, entry.sha256)
    seen: set[str] = set()
    for row in rows:
        _check_row(row, seals, seen, found)
    missing = {row_id: seal for row_id, seal in seals.items() if row_id not in seen}
    ended = {row_id for row_id, seal in missing.items() if seal.may_be_gone(found.ended_up_to)}
    found.ended = len(ended)
    found.faults += [f"row {row_id} was taken away" for row_id in missing if row_id not in ended]
    return found


def _checked(document: Row, found: Found) -> tuple[Entry, ...]:
    """Return a block's entries, and note what is wrong with the block itself."""
    found.blocks += 1
    named = f"block {found.blocks}"
    try:
        block = _read(document)
    except ValueError:  # pydantic's own among them
        found.faults.append(f"{named} cannot be read")
        found.head = ""
        return ()
    if block.id != block_id(found.blocks):
        found.faults.append(f"{named} is missing; in its place stands {block.id}")
    if block.prev != found.head:
        found.faults.append(f"{named} does not follow from the block before it")
    if block.head != _head(block.id, block.prev, block.entries, block.at):
        found.faults.append(f"{named} was changed")
    found.head = found.heads[found.blocks] = block.head
    return block.entries


def _read(document: Row) -> Block:
    """Read a block as it is stored. Raises ValueError for what is none."""
    if document.keys() - {SEALED_AT} != FIELDS:
        raise ValueError("it has more or less than a block")
    return _BLOCK.validate_python({**document, "id": document["_id"]})


def _check_row(row: Row, seals: Mapping[str, Seal], seen: set[str], found: Found) -> None:
    found.rows += 1
    row_id = row.get("_id")
    if not isinstance(row_id, str):
        found.faults.append(f"row {row_id} has no id that was ever given")
        return
    if row_id in seen:
        found.faults.append(f"row {row_id} is there twice")
    seen.add(row_id)
    seal = seals.get(row_id)
    if seal is None:
        found.unsealed.append(row)
    elif seal.sha256 != _digest_or_none(row):
        found.faults.append(f"row {row_id} was changed")
        return
    ended = min(_ended_by(row, seal), found.over_up_to)
    found.ended_up_to = max(found.ended_up_to, ended)


def _ended_by(row: Row, seal: Seal | None) -> int:
    """Return the last block that a row says to be ended: one before its own, else none."""
    about = row.get("about")
    if row.get("what") != ENDED or not isinstance(about, str) or not about.isdecimal():
        return 0
    return 0 if seal and int(about) >= seal.block else int(about)


def _digest_or_none(row: Row) -> str | None:
    try:
        return digest_of(row)
    except (TypeError, ValueError, RecursionError):
        return None


def _next(last: Block | None, entries: tuple[Entry, ...], at: str) -> Block:
    number, prev = (last.number + 1, last.head) if last else (1, BEFORE_ALL)
    name = block_id(number)
    head = _head(name, prev, entries, at)
    return Block(id=name, prev=prev, entries=entries, head=head, at=at)


def _head(name: str, prev: str, entries: Sequence[Entry], at: str) -> str:
    bound: list[Any] = [name, prev, [[entry.row, entry.sha256] for entry in entries]]
    return _sha256([*bound, at] if at else bound)


def _sha256(value: Any) -> str:
    return hashlib.sha256(canonical(value).encode("utf-8", "surrogatepass")).hexdigest()
