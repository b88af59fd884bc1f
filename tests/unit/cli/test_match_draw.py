"""`wlc match draw`: a panel from two plain files, or why there is none."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.builders.commands import wlc

SMALL = Path(__file__).parents[2] / "data" / "example_small_20"
HARD = Path(__file__).parents[2] / "data" / "hard_pools"
QUOTAS = "feature,value,min,max\nsex,female,1,2\nsex,male,1,2\nborough,Brent,1,3\n"
PEOPLE = """\
id,sex,borough,note
a,female,Brent,x
b,Female,Ealing,x
c,male,Brent,x
d,male, brent ,x
e,prefer-not-to-say,Brent,x
f,other,Ealing,x
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "people.csv").write_text(PEOPLE)
    (tmp_path / "quotas.csv").write_text(QUOTAS)
    return tmp_path


def drawn(folder: Path, *words: str, size: int = 3) -> dict[str, Any]:
    files = (folder / "people.csv", folder / "quotas.csv")
    result = wlc("match", "draw", *files, "--size", str(size), "--json", *words)
    assert result.exit_code == 0, result.stderr
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def refused(folder: Path, *words: str, size: int = 3) -> tuple[int, str]:
    files = (folder / "people.csv", folder / "quotas.csv")
    result = wlc("match", "draw", *files, "--size", str(size), *words)
    return result.exit_code, result.stderr


def test_the_json_has_the_panel_and_everybodys_chance(folder: Path) -> None:
    found = drawn(folder, "--seed", "lottery of 2 May")

    assert len(found["panel"]) == 3
    assert set(found["probabilities"]) == set("abcdef")
    assert sum(found["probabilities"].values()) == pytest.approx(3, abs=1e-6)
    assert found["minimum"] == min(found["probabilities"].values())
    assert (found["gap"], found["in_time"], found["seed"]) == (0, True, "lottery of 2 May")
    assert {"gini", "geometric_mean", "bound", "panels", "types", "seconds"} < found.keys()


def test_the_same_seed_draws_the_same_panel_whatever_the_order_of_the_rows(folder: Path) -> None:
    first = drawn(folder, "--seed", "7")
    head, *rows = PEOPLE.splitlines()
    (folder / "people.csv").write_text("\n".join([head, *reversed(rows)]))

    assert drawn(folder, "--seed", "7")["panel"] == first["panel"]


@pytest.mark.parametrize("method", ["leximin", "maximin", "nash"])
def test_every_method_draws(folder: Path, method: str) -> None:
    assert len(drawn(folder, "--method", method)["panel"]) == 3


def test_the_heading_of_the_reference_is_read_and_people_without_ids_go_by_their_rows() -> None:
    files = (SMALL / "respondents.csv", SMALL / "categories.csv")

    found = json.loads(wlc("match", "draw", *files, "--size", "20", "--json").stdout)

    assert found["minimum"] == pytest.approx(0.1)
    assert found["gini"] == pytest.approx(0, abs=1e-6)
    assert "2" in found["probabilities"]


def test_the_tables_show_the_panel_the_quotas_and_the_figures(folder: Path) -> None:
    files = (folder / "people.csv", folder / "quotas.csv")

    shown = wlc("match", "draw", *files, "--size", "3", "--seed", "1")

    assert "panel of 3, drawn with the seed 1" in shown.stdout
    assert "smallest chance" in shown.stdout
    assert "sex: 2 people whom none of its quotas counts have a chance of" in shown.stdout
    assert "1 person has no answer for sex; they count for none of its quotas." in shown.stderr
    assert "1 person has sex: 'other', which no quota names." in shown.stderr


def test_every_fault_of_both_files_is_named_at_once(folder: Path) -> None:
    (folder / "quotas.csv").write_text(
        "feature,value,min,max\nsex,female,3,2\nsex,male,one,2\nsex,female,0,1\nage,young,1,2\n"
    )
    (folder / "people.csv").write_text("id,sex\na,female\na,male\n,male\n")

    code, told = refused(folder)

    assert code == 2
    for fault in (
        "quotas.csv row 2: min 3 is more than max 2.",
        "quotas.csv row 3: min or max is wrong; write whole numbers from 0 to 999999999.",
        "people.csv has no column age, which",
        "the id 'a' stands in rows 2, 3; give each person one of their own.",
        "people.csv: id is empty in row 4; give everybody one.",
    ):
        assert fault in " ".join(told.split())


def test_a_quota_that_stands_twice_is_a_fault(folder: Path) -> None:
    (folder / "quotas.csv").write_text(QUOTAS + "Sex,Female,0,1\n")

    assert "row 5: sex: Female stands twice; take one of the rows out." in refused(folder)[1]


def test_a_value_that_too_few_have_is_said_with_the_smallest_change(folder: Path) -> None:
    (folder / "quotas.csv").write_text(QUOTAS + "borough,Ealing,3,3\n")

    code, told = refused(folder)

    assert code == 1
    assert "borough: Ealing at least 3 is wanted, and of the pool 2 people are." in told
    assert "borough: Ealing 2 to 3" in told


