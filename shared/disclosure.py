"""Small numbers are not shown, so that nobody is found in a table.

After NHS Digital's monthly statistics of mental health services: a count below 5 is hidden, any
other rounded to the nearest 5, and a percentage is made of rounded counts alone. Of stretches of
time it is the running totals that are rounded (`added`).

Hiding the small cells alone is not enough: what is missing can be had from the total and the other
cells. So whenever all that is hidden of a row set is small, its smallest other cell is hidden
too. It cannot be told from the small ones: exchange what stands in two hidden cells, and what is
shown stays the same. That is why it is done for any number of small cells, and why cells that are
equally small go together.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

FEWEST = 5
STEP = 5
TELLING = (8, 20)
"""A total of 8, 28, 48… may be the sum of 2, 7, 12… hidden cells that are all 4, and rounded up it
could be nothing else. Such a number is rounded down."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row as it is shown; None: hidden."""

    name: str
    cells: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """A table as it is shown. Without rows every one of them is too small."""

    total: tuple[int | None, ...]
    rows: tuple[Row, ...]


def rounded(count: int) -> int:
    """Return the nearest multiple of 5."""
    rest, period = TELLING
    if count % period == rest:
        return count - count % STEP
    return _nearest(count)


def _nearest(count: int) -> int:
    return (count + STEP // 2) // STEP * STEP


def shown(count: int) -> int | None:
    """Return a count as it may be shown by itself; None where it must not be."""
    return rounded(count) if count >= FEWEST else None


def added(before: int, until: int) -> int:
    """Return how many came in a stretch of time, of running totals at its two ends.

    Rounding each stretch by itself would be undone by comparing stretches that differ by a month:
    with enough of them every month could be worked out. So it is the running totals that are
    rounded. Whatever stretches are compared, they tell no more than those; stretches add up; and
    each is at most 4 off. Fewer than 10 may be fewer than 5 people: that is a small number, and 0.

    Totals are rounded to the nearest, also those of TELLING: here these would tell, not hide.
    """
    count = _nearest(until) - _nearest(before)
    return count if count > STEP else 0


def percent(part: int | None, whole: int | None) -> int | None:
    """Return what part of a whole that is, of counts as they are shown; None where one is not."""
    if part is None or not whole:
        return None
    return min(100, round(100 * part / whole))


def hidden(cells: Sequence[int], already: Collection[int] = ()) -> frozenset[int]:
    """Return which cells of a row set are not to be shown, those included that are not already."""
    small = {place for place, count in enumerate(cells) if count < FEWEST} | set(already)
    others = [place for place in range(len(cells)) if place not in small]
    if not small or not others or any(cells[place] >= FEWEST for place in small):
        return frozenset(small)
    least = min(cells[place] for place in others)
    return frozenset(small | {place for place in others if cells[place] == least})


def table(total: Sequence[int], rows: Sequence[tuple[str, Sequence[int]]]) -> Shown:
    """Return a table whose columns each count some of those in the column before.

    What is hidden in one column stays so in those after it, which count some of the same people.
    """
    columns = _hidden([cells for _, cells in rows])
    if rows and columns and len(columns[0]) == len(rows):
        return Shown(tuple(map(shown, total)), ())
    kept = tuple(
        Row(name, tuple(_cell(n, place, hides) for n, hides in zip(cells, columns, strict=True)))
        for place, (name, cells) in enumerate(rows)
    )
    return Shown(tuple(map(shown, total)), kept)


def _cell(count: int, place: int, hides: frozenset[int]) -> int | None:
    return None if place in hides else rounded(count)


def _hidden(rows: Sequence[Sequence[int]]) -> list[frozenset[int]]:
    """Return which rows are hidden in each column."""
    found: list[frozenset[int]] = []
    for column in zip(*rows, strict=True):
        found.append(hidden(column, found[-1] if found else ()))
    return found
