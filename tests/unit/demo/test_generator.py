"""The demo's files: repeatable, in shape but for the planned faults, counted right."""

import csv
import io
import json
import zipfile
from collections import Counter
from datetime import date
from typing import TypedDict, cast
from xml.etree.ElementTree import canonicalize

import pytest
from openpyxl import load_workbook
from pydantic import ValidationError

from deploy.demo.loader import INPUT
from deploy.demo.plan import AMQP, CSV, HTTP, XLSX, Entry, Plan
from deploy.demo.profile import PROFILE
from deploy.demo.shapes import Fields
from deploy.demo.spreadsheets import mapping
from shared.contracts import submissions as contract


class Fault(TypedDict):
    number: int
    reference: str
    fault: str
    pointers: list[str]


class Counts(TypedDict):
    sent: int
    accepted: int
    rejected: int
    rejected_by_fault: dict[str, int]
    repeated: dict[str, int]
    participants: int
    monitoring_left_out: int
    faults: list[Fault]


def test_generating_again_gives_the_committed_bytes(files: dict[str, bytes]) -> None:
    changed = {name for name in files if files[name] != (INPUT / name).read_bytes()}

    assert changed == set()


@pytest.mark.parametrize("file", [HTTP, AMQP])
def test_only_what_was_spoiled_breaks_the_contract(file: str) -> None:
    expected = _expected_of(file)
    faults = {fault["number"]: fault for fault in expected["faults"]}

    broken = {
        number: pointers
        for number, event in enumerate(_lines((INPUT / file).read_bytes()), start=1)
        if (pointers := _broken(event))
    }

    assert set(broken) <= set(faults)
    assert all(pointers <= set(faults[number]["pointers"]) for number, pointers in broken.items())
    assert {faults[number]["fault"] for number in broken} >= {"unknown_field", "several"}


@pytest.mark.parametrize("file", ["engagements.jsonl", "later.jsonl"])
def test_engagements_and_what_comes_later_keep_the_contract(file: str) -> None:
    events = _lines((INPUT / file).read_bytes())

    assert [_broken(event) for event in events] == [set()] * len(events)


def test_event_ids_occur_once_but_for_the_events_sent_twice(files: dict[str, bytes]) -> None:
    names = (HTTP, AMQP, "engagements.jsonl", "later.jsonl")
    lines = [line for name in names for line in files[name].splitlines()]

    twice = [line for line, times in Counter(lines).items() if times > 1]

    assert len(twice) == len(lines) - len({json.loads(line)["id"] for line in lines}) == 4


@pytest.mark.parametrize("file", [HTTP, AMQP, CSV, XLSX])
def test_expected_counts_add_up(files: dict[str, bytes], file: str) -> None:
    counts = _expected_of(file)

    assert counts["sent"] == _length(file, files[file])
    assert counts["accepted"] + counts["rejected"] == counts["sent"]
    assert counts["participants"] + sum(counts["repeated"].values()) == counts["accepted"]
    assert sum(counts["rejected_by_fault"].values()) == counts["rejected"]
    assert len(counts["faults"]) == counts["rejected"]
    assert 0.02 < counts["rejected"] / counts["sent"] < 0.03


def test_repetitions_become_no_participant() -> None:
    expected = json.loads((INPUT / "expected.json").read_text("utf-8"))

    assert expected["people"]["participants"] == 2_300
    assert expected["participants_by_hub"] == {"lambeth": 300, "west-london": 2_000}
    assert expected["people"]["repeated"] == {
        "same_contact": 6,
        "same_id": 4,
        "same_name_and_birth": 6,
    }


def test_a_few_answer_without_consent_to_that(drawn: Plan) -> None:
    expected = json.loads((INPUT / "expected.json").read_text("utf-8"))
    accepted = [e.submission for e in drawn.entries if not e.fault and not e.repeats]

    answered = [person for person in accepted if person.get("monitoring")]
    consented = [person for person in answered if "monitoring" in person["consent"]]

    assert len(answered) - len(consented) == expected["people"]["monitoring_left_out"] == 12