def test_minima_that_add_up_to_more_than_the_panel_are_named_together(folder: Path) -> None:
    files = (folder / "people.csv", folder / "quotas.csv")
    (folder / "quotas.csv").write_text("feature,value,min,max\nsex,female,2,3\nsex,male,2,3\n")

    result = wlc("match", "draw", *files, "--size", "3", "--json")

    found = json.loads(result.stdout)
    assert result.exit_code == 1
    assert found["panel"] is None
    assert found["conflict"] == ["sex: female at least 2", "sex: male at least 2"]
    [change] = found["relaxation"]
    assert change["min"] == 1
    assert "Together sex asks for at least 4." in result.stderr


def test_quotas_give_way_no_further_than_their_flex(folder: Path) -> None:
    (folder / "quotas.csv").write_text(
        "feature,value,min,max,min_flex,max_flex\nsex,female,2,3,2,3\nsex,male,2,3,2,3\n"
    )

    assert "Not even with all the flex that the quotas have." in refused(folder)[1]


def test_a_panel_larger_than_the_pool_is_said(folder: Path) -> None:
    code, told = refused(folder, size=9)

    assert code == 1
    assert "9 people are wanted and 6 are eligible." in told


def test_an_unknown_id_column_is_said(folder: Path) -> None:
    code, told = refused(folder, "--id", "number")

    assert code == 2
    assert "has no column number; --id names the column of ids." in told


def test_at_most_one_of_a_household_is_drawn(folder: Path) -> None:
    rows = "".join(f"p{n},female,{n // 2} High Street,W3 {n // 4}AA\n" for n in range(8))
    (folder / "people.csv").write_text(f"id,sex,street,postcode\n{rows}")
    (folder / "quotas.csv").write_text("feature,value,min,max\nsex,female,0,4\n")
    address = ("--household", "street", "--household", "postcode")

    panels = [drawn(folder, *address, "--seed", str(seed), size=4) for seed in range(10)]

    for found in panels:
        assert {int(each[1:]) // 2 for each in found["panel"]} == {0, 1, 2, 3}
        assert set(found["probabilities"].values()) == {0.5}
    assert "has no column road; --household" in refused(folder, "--household", "road")[1]


def test_quotas_of_which_none_can_be_read_are_not_blamed_on_the_people(folder: Path) -> None:
    (folder / "quotas.csv").write_text("feature,value,min,max\nsex,female,two,3\n")

    code, told = refused(folder)

    assert code == 2
    assert (
        "quotas.csv row 2: min or max is wrong; write whole numbers from 0 to 999999999."
        in " ".join(told.split())
    )
    assert "people.csv" not in told


def test_files_in_the_wrong_order_are_told_by_what_they_lack(folder: Path) -> None:
    result = wlc("match", "draw", folder / "quotas.csv", folder / "people.csv", "--size", "3")

    assert result.exit_code == 2
    assert "people.csv has no row of headings" in " ".join(result.stderr.split())
    assert "quotas have feature, value, min and max" in " ".join(result.stderr.split())


def test_a_seed_is_shown_as_it_was_given(folder: Path) -> None:
    files = (folder / "people.csv", folder / "quotas.csv")

    shown = wlc("match", "draw", *files, "--size", "3", "--seed", "[red]4")

    assert "drawn with the seed [red]4" in " ".join(shown.stdout.split())
    assert refused(folder, "--seed", " ") == (
        2,
        "wlc: --seed is empty or cannot be printed; give a text, or leave it out.\n",
    )


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--size", "0"), "0; give a whole number from 1 to 1000000."),
        (("--size", "5", "--seconds", "0"), "0; give from 0.1 to 100000."),
        (("--size", "5", "--seconds", "nan"), "nan; give from 0.1 to 100000."),
        (("--size", "50"), "Ask for fewer with --size, or give a file with more people."),
    ],
)
def test_a_number_that_cannot_be_is_answered_by_those_that_can(
    folder: Path, words: tuple[str, ...], sentence: str
) -> None:
    result = wlc("match", "draw", folder / "people.csv", folder / "quotas.csv", *words)

    assert result.exit_code in {1, 2}
    assert sentence in " ".join(result.stderr.replace("│", " ").split())


def test_a_draw_that_ran_out_of_time_ends_with_1_and_says_what_it_lacks() -> None:
    files = (HARD / "late_people.csv", HARD / "late_quotas.csv")

    result = wlc("match", "draw", *files, "--size", "16", "--seconds", "0.3")

    assert result.exit_code == 1
    assert "this is not the fairest draw" in result.stderr or "not found out" in result.stderr


def test_numbers_beyond_any_panel_are_refused(folder: Path) -> None:
    (folder / "quotas.csv").write_text(f"feature,value,min,max\nsex,female,0,{10**20}\n")

    assert "whole numbers from 0 to 999999999" in refused(folder)[1]


def test_nothing_of_a_file_reaches_the_terminal_that_it_would_obey(folder: Path) -> None:
    evil = "a\x1b[2J\x9b31m\u202e"
    (folder / "people.csv").write_text(f'id,sex,borough\n{evil},female,Brent\n"b\nc",male,Brent\n')
    files = (folder / "people.csv", folder / "quotas.csv")

    shown = wlc("match", "draw", *files, "--size", "2")
    as_json = wlc("match", "draw", *files, "--size", "2", "--json")

    for text in (shown.stdout, shown.stderr, as_json.stdout):
        assert not set(text) & set("\x1b\x9b\u202e")
    assert set(json.loads(as_json.stdout)["panel"]) == {evil, "b\nc"}
