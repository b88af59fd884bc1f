"""Whom a hub reaches and how fair its draws are, month by month: a page, and JSON for scripts."""

from collections.abc import Sequence
from datetime import date

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from services.console.api.access import for_staff, staff_of
from services.console.api.charts import Chart, Style, bars, drawn, line
from services.console.api.parts import Parts
from services.console.api.rendering import Pages
from services.console.api.scripts.router import page_and_script
from services.console.api.staff.months import TypedFirst, TypedLast, typed_months
from services.console.api.staff.reach import First, Last, hubs_meant
from services.console.ports import Right
from services.console.queries.months import Period
from services.console.queries.over_time import MonthOfHub, OverTime, over_time

STEPS = {
    "asked": "People asked",
    "told": "People told",
    "reached": "People reached",
    "answered": "People who answered",
}
STEP = 5
"""Counts are multiples of it."""
HUNDRED = 100


class FairnessOfMonth(BaseModel):
    """How fair the draws were that were approved in a month; null without one.

    `smallest_of_even`: the median of the smallest chance, as part of what everybody had without
    quotas. `met_quotas` of the draws `with_quotas` met every one of them.
    """

    draws: int
    smallest_of_even: float | None
    gini: float | None
    with_quotas: int
    met_quotas: int


class MonthFigures(BaseModel):
    """A month. Counts of people are multiples of 5 and at most 4 off; null is too small a number.

    `first` are those of the people asked whom this hub had never asked before.
    """

    month: str
    asked: int | None
    told: int | None
    reached: int | None
    answered: int | None
    first: int | None
    first_percent: int | None
    fairness: FairnessOfMonth


class HubOverTime(BaseModel):
    """A hub, month by month, those of `from` and `to` included."""

    hub: str
    start: date = Field(serialization_alias="from")
    last: date = Field(serialization_alias="to")
    months: tuple[MonthFigures, ...]


class OverTimePages:
    """`/reach/over-time` and `/v1/reach/over-time`."""

    def __init__(self, parts: Parts, pages: Pages) -> None:
        self._parts = parts
        self._pages = pages

    def routers(self) -> tuple[APIRouter, APIRouter]:
        """Return the page and the address for scripts, both open to staff only."""
        rule = for_staff(self._parts, Right.LOOK)
        summary = "Reach and fairness by month, small numbers hidden"
        return page_and_script("/reach/over-time", self.show, self.read, rule=rule, summary=summary)

    async def show(
        self, request: Request, hub: str = "", first: TypedFirst = "", last: TypedLast = ""
    ) -> Response:
        """Show the months of one hub, as charts and as tables."""
        staff = staff_of(request)
        asked = typed_months(first, last, self._parts.facts.now(), at_most_so_many=True)
        found = await self._found(hubs_meant(staff, hub)[0], asked.period)
        return self._pages.show(
            request,
            "staff/reach_over_time.html",
            status_code=asked.status,
            staff=staff,
            asked=asked,
            found=found,
            shares=found.first_percent.values,
            people=_people(found),
            first_time=_first_time(found),
            fair=_fair(found),
        )

    async def read(
        self, request: Request, hub: str = "", first: First = "", last: Last = ""
    ) -> list[HubOverTime]:
        """How many people were asked, told, reached and answered, and how fair draws were.

        Running totals are rounded, so that no two periods, compared, tell a small number.
        """
        hubs = hubs_meant(staff_of(request), hub)
        period = Period.of(first, last, self._parts.facts.now())
        return [_shape(await self._found(each, period)) for each in hubs]

    async def _found(self, hub: str, period: Period) -> OverTime:
        return await over_time(hub, period, self._parts.known, self._parts.facts.now())


def _people(found: OverTime) -> tuple[Chart, ...]:
    """Return a chart of each step, all on one scale."""
    counts = (month.asked for month in found.months)
    most = max((count for count in counts if count), default=STEP)
    months = found.period.months
    return tuple(bars(title, found.series(name), months, most) for name, title in STEPS.items())


def _fair(found: OverTime) -> Sequence[Chart]:
    months = found.period.months
    draws = max((month.fairness.draws for month in found.months), default=1)
    return (
        line(
            "Smallest chance, as part of the even chance",
            found.series("smallest"),
            months,
            "{:.2f}",
        ),
        line("Gini of the chances", found.series("gini"), months, "{:.2f}"),
        bars("Panels approved", found.series("draws"), months, draws),
        bars("Panels that met all quotas", found.series("met"), months, draws),
    )


def _first_time(found: OverTime) -> Chart:
    style = Style(HUNDRED, "{:.0f}%", "*", is_bars=False)
    return drawn("Asked for the first time", found.first_percent, found.period.months, style)


def _shape(found: OverTime) -> HubOverTime:
    shares = found.first_percent.values
    return HubOverTime(
        hub=found.hub,
        start=found.period.start,
        last=found.period.last,
        months=tuple(map(_month, found.months, shares)),
    )


def _month(month: MonthOfHub, share: float | None) -> MonthFigures:
    fair = month.fairness
    return MonthFigures(
        month=f"{month.month:%Y-%m}",
        asked=month.asked,
        told=month.told,
        reached=month.reached,
        answered=month.answered,
        first=month.first,
        first_percent=None if share is None else round(share),
        fairness=FairnessOfMonth(
            draws=fair.draws,
            smallest_of_even=fair.smallest,
            gini=fair.gini,
            with_quotas=fair.with_quotas,
            met_quotas=fair.met,
        ),
    )
