"""Who may send: as the file has it, and as the operator set it since."""

import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.intake.clients.publishers import (
    FilePublishers,
    PublishersFileError,
    StoredPublishers,
)
from services.intake.domain.publishers import Key, Pace, PublisherRecord
from shared.errors import UnavailableError
from tests.fakes.intake import key_digest
from tests.fakes.store import InMemoryCollection

ONE, TWO = "pk_nwl-trust_one", "pk_nwl-trust_two"
NOW = datetime.now(UTC)
DAY = timedelta(days=1)


class Records(InMemoryCollection[PublisherRecord]):
    async def everyone(self) -> list[PublisherRecord]:
        return list(self.entities.values())


class Uses:
    def __init__(self) -> None:
        self.noted: dict[tuple[str, str], datetime] = {}
        self.is_away = False

    async def note(self, used: Mapping[tuple[str, str], datetime]) -> None:
        if self.is_away:
            raise UnavailableError("MongoDB did not answer")
        self.noted.update(used)

    async def last(self) -> dict[tuple[str, str], datetime]:
        return self.noted


def entry(**changes: Any) -> dict[str, Any]:
    return {
        "name": "nwl-trust",
        "key_sha256": key_digest(ONE),
        "types": ["wlc.participant.submitted.v1"],
        "hubs": ["west-london"],
    } | changes


def written(path: Path, *entries: Any) -> FilePublishers:
    path.write_text(json.dumps({"publishers": entries}))
    return FilePublishers(path)


def a_record(*keys: Key, **changes: Any) -> PublisherRecord:
    may: dict[str, Any] = {"types": frozenset(), "hubs": frozenset({"lambeth"})}
    return PublisherRecord(id="nwl-trust", keys=keys, **(may | changes))


async def known(
    path: Path, *records: PublisherRecord, uses: Uses | None = None
) -> StoredPublishers:
    stored = Records("publishers", *records)
    publishers = StoredPublishers(written(path, entry()), stored, uses or Uses())
    await publishers.refresh()
    return publishers


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "publishers.json"


async def test_a_publisher_is_found_by_its_key_and_by_its_name(path: Path) -> None:
    publishers = await known(path)

    found = publishers.by_key(ONE)

    assert found
    assert found == publishers.by_name("nwl-trust")
    assert publishers.by_key(TWO) is None
    assert key_digest(ONE) not in repr(found)


async def test_a_changed_file_counts_at_once(path: Path) -> None:
    publishers = await known(path)

    written(path, entry(key_sha256=key_digest(TWO)))
    os.utime(path, ns=(1, 1))

    assert publishers.by_key(ONE) is None
    assert publishers.by_key(TWO)


async def test_a_file_that_is_broken_later_changes_nothing(path: Path) -> None:
    publishers = await known(path)

    path.write_text("{")

    assert publishers.by_key(ONE)


async def test_what_the_operator_set_goes_before_the_file_which_is_written_at_every_start(
    path: Path,
) -> None:
    publishers = await known(path, a_record(Key("2", key_digest(TWO))))

    found = publishers.by_key(TWO)

    assert publishers.by_key(ONE) is None
    assert found
    assert found.hubs == {"lambeth"}


async def test_before_it_is_known_what_was_set_nobody_is_let_in(path: Path) -> None:
    publishers = StoredPublishers(written(path, entry()), Records("publishers"), Uses())

    with pytest.raises(UnavailableError):
        publishers.by_key(ONE)
    with pytest.raises(UnavailableError):
        publishers.by_name("nwl-trust")
    await publishers.until_known()
    assert publishers.by_key(ONE)


async def test_two_keys_open_side_by_side_until_the_older_one_ends(path: Path) -> None:
    new = Key("2", key_digest(TWO))
    during = await known(path, a_record(Key("1", key_digest(ONE), ends_at=NOW + DAY), new))
    after = await known(path, a_record(Key("1", key_digest(ONE), ends_at=NOW - DAY), new))

    assert [bool(during.by_key(key)) for key in (ONE, TWO)] == [True, True]
    assert [bool(after.by_key(key)) for key in (ONE, TWO)] == [False, True]


async def test_a_closed_publisher_sends_by_neither_door(path: Path) -> None:
    publishers = await known(path, a_record(Key("1", key_digest(ONE)), closed=True))

    assert publishers.by_key(ONE) is None
    assert publishers.by_name("nwl-trust") is None


async def test_when_a_key_was_last_used_is_told_and_a_wrong_key_uses_none(path: Path) -> None:
    uses = Uses()
    publishers = await known(path, uses=uses)

    publishers.by_key(TWO)
    await publishers.tell_uses()
    before = dict(uses.noted)
    publishers.by_key(ONE)
    await publishers.tell_uses()

    [(name, key_id)] = uses.noted
    assert (before, name, key_id) == ({}, "nwl-trust", key_digest(ONE)[:8])


async def test_a_use_that_could_not_be_written_down_is_told_the_next_time(path: Path) -> None:
    uses = Uses()
    publishers = await known(path, uses=uses)
    publishers.by_key(ONE)
    uses.is_away = True
    with pytest.raises(UnavailableError):
        await publishers.tell_uses()

    uses.is_away = False
    await publishers.tell_uses()

    assert list(uses.noted) == [("nwl-trust", key_digest(ONE)[:8])]


@pytest.mark.parametrize(
    "entries",
    [
        [entry(), entry()],
        [entry(name="unknown")],
        [entry(types=["wlc.match.approved.v1"])],
        [entry(key_sha256=ONE)],
        [entry(key=ONE)],
    ],
)
def test_a_file_with_a_mistake_is_refused_without_repeating_it(
    path: Path, entries: list[Any]
) -> None:
    publishers = written(path, *entries)

    with pytest.raises(PublishersFileError) as caught:
        publishers.load()

    assert "pk_nwl" not in str(caught.value)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PublishersFileError):
        FilePublishers(tmp_path / "none.json").load()


def test_a_pace_lets_a_minutes_events_in_at_once_and_then_one_after_the_other() -> None:
    pace = Pace.rested(60, NOW)

    at_once = [pace.take(1, NOW) for _ in range(61)]

    assert at_once == [0] * 60 + [1]
    assert pace.take(1, NOW + timedelta(seconds=1)) == 0


def test_a_batch_larger_than_the_pace_is_let_in_and_paid_for_by_waiting() -> None:
    pace = Pace.rested(60, NOW)

    assert pace.take(1000, NOW) == 0
    assert pace.take(1, NOW) == 941
    assert pace.take(1, NOW + timedelta(seconds=940)) == 1
    assert pace.take(1, NOW + timedelta(seconds=941)) == 0


def test_who_rests_longer_than_a_minute_saves_up_no_more_than_that() -> None:
    pace = Pace.rested(2, NOW - DAY)

    assert [pace.take(1, NOW) for _ in range(3)] == [0, 0, 30]
