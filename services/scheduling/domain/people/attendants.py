"""The people of the panels as scheduling knows them: when, where and what they need; not who."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from services.scheduling.domain.calendar import (
    UNKNOWN_HOLIDAYS,
    Days,
    Hours,
    Meeting,
    Period,
    SchoolHolidays,
    local_meeting,
    spanned,
)
from services.scheduling.domain.invitations.reminders import ReminderTime, usual_times

Week = Sequence[Sequence[Hours]]
"""The stretches of each day from Monday on."""


@dataclass(frozen=True, slots=True)
class WeeklySlot:
    """A stretch of every week; Monday is 0."""

    weekday: int
    hours: Hours


@dataclass(frozen=True, slots=True)
class Commitment:
    """An engagement whose panel the person is on, and the sessions of it that are dated."""

    engagement_id: str
    periods: tuple[Period, ...] = ()

    @property
    def meetings(self) -> list[Meeting]:
        """Its dated sessions in local time."""
        return [local_meeting(each.starts_at, each.ends_at) for each in self.periods]

    def is_near(self, days: Days, rest: timedelta) -> bool:
        """Whether its sessions, and the rest around them, come in these days."""
        own = spanned(self.meetings)
        return own is not None and own.first - rest <= days.last and days.first <= own.last + rest

    def is_ahead(self, now: datetime) -> bool:
        """Whether any session of it is not over."""
        return any(each.ends_at > now for each in self.periods)


@dataclass(frozen=True, slots=True)
class Attendant:
    """A participant's projection. `sequence` is that of the newest event heard.

    No weekly slot means that nothing was said: any time may do. `hard` takes nothing away from
    that: it is when coming is possible but hard. `avoids` are digests of sites.
    `term_time_only`: not in school holidays. `answers_counted`: they agree that what they answered
    for monitoring is counted, as who was heard of before this was kept is taken to. Who left or was
    erased is kept as a tombstone, so that a late event does not bring them back; nothing revives
    the erased.
    Whoever invites a person writes `commitments` here, and when they were `asked` last, by
    engagement, so that an invitation and a departure at the same moment, or two invitations, cannot
    both win.
    """

    id: str
    sequence: int
    active: bool
    erased: bool = False
    online: bool = False
    in_person: bool = False
    travel_km: float = 0.0
    easting: int | None = None
    northing: int | None = None
    needs: tuple[str, ...] = ()
    interpreter: bool = False
    interpreted: tuple[str, ...] = ()
    weekly: tuple[WeeklySlot, ...] = ()
    away: tuple[Days, ...] = ()
    hard: tuple[WeeklySlot, ...] = ()
    term_time_only: bool = False
    avoids: tuple[str, ...] = ()
    commitments: tuple[Commitment, ...] = ()
    asked: Mapping[str, datetime] = field(default_factory=dict)
    reminders: tuple[ReminderTime, ...] | None = None
    answers_counted: bool = True
    version: int = 0

    @property
    def reminder_times(self) -> tuple[ReminderTime, ...]:
        """When the person is reminded of a session: as they said, or as usual."""
        return usual_times(self.needs) if self.reminders is None else self.reminders

    def asked_at(self, engagement_id: str, now: datetime, within: timedelta) -> "Attendant":
        """Return the person asked into an engagement, with what counts no more forgotten."""
        lately = {key: at for key, at in self.asked.items() if at > now - within}
        return replace(self, asked=lately | {engagement_id: now})

    def is_asked_too_often(self, most: int, since: datetime, *, apart_from: str) -> bool:
        """Whether one more asking would be too much, after so many into other engagements."""
        others = (at for key, at in self.asked.items() if key != apart_from)
        return sum(at > since for at in others) >= most

    def committed(self, engagement_id: str, periods: tuple[Period, ...]) -> "Attendant":
        """Return the person on the panel of an engagement, with its sessions."""
        others = self.released(engagement_id).commitments
        commitments = sorted(
            [*others, Commitment(engagement_id, periods)], key=lambda each: each.engagement_id
        )
        return replace(self, commitments=tuple(commitments))

    def released(self, engagement_id: str) -> "Attendant":
        """Return the person without a commitment to an engagement."""
        left = tuple(c for c in self.commitments if c.engagement_id != engagement_id)
        return replace(self, commitments=left)

    def busy(self, *, apart_from: str) -> list[tuple[date, Hours]]:
        """Return the times taken by other engagements."""
        others = (each for each in self.commitments if each.engagement_id != apart_from)
        return [(one.day, one.hours) for each in others for one in each.meetings]

    def is_busy_at(self, meetings: Iterable[Meeting], *, apart_from: str) -> bool:
        """Whether another engagement has the person at one of these times."""
        taken = self.busy(apart_from=apart_from)
        return any(
            day == one.day and hours.overlaps(one.hours) for one in meetings for day, hours in taken
        )

    def is_taken(self, days: Days, rest: timedelta, now: datetime, *, apart_from: str) -> bool:
        """Whether another engagement has the person in these days, or too near them to rest.

        What is over is matching's to judge, which knows who was there and who needs a rest.
        """
        others = (each for each in self.commitments if each.engagement_id != apart_from)
        return any(each.is_ahead(now) and each.is_near(days, rest) for each in others)

    def periods_with(self, engagement_id: str) -> tuple[Period, ...] | None:
        """Return when an engagement has the person; None where it does not."""
        mine = (each.periods for each in self.commitments if each.engagement_id == engagement_id)
        return next(mine, None)


def can_come(
    person: Attendant, day: date, hours: Hours, school: SchoolHolidays = UNKNOWN_HOLIDAYS
) -> bool:
    """Whether what the person said of their time allows this stretch of a day, wall time."""
    is_usual = usually_comes(usual_week(person), day.weekday(), hours)
    return is_usual and is_here(person, day, school)


def usual_week(person: Attendant) -> Week:
    """Return when the person usually can come; no hours at all where nothing was said."""
    return [joined_hours(person.weekly, weekday) for weekday in range(7)]


def usually_comes(week: Week, weekday: int, hours: Hours) -> bool:
    """Whether the stretch suits a usual week."""
    return not any(week) or any(each.covers(hours) for each in week[weekday])


def is_here(person: Attendant, day: date, school: SchoolHolidays) -> bool:
    """Whether the person is not away that day, nor held by a school holiday."""
    if person.term_time_only and not school.are_over(day):
        return False
    return not any(day in absence for absence in person.away)


def is_hard(person: Attendant, day: date, hours: Hours) -> bool:
    """Whether a part of this stretch is hard for the person."""
    weekday = day.weekday()
    return any(each.weekday == weekday and each.hours.overlaps(hours) for each in person.hard)


def joined_hours(slots: Sequence[WeeklySlot], weekday: int) -> list[Hours]:
    """Return a weekday's stretches, touching ones made one."""
    joined: list[Hours] = []
    for hours in sorted((s.hours for s in slots if s.weekday == weekday), key=lambda h: h.start):
        if joined and hours.start <= joined[-1].end:
            joined[-1] = Hours(joined[-1].start, max(joined[-1].end, hours.end))
        else:
            joined.append(hours)
    return joined
