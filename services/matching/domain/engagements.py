"""An engagement: what a partner asks people into, as far as matching needs it."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from services.matching.domain.quotas import Quotas


@dataclass(frozen=True, slots=True)
class Site:
    """Where it happens; metres on the British National Grid."""

    postcode: str | None = None
    borough: str | None = None
    easting: int | None = None
    northing: int | None = None
    online: bool = False
    in_person: bool = True


@dataclass(frozen=True, slots=True)
class Engagement:
    """What is asked for. `short`: its match still lacks people, who may yet join.

    `population`: the quotas follow the census; then `quotas` is empty. `correlation_id`: under
    which its draws are told, whoever's coming or going asked for them.
    """

    id: str
    hub: str
    sequence: int
    publisher: str
    reference: str
    title: str
    partner: str
    places: int
    reserves: int
    window_start: date
    window_end: date
    session_minutes: int = 90
    open: bool = True
    short: bool = False
    automatic: bool = False
    site: Site = Site()
    any_of: tuple[str, ...] = ()
    all_of: tuple[str, ...] = ()
    age_min: int | None = None
    age_max: int | None = None
    boroughs: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    quotas: Quotas = ()
    population: bool = False
    correlation_id: str = ""
    version: int = 0


@lru_cache(maxsize=64)
def weekdays(start: date, end: date) -> frozenset[int]:
    """Return the days of the week that come round in a window."""
    return frozenset(day.weekday() for day in days(start, end))


@lru_cache(maxsize=64)
def days(start: date, end: date) -> tuple[date, ...]:
    """Return the days of a window, both ends included."""
    return tuple(start + timedelta(days=each) for each in range((end - start).days + 1))
