"""Sessions by what they need, and sessions by day."""

import asyncio
from calendar import Calendar
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from services.console.ports import Asked, Knowledge, SessionView
from services.console.queries.months import LONDON, begins, shifted
from shared.contracts.sessions import SessionStatus

WEEK = timedelta(days=7)
MANY = 500
TIMED = (SessionStatus.ANNOUNCED, SessionStatus.CANCELLED)

IsToNote = Callable[[SessionView], bool]


class Need(StrEnum):
    """What a session needs; it stands under the first of these that holds."""

    PLACE = "place"
    AT_RISK = "at_risk"
    PEOPLE = "people"
    SUPPORT = "support"
    NOTHING = "nothing"
    SOON = "soon"
    ATTENDANCE = "attendance"


@dataclass(frozen=True, slots=True)
class Board:
    """Sessions by need, the earliest first; `is_cut`: there are more than can be shown."""

    columns: Mapping[Need, Sequence[SessionView]]
    is_cut: bool


@dataclass(frozen=True, slots=True)
class Day:
    """A day of a calendar; `is_other`: of the month before or after, shown without sessions."""

    date: date
    is_other: bool
    sessions: Sequence[SessionView]


@dataclass(frozen=True, slots=True)
class Month:
    """A month in whole weeks, Monday first."""

    first: date
    weeks: Sequence[Sequence[Day]]
    is_cut: bool

    @property
    def before(self) -> date:
        """The month before."""
        return shifted(self.first, -1)

    @property
    def after(self) -> date:
        """The month after."""
        return shifted(self.first, 1)


async def board_of(
    known: Knowledge, hubs: tuple[str, ...], now: datetime, *, back: timedelta, is_to_note: IsToNote
) -> Board:
    """Return what is to come, and what took place since `back` and is still to be noted."""
    announced = (SessionStatus.ANNOUNCED,)
    stuck = Asked(hubs=hubs, statuses=(SessionStatus.UNSCHEDULED,), oldest_first=True, limit=MANY)
    began = Asked(hubs=hubs, statuses=announced, start=now - back, end=now, limit=MANY)
    ahead = Asked(hubs=hubs, statuses=announced, start=now, oldest_first=True, limit=MANY)
    found = await asyncio.gather(*map(known.sessions.listed, (stuck, began, ahead)))
    columns: dict[Need, list[SessionView]] = {need: [] for need in Need}
    for session in (*found[0], *reversed(found[1]), *found[2]):
        if need := need_of(session, now, is_to_note):
            columns[need].append(session)
    return Board(columns, any(len(each) == MANY for each in found))


def need_of(session: SessionView, now: datetime, is_to_note: IsToNote) -> Need | None:
    """Return what a session needs; None of one that is called off, or over and noted."""
    state = session.state
    if state.status is SessionStatus.UNSCHEDULED:
        return Need.PLACE
    if state.starts_at is None or state.ends_at is None or session.is_called_off:
        return None
    if state.ends_at <= now:
        return Need.ATTENDANCE if is_to_note(session) else None
    lacks = {
        Need.AT_RISK: state.at_risk,
        Need.PEOPLE: state.missing > 0,
        Need.SUPPORT: bool(state.unmet or session.absent_workers),
        Need.SOON: state.starts_at < now + WEEK,
    }
    return next((need for need, holds in lacks.items() if holds), Need.NOTHING)


async def month_in(first: date, known: Knowledge, hubs: tuple[str, ...]) -> Month:
    """Return a month with the sessions that have a time in it, also those called off."""
    asked = Asked(
        hubs=hubs,
        statuses=TIMED,
        start=begins(first),
        end=begins(shifted(first, 1)),
        oldest_first=True,
        limit=MANY,
    )
    found = await known.sessions.listed(asked)
    on: dict[date, list[SessionView]] = defaultdict(list)
    for session in found:
        if session.state.starts_at:
            on[session.state.starts_at.astimezone(LONDON).date()].append(session)
    weeks = [
        [Day(day, day.month != first.month, on.get(day, ())) for day in week]
        for week in Calendar().monthdatescalendar(first.year, first.month)
    ]
    return Month(first, weeks, len(found) == MANY)
