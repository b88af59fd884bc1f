"""Whatever stands in a table comes back from its file, and no spreadsheet runs it."""

import csv
import io
from collections.abc import AsyncIterator, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.console.api.tables.csv_files import FORMULA, HELD, MARK, Row, cell, written

TEXT = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"))


async def file_of(head: Sequence[str], rows: Sequence[Row]) -> list[bytes]:
    async def given_rows() -> AsyncIterator[Row]:
        for row in rows:
            yield row

    return [part async for part in written(head, given_rows())]


def read(parts: Sequence[bytes]) -> list[list[str]]:
    text = b"".join(parts).decode()
    return list(csv.reader(io.StringIO(text.removeprefix(MARK), newline=""), strict=True))


@given(st.lists(st.lists(TEXT, min_size=2, max_size=2), max_size=5))
@settings(deadline=None)
async def test_every_text_comes_back_with_at_most_an_apostrophe_before_it(
    rows: list[list[str]],
) -> None:
    head, *found = read(await file_of(["one", "two"], rows))

    assert head == ["one", "two"]
    assert [[text.removeprefix("'") for text in row] for row in found] == [
        [text.removeprefix("'") for text in row] for row in rows
    ]


@given(TEXT, st.sampled_from(FORMULA), st.sampled_from(["", " ", "\u00a0", "\t"]))
def test_no_cell_begins_as_a_formula_does(text: str, sign: str, space: str) -> None:
    for dangerous in (f"{sign}{text}", f"{space}{sign}{text}"):
        assert cell(dangerous) == f"'{dangerous}"
    assert not cell(text).lstrip().startswith(FORMULA)


@pytest.mark.parametrize(
    ("value", "written_as"),
    [(None, ""), (True, "yes"), (False, "no"), (0, "0"), (0.0714, "0.0714"), ("*", "*")],
)
def test_a_value_is_written_as_people_read_it(value: object, written_as: str) -> None:
    assert cell(value) == written_as  # type: ignore[arg-type]


async def test_a_file_is_utf_8_that_excel_knows_with_lines_as_rfc_4180_has_them() -> None:
    [part] = await file_of(["who"], [["Łódź, “quoted”"], ['say "yes"']])

    assert part == '\ufeff"who"\r\n"Łódź, “quoted”"\r\n"say ""yes"""\r\n'.encode()


async def test_a_long_file_is_sent_in_parts() -> None:
    parts = await file_of(["who"], [["x" * 100]] * 2000)

    assert len(parts) > 2
    assert max(map(len, parts)) < HELD + 200
    assert len(read(parts)) == 2001
