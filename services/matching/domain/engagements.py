"""An engagement: what a partner asks people into, as far as matching needs it."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from shared.sortition.quotas import Quotas

LONDON = ZoneInfo("Europe/London")


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
class Meeting:
    """The day of a session; from when to when, minutes after midnight in London."""

    day: date
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Session:
    """A session as last heard of, and how many people it lacks.

    Until `joinable_until` scheduling gives somebody new a place for its sake. `drawn_for`: the
    match was drawn since this was heard. `is_undated`: a time is still looked for. `cannot_come`:
    who of those named for it cannot be there, as scheduling found.
    """

    id: str
    sequence: int
    missing: int
    starts_at: datetime | None
    joinable_until: datetime | None
    drawn_for: bool = False
    is_undated: bool = False
    ends_at: datetime | None = None
    cannot_come: frozenset[str] = frozenset()

    @property
    def meeting(self) -> Meeting | None:
        """When it is, as people in London live it; None without a time."""
        if self.starts_at is None or self.ends_at is None:
            return None
        start, end = self.starts_at.astimezone(LONDON), self.ends_at.astimezone(LONDON)
        return Meeting(start.date(), _minute(start), _minute(end))

    def lacks_people(self, now: datetime) -> bool:
        """Whether somebody is missing, and it has not begun."""
        is_ahead = self.starts_at is not None and self.starts_at > now
        return self.missing > 0 and (self.is_undated or is_ahead)


@dataclass(frozen=True, slots=True)
class Raise:
    """A value that is wanted so many times its share of the people, on purpose."""

    feature: str
    value: str
    times: float


@dataclass(frozen=True, slots=True)
class Engagement:
    """What is asked for. `short`: its match still lacks people, who may yet join.

    `sessions` are all that were ever heard of, called off or not, so that what comes late about
    one is known for old. `population`: the quotas follow the census; then `quotas` is empty.
    `correlation_id`: under which its draws are told, whoever's coming or going asked for them.
    `secret`: what the seeds of its draws come from.
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
    paid: bool = False
    over_representation: tuple[Raise, ...] = ()
    correlation_id: str = ""
    secret: str = ""
    sessions: tuple[Session, ...] = ()
    version: int = 0

    def has_heard(self, session: Session) -> bool:
        """Whether this, or something newer, is known of the session."""
        return any(
            each.id == session.id and each.sequence >= session.sequence for each in self.sessions
        )

    def hearing(self, session: Session) -> "Engagement":
        """Return it with this as the newest of the session."""
        others = tuple(each for each in self.sessions if each.id != session.id)
        return replace(self, sessions=(*others, session))

    def drawn_for(self) -> "Engagement":
        """Return it with all that its sessions lack drawn for."""
        return replace(
            self, sessions=tuple(replace(each, drawn_for=True) for each in self.sessions)
        )

    def has_news(self) -> bool:
        """Whether a session was heard of since the match was drawn."""
        return any(not each.drawn_for for each in self.sessions)

    def lacks_people(self, now: datetime) -> bool:
        """Whether any session that lies ahead lacks somebody whom scheduling would still seat."""
        lacking = any(each.lacks_people(now) for each in self.sessions)
        return self.open and lacking and not self.is_too_late(now)

    def looking_ahead(self, now: datetime) -> "Engagement":
        """Return it with the sessions that are not over: nobody is asked for the others."""
        ahead = (s for s in self.sessions if s.starts_at is None or s.starts_at > now)
        return replace(self, sessions=tuple(ahead))

    @property
    def meetings(self) -> tuple[Meeting, ...]:
        """When its sessions are, as far as they have a time."""
        return tuple(each.meeting for each in self.sessions if each.meeting)

    @property
    def cannot_come(self) -> frozenset[str]:
        """Who of those named so far can come to none of the sessions that have a time."""
        dated = [each.cannot_come for each in self.sessions if each.starts_at]
        return frozenset.intersection(*dated) if dated else frozenset()

    @property
    def joinable_until(self) -> datetime | None:
        """Until when somebody new can join the series, if only for its last session."""
        return max((s.joinable_until for s in self.sessions if s.joinable_until), default=None)

    def is_too_late(self, now: datetime) -> bool:
        """Whether nobody new can join any more: while a time is looked for, people can."""
        if any(each.is_undated for each in self.sessions):
            return self.window_end < now.date()
        return self.joinable_until is not None and self.joinable_until <= now


def _minute(local: datetime) -> int:
    return local.hour * 60 + local.minute


@lru_cache(maxsize=64)
def weekdays(start: date, end: date) -> frozenset[int]:
    """Return the days of the week that come round in a window."""
    return frozenset(day.weekday() for day in days(start, end))


@lru_cache(maxsize=64)
def days(start: date, end: date) -> tuple[date, ...]:
    """Return the days of a window, both ends included."""
    return tuple(start + timedelta(days=each) for each in range((end - start).days + 1))
