"""Whom a hub reaches, and whom it fails to reach: counts of people, never people."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import date, datetime, time
from typing import Self
from zoneinfo import ZoneInfo

from services.console.ports import Counted, Knowledge
from shared import disclosure
from shared.errors import AppError

LONDON = ZoneInfo("Europe/London")
MONTHS = 12
EVERYBODY, CHANNEL, NEED = "all", "channel", "need"
QUESTIONS = ("age_band", "borough", "ethnicity", "sex", "disability")
FEATURES = (CHANNEL, NEED, *QUESTIONS)
NONE = ""
"""The value of who has none: no message yet, no need, no answer."""
NOBODY = (0, 0, 0, 0)

Cells = tuple[int | None, ...]


class UnknownPeriodError(AppError):
    """What was given as a period is none."""

    code = "unknown-period"


@dataclass(frozen=True, slots=True)
class Period:
    """Whole months: from the first day until before the last.

    Periods that differ by days would tell what happened on those days, small numbers and all.
    """

    start: date
    end: date

    @classmethod
    def of(cls, first: str, last: str, now: datetime) -> Self:
        """Read months or days as they are typed; without them it is the last twelve months.

        Raises UnknownPeriodError.
        """
        today = now.astimezone(LONDON).date()
        end = _next(_month(last) if last else today.replace(day=1))
        start = _month(first) if first else _years_before(end)
        if not start < end:
            raise UnknownPeriodError("it ends before it begins")
        return cls(start, end)

    @property
    def last(self) -> date:
        """Its last month, by the first day of it."""
        return _before(self.end)


@dataclass(frozen=True, slots=True)
class ReachTable:
    """How far invitations came, by one feature; without rows all of them are too small."""

    feature: str
    rows: tuple[disclosure.Row, ...]


@dataclass(frozen=True, slots=True)
class Reach:
    """How many of a hub's people were asked, told, reached and answered; None: not to be shown.

    There are no tables of fewer people than may be shown.
    """

    hub: str
    period: Period
    everybody: Cells
    tables: tuple[ReachTable, ...]


async def reach_of(hub: str, period: Period, known: Knowledge) -> Reach:
    """Return the figures of one hub: of several together, the small ones could be worked out."""
    start, end = (datetime.combine(day, time(), LONDON) for day in (period.start, period.end))
    counted = await known.askings.counted(hub, start, end)
    by_feature = _by_feature(counted)
    total = by_feature[EVERYBODY].get(NONE, NOBODY)
    tables = (_table(feature, by_feature[feature], total) for feature in FEATURES)
    everybody = tuple(map(disclosure.shown, total))
    return Reach(hub, period, everybody, () if everybody[0] is None else tuple(tables))


def _by_feature(counted: Sequence[Counted]) -> Mapping[str, dict[str, tuple[int, ...]]]:
    found: dict[str, dict[str, tuple[int, ...]]] = defaultdict(dict)
    for each in counted:
        found[each.feature][each.value] = astuple(each.counts)
    return found


def _table(
    feature: str, values: Mapping[str, tuple[int, ...]], total: tuple[int, ...]
) -> ReachTable:
    """Return one table, its rows by name: their order must not tell how large they are."""
    rows = sorted((value, cells) for value, cells in values.items() if value)
    rest = values.get(NONE, NOBODY)
    if feature in QUESTIONS:
        answered = [cells for _, cells in rows]
        rest = tuple(all_ - sum(given) for all_, *given in zip(total, *answered, strict=True))
    if rest[0]:
        rows.append((NONE, rest))
    return ReachTable(feature, disclosure.table(total, rows).rows)


def _month(text: str) -> date:
    try:
        day = date.fromisoformat(text if text.count("-") > 1 else f"{text}-01")
    except ValueError:
        raise UnknownPeriodError("no month and no day") from None
    return day.replace(day=1)


def _next(month: date) -> date:
    """Return the month after. Raises UnknownPeriodError at the end of the calendar."""
    return _shifted(month, 1)


def _before(month: date) -> date:
    return _shifted(month, -1)


def _years_before(end: date) -> date:
    return _shifted(end, -MONTHS)


def _shifted(month: date, months: int) -> date:
    years, at = divmod(month.month - 1 + months, 12)
    try:
        return date(month.year + years, at + 1, 1)
    except ValueError:
        raise UnknownPeriodError("no such month") from None
