"""Who was forgotten: the list beside the backups, and what a restore makes of it."""

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import bson
import pytest
from pydantic import TypeAdapter

from cli.backups.erased import Forgotten, keep_list, read_list
from cli.backups.letters import DATA
from cli.backups.reading import Batch, newest_in
from cli.backups.restoring import People
from cli.errors import CommandError
from services.intake.domain.people import ERASED, Participant
from shared.mongo import documents_in

AT = datetime(2026, 11, 27, 4, 0, tzinfo=UTC)


def forgotten(number: int, *handles: str) -> Forgotten:
    return Forgotten(participant_id=UUID(int=number), hub="lambeth", handles=handles)


def test_each_backup_adds_to_the_list_and_takes_nobody_off_it(tmp_path: Path) -> None:
    path = tmp_path / "erased.jsonl"

    counts = [keep_list(path, [forgotten(1)]), keep_list(path, [forgotten(2), forgotten(1)])]

    assert counts == [1, 2]
    assert {each.participant_id.int for each in read_list(path)} == {1, 2}
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("text", ["no json", "{}", '{"participant_id": "x"}'])
def test_another_file_is_no_list(tmp_path: Path, text: str) -> None:
    (tmp_path / "list").write_text(text)

    with pytest.raises(CommandError, match="no list"):
        read_list(tmp_path / "list")


def test_the_wish_is_told_anew_at_each_restore_and_once_in_each() -> None:
    person = forgotten(1)

    wishes = [person.asked_again(at) for at in (AT, AT, AT.replace(hour=5))]

    assert wishes[0] == wishes[1]
    assert wishes[0].id != wishes[2].id
    assert wishes[0].data.participant_id == person.participant_id


def test_a_mark_holds_no_handle_that_somebody_else_has_now() -> None:
    mark = forgotten(1, "reference:a", "reference:b").tombstone({"reference:b"})

    assert [each["handles"] for each in mark["references"]] == [["reference:a"]]


def test_intake_reads_a_mark_as_somebody_who_was_forgotten() -> None:
    mark = forgotten(1, "reference:a").tombstone(set())

    read = TypeAdapter(Participant).validate_python({**mark, "id": mark["_id"]})

    assert (read.status, read.handles, read.sealed) == (ERASED, {"reference:a"}, None)


def test_whom_a_backup_knows_and_whom_it_knows_as_forgotten_is_told_apart() -> None:
    rows = [
        {"_id": name, "status": status, "references": [{"handles": [f"reference:{name}"]}]}
        for name, status in (("a", "active"), ("b", "erased"))
    ]
    documents = b"".join(bson.encode(row) for row in rows)
    people = People()

    people.note(Batch("intake", "participants", documents))
    people.note(Batch("console", "people", documents))

    assert people.status == {"a": "active", "b": "erased"}
    assert people.erased == {"b"}
    assert people.handles == {"reference:a", "reference:b"}
    assert [bson.decode(each) for each in documents_in(documents)] == rows


def test_the_newest_backup_is_taken_and_an_unfinished_one_never(tmp_path: Path) -> None:
    for name in ("2026-11-26T000000Z", "2026-11-27T000000Z", "2026-11-28T000000Z.unfinished"):
        (tmp_path / name).mkdir()
        (tmp_path / name / DATA).touch()

    assert newest_in(tmp_path).name == "2026-11-27T000000Z"
    assert newest_in(tmp_path / "2026-11-26T000000Z").name == "2026-11-26T000000Z"
    with pytest.raises(CommandError, match="no backup"):
        newest_in(tmp_path / "nowhere")
