"""The files that staff keep: venues and workers, needs, school terms."""

import tomllib
from collections.abc import Mapping, Sequence
from datetime import date, time
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, HttpUrl, ValidationError, model_validator

from services.scheduling.domain.calendar import Days, Hours, SchoolHolidays
from services.scheduling.domain.planning.access import AccessRules, Need
from services.scheduling.domain.resources.venues import Hub, Venue, Worker, WorkerKind
from shared.errors import AppError

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WrittenWeek = dict[Weekday, tuple[tuple[time, time], ...]]
Week = Mapping[int, Sequence[Hours]]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Notice = Annotated[int, Field(ge=0, le=90)]
M = TypeVar("M", bound="Written")


class SettingsFileError(AppError):
    """A file that staff keep is missing or wrong; the sentence says where."""

    code = "settings-file"


class Written(BaseModel):
    """A value in a file: what is not named is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class WrittenOnline(Written):
    """The virtual venue of a hub."""

    id: Name
    name: Name
    address: str = ""


class WrittenVenue(Written):
    """A room; metres on the British National Grid."""

    id: Name
    name: Name
    address: Name
    postcode: Name
    easting: Annotated[int, Field(ge=0, le=700_000)]
    northing: Annotated[int, Field(ge=0, le=1_300_000)]
    capacity: Annotated[int, Field(ge=1, le=10_000)]
    access: tuple[Name, ...] = ()


class WrittenWorker(Written):
    """Somebody who works at sessions; without hours of their own, in staff hours.

    `name` is as staff should read it. It travels in events of sessions: initials will do.
    """

    id: Name
    name: Name
    hours: WrittenWeek = Field(default_factory=dict)
    hours_a_day: Annotated[float, Field(gt=0, le=12)] = 6
    skills: tuple[Name, ...] = ()

    @model_validator(mode="after")
    def _hours_run_forwards(self) -> "WrittenWorker":
        _run_forwards("hours", self.hours)
        return self


class WrittenHub(Written):
    """Staff hours by day, where sessions can be, and who works at them."""

    staff_present: Annotated[int, Field(ge=0, le=50)]
    staff_hours: WrittenWeek
    online_venue: WrittenOnline
    venues: tuple[WrittenVenue, ...]
    facilitators_present: Annotated[int, Field(ge=0, le=5)] = 0
    facilitators: tuple[WrittenWorker, ...] = ()
    professionals: tuple[WrittenWorker, ...] = ()

    @property
    def ids(self) -> list[str]:
        """The ids of all that can be booked."""
        rooms = [each.id for each in self.venues]
        workers = [each.id for each in (*self.facilitators, *self.professionals)]
        return [*rooms, self.online_venue.id, *workers]

    @model_validator(mode="after")
    def _can_be_held(self) -> "WrittenHub":
        _run_forwards("staff_hours", self.staff_hours)
        if len(self.facilitators) < self.facilitators_present:
            raise ValueError("there are fewer facilitators than are to be present")
        return self


class WrittenHubs(Written):
    """venues.toml."""

    hubs: dict[Name, WrittenHub]

    @model_validator(mode="after")
    def _ids_differ(self) -> "WrittenHubs":
        ids = [each for hub in self.hubs.values() for each in hub.ids]
        twice = sorted({each for each in ids if ids.count(each) > 1})
        if twice:
            raise ValueError(f"the id {twice[0]} is used twice")
        return self


class WrittenSupport(Written):
    """What a professional's support takes; see domain.access.Need."""

    notice_days: Notice = 0
    two_after_minutes: Annotated[int, Field(ge=15, le=480)] | None = None


class WrittenNeed(WrittenSupport):
    """A needs code; `name` is for those who read the file."""

    code: Annotated[str, Field(pattern=r"^\d{6,18}$")]
    name: Name
    feature: Name | None = None
    skill: Name | None = None
    each: bool = False


class WrittenNeeds(Written):
    """needs.toml."""

    notice_days: Notice
    language: WrittenSupport
    need: tuple[WrittenNeed, ...]

    @model_validator(mode="after")
    def _skills_agree(self) -> "WrittenNeeds":
        rules: dict[str, tuple[object, ...]] = {}
        for each in self.need:
            rule = each.each, each.two_after_minutes
            if each.skill and rules.setdefault(each.skill, rule) != rule:
                raise ValueError(f"{each.skill} has two rules; needs of one skill must agree")
        return self


