"""The audit trail: staff leads read who did what; nobody changes it."""

from datetime import date, datetime, time, timedelta
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from services.console.api.access import for_staff, staff_of
from services.console.api.parts import Parts
from services.console.api.rendering import Pages
from services.console.api.scripts.lists import TOTAL
from services.console.api.scripts.router import page_and_script
from services.console.api.staff.lists import PAGES_COUNTED
from services.console.api.words import LONDON
from services.console.api.words.audited import AUDITED
from services.console.ports import LIST_LIMIT, AuditAsked, Right
from services.console.queries import colleagues
from services.console.use_cases.sign_in import Visitor

PAGE_ROWS = 50
NOT_A_DAY = "Enter a day such as 2026-11-20"
BEFORE = "The last day must not be before the first day"
Text = Annotated[str, Field(max_length=200)]


class Filters(BaseModel):
    """Which rows: `day` and `to` are the first and the last day, in London."""

    who: Text = ""
    what: Text = ""
    about: Text = ""
    day: date | None = None
    to: date | None = None

    @property
    def start(self) -> datetime | None:
        """The first moment."""
        return _midnight(self.day) if self.day else None

    @property
    def end(self) -> datetime | None:
        """The first moment after."""
        last = self.to or self.day
        return _midnight(last + timedelta(days=1)) if last and last < date.max else None


class Typed(BaseModel):
    """What staff typed into the form; a day that is none is said to be."""

    who: Text = ""
    what: Text = ""
    about: Text = ""
    day: Text = ""
    to: Text = ""
    page: Annotated[int, Field(ge=1, le=LIST_LIMIT)] = 1


class AuditedAct(BaseModel):
    """Who did what to which object, and when; `hub` is null for signing in and out.

    Of what was done to a person in a match, `about` names the match alone.
    """

    who: str
    what: str
    about: str
    hub: str | None
    at: datetime


class AuditPages:
    """`/audit` and `/v1/audit`: read only."""

    def __init__(self, parts: Parts, pages: Pages) -> None:
        self._parts = parts
        self._pages = pages

    def routers(self) -> tuple[APIRouter, APIRouter]:
        """Return the page and the address for scripts."""
        rule = for_staff(self._parts, Right.AUDIT)
        summary = "Who of staff did what"
        return page_and_script("/audit", self.show, self.read, rule=rule, summary=summary)

    async def show(self, request: Request, typed: Annotated[Typed, Query()]) -> Response:
        """Show the newest rows, or those that are looked for."""
        staff, (days, unread) = staff_of(request), _days(typed)
        unknown, fails = _unknown(request, Typed), HTTPStatus.UNPROCESSABLE_ENTITY
        filters = Filters(who=typed.who.strip(), what=typed.what, about=typed.about.strip(), **days)
        asked = await self._asked(staff, filters, PAGE_ROWS, (typed.page - 1) * PAGE_ROWS)
        most = (typed.page + PAGES_COUNTED) * PAGE_ROWS
        return self._pages.show(
            request,
            "staff/audit.html",
            status_code=fails if unread or unknown else HTTPStatus.OK,
            staff=staff,
            rows=[] if unread or unknown else await self._parts.known.audit.rows(asked),
            total=0
            if unread or unknown
            else await self._parts.known.audit.how_many(asked, at_most=most),
            most=most,
            page=typed.page,
            page_rows=PAGE_ROWS,
            chosen=typed.model_dump(exclude={"page"}),
            unread=unread,
            unknown=unknown,
            filters=list(Typed.model_fields),
            kinds=AUDITED,
        )

    async def read(
        self,
        request: Request,
        response: Response,
        filters: Annotated[Filters, Query()],
        limit: Annotated[int, Query(ge=1, le=LIST_LIMIT)] = 1000,
        skip: Annotated[int, Query(ge=0, le=1_000_000_000)] = 0,
    ) -> list[AuditedAct]:
        """Every act of staff in your hubs, newest first."""
        if unknown := _unknown(request, Filters, "limit", "skip"):
            raise RequestValidationError([{"loc": ("query", name)} for name in unknown])
        asked = await self._asked(staff_of(request), filters, limit, skip)
        response.headers[TOTAL] = str(await self._parts.known.audit.how_many(asked))
        rows = await self._parts.known.audit.rows(asked)
        return [
            AuditedAct(who=row.who, what=row.what, about=row.told_of, hub=row.hub, at=row.at)
            for row in rows
        ]

    async def _asked(self, staff: Visitor, filters: Filters, limit: int, skip: int) -> AuditAsked:
        return AuditAsked(
            hubs=staff.hubs,
            colleagues=await colleagues(self._parts.known, staff.hubs),
            who=filters.who or None,
            what=filters.what or None,
            about=filters.about or None,
            start=filters.start,
            end=filters.end,
            limit=limit,
            skip=skip,
        )


def _days(typed: Typed) -> tuple[dict[str, date], dict[str, str]]:
    """Return the days that were given, and by field what is wrong with those that are none."""
    found: dict[str, date] = {}
    faults: dict[str, str] = {}
    for name, text in (("day", typed.day), ("to", typed.to)):
        try:
            found |= {name: date.fromisoformat(text)} if text else {}
        except ValueError:
            faults[name] = NOT_A_DAY
    if "day" in found and "to" in found and found["to"] < found["day"]:
        faults["to"] = BEFORE
    return found, faults


def _unknown(request: Request, filters: type[BaseModel], *also: str) -> list[str]:
    """Return what was asked for by the address and is no filter: what ignores it would mislead."""
    return sorted({*request.query_params} - {*filters.model_fields, *also})


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), LONDON)
