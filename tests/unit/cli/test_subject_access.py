"""What is said of a copy of what is held: what cannot be meant, and when it is due."""

from datetime import date
from pathlib import Path

import pytest

from cli.subject_access.bundle import read
from cli.subject_access.command import _when
from tests.builders.commands import wlc
from tests.fakes.cli import FakeServices

TODAY = date(2026, 11, 27)


@pytest.mark.parametrize("typed", ["", "\n", "NWL-000123\nNWL-000124\n"])
def test_a_copy_is_of_one_person_or_nobody_is_asked(services: FakeServices, typed: str) -> None:
    ended = wlc("subject-access", "-", typed=typed)

    assert (ended.exit_code, "name one person" in ended.stderr) == (2, True)
    assert services.asked == []


def test_all_that_is_wrong_is_said_before_anybody_is_looked_for(
    services: FakeServices, tmp_path: Path
) -> None:
    file = tmp_path / "file"
    file.touch()

    ended = wlc("subject-access", "", "--received", "2999-01-01", "--out", str(file))

    assert ended.exit_code == 2
    for fault in ("after today", "name one person", "file cannot be written to"):
        assert fault in ended.stderr
    assert services.asked == []


@pytest.mark.parametrize(
    ("due_on", "said"),
    [
        (date(2026, 11, 26), "it was due on Thursday 26 November 2026, which has passed"),
        (TODAY, "hand it over by Friday 27 November 2026"),
    ],
)
def test_a_day_that_has_passed_is_no_day_to_hand_it_over_by(due_on: date, said: str) -> None:
    assert _when(due_on, TODAY).startswith(said)


@pytest.mark.parametrize(
    ("held", "told"),
    [
        ({"day": 1, "start": 570, "end": 1020}, "day: Tuesday; start: 09:30; end: 17:00"),
        ({"weekday": 6, "hours": "all"}, "weekday: Sunday; hours: all"),
        ({"day": "tue", "start": "09:30:00"}, "day: tue; start: 09:30:00"),
        ({"day": 31, "start": 570}, "day: 31; start: 570"),
        ({"days_before": 2, "start": 570}, "days_before: 2; start: 570"),
    ],
)
def test_days_and_times_are_told_as_people_say_them(held: dict[str, object], told: str) -> None:
    assert "; ".join(f"{name}: {each}" for name, each in read(held).items()) == told
