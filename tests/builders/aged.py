"""Rows with times in them, and a second opinion on whether their period is over."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from shared.aged import AT_ONCE, Row
from shared.periods import Kept

Rows = dict[str, dict[str, dict[str, Any]]]
"""By collection and id."""


class AgedInMemory:
    """What `shared.aged.MongoAged` is to MongoDB, told by reading every row."""

    def __init__(self, rows: Rows, ended: frozenset[str] = frozenset()) -> None:
        self.rows = rows
        self.ended = ended

    async def page(self, name: str, kept: Kept, before: date, after: str) -> list[Row]:
        over = (
            Row(each["_id"], each["version"])
            for _, each in sorted(self.rows.get(name, {}).items())
            if each["_id"] > after and is_over(each, kept, before, self.ended)
        )
        return [row for row, _ in zip(over, range(AT_ONCE), strict=False)]


def is_over(row: Mapping[str, Any], kept: Kept, before: date, ended: frozenset[str]) -> bool:
    """Tell whether the period of a row is over; of `where` only equality is understood."""
    if any(row.get(name) != wanted for name, wanted in kept.where.items()):
        return False
    if kept.engagement:
        return bool(set(values_at(row, kept.engagement)) & ended)
    days = [
        date.fromisoformat(str(each)[:10]) for path in kept.since for each in values_at(row, path)
    ]
    return not kept.since or (bool(days) and max(days) < before)


def values_at(value: Any, path: str) -> Iterator[Any]:
    """Yield what is at a path, in every row of lists on the way; nothing where there is none."""
    name, _, rest = path.partition(".")
    for each in value if isinstance(value, list) else [value]:
        found = each.get(name) if isinstance(each, Mapping) else None
        if found is None:
            continue
        yield from values_at(found, rest) if rest else [found]
