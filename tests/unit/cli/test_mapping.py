"""What the columns of a spreadsheet mean."""

from pathlib import Path

import pytest

from cli.errors import CommandError
from cli.importing.mapping import mapping_by_names, read_mapping
from cli.importing.tables import Row, Table
from tests.builders.cli import a_file

MAPPING = """
[columns]
"Ref" = "reference"
"Name" = "name.display"
"Postcode" = "postcode"
"Speaks" = "languages"
[lists]
"Speaks" = "/"
[values."Speaks"]
"English" = "en"
"""


def a_table(*headings: str) -> Table:
    return Table(headings, (Row(2, dict.fromkeys(headings, "x")),))


def test_words_are_understood_in_any_case_and_others_pass(tmp_path: Path) -> None:
    mapping = read_mapping(a_file(tmp_path, MAPPING))

    meant = [mapping.meaning("Speaks", word) for word in mapping.parts("Speaks", "ENGLISH / fa/ ")]

    assert meant == ["en", "fa"]


def test_headings_are_recognised_in_the_tables_own_spelling(tmp_path: Path) -> None:
    mapping = read_mapping(a_file(tmp_path, MAPPING))
    table = a_table("REF", "name", "Postcode", "speaks")

    fitted = mapping.for_table(Path("people.csv"), table)

    assert fitted.columns["REF"] == "reference"
    assert fitted.meaning("speaks", "English") == "en"


def test_missing_and_unknown_headings_are_named_together(tmp_path: Path) -> None:
    mapping = read_mapping(a_file(tmp_path, MAPPING))

    with pytest.raises(CommandError) as refused:
        mapping.for_table(Path("people.csv"), a_table("Ref", "Name", "Postcode", "Shoe size"))

    assert "no column 'Speaks' and no meaning for 'Shoe size'" in refused.value.sentence


def test_without_a_mapping_headings_are_names_of_fields() -> None:
    table = a_table("Reference", "contacts.email", "monitoring.sex", "nonsense")
    mapping = mapping_by_names(table.headings)

    with pytest.raises(CommandError) as refused:
        mapping.for_table(Path("people.csv"), table)

    assert mapping.columns["Reference"] == "reference"
    assert "no meaning for 'nonsense'" in refused.value.sentence


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("not = [toml", "is not TOML"),
        ("", "is no mapping: [columns] is missing; correct it there."),
        ("[columns]", "is no mapping: [columns] is empty; correct it there."),
        (f"{MAPPING}[colours]", "is no mapping: [colours] has no meaning here; correct"),
        (f'{MAPPING}"Farsi" = ["fa"]', "'Farsi' in [values.Speaks] does not have the form that is"),
        (f"{MAPPING}[dates]\nform = 'x'", "'form' in [dates] has no meaning here"),
        ('[columns]\n"A" = "shoe_size"', "'shoe_size', which is no field"),
        ('[columns]\n"A" = "reference"', "is no mapping: no column is mapped to 'name.display'"),
        (MAPPING.replace('"Speaks" = "/"', '"Spricht" = "/"'), "'Spricht' is not in [columns]"),
    ],
)
def test_a_wrong_mapping_is_refused_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    file = a_file(tmp_path, text)

    with pytest.raises(CommandError) as refused:
        read_mapping(file)

    assert said in refused.value.sentence


def test_the_shipped_mapping_is_valid() -> None:
    mapping = read_mapping(Path("deploy/demo/input/import-mapping.toml"))

    assert mapping.columns["E-mail address"] == "contacts.email"
