"""Nobody is found in a table of small numbers."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import accumulate, combinations, pairwise, product
from random import Random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from shared.disclosure import Shown, added, hidden, percent, rounded, shown, table

Cells = tuple[int, ...]
Rows = tuple[Cells, ...]


def nested(columns: int, most: int) -> st.SearchStrategy[Cells]:
    """Return counts each of which counts some of those before."""
    counts = st.lists(st.integers(0, most), min_size=columns, max_size=columns)
    return counts.map(lambda each: tuple(sorted(each, reverse=True))).filter(
        lambda each: each[0] > 0
    )


def tables(columns: int) -> st.SearchStrategy[Rows]:
    small, large = nested(columns, 9), nested(columns, 60)
    return st.lists(st.one_of(small, large), min_size=1, max_size=8).map(tuple)


def published(rows: Rows) -> Shown:
    total = tuple(map(sum, zip(*rows, strict=True)))
    return table(total, [(str(place), cells) for place, cells in enumerate(rows)])


def is_nested(rows: Rows) -> bool:
    return all(cells[0] > 0 and all(a >= b >= 0 for a, b in pairwise(cells)) for cells in rows)


def changed(rows: Rows, changes: dict[tuple[int, int], int]) -> Rows:
    return tuple(
        tuple(count + changes.get((row, column), 0) for column, count in enumerate(cells))
        for row, cells in enumerate(rows)
    )


def exchanged(rows: Rows, one: int, other: int, start: int) -> Rows:
    found = list(rows)
    found[one] = rows[one][:start] + rows[other][start:]
    found[other] = rows[other][:start] + rows[one][start:]
    return tuple(found)


def neighbours(rows: Rows, row: int, column: int) -> Iterator[Rows]:
    """Yield tables in which what stands in the cell is exchanged, or moved by one."""
    others = [other for other in range(len(rows)) if other != row]
    for other, start in product(others, range(column + 1)):
        yield exchanged(rows, row, other, start)
    for step in (1, -1):
        yield changed(rows, {(row, column): step})


def can_be_told(rows: Rows, row: int, column: int) -> bool:
    """Whether no other table found looks the same and has another count there."""
    looks = published(rows)
    return not any(
        other[row][column] != rows[row][column] and is_nested(other) and published(other) == looks
        for other in neighbours(rows, row, column)
    )


def hidden_cells(looks: Shown) -> list[tuple[int, int]]:
    return [
        (at, column)
        for at, row in enumerate(looks.rows)
        for column, cell in enumerate(row.cells)
        if cell is None
    ]


@given(tables(1))
@settings(deadline=None, max_examples=300)
def test_no_hidden_count_can_be_pinned_down_to_one_value(rows: Rows) -> None:
    looks = published(rows)

    told = [cell for cell in hidden_cells(looks) if can_be_told(rows, *cell)]

    assert told == []


@pytest.mark.parametrize(
    ("rows", "columns", "most"), [(2, 1, 24), (4, 1, 13), (2, 2, 17), (2, 3, 9), (3, 2, 9)]
)
def test_of_all_tables_that_look_the_same_each_hidden_count_has_several(
    rows: int, columns: int, most: int
) -> None:
    """The whole of what a reader who knows the rule could try; the largest counts have no room."""
    counts = [c for c in product(range(most + 1), repeat=columns) if is_nested((c,))]
    values: dict[Shown, list[set[int]]] = defaultdict(
        lambda: [set() for _ in range(rows * columns)]
    )
    for each in product(counts, repeat=rows):
        for place, count in enumerate(count for cells in each for count in cells):
            values[published(each)][place].add(count)

    told = [
        looks
        for looks, possible in values.items()
        if all(max(each) < most - 1 for each in possible)
        for row, column in hidden_cells(looks)
        if len(possible[row * columns + column]) == 1
    ]

    assert told == []


@given(tables(3))
@settings(deadline=None)
def test_what_is_shown_is_no_small_number_and_near_the_true_one(rows: Rows) -> None:
    looks = published(rows)

    for row, cells in zip(looks.rows, rows, strict=False):
        for cell, count in zip(row.cells, cells, strict=True):
            assert cell is None or (count >= 5 and cell % 5 == 0 and abs(cell - count) <= 3)


@given(st.lists(st.integers(0, 60), max_size=8), st.randoms())
def test_the_order_of_rows_decides_nothing(cells: list[int], dice: Random) -> None:
    places = list(range(len(cells)))
    dice.shuffle(places)

    hides = hidden([cells[place] for place in places])

    assert {places[at] for at in hides} == hidden(cells)


@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_a_percentage_is_made_of_counts_as_they_are_shown(part: int, whole: int) -> None:
    assume(part <= whole)

    share = percent(shown(part), shown(whole))

    if min(part, whole) < 5:
        assert share is None
    else:
        assert share == min(100, round(100 * rounded(part) / rounded(whole)))


def test_the_smallest_other_row_goes_with_the_only_small_one() -> None:
    rows = [("a", (30,)), ("b", (3,)), ("c", (12,)), ("d", (11,)), ("e", (60,))]

    looks = table((116,), rows)

    assert [row.cells[0] for row in looks.rows] == [30, None, 10, None, 60]
    assert looks.total == (115,)


def test_of_two_that_are_equally_small_none_is_shown() -> None:
    rows = [("a", (30,)), ("b", (3,)), ("c", (30,)), ("d", (60,))]

    looks = table((123,), rows)

    assert [row.cells[0] for row in looks.rows] == [None, None, None, 60]


def test_a_table_of_nothing_but_small_rows_is_not_shown() -> None:
    looks = table((8,), [("a", (4,)), ("b", (4,))])

    assert looks == Shown((5,), ())


def test_the_two_cells_that_a_total_would_give_away_are_not_given_away() -> None:
    rows = [("a", (50, 4)), ("b", (60, 4))]

    looks = table((110, 8), rows)

    assert [row.cells for row in looks.rows] == [(50, None), (60, None)]
    assert looks.total == (110, 5)


def stretches(months: Sequence[int]) -> tuple[int, ...]:
    """Return all that can be asked about these months: every stretch of them."""
    totals = [0, *accumulate(months)]
    return tuple(added(start, end) for start, end in combinations(totals, 2))


@given(st.integers(0, 10_000), st.integers(0, 60))
def test_of_a_stretch_of_time_no_small_number_is_shown_and_others_are_near(
    before: int, count: int
) -> None:
    told = added(before, before + count)

    assert told % 5 == 0
    assert count >= 5 or told == 0
    assert told == 0 or abs(told - count) <= 4


@given(st.lists(st.integers(0, 60), min_size=1, max_size=24), st.integers(0, 4))
def test_no_stretches_however_compared_tell_how_small_a_small_month_was(
    months: list[int], place: int
) -> None:
    """For each small month there are others that look the same in every stretch."""
    looks = stretches(months)
    for at, count in enumerate(months):
        if count < 5:
            others = [count + step for step in (-2, -1, 1, 2) if count + step >= 0]
            found = [
                other
                for other in others
                for neighbours in variations(months, at, other)
                if stretches(neighbours) == looks
            ]
            assert found


def variations(months: Sequence[int], at: int, value: int) -> Iterator[list[int]]:
    """Yield the months with another count in one, made up for in the one before or after it."""
    by = value - months[at]
    for made_up in (None, at - 1, at + 1):
        other = list(months)
        other[at] = value
        if made_up is not None and 0 <= made_up < len(months):
            other[made_up] -= by
        if min(other) >= 0:
            yield other


@pytest.mark.parametrize(("many", "most"), [(1, 40), (2, 30), (3, 16), (4, 9)])
def test_of_all_months_that_look_the_same_in_every_stretch_each_small_one_has_several_counts(
    many: int, most: int
) -> None:
    """The whole of what a reader who knows the rule could try; the largest have no room."""
    values: dict[tuple[int, ...], list[set[int]]] = defaultdict(
        lambda: [set() for _ in range(many)]
    )
    for months in product(range(most + 1), repeat=many):
        for possible, count in zip(values[stretches(months)], months, strict=True):
            possible.add(count)

    told = [
        looks
        for looks, possible in values.items()
        if all(max(each) < most - 1 for each in possible)
        for each in possible
        if min(each) < 5 and len(each) == 1
    ]

    assert told == []


def tables_over_time(rows: Rows) -> tuple[Shown, ...]:
    """Return the table of every stretch of the months of these rows."""
    months = [sum(counts) for counts in zip(*rows, strict=True)]
    running = [[0, *accumulate(each)] for each in (months, *rows)]
    return tuple(
        table((total,), [(str(at), (count,)) for at, count in enumerate(counts)])
        for start, end in combinations(range(len(months) + 1), 2)
        for total, *counts in [[added(each[start], each[end]) for each in running]]
    )


@pytest.mark.parametrize(("rows", "months", "most"), [(2, 2, 11), (3, 1, 13), (4, 1, 10)])
def test_of_all_groups_that_look_the_same_in_every_stretch_each_small_count_has_several(
    rows: int, months: int, most: int
) -> None:
    values: dict[tuple[Shown, ...], list[set[int]]] = defaultdict(
        lambda: [set() for _ in range(rows * months)]
    )
    for flat in product(range(most + 1), repeat=rows * months):
        groups = tuple(flat[at : at + months] for at in range(0, len(flat), months))
        for possible, count in zip(values[tables_over_time(groups)], flat, strict=True):
            possible.add(count)

    told = [
        looks
        for looks, possible in values.items()
        if all(max(each) < most - 1 for each in possible)
        for each in possible
        if min(each) < 5 and len(each) == 1
    ]

    assert told == []
