"""Tables on a terminal that is too narrow for them."""

from hypothesis import given
from hypothesis import strategies as st

from cli.terminal import stacked

ID = "33c9ee59-3bf9-4587-b8ba-1161063f397e"
WORD = st.text("abc-", max_size=12)


def test_a_row_is_told_in_lines_that_break_between_cells() -> None:
    headings = ["engagement", "hub", "status", "places", "reasons", "match"]

    lines = list(stacked(headings, [["NWL-1", "west-london", "proposed", "8", "", ID]], 80))

    assert lines == [
        "NWL-1",
        "  hub: west-london · status: proposed · places: 8",
        f"  match: {ID}",
    ]


@given(st.lists(WORD, min_size=1, max_size=9), st.integers(20, 120))
def test_no_cell_is_cut_and_no_line_is_too_long(cells: list[str], width: int) -> None:
    headings = [f"h{n}" for n in range(len(cells))]

    first, *lines = stacked(headings, [[*cells]], width)

    pieces = [piece for line in lines for piece in line.strip().split(" · ") if piece]
    assert first == cells[0]
    assert [piece.partition(": ")[2] for piece in pieces] == [cell for cell in cells[1:] if cell]
    assert all(len(line) <= width for line in lines)
