"""Whom a hub reaches: a page for staff, and the same figures for scripts."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from services.console.api.access import for_staff, staff_of
from services.console.api.parts import Parts
from services.console.api.rendering import Pages
from services.console.api.scripts.router import page_and_script
from services.console.api.staff.months import TypedFirst, TypedLast, typed_months
from services.console.ports import Right
from services.console.queries.months import Period
from services.console.queries.reach import Reach, ReachTable, reach_of
from services.console.use_cases.sign_in import Visitor
from shared.disclosure import Row, percent
from shared.errors import NotFoundError

First = Annotated[str, Query(alias="from", max_length=10, description="Such as 2026-04")]
Last = Annotated[str, Query(alias="to", max_length=10, description="Such as 2027-03")]


class ReachRow(BaseModel):
    """People with one value, or everybody; null is too small a number to be shown.

    Counts are multiples of 5, percentages are of those asked and made of such counts.
    """

    value: str
    asked: int | None
    told: int | None
    reached: int | None
    answered: int | None
    told_percent: int | None
    reached_percent: int | None
    answered_percent: int | None


class ReachBy(BaseModel):
    """People by one feature; the value `""` is none, or not given. No rows: all are too small."""

    feature: str
    rows: tuple[ReachRow, ...]


class HubReach(BaseModel):
    """Whom one hub asked in whole months, those of `from` and `to` included.

    `by` is empty where fewer than 5 people were asked.
    """

    hub: str
    start: date = Field(serialization_alias="from")
    last: date = Field(serialization_alias="to")
    everybody: ReachRow
    by: tuple[ReachBy, ...]


class ReachPages:
    """`/reach` and `/v1/reach`."""

    def __init__(self, parts: Parts, pages: Pages) -> None:
        self._parts = parts
        self._pages = pages

    def routers(self) -> tuple[APIRouter, APIRouter]:
        """Return the page and the address for scripts, both open to staff only."""
        rule = for_staff(self._parts, Right.LOOK)
        summary = "Whom each hub reaches, small numbers hidden"
        return page_and_script("/reach", self.show, self.read, rule=rule, summary=summary)

    async def show(
        self, request: Request, hub: str = "", first: TypedFirst = "", last: TypedLast = ""
    ) -> Response:
        """Show whom one hub reaches."""
        staff = staff_of(request)
        asked = typed_months(first, last, self._parts.facts.now(), at_most_so_many=False)
        found = await self._reach(hubs_meant(staff, hub)[0], asked.period)
        return self._pages.show(
            request,
            "staff/reach.html",
            status_code=asked.status,
            staff=staff,
            asked=asked,
            reach=found,
            everybody=_row("", found.everybody),
            tables=[_by(each) for each in found.tables],
        )

    async def read(
        self, request: Request, hub: str = "", first: First = "", last: Last = ""
    ) -> list[HubReach]:
        """How many people were asked, told, reached and answered, hub by hub.

        By the channel of the first message, by need, and by what people answered about equality.
        """
        hubs = hubs_meant(staff_of(request), hub)
        period = Period.of(first, last, self._parts.facts.now())
        return [_shape(await self._reach(each, period)) for each in hubs]

    async def _reach(self, hub: str, period: Period) -> Reach:
        return await reach_of(hub, period, self._parts.known)


def hubs_meant(staff: Visitor, hub: str) -> tuple[str, ...]:
    """Return the hubs that are meant. Raises NotFoundError where none is the visitor's."""
    meant = tuple(each for each in staff.hubs if hub in {"", each})
    if not meant:
        raise NotFoundError("none of these hubs")
    return meant


def _shape(found: Reach) -> HubReach:
    return HubReach(
        hub=found.hub,
        start=found.period.start,
        last=found.period.last,
        everybody=_row("", found.everybody),
        by=tuple(_by(each) for each in found.tables),
    )


def _by(table: ReachTable) -> ReachBy:
    return ReachBy(feature=table.feature, rows=tuple(map(_of, table.rows)))


def _of(row: Row) -> ReachRow:
    return _row(row.name, row.cells)


def _row(value: str, cells: tuple[int | None, ...]) -> ReachRow:
    asked, told, reached, answered = cells
    return ReachRow(
        value=value,
        asked=asked,
        told=told,
        reached=reached,
        answered=answered,
        told_percent=percent(told, asked),
        reached_percent=percent(reached, asked),
        answered_percent=percent(answered, asked),
    )