class WrittenHoliday(Written):
    """A school holiday, first and last day included; `name` is for those who read the file."""

    name: Name
    first: date
    last: date

    @model_validator(mode="after")
    def _runs_forwards(self) -> "WrittenHoliday":
        if self.first > self.last:
            raise ValueError("the last day lies before the first")
        return self


class WrittenSchoolYear(Written):
    """The holidays of a hub's schools, published up to `known_until`."""

    known_until: date
    holiday: tuple[WrittenHoliday, ...]


class WrittenSchoolTerms(Written):
    """school_terms.toml."""

    hubs: dict[Name, WrittenSchoolYear]


class WrittenCalendars(Written):
    """calendars.toml: by the id of a room or a worker, where their calendar is."""

    calendars: dict[Name, HttpUrl]


def read_addresses(path: Path | None, hubs: Mapping[str, Hub]) -> dict[str, str]:
    """Return the addresses of calendars by room or worker. Raises SettingsFileError."""
    if path is None:
        return {}
    written = _read(path, WrittenCalendars).calendars
    known = {each.id for hub in hubs.values() for each in hub.venues}
    known |= {each.id for hub in hubs.values() for each in hub.workers}
    if strangers := sorted(written.keys() - known):
        raise SettingsFileError(f"{path}: no room and no worker has the id {strangers[0]}")
    return {name: str(url) for name, url in written.items()}


def read_hubs(path: Path) -> dict[str, Hub]:
    """Return the hubs by name. Raises SettingsFileError."""
    return {name: _hub(name, hub) for name, hub in _read(path, WrittenHubs).hubs.items()}


def read_access_rules(path: Path) -> AccessRules:
    """Return what follows from each need. Raises SettingsFileError."""
    written = _read(path, WrittenNeeds)
    titles = {each.skill: each.name for each in reversed(written.need) if each.skill}
    return AccessRules(
        needs={
            need.code: Need(
                need.feature,
                need.notice_days,
                need.skill,
                need.each,
                need.two_after_minutes,
                titles.get(need.skill or "", ""),
            )
            for need in written.need
        },
        notice_days=written.notice_days,
        language=Need(
            notice_days=written.language.notice_days,
            two_after_minutes=written.language.two_after_minutes,
        ),
    )


def read_school_holidays(path: Path) -> dict[str, SchoolHolidays]:
    """Return the school holidays by hub. Raises SettingsFileError."""
    return {
        name: SchoolHolidays(
            tuple(Days(each.first, each.last) for each in hub.holiday), hub.known_until
        )
        for name, hub in _read(path, WrittenSchoolTerms).hubs.items()
    }


def _read(path: Path, kind: type[M]) -> M:
    try:
        return kind.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise SettingsFileError(f"{path} cannot be read") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsFileError(f"{path} is not TOML: {error}") from error
    except ValidationError as error:
        faults = (
            f"{'.'.join(map(str, fault['loc'])) or 'file'}: {fault['msg']}"
            for fault in error.errors(include_url=False)
        )
        raise SettingsFileError(f"{path}: {'; '.join(faults)}") from error


def _hub(name: str, hub: WrittenHub) -> Hub:
    online, staff = hub.online_venue, _week(hub.staff_hours)
    facilitators = (_worker(each, WorkerKind.FACILITATOR, staff) for each in hub.facilitators)
    professionals = (_worker(each, WorkerKind.PROFESSIONAL, staff) for each in hub.professionals)
    return Hub(
        name=name,
        staff_hours=staff,
        staff_present=hub.staff_present,
        venues=tuple(Venue(**venue.model_dump()) for venue in hub.venues),
        online_venue=Venue(online.id, online.name, online.address, online=True),
        workers=(*facilitators, *professionals),
        facilitators=hub.facilitators_present,
    )


def _worker(worker: WrittenWorker, kind: WorkerKind, staff: Week) -> Worker:
    return Worker(
        id=worker.id,
        name=worker.name,
        kind=kind,
        hours=_week(worker.hours) or staff,
        minutes_a_day=round(worker.hours_a_day * 60),
        skills=frozenset(worker.skills),
    )


def _week(written: WrittenWeek) -> Week:
    return {
        WEEKDAYS.index(day): tuple(Hours(start, end) for start, end in shifts)
        for day, shifts in written.items()
    }


def _run_forwards(name: str, week: WrittenWeek) -> None:
    for day, shifts in week.items():
        if any(start >= end for start, end in shifts):
            raise ValueError(f"{name}.{day} must end after they start")
