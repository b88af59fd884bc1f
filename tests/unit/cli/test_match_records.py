"""The public record of a draw: written without names, and computed anew by `wlc match verify`."""

import json
from pathlib import Path
from typing import Any

import pytest

from shared.sortition.record import hash_of
from shared.sortition.seeds import commitment_to, nonce_of, seed_from
from tests.builders.commands import wlc
from tests.fakes.cli import FakeServices

QUOTAS = "feature,value,min,max\nsex,female,2,3\nsex,male,2,3\nage,old,1,3\n"
PEOPLE = "id,sex,age,street\n" + "".join(
    f"somebody-{n},{'female' if n % 3 else 'male'},{'old' if n % 2 else 'young'},{n // 2} Lane\n"
    for n in range(24)
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "people.csv").write_text(PEOPLE)
    (tmp_path / "quotas.csv").write_text(QUOTAS)
    return tmp_path


def recorded(folder: Path, *words: str) -> Path:
    files = (folder / "people.csv", folder / "quotas.csv")
    file = folder / "record.json"
    result = wlc("match", *words, *files, "--size", "5", "--record", file)
    assert result.exit_code == 0, result.stderr
    return file


def changed(file: Path, **parts: Any) -> Path:
    file.write_text(json.dumps({**json.loads(file.read_text()), **parts}))
    return file


@pytest.mark.parametrize(
    "words",
    [(), ("--method", "maximin"), ("--method", "nash"), ("--household", "street")],
    ids=["leximin", "maximin", "nash", "households"],
)
def test_a_record_names_nobody_and_holds(folder: Path, words: tuple[str, ...]) -> None:
    file = recorded(folder, "draw", "--seed", "the sum of 2 May", *words)

    verified = wlc("match", "verify", file)

    assert "somebody" not in file.read_text()
    assert verified.exit_code == 0, verified.stderr
    assert verified.stdout.startswith("everything holds")


def test_what_is_settled_before_the_draw_has_the_hash_that_the_draw_has(folder: Path) -> None:
    before = json.loads(recorded(folder, "prepare").read_text())
    after = json.loads(recorded(folder, "draw", "--seed", "4 17 23").read_text())

    assert after["sha256"] == before["sha256"]
    assert "seed" not in before
    assert wlc("match", "verify", folder / "record.json").exit_code == 0


def test_another_seed_than_the_one_drawn_with_is_found(folder: Path) -> None:
    record = json.loads(recorded(folder, "draw", "--seed", "1").read_text())
    other = (record["drawn"] + 1) % len(record["portfolio"])

    verified = wlc("match", "verify", changed(folder / "record.json", drawn=other))

    assert verified.exit_code == 1
    assert "The seed draws another panel than the one recorded." in verified.stderr


def test_a_seed_without_what_it_drew_is_found(folder: Path) -> None:
    file = recorded(folder, "draw", "--seed", "1")

    verified = wlc("match", "verify", changed(file, drawn=None))

    assert verified.exit_code == 1
    assert "The seed draws another panel than the one recorded." in verified.stderr


def test_a_record_with_a_nonce_of_somebodys_choice_is_found_by_the_hash_told_before(
    folder: Path,
) -> None:
    nonce = nonce_of("secret", "cause")
    file = recorded(folder, "draw", "--seed", str(seed_from(nonce)))
    told = commitment_to(nonce)
    changed(file, nonce=nonce, commitment=told)

    honest = wlc("match", "verify", file, "--commitment", told)
    forged = wlc("match", "verify", file, "--commitment", commitment_to("what was told before"))

    assert (honest.exit_code, forged.exit_code) == (0, 1)
    assert f"Its commitment is {told}, not the one that you gave." in forged.stderr
    assert told in wlc("match", "verify", file).stdout


def test_a_portfolio_that_was_changed_is_found(folder: Path) -> None:
    file = recorded(folder, "draw", "--seed", "1")
    portfolio = json.loads(file.read_text())["portfolio"]
    portfolio[0]["panel"][0][1] += 1
    portfolio[0]["weight"] += 0.1

    told = wlc("match", "verify", changed(file, portfolio=portfolio)).stderr

    assert "The hash is not that of the pool, the quotas and the portfolio." in told
    assert "The weights do not add up to 1." in told


