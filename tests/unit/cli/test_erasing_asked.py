"""Who is to be forgotten is read from where nobody sees it, and every mistake is named before."""

import io
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from cli.erasing.command import erase, read_asked
from cli.erasing.common import OF_OTHERS, common_among
from cli.errors import CommandError
from tests.builders.commands import wlc
from tests.fakes.cli import FakeServices

WHO = str(uuid4())


def test_people_and_words_come_from_standard_input_so_that_nobody_sees_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{WHO}\n\n"))
    assert read_asked([], Path("-"), [], None, yes=True) == ([WHO], [])
    monkeypatch.setattr("sys.stdin", io.StringIO("Old Name\n"))
    assert read_asked([WHO], None, [], Path("-"), yes=True) == ([WHO], ["Old Name"])


def test_words_are_read_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "marks").write_text("Amina West\n")

    assert read_asked([WHO], None, ["Mark"], tmp_path / "marks", yes=True) == (
        [WHO],
        ["Mark", "Amina West"],
    )


@pytest.mark.parametrize(
    "names",
    [
        {"from_file": Path("-"), "marks_from": Path("-"), "yes": True},
        {"from_file": Path("-"), "yes": False},
    ],
)
def test_standard_input_is_for_one_thing(names: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="standard input is for one thing"):
        erase(data=tmp_path, **names)


def test_every_mistake_is_named_at_once_and_nobody_is_looked_for(
    services: FakeServices, tmp_path: Path
) -> None:
    words = ("--from", tmp_path / "none", "--marks-from", tmp_path, "--folder", tmp_path / "lost")

    ended = wlc("erase", *map(str, words), "--yes")

    assert (ended.exit_code, services.asked) == (2, [])
    said = " ".join(ended.stderr.split())
    assert f"{tmp_path / 'none'} cannot be read" in said
    assert f"{tmp_path} cannot be read" in said
    assert f"{tmp_path / 'lost'} is no folder" in said


def test_a_list_of_nobody_is_told_as_that(tmp_path: Path) -> None:
    (tmp_path / "people").write_text("\n \n")

    with pytest.raises(CommandError, match="nobody is named in"):
        read_asked([], tmp_path / "people", [], None, yes=True)


def test_who_is_named_twice_is_one_person(tmp_path: Path) -> None:
    (tmp_path / "people").write_text(f"{WHO}\nN-1\nN-1\n")

    assert read_asked([WHO], tmp_path / "people", [], None, yes=True) == ([WHO, "N-1"], [])


def test_all_who_are_not_found_are_told_by_their_place_and_nobody_is_forgotten(
    services: FakeServices,
) -> None:
    services.answers["/v1/people"] = (200, [])

    ended = wlc("erase", "N-1", "N-2", "--yes")

    assert ended.exit_code == 1
    assert all(f"{number}: nobody of your hubs" in ended.stderr for number in (1, 2))
    assert "N-1" not in ended.stderr
    assert services.asked == [{"reference": "N-1"}, {"reference": "N-2"}]


def rows_of(count: int, text: str) -> list[bytes]:
    return [f"row {number}: {text}".encode() for number in range(count)]


def test_a_name_that_stands_in_many_rows_of_others_is_a_word_of_everybodys() -> None:
    rows = rows_of(OF_OTHERS, "Hammersmith") + rows_of(OF_OTHERS - 1, "Patel")

    assert common_among(rows, {WHO: ["Smith", "Patel"]}) == {"smith"}


def test_rows_about_the_person_make_no_name_a_word_of_everybodys() -> None:
    rows = rows_of(2 * OF_OTHERS, f"Smith {WHO}")

    assert common_among(rows, {WHO: ["Smith"]}) == frozenset()
