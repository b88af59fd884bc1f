"""The rows of the files that staff take away, as they are read."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from services.console.api import words
from services.console.api.tables.csv_files import Row
from services.console.ports import (
    Asked,
    EngagementView,
    Knowledge,
    MatchView,
    SessionView,
    View,
    Views,
)
from services.console.queries.months import LONDON, Period, begins
from services.console.queries.over_time import meets_quotas, over_time
from services.console.queries.reach import reach_of
from shared.contracts.sessions import Answer
from shared.disclosure import percent

AT_ONCE = 500
HIDDEN = "*"
ROUNDED = "multiple of 5, up to 4 off; * is below 5, or stands for some numbers from 5 to 9"

V = TypeVar("V", bound=View)


@dataclass(frozen=True, slots=True)
class Chosen:
    """Of which hub and months a file is to be."""

    hub: str
    period: Period
    known: Knowledge
    now: datetime


async def _all(views: Views[V], chosen: Chosen) -> AsyncIterator[V]:
    """Yield all of the months, some at a time: a file may be longer than memory is large."""
    skip = 0
    while True:
        found = await views.listed(
            Asked(
                hubs=(chosen.hub,),
                start=begins(chosen.period.start),
                end=begins(chosen.period.end),
                oldest_first=True,
                limit=AT_ONCE,
                skip=skip,
            )
        )
        for view in found:
            yield view
        if len(found) < AT_ONCE:
            return
        skip += AT_ONCE


async def engagements(chosen: Chosen) -> AsyncIterator[Row]:
    """Yield engagements that were published, or changed last, in the months."""
    async for view in _all(chosen.known.engagements, chosen):
        yield _engagement(view)


async def matches(chosen: Chosen) -> AsyncIterator[Row]:
    """Yield matches that were drawn or decided last in the months."""
    async for view in _all(chosen.known.matches, chosen):
        yield _match(view)


async def sessions(chosen: Chosen) -> AsyncIterator[Row]:
    """Yield sessions that take place in the months."""
    async for view in _all(chosen.known.sessions, chosen):
        yield _session(view)


async def reached(chosen: Chosen) -> AsyncIterator[Row]:
    """Yield whom the hub reached in the months, small numbers hidden."""
    found = await reach_of(chosen.hub, chosen.period, chosen.known)
    yield _reached("Everybody", "", found.everybody)
    for table in found.tables:
        if not table.rows:
            yield _reached(words.feature(table.feature), "All groups", (None,) * 4)
        for row in table.rows:
            value = words.value_of(row.name, table.feature)
            yield _reached(words.feature(table.feature), value, row.cells)


async def by_month(chosen: Chosen) -> AsyncIterator[Row]:
    """Yield the months, small numbers hidden."""
    found = await over_time(chosen.hub, chosen.period, chosen.known, chosen.now)
    for month in found.months:
        steps = (month.asked, month.told, month.reached, month.answered, month.first)
        fair = month.fairness
        yield (
            f"{month.month:%Y-%m}",
            *map(_count, steps),
            _count(percent(month.first, month.asked)),
            fair.draws,
            fair.smallest,
            fair.gini,
            fair.with_quotas,
            fair.met,
            ROUNDED,
        )


def _engagement(view: EngagementView) -> Row:
    state = view.state
    return (
        state.reference,
        state.title,
        state.partner,
        state.kind.value,
        state.ladder_step.value,
        state.status.value,
        state.places,
        state.reserves,
        state.window.start.isoformat(),
        state.window.end.isoformat(),
        state.sessions.count,
        state.feedback_due.isoformat(),
        _moment(view.at),
    )


def _match(view: MatchView) -> Row:
    state, even = view.state, view.state.evenness
    return (
        state.engagement_reference,
        state.title,
        state.partner,
        state.status.value,
        state.places,
        len(state.panel),
        len(state.reserves),
        state.eligible,
        even.even if even else None,
        even.minimum if even else None,
        even.geometric_mean if even else None,
        even.gini if even else None,
        len(state.quotas),
        meets_quotas(view) if state.quotas else None,
        _moment(view.at),
    )


def _session(view: SessionView) -> Row:
    state = view.state
    noted = [each.attended for each in state.attendees if each.attended is not None]
    return (
        state.engagement_reference,
        state.title,
        state.partner,
        state.number,
        state.status.value,
        _moment(state.starts_at),
        _moment(state.ends_at),
        state.venue.name if state.venue else None,
        state.places,
        sum(each.answer is Answer.ACCEPTED for each in state.attendees),
        sum(noted) if noted else None,
        state.missing,
        state.at_risk,
    )


def _reached(by: str, value: str, cells: Sequence[int | None]) -> Row:
    asked, *rest = cells
    shares = (percent(each, asked) for each in rest)
    return by, value, *map(_count, cells), *map(_count, shares), ROUNDED


def _count(count: int | None) -> int | str:
    return HIDDEN if count is None else count


def _moment(at: datetime | None) -> str | None:
    """Return a time in London as spreadsheets read it."""
    return f"{at.astimezone(LONDON):%Y-%m-%d %H:%M}" if at else None
