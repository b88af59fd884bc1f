"""The publishers' file."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from services.intake.clients.publishers import FilePublishers, PublishersFileError
from tests.fakes.intake import key_digest


def entry(**changes: Any) -> dict[str, Any]:
    return {
        "name": "nwl-trust",
        "key_sha256": key_digest("pk_nwl-trust_one"),
        "types": ["wlc.participant.submitted.v1"],
        "hubs": ["west-london"],
    } | changes


def written(path: Path, *entries: Any) -> FilePublishers:
    path.write_text(json.dumps({"publishers": entries}))
    return FilePublishers(path)


def test_a_publisher_is_found_by_its_key_and_by_its_name(tmp_path: Path) -> None:
    publishers = written(tmp_path / "publishers.json", entry())

    found = publishers.by_key("pk_nwl-trust_one")

    assert found
    assert found == publishers.by_name("nwl-trust")
    assert publishers.by_key("pk_nwl-trust_two") is None
    assert found.key_sha256 not in repr(found)


def test_a_changed_key_counts_at_once(tmp_path: Path) -> None:
    path = tmp_path / "publishers.json"
    publishers = written(path, entry())
    publishers.load()

    written(path, entry(key_sha256=key_digest("pk_nwl-trust_two")))
    os.utime(path, ns=(1, 1))

    assert publishers.by_key("pk_nwl-trust_one") is None
    assert publishers.by_key("pk_nwl-trust_two")


def test_a_file_that_is_broken_later_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "publishers.json"
    publishers = written(path, entry())
    publishers.load()

    path.write_text("{")

    assert publishers.by_key("pk_nwl-trust_one")


@pytest.mark.parametrize(
    "entries",
    [
        [entry(), entry()],
        [entry(name="unknown")],
        [entry(types=["wlc.match.approved.v1"])],
        [entry(key_sha256="pk_nwl-trust_one")],
        [entry(key="pk_nwl-trust_one")],
    ],
)
def test_a_file_with_a_mistake_is_refused_without_repeating_it(
    tmp_path: Path, entries: list[Any]
) -> None:
    publishers = written(tmp_path / "publishers.json", *entries)

    with pytest.raises(PublishersFileError) as caught:
        publishers.load()

    assert "pk_nwl" not in str(caught.value)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PublishersFileError):
        FilePublishers(tmp_path / "none.json").load()
