"""Reading spreadsheets as offices write them."""

from datetime import date
from pathlib import Path

import pytest

from cli.errors import CommandError
from cli.importing.tables import cell_name, read_table
from tests.builders.cli import a_file, a_workbook

KNOWN = ("Reference", "Full name", "Postcode")


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_any_usual_delimiter_and_encoding_is_found(
    tmp_path: Path, delimiter: str, encoding: str
) -> None:
    lines = (KNOWN, ("1", "Zoë, née Smith" if delimiter != "," else "Zoë", "W12"))
    content = "\r\n".join(delimiter.join(line) for line in lines).encode(encoding)

    table = read_table(a_file(tmp_path, content), KNOWN)

    assert table.headings == KNOWN
    assert str(table.rows[0].cells["Full name"]).startswith("Zoë")


def test_a_quoted_newline_belongs_to_its_cell_and_to_one_row(tmp_path: Path) -> None:
    content = 'Reference;Full name;Postcode\n1;"Ann\nLee";W1\n\n;;\n2;Bo;W2\n'

    table = read_table(a_file(tmp_path, content), KNOWN)

    assert [row.number for row in table.rows] == [2, 5]
    assert table.rows[0].cells["Full name"] == "Ann\nLee"


def test_titles_above_the_headings_are_passed_over(tmp_path: Path) -> None:
    content = "Our people,,\n,,\n reference ,FULL  NAME,Postcode,\n1,Ann,W1\n"

    table = read_table(a_file(tmp_path, content), KNOWN)

    assert table.headings == ("reference", "FULL NAME", "Postcode")
    assert table.rows[0].number == 4


def test_cells_beyond_the_last_heading_are_counted(tmp_path: Path) -> None:
    content = "Reference,Full name,Postcode\n1,Ann,W1,stray\n"

    table = read_table(a_file(tmp_path, content), KNOWN)

    assert table.rows[0].spill == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "is empty"),
        (" \n ", "is empty"),
        ("Reference;Full name;Postcode\n", "no rows"),
        ("a,b,c\n1,2,3\n", "no row of headings"),
        ("Reference,Postcode,reference\n1,2,3\n", "twice (A1 and C1)"),
        ("Reference,,Postcode\n1,2,3\n", "without a heading (B1)"),
        ('Reference,Postcode\n1,W1\n2,"W2\n', "row 3"),
        (b"Reference,Postcode\n1,\x81\x8d\n", "UTF-8"),
    ],
)
def test_what_is_wrong_with_a_file_is_said_with_its_place(
    tmp_path: Path, content: str | bytes, said: str
) -> None:
    file = a_file(tmp_path, content)

    with pytest.raises(CommandError) as refused:
        read_table(file, KNOWN)

    assert said in refused.value.sentence
    assert refused.value.exit_code == 2


def test_a_workbook_gives_days_and_whole_numbers_as_they_were_typed(tmp_path: Path) -> None:
    file = a_workbook(tmp_path, list(KNOWN), [1001, date(1980, 2, 3), 2.5], ["x", True, None])

    table = read_table(file, KNOWN)

    assert table.rows[0].cells == {
        "Reference": "1001",
        "Full name": date(1980, 2, 3),
        "Postcode": 2.5,
    }
    assert table.rows[1].cells == {"Reference": "x", "Full name": True, "Postcode": ""}


def test_a_workbook_of_headings_only_is_told_of_as_a_csv_of_them(tmp_path: Path) -> None:
    with pytest.raises(CommandError) as refused:
        read_table(a_workbook(tmp_path, list(KNOWN)), KNOWN)

    assert "has headings and no rows" in refused.value.sentence


def test_a_workbook_of_nothing_is_told_of(tmp_path: Path) -> None:
    with pytest.raises(CommandError) as refused:
        read_table(a_workbook(tmp_path), KNOWN)

    assert "has no sheet with anything in it" in refused.value.sentence


@pytest.mark.parametrize("merged", ["A1:B1", "A1:A2"])
def test_merged_headings_are_named_by_their_cells(tmp_path: Path, merged: str) -> None:
    file = a_workbook(tmp_path, ["Reference", None, "Postcode"], ["1", "2", "3"], merged=merged)

    with pytest.raises(CommandError) as refused:
        read_table(file, KNOWN)

    assert f"({merged}, row 1)" in refused.value.sentence


def test_headings_lost_to_merging_are_put_down_to_it(tmp_path: Path) -> None:
    rows = (["Person", None, "Place"], ["ref", "name", "code"], ["1", "2", "3"])
    file = a_workbook(tmp_path, *rows, merged="A1:B1")

    with pytest.raises(CommandError) as refused:
        read_table(file, KNOWN)

    assert "merged cells in its headings (A1:B1" in refused.value.sentence


def test_a_merged_title_above_good_headings_does_no_harm(tmp_path: Path) -> None:
    rows = (["Our people", None, None], list(KNOWN), ["1", "2", "3"])
    file = a_workbook(tmp_path, *rows, merged="A1:C1")

    table = read_table(file, KNOWN)

    assert table.rows[0].number == 3


def test_a_file_that_only_has_the_name_of_a_workbook_is_refused(tmp_path: Path) -> None:
    file = a_file(tmp_path, "Reference,Postcode\n1,2\n", "people.xlsx")

    with pytest.raises(CommandError) as refused:
        read_table(file, KNOWN)

    assert "no workbook" in refused.value.sentence


def test_cells_are_named_as_a_spreadsheet_names_them() -> None:
    assert [cell_name(0, column) for column in (0, 25, 26, 701, 702)] == [
        "A1",
        "Z1",
        "AA1",
        "ZZ1",
        "AAA1",
    ]