def test_an_unfair_portfolio_is_found_whatever_its_hash(folder: Path) -> None:
    file = recorded(folder, "draw", "--seed", "1")
    record = json.loads(file.read_text())
    only = {**record["portfolio"][0], "weight": 1.0}
    pool = [
        {**each, "chance": dict(only["panel"]).get(place, 0) / each["people"]}
        for place, each in enumerate(record["pool"])
    ]
    forged = {**record, "portfolio": [only], "pool": pool, "drawn": 0}
    forged["sha256"] = hash_of(forged)
    file.write_text(json.dumps(forged))

    verified = wlc("match", "verify", file, "--json")

    assert verified.exit_code == 1
    assert json.loads(verified.stdout)["faults"] == ["Fairer chances are possible (leximin)."]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "is no JSON"),
        ("[" * 10_000, "is no JSON"),
        ("[]", "the whole should be an object."),
        ('{"format": "wlc-draw.v1", "places": "5"}', "places should be a valid integer."),
        ('{"format": "wlc-draw.v1", "places": "5"}', "quotas is missing."),
        ('{"format": "other"}', "format should be wlc-draw.v1."),
        ('{"name": 1}', "name is nothing that a record has."),
        (f'{{"pool": {[0] * 20}}}', "more."),
    ],
)
def test_what_is_no_record_is_refused(folder: Path, text: str, sentence: str) -> None:
    (folder / "record.json").write_text(text)

    verified = wlc("match", "verify", folder / "record.json")

    assert verified.exit_code == 2
    assert sentence in verified.stderr


def test_a_record_whose_parts_do_not_fit_together_is_refused(folder: Path) -> None:
    file = recorded(folder, "draw", "--seed", "1")
    pool = json.loads(file.read_text())["pool"]

    verified = wlc("match", "verify", changed(file, pool=pool[1:]))

    assert verified.exit_code == 2
    assert f"names a type beside the {len(pool) - 1} of the pool." in verified.stderr


def test_a_record_without_a_commitment_is_said_to_have_none(folder: Path) -> None:
    file = recorded(folder, "draw", "--seed", "1")

    verified = wlc("match", "verify", file, "--commitment", commitment_to("anything"))

    assert verified.exit_code == 1
    assert "It has no commitment" in verified.stderr


def test_a_record_is_fetched_as_json_or_into_a_file_of_which_the_hash_is_told(
    services: FakeServices, folder: Path
) -> None:
    match_id, file = "5b584c94-8fb4-4647-afe6-879085600dbf", folder / "fetched.json"
    record = json.loads(recorded(folder, "draw", "--seed", "1").read_text())
    services.pages[f"/v1/matches/{match_id}/record"] = record

    printed = [wlc("match", "record", match_id, *words).stdout for words in ((), ("--json",))]
    told = wlc("match", "record", match_id, "--out", file).stdout
    as_json = wlc("match", "record", match_id, "--out", file, "--json").stdout

    assert [json.loads(each) for each in printed] == [record, record]
    assert json.loads(file.read_text()) == record
    assert told == f"sha256 {record['sha256']}\n"
    assert json.loads(as_json) == {"sha256": record["sha256"]}


def test_what_is_no_id_of_a_match_is_said_before_anything_is_asked() -> None:
    result = wlc("match", "record", "NWL-2026-014")

    assert result.exit_code == 2
    assert "'NWL-2026-014' is no id of a match; `wlc matches` tells them." in result.stderr


def test_a_record_that_cannot_be_written_is_said(folder: Path) -> None:
    files = (folder / "people.csv", folder / "quotas.csv")

    result = wlc("match", "draw", *files, "--size", "5", "--record", folder / "no" / "where.json")

    assert result.exit_code == 2
    assert "cannot be written: no such file or directory; check its folder." in result.stderr
