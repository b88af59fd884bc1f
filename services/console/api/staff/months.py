"""Months as staff type them: what is none is said at its field, and stays there."""

from dataclasses import dataclass
from datetime import date, datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import Query

from services.console.queries.months import MOST, Period, UnknownPeriodError, month_of, shifted

NO_MONTH = "Enter a month such as 2026-04"
NO_MONTHS = "Enter months such as 2026-04, the first one first"
TOO_MANY = f"{NO_MONTHS}, and no more than {MOST}"

TypedFirst = Annotated[str, Query(alias="from")]
TypedLast = Annotated[str, Query(alias="to")]


@dataclass(frozen=True, slots=True)
class TypedMonths:
    """The months to show, what stands in the fields, and what is wrong with that."""

    period: Period
    first: str
    last: str
    fault: str = ""

    @property
    def status(self) -> HTTPStatus:
        """What a page with them is answered with."""
        return HTTPStatus.UNPROCESSABLE_ENTITY if self.fault else HTTPStatus.OK


def typed_months(first: str, last: str, now: datetime, *, at_most_so_many: bool) -> TypedMonths:
    """Read months; where they are none, or too many, the last twelve are shown."""
    try:
        period = Period.of(first, last, now)
    except UnknownPeriodError:
        period = None
    if period is None or (at_most_so_many and period.is_too_long):
        fault = TOO_MANY if at_most_so_many else NO_MONTHS
        return TypedMonths(Period.of("", "", now), first, last, fault)
    return TypedMonths(period, f"{period.start:%Y-%m}", f"{period.last:%Y-%m}")


def typed_month(text: str, now: datetime) -> tuple[date, str]:
    """Read a month that has one before and one after; else it is this one, with what is wrong."""
    try:
        month = month_of(text, now)
        shifted(month, -1), shifted(month, 2)
    except UnknownPeriodError:
        return month_of("", now), NO_MONTH
    return month, ""
