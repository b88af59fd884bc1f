"""The chain of the audit trail: whatever is changed, taken away, put in or moved is found."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.audit_chain import (
    BEFORE_ALL,
    ENDED,
    GONE,
    MOST_IN_BLOCK,
    Block,
    block_id,
    check,
    digest_of,
    sealed,
)

Document = dict[str, Any]
Blocks = list[Document]


def a_row(number: int, **changes: Any) -> Document:
    return {
        "_id": f"r-{number}",
        "who": "amina",
        "what": "looked_at_person",
        "about": f"p-{number}",
        "hub": "west-london",
        "hubs": [],
        "at": f"2026-11-20T09:{number:02}:00Z",
        "version": 1,
        **changes,
    }


LONG_AGO, BEFORE = "2019-04-01T09:00:00Z", date(2020, 11, 27)


def a_chain(*sizes: int, at: str = LONG_AGO) -> tuple[Blocks, list[Document]]:
    """Seal rows in blocks of these sizes; return both as they are stored."""
    blocks: Blocks = []
    rows: list[Document] = []
    last = None
    for size in sizes:
        new = [a_row(len(rows) + each) for each in range(size)]
        [last] = sealed(last, new, at=at)
        stored = asdict(last)
        stored["entries"] = list(stored["entries"])
        blocks.append({**stored, "_id": stored.pop("id"), "version": 1})
        rows += new
    return [{k: v for k, v in block.items() if k != "id"} for block in blocks], rows


def test_a_chain_that_nobody_touched_has_no_fault_and_its_head_is_that_of_its_last_block() -> None:
    blocks, rows = a_chain(1, 3, 2)

    found = check(blocks, reversed(rows))

    assert (found.faults, found.unsealed) == ([], [])
    assert (found.blocks, found.rows, found.head) == (3, 6, blocks[-1]["head"])


def test_where_nothing_was_written_down_nothing_is_wrong() -> None:
    found = check([], [])

    assert (found.faults, found.head) == ([], BEFORE_ALL)


def test_a_row_that_is_not_sealed_yet_is_told_apart() -> None:
    blocks, rows = a_chain(2)
    late = a_row(9)

    found = check(blocks, [*rows, late])

    assert (found.faults, found.unsealed) == ([], [late])


def test_many_rows_are_sealed_in_several_blocks() -> None:
    rows = [a_row(0, _id=f"r-{each}") for each in range(MOST_IN_BLOCK + 1)]

    first, second = sealed(None, rows)

    assert (len(first.entries), len(second.entries)) == (MOST_IN_BLOCK, 1)
    assert (second.prev, second.id) == (first.head, "000000000002")


def test_a_row_that_was_gone_before_it_was_sealed_is_told_for_ever() -> None:
    [block] = sealed(None, [a_row(0)], gone=["r-1"])
    stored = {**asdict(block), "_id": block.id}
    del stored["id"]

    assert block.entries[1].sha256 == GONE
    assert check([stored], [a_row(0)]).faults == ["row r-1 was taken away"]
    assert check([stored], [a_row(0), a_row(1)]).faults == ["row r-1 was changed"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("who", "ben"), ("about", "p-9"), ("hub", None), ("hubs", ["lambeth"])),
        *(("at", "2026-11-20T09:00:01Z"), ("version", 2), ("added", ""), ("version", 1.0)),
    ],
)
def test_a_row_is_told_to_be_changed_by_any_of_its_fields(field: str, value: Any) -> None:
    blocks, rows = a_chain(1, 1)
    rows[0] |= {field: value}

    assert check(blocks, rows).faults == ["row r-0 was changed"]


def test_a_row_that_cannot_be_written_as_json_is_told_to_be_changed() -> None:
    blocks, rows = a_chain(1)
    rows[0] |= {"at": float("nan")}

    assert check(blocks, rows).faults == ["row r-0 was changed"]


def swapped(values: list[Any], first: int, second: int) -> list[Any]:
    moved = list(values)
    moved[first], moved[second] = moved[second], moved[first]
    return moved


def of_block(number: int, **changes: Any) -> Callable[[Blocks], Blocks]:
    return lambda blocks: [
        {**block, **changes} if place == number else block for place, block in enumerate(blocks)
    ]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (lambda b: b[1:], "block 1 is missing; in its place stands 000000000002"),
        (lambda b: [b[0], *b[2:]], "block 2 is missing; in its place stands 000000000003"),
        (lambda b: swapped(b, 0, 1), "block 1 is missing; in its place stands 000000000002"),
        (lambda b: [*b, b[-1]], "block 4 is missing; in its place stands 000000000003"),
        (of_block(1, head="0" * 64), "block 2 was changed"),
        (of_block(1, prev="0" * 64), "block 2 does not follow from the block before it"),
        (of_block(1, entries=[]), "block 2 was changed"),
        (of_block(1, entries="none"), "block 2 cannot be read"),
        (of_block(1, more=1), "block 2 cannot be read"),
        (of_block(1, _id=2), "block 2 cannot be read"),
    ],
)
def test_a_block_that_is_missing_moved_or_changed_is_named(
    changed: Callable[[Blocks], Blocks], said: str
) -> None:
    blocks, rows = a_chain(2, 2, 2)

    assert said in check(changed(blocks), rows).faults


def test_a_chain_whose_end_was_cut_with_its_rows_is_whole_and_has_another_head() -> None:
    blocks, rows = a_chain(2, 2)

    found = check(blocks[:1], rows[:2])

    assert found.faults == []
    assert blocks[-1]["head"] not in found.heads.values()


@given(data=st.data(), sizes=st.lists(st.integers(1, 3), min_size=1, max_size=3))
def test_whatever_one_changes_in_the_rows_is_found(data: st.DataObject, sizes: list[int]) -> None:
    blocks, rows = a_chain(*sizes)
    at = data.draw(st.integers(0, len(rows) - 1))
    field = data.draw(st.sampled_from(sorted(rows[at])))
    what = data.draw(st.sampled_from(["change", "take away", "double", "drop a field"]))
    row_id = rows[at]["_id"]
    match what:
        case "change":
            rows[at] = {**rows[at], field: data.draw(st.text(max_size=3))}
        case "take away":
            del rows[at]
        case "double":
            rows.append(dict(rows[at]))
        case "drop a field":
            del rows[at][field]

    found = check(blocks, rows)

    assert any(row_id in fault for fault in found.faults)


def test_a_digest_does_not_depend_on_the_order_of_the_fields() -> None:
    row = a_row(1)

    assert digest_of(row) == digest_of(dict(reversed(row.items())))


NOW = "2026-11-27T09:00:00Z"


def as_stored(*blocks: Block) -> Blocks:
    return [{"_id": each.pop("id"), **each} for each in map(asdict, blocks)]


def an_ended_chain(up_to: str, at: str = LONG_AGO) -> tuple[Blocks, list[Document]]:
    """Return a chain of three blocks of two rows, of which the last says so."""
    blocks, rows = a_chain(2, 2, at=at)
    says = a_row(9, what=ENDED, about=up_to)
    number, prev = 3, blocks[-1]["head"]
    [block] = sealed(Block(id=block_id(number - 1), prev="", entries=(), head=prev), [says], at=NOW)
    stored = asdict(block)
    return [*blocks, {"_id": stored.pop("id"), **stored}], [*rows, says]


def test_rows_that_were_ended_as_the_trail_says_are_no_fault_and_are_counted() -> None:
    blocks, rows = an_ended_chain(block_id(1))

    found = check(blocks, rows[2:], BEFORE)

    assert (found.faults, found.ended, found.ended_up_to) == ([], 2, 1)


@pytest.mark.parametrize("at", [NOW, "", "2020-11-27T00:00:00Z"])
def test_rows_whose_time_is_not_over_were_taken_away_whatever_the_trail_says(at: str) -> None:
    blocks, rows = an_ended_chain(block_id(1), at)

    faults = check(blocks, rows[2:], BEFORE).faults if at else check(blocks[:2], rows[2:]).faults

    assert faults == ["row r-0 was taken away", "row r-1 was taken away"]


def test_a_time_of_long_ago_after_one_of_today_makes_nothing_old() -> None:
    blocks, _ = a_chain(1, at=NOW)
    first = Block(id=block_id(1), prev="", entries=(), head=blocks[0]["head"])
    [old] = sealed(first, [a_row(8)], at=LONG_AGO)
    [says] = sealed(old, [told := a_row(9, what=ENDED, about=block_id(2))], at=NOW)
    later = as_stored(old, says)

    faults = check([*blocks, *later], [told], BEFORE).faults

    assert faults == ["row r-0 was taken away", "row r-8 was taken away"]


def test_blocks_of_before_there_were_times_are_as_old_as_the_next_that_has_one() -> None:
    blocks, rows = a_chain(2, at="")
    blocks = [{name: each[name] for name in each if name != "at"} for each in blocks]
    last = Block(id=block_id(1), prev="", entries=(), head=blocks[0]["head"])
    [old] = sealed(last, [a_row(8)], at=LONG_AGO)
    [says] = sealed(old, [told := a_row(9, what=ENDED, about=block_id(1))], at=NOW)
    later = as_stored(old, says)
    left = [a_row(8), told]

    assert check([*blocks, *later], left, BEFORE).faults == []
    assert check(blocks, rows[1:], BEFORE).faults == ["row r-0 was taken away"]


def test_when_a_block_was_sealed_cannot_be_changed() -> None:
    blocks, rows = a_chain(2, at=NOW)

    assert check([{**blocks[0], "at": LONG_AGO}], rows).faults == ["block 1 was changed"]
    assert check([{**blocks[0], "at": ""}], rows).faults == ["block 1 was changed"]


def test_it_is_known_before_what_says_so_is_sealed() -> None:
    blocks, rows = a_chain(2, 2)
    says = a_row(9, what=ENDED, about=block_id(1))

    found = check(blocks, [*rows[2:], says], BEFORE)

    assert (found.faults, found.unsealed) == ([], [says])


def test_a_row_after_those_that_were_ended_was_taken_away() -> None:
    blocks, rows = an_ended_chain(block_id(1))

    assert check(blocks, [*rows[:2], *rows[3:]], BEFORE).faults == ["row r-2 was taken away"]


@pytest.mark.parametrize("about", [block_id(3), block_id(9), "all", "-1", ""])
def test_no_row_ends_its_own_block_or_one_after_it(about: str) -> None:
    blocks, rows = an_ended_chain(about)

    assert check(blocks, rows[1:], BEFORE).faults == ["row r-0 was taken away"]


def test_what_was_changed_to_say_so_ends_nothing() -> None:
    blocks, rows = a_chain(2, 2)
    forged = {**rows[3], "what": ENDED, "about": block_id(1)}

    faults = check(blocks, [*rows[1:3], forged], BEFORE).faults

    assert faults == ["row r-3 was changed", "row r-0 was taken away"]


def test_a_row_that_was_gone_before_it_was_sealed_is_told_also_after_its_time() -> None:
    [block] = sealed(None, [a_row(0)], gone=["r-1"], at=LONG_AGO)
    [after] = sealed(block, [says := a_row(9, what=ENDED, about=block_id(1))], at=NOW)
    blocks = as_stored(block, after)

    assert check(blocks, [says], BEFORE).faults == ["row r-1 was taken away"]
