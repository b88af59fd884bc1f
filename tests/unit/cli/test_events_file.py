"""Reading files of CloudEvents."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.errors import CommandError
from cli.events_file import read_events
from tests.builders.cli import a_file, an_event, json_lines


def test_lines_are_numbered_as_an_editor_numbers_them(tmp_path: Path) -> None:
    file = a_file(tmp_path, f"\n{json_lines(an_event('a'))}\n{json_lines(an_event('b'))}")

    events = read_events(str(file))

    assert [(one.unit, one.number, one.id) for one in events] == [
        ("line", 2, "a"),
        ("line", 4, "b"),
    ]


def test_a_line_that_is_not_json_leaves_the_others_readable(tmp_path: Path) -> None:
    file = a_file(tmp_path, f"{json_lines(an_event('a'))}{{oops\n{json_lines(an_event('b'))}")

    first, broken, last = read_events(str(file))

    assert (first.id, last.id) == ("a", "b")
    assert broken.fault is not None
    assert (broken.number, broken.fault.code) == (2, "not-json")


@pytest.mark.parametrize("line", [b"\xff\xfe", b"[1]", b'"text"', b"[" * 100_000, b"9" * 5000])
def test_odd_lines_are_told_of_and_never_stop_the_reading(tmp_path: Path, line: bytes) -> None:
    file = a_file(tmp_path, json_lines(an_event()).encode() + line + b"\n")

    good, odd = read_events(str(file))

    assert good.event is not None
    assert odd.event is None
    assert odd.fault is not None


def test_an_array_keeps_each_event_as_it_was_written(tmp_path: Path) -> None:
    written = '[ {"id":"a", "id":"b"} ,\n {"x": 1.50} ]'

    events = read_events(str(a_file(tmp_path, written)))

    assert [one.text for one in events] == ['{"id":"a", "id":"b"}', '{"x": 1.50}']


def test_one_event_over_many_lines_is_one_event(tmp_path: Path) -> None:
    file = a_file(tmp_path, b"\xef\xbb\xbf" + json.dumps(an_event(), indent=2).encode())

    [event] = read_events(str(file))

    assert (event.unit, event.id, event.source) == ("event", "e-1", "nwl-trust")


@pytest.mark.parametrize("content", ["", " \n\t", "[{}", "[{} {}]", "[1, nonsense]"])
def test_a_file_that_cannot_be_read_is_refused_as_a_whole(tmp_path: Path, content: str) -> None:
    file = a_file(tmp_path, content)

    with pytest.raises(CommandError) as refused:
        read_events(str(file))

    assert refused.value.exit_code == 2
    assert str(file) in refused.value.sentence


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[" * 100_000, "nests too deep at event 1; correct it there."),
        (f"[{{}}, {'9' * 5000}]", "has a number too long in event 2; correct it there."),
        ("[{}, {]", "is not a JSON array: it breaks off at event 2; correct it there."),
    ],
)
def test_why_an_array_cannot_be_read_is_said(tmp_path: Path, content: str, said: str) -> None:
    file = a_file(tmp_path, content)

    with pytest.raises(CommandError) as refused:
        read_events(str(file))

    assert refused.value.sentence == f"{file} {said}"


@given(st.lists(st.dictionaries(st.text(), st.integers() | st.text())))
def test_any_objects_come_back_from_lines_and_from_an_array(
    tmp_path_factory: pytest.TempPathFactory, values: list[dict[str, object]]
) -> None:
    folder = tmp_path_factory.mktemp("events")
    lines = a_file(folder, json_lines(*values, {}), "events.jsonl")
    array = a_file(folder, json.dumps([*values, {}]), "events.json")

    read = [[one.event for one in read_events(str(file))] for file in (lines, array)]

    assert read == [[*values, {}], [*values, {}]]
