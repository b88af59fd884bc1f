"""Reach and fairness by month: counts of people as they may be shown, and figures of draws."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from statistics import median

from services.console.ports import Asked, Knowledge, MatchView
from services.console.queries.months import LONDON, Period, begins
from services.console.queries.reach import EVERYBODY, NONE, Running, came, running
from services.console.queries.special_cause import Cause, Limits, causes, limits_of
from shared import disclosure
from shared.contracts.matches import MatchStatus

FIRST = "first"


@dataclass(frozen=True, slots=True)
class Fairness:
    """How fair the draws were that staff approved.

    `smallest` is the median of the smallest chance as part of the even one, `gini` the median of
    Gini's coefficients; None without a draw. `met` of the draws `with_quotas` met them all.
    """

    draws: int = 0
    smallest: float | None = None
    gini: float | None = None
    with_quotas: int = 0
    met: int = 0


@dataclass(frozen=True, slots=True)
class MonthOfHub:
    """One month. Of people: how many, as it may be shown; None: a small number.

    `first` of those asked had never been asked before in this hub.
    """

    month: date
    asked: int | None
    told: int | None
    reached: int | None
    answered: int | None
    first: int | None
    fairness: Fairness


@dataclass(frozen=True, slots=True)
class Series:
    """One figure over the months; None: not known, or not to be shown.

    Where there are months enough and none is missing, `limits` and `causes` say which stand out.
    """

    values: tuple[float | None, ...]
    limits: Limits | None
    causes: tuple[Cause | None, ...]

    @classmethod
    def of(cls, values: Sequence[float | None], complete: int) -> "Series":
        """Judge the first `complete` months: one that is not over would always stand out."""
        known = [each for each in values[:complete] if each is not None]
        rest = (None,) * len(values)
        if len(known) < complete:
            return cls(tuple(values), None, rest)
        return cls(tuple(values), limits_of(known), (*causes(known), *rest)[: len(values)])


@dataclass(frozen=True, slots=True)
class OverTime:
    """A hub, month by month; `complete` of the months are over."""

    hub: str
    period: Period
    months: tuple[MonthOfHub, ...]
    complete: int

    def series(self, name: str) -> Series:
        """Return one figure of the months, or of their fairness."""
        found = [getattr(each, name, None) for each in self.months]
        if name in Fairness.__dataclass_fields__:
            found = [getattr(each.fairness, name) for each in self.months]
        return Series.of(found, self.complete)

    @property
    def first_percent(self) -> Series:
        """Of a hundred people asked, how many had never been asked before."""
        found = [disclosure.percent(each.first, each.asked) for each in self.months]
        return Series.of(found, self.complete)

    @property
    def fairness(self) -> Fairness:
        """Of the whole time, how many draws met their quotas."""
        each = [month.fairness for month in self.months]
        return Fairness(
            draws=sum(one.draws for one in each),
            with_quotas=sum(one.with_quotas for one in each),
            met=sum(one.met for one in each),
        )


async def over_time(hub: str, period: Period, known: Knowledge, now: datetime) -> OverTime:
    """Return the months of one hub. Raises UnknownPeriodError where they are too many."""
    months = period.months
    moments = [*map(begins, months), begins(period.end)]
    approved = Asked(
        hubs=(hub,), statuses=(MatchStatus.APPROVED,), start=moments[0], end=moments[-1]
    )
    counted, matches = await asyncio.gather(
        known.askings.counted(hub, moments), known.matches.listed(approved)
    )
    ends = pairwise(map(running, counted))
    fair = _fairness(matches)
    found = tuple(
        _month(month, before, until, fair.get(month, Fairness()))
        for month, (before, until) in zip(months, ends, strict=True)
    )
    complete = sum(end <= now for end in moments[1:])
    return OverTime(hub, period, found, complete)


def _month(month: date, before: Running, until: Running, fairness: Fairness) -> MonthOfHub:
    """Return a month: what is hidden of it stays so, whatever months it is compared with."""
    steps = came(before, until, EVERYBODY, NONE)
    new = min(steps[0], came(before, until, FIRST, NONE)[0])
    asked, told, reached, answered, first = map(disclosure.shown, (*steps, new))
    return MonthOfHub(month, asked, told, reached, answered, first, fairness)


def _fairness(matches: Sequence[MatchView]) -> Mapping[date, Fairness]:
    by_month: dict[date, list[MatchView]] = defaultdict(list)
    for match in matches:
        by_month[match.at.astimezone(LONDON).date().replace(day=1)].append(match)
    return {month: _of_draws(found) for month, found in by_month.items()}


def _of_draws(matches: Sequence[MatchView]) -> Fairness:
    lots = [each.state.evenness for each in matches if each.state.evenness]
    with_quotas = [each for each in matches if each.state.quotas]
    smallest = [lot.minimum / lot.even for lot in lots if lot.even]
    return Fairness(
        draws=len(matches),
        smallest=median(smallest) if smallest else None,
        gini=median(lot.gini for lot in lots) if lots else None,
        with_quotas=len(with_quotas),
        met=sum(map(meets_quotas, with_quotas)),
    )


def meets_quotas(match: MatchView) -> bool:
    """Whether the panel has of every value as many people as were wanted."""
    state = match.state
    fits = all(quota.min <= quota.selected <= quota.max for quota in state.quotas)
    return fits and not state.unmet
