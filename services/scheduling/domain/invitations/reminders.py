"""When a person is reminded of a session: at their own times, by day, while it is of use."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import pairwise

from services.scheduling.domain.calendar import LONDON, ONE_DAY, to_utc

DAY_BEGINS, DAY_ENDS = time(8), time(20)


@dataclass(frozen=True, slots=True)
class ReminderTime:
    """So many days before a session, at a wall time."""

    days_before: int
    at: time

    @property
    def kind(self) -> str:
        """Its name; the usual ones have words."""
        return IN_WORDS.get(self) or f"{self.days_before}d{self.at:%H%M}"


A_WEEK, A_DAY = ReminderTime(7, time(10)), ReminderTime(1, time(10))
THAT_MORNING = ReminderTime(0, DAY_BEGINS)
IN_WORDS = {A_WEEK: "week", A_DAY: "day"}
USUAL = (A_WEEK, A_DAY)
NEEDS_REMINDERS = "1108131000000104"
"""The need of appointment reminders, SNOMED CT: who has it is reminded that morning as well."""


@dataclass(frozen=True, slots=True)
class Reminder:
    """A reminder of one session, and when it is due; at the latest before `useful_until`."""

    id: str
    session_id: str
    kind: str
    calendar_sequence: int
    at: datetime
    useful_until: datetime

    @property
    def mark(self) -> str:
        """What is remembered once it was given: a session that moves is reminded of anew."""
        return f"{self.session_id}:{self.calendar_sequence}:{self.kind}"


def usual_times(needs: Sequence[str]) -> tuple[ReminderTime, ...]:
    """Return when somebody is reminded who did not say when."""
    return (*USUAL, THAT_MORNING) if NEEDS_REMINDERS in needs else USUAL


def reminders(
    invitation_id: str,
    session_id: str,
    *,
    calendar_sequence: int,
    starts_at: datetime,
    times: Sequence[ReminderTime],
) -> Iterator[Reminder]:
    """Yield the reminders of a session: each is of use until the next, the last until it begins.

    So of those that were held up by an outage, only the newest is given.
    """
    day = starts_at.astimezone(LONDON).date()
    at = {to_utc(day - timedelta(days=each.days_before), each.at): each.kind for each in times}
    moments = [moment for moment in sorted(at) if moment < starts_at]
    for moment, until in pairwise([*moments, starts_at]):
        yield Reminder(
            id=f"{invitation_id}:{session_id}:{at[moment]}",
            session_id=session_id,
            kind=at[moment],
            calendar_sequence=calendar_sequence,
            at=moment,
            useful_until=until,
        )


def next_daytime(now: datetime) -> datetime:
    """Return now, or the next morning when it is no time of day to disturb anybody."""
    local = now.astimezone(LONDON)
    if local.time() < DAY_BEGINS:
        return to_utc(local.date(), DAY_BEGINS)
    if local.time() >= DAY_ENDS:
        return to_utc(local.date() + ONE_DAY, DAY_BEGINS)
    return now