def test_sheets_hold_the_rows_that_were_planned(files: dict[str, bytes], drawn: Plan) -> None:
    headings = list(mapping().columns)

    rows = list(csv.DictReader(io.StringIO(files[CSV].decode("utf-8-sig")), delimiter=";"))
    [top, *below] = _xlsx_rows(files[XLSX])

    assert files[CSV].startswith(b"\xef\xbb\xbf")
    assert any("\n" in row["Usually free"] for row in rows)
    assert list(rows[0]) == list(top) == headings
    assert [row["Reference"] for row in rows] == _references(drawn.entries, CSV)
    assert [row[0] for row in below] == _references(drawn.entries, XLSX)


def test_a_sheet_says_the_words_of_its_mapping(drawn: Plan) -> None:
    columns = mapping()
    entry = next(e for e in drawn.entries if e.file == CSV and not e.fault)

    row = dict(zip(columns.columns, columns.row(entry.submission), strict=True))

    assert row["Online"] in {"yes", "no"}
    assert row["Prefers"] in {"E-mail", "Text message", "Telephone", "Letter"}
    assert isinstance(row["Consent to take part: date"], date)


def test_the_workbook_hides_no_clock(files: dict[str, bytes]) -> None:
    with zipfile.ZipFile(io.BytesIO(files[XLSX])) as archive:
        times = {part.date_time for part in archive.infolist()}

    assert times == {(1980, 1, 1, 0, 0, 0)}


def test_the_workbook_is_the_same_whatever_wrote_its_xml(files: dict[str, bytes]) -> None:
    with zipfile.ZipFile(io.BytesIO(files[XLSX])) as archive:
        parts = [archive.read(name).decode() for name in archive.namelist()]

    assert parts == [canonicalize(xml_data=part) for part in parts]


def test_through_every_door_a_few_want_no_news_or_discretion(drawn: Plan) -> None:
    wishes = {
        (entry.file, name)
        for entry in drawn.entries
        for name in entry.submission.get("contact_preference", {})
    }
    asking = [entry for entry in drawn.entries if "contact_preference" in entry.submission]

    assert wishes == {(f, name) for f in (HTTP, AMQP, CSV, XLSX) for name in ("news", "discreet")}
    assert 0.03 < len(asking) / len(drawn.entries) < 0.07
    assert not any(entry.fault or entry.repeats for entry in asking)


def test_the_mapping_knows_the_words_of_the_profile() -> None:
    values = mapping().values

    spoken = {language.words: code for code, language in PROFILE.languages.items()}

    assert values["Languages"] == spoken
    assert values["Interpreter for"] == {w: c for w, c in spoken.items() if c != "en"}
    assert values["Access needs"] == {need.words: code for code, need in PROFILE.needs.items()}


def _broken(event: Fields) -> set[str]:
    try:
        envelope = contract.Submission.model_validate(event)
        contract.SUBMISSIONS[envelope.type].model_validate(envelope.data)
    except ValidationError as error:
        return {"/data/" + "/".join(map(str, fault["loc"])) for fault in error.errors()}
    return set()


def _expected_of(file: str) -> Counts:
    expected = json.loads((INPUT / "expected.json").read_text("utf-8"))
    return cast("Counts", expected["files"][file])


def _lines(content: bytes) -> list[Fields]:
    return [json.loads(line) for line in content.splitlines()]


def _length(file: str, content: bytes) -> int:
    if file == XLSX:
        return len(_xlsx_rows(content)) - 1
    if file == CSV:
        return len(list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))) - 1
    return len(content.splitlines())


def _xlsx_rows(content: bytes) -> list[tuple[object, ...]]:
    sheet = load_workbook(io.BytesIO(content), read_only=True)["People"]
    return list(sheet.iter_rows(values_only=True))


def _references(entries: list[Entry], file: str) -> list[str]:
    return [entry.submission["reference"] for entry in entries if entry.file == file]
