"""Scheduling's settings, from `SCHEDULING_*`, and the three files that staff keep."""

import tomllib
from datetime import date, time, timedelta
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_settings import SettingsConfigDict

from services.scheduling.domain.access import AccessRules, Need
from services.scheduling.domain.calendar import Days, Hours, SchoolHolidays
from services.scheduling.domain.slots import Contact
from services.scheduling.domain.venues import Hub, Venue
from shared.errors import AppError
from shared.settings import ServiceSettings

HERE = Path(__file__).parent
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Notice = Annotated[int, Field(ge=0, le=90)]
M = TypeVar("M", bound="Written")


class SettingsFileError(AppError):
    """A file that staff keep is missing or wrong; the sentence says where."""

    code = "settings-file"


def _as_matching(name: str) -> AliasChoices:
    return AliasChoices(f"SCHEDULING_{name}", f"MATCHING_{name}")


class Settings(ServiceSettings):
    """`least_present`: a session needs so many of its panel, for nobody is to sit there alone.

    How much is asked of a person is what matching's settings of the same names say, unless it is
    set for scheduling alone: matching draws by it, and scheduling invites by it.
    """

    model_config = SettingsConfigDict(env_prefix="SCHEDULING_")

    venues_file: Path = HERE / "venues.toml"
    needs_file: Path = HERE / "needs.toml"
    school_terms_file: Path = HERE / "school_terms.toml"
    least_present: Annotated[int, Field(ge=1, le=500)] = 2
    one_at_a_time: bool = Field(default=True, validation_alias=_as_matching("ONE_AT_A_TIME"))
    rest_days: int = Field(7, ge=0, le=365, validation_alias=_as_matching("REST_DAYS"))
    most_asks: int = Field(4, ge=1, validation_alias=_as_matching("MOST_ASKS"))
    asks_within_days: int = Field(
        30, ge=1, le=365, validation_alias=_as_matching("ASKS_WITHIN_DAYS")
    )

    @property
    def contact(self) -> Contact:
        """How much is asked of a person."""
        return Contact(
            rest=timedelta(days=self.rest_days) if self.one_at_a_time else None,
            most_asks=self.most_asks,
            asks_within=timedelta(days=self.asks_within_days),
        )


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


class WrittenHub(Written):
    """Staff hours by day, and where sessions can be."""

    staff_present: Annotated[int, Field(ge=0, le=50)]
    staff_hours: dict[Weekday, tuple[tuple[time, time], ...]]
    online_venue: WrittenOnline
    venues: tuple[WrittenVenue, ...]

    @model_validator(mode="after")
    def _hours_run_forwards(self) -> "WrittenHub":
        for day, shifts in self.staff_hours.items():
            if any(start >= end for start, end in shifts):
                raise ValueError(f"staff_hours.{day} must end after they start")
        return self


class WrittenHubs(Written):
    """venues.toml."""

    hubs: dict[Name, WrittenHub]

    @model_validator(mode="after")
    def _ids_differ(self) -> "WrittenHubs":
        ids = [venue.id for hub in self.hubs.values() for venue in hub.venues]
        ids += [hub.online_venue.id for hub in self.hubs.values()]
        twice = sorted({each for each in ids if ids.count(each) > 1})
        if twice:
            raise ValueError(f"the venue id {twice[0]} is used twice")
        return self


class WrittenNeed(Written):
    """A needs code; `name` is for those who read the file."""

    code: Annotated[str, Field(pattern=r"^\d{6,18}$")]
    name: Name
    feature: Name | None = None
    notice_days: Notice = 0


class WrittenNeeds(Written):
    """needs.toml."""

    notice_days: Notice
    language_notice_days: Notice
    need: tuple[WrittenNeed, ...]


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


def read_hubs(path: Path) -> dict[str, Hub]:
    """Return the hubs by name. Raises SettingsFileError."""
    return {name: _hub(name, hub) for name, hub in _read(path, WrittenHubs).hubs.items()}


def read_access_rules(path: Path) -> AccessRules:
    """Return what follows from each need. Raises SettingsFileError."""
    written = _read(path, WrittenNeeds)
    return AccessRules(
        needs={each.code: Need(each.feature, each.notice_days) for each in written.need},
        notice_days=written.notice_days,
        language_notice_days=written.language_notice_days,
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
    online = hub.online_venue
    return Hub(
        name=name,
        staff_hours={
            WEEKDAYS.index(day): tuple(Hours(start, end) for start, end in shifts)
            for day, shifts in hub.staff_hours.items()
        },
        staff_present=hub.staff_present,
        venues=tuple(Venue(**venue.model_dump()) for venue in hub.venues),
        online_venue=Venue(online.id, online.name, online.address, online=True),
    )
