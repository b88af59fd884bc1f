"""The files that staff keep, and the holidays that the package ships."""

from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from services.scheduling.clients import bank_holidays
from services.scheduling.settings import (
    HERE,
    SettingsFileError,
    read_access_rules,
    read_addresses,
    read_hubs,
    read_school_holidays,
)


def test_the_files_that_are_shipped_are_right_and_answer_each_other() -> None:
    hubs, access = read_hubs(HERE / "venues.toml"), read_access_rules(HERE / "needs.toml")

    features = {need.feature for need in access.needs.values() if need.feature}
    assert set(hubs) == {"west-london", "lambeth"}
    skills = {need.skill for need in access.needs.values() if need.skill}
    for hub in hubs.values():
        assert skills <= {skill for worker in hub.workers for skill in worker.skills}
        assert hub.online_venue.online
        assert any(not venue.lacks(frozenset(features)) for venue in hub.venues)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("capacity = 60", "capacity = 0", "hubs.west-london.venues.0.capacity"),
        ('"09:30", "17:00"', '"17:00", "09:30"', "staff_hours.fri must end after they start"),
        ('id = "harlesden-hall"', 'id = "wembley-olympic-rooms"', "is used twice"),
        ("staff_present = 2", "staff_presnt = 2", "staff_presnt"),
        ("hours_a_day = 5", "hours_a_day = 25", "hubs.west-london.professionals.0.hours_a_day"),
        ('id = "west-london-bsl-1"', 'id = "west-london-bsl-2"', "west-london-bsl-2 is used twice"),
        ("[hubs.west-london]", "[hubs.west-london", "is not TOML"),
    ],
)
def test_a_fault_in_the_venues_is_named_with_its_place(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    written = (HERE / "venues.toml").read_text()
    path = tmp_path / "venues.toml"
    path.write_text(written.replace(old, new, 1))

    with pytest.raises(SettingsFileError) as raised:
        read_hubs(path)

    assert said in str(raised.value)
    assert str(path) in str(raised.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsFileError, match="cannot be read"):
        read_access_rules(tmp_path / "needs.toml")


def test_schools_are_closed_in_the_holidays_that_are_shipped_for_every_hub() -> None:
    school = read_school_holidays(HERE / "school_terms.toml")

    assert set(school) == set(read_hubs(HERE / "venues.toml"))
    for hub in school.values():
        assert not hub.are_over(date(2027, 2, 17))
        assert hub.are_over(date(2027, 2, 22))
        assert hub.are_over(date(2028, 6, 30))
        assert all(one.last < other.first for one, other in pairwise(hub.periods))


def test_a_school_holiday_that_ends_before_it_begins_is_named(tmp_path: Path) -> None:
    path = tmp_path / "school_terms.toml"
    written = (HERE / "school_terms.toml").read_text()
    path.write_text(written.replace("last = 2026-09-01", "last = 2026-07-01", 1))

    with pytest.raises(SettingsFileError, match=r"holiday\.0: .*before the first"):
        read_school_holidays(path)


def test_the_bank_holidays_of_england_are_known_without_a_network() -> None:
    holidays = bank_holidays()

    assert not holidays.allow(date(2027, 3, 29))
    assert holidays.allow(date(2027, 3, 30))
    assert not holidays.allow(date(holidays.known_until.year + 1, 1, 4))


def test_calendars_are_named_by_whose_they_are_and_only_over_http(tmp_path: Path) -> None:
    path = tmp_path / "calendars.toml"
    path.write_text('[calendars]\n"harlesden-hall" = "https://rooms.example.org/busy.ics"\n')
    hubs = read_hubs(HERE / "venues.toml")

    assert read_addresses(None, hubs) == {}
    assert read_addresses(path, hubs) == {"harlesden-hall": "https://rooms.example.org/busy.ics"}
    path.write_text('[calendars]\n"harlesden-hall" = "file:///etc/passwd"\n')
    with pytest.raises(SettingsFileError, match=r"calendars\.harlesden-hall"):
        read_addresses(path, hubs)
    path.write_text('[calendars]\n"nowhere" = "https://rooms.example.org/busy.ics"\n')
    with pytest.raises(SettingsFileError, match="has the id nowhere"):
        read_addresses(path, hubs)
