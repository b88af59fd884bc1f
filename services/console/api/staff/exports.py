"""Figures as files: staff choose what, of which hub and months, and take it away as CSV."""

from functools import partial
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from services.console.api.access import for_staff, staff_of
from services.console.api.parts import Parts
from services.console.api.rendering import Pages
from services.console.api.staff.months import TOO_MANY
from services.console.api.staff.reach import First, Last, hubs_meant
from services.console.api.tables import TABLES
from services.console.api.tables.csv_files import written
from services.console.api.tables.rows import Chosen
from services.console.ports import Right
from services.console.queries.months import Period, UnknownPeriodError
from services.console.use_cases.exports import note_export

CSV = "text/csv; charset=utf-8; header=present"
FAULTS = {
    "file": "Choose a file",
    "from": TOO_MANY,
}
"""What can be wrong, by the field at which it is said."""


class ExportPages:
    """`/exports`."""

    def __init__(self, parts: Parts, pages: Pages) -> None:
        self._parts = parts
        self._pages = pages

    def router(self) -> APIRouter:
        """Return the addresses, open to staff only."""
        look = for_staff(self._parts, Right.LOOK)
        router = APIRouter(include_in_schema=False)
        router.add_api_route("/exports", self.choose, methods=["GET"], dependencies=look)
        router.add_api_route("/exports", self.make, methods=["POST"], dependencies=look)
        return router

    async def choose(
        self, request: Request, hub: str = "", first: First = "", last: Last = ""
    ) -> Response:
        """Offer the files there are."""
        period = Period.of(first, last, self._parts.facts.now())
        hub = hubs_meant(staff_of(request), hub)[0]
        return self._form(request, hub, f"{period.start:%Y-%m}", f"{period.last:%Y-%m}")

    async def make(
        self,
        request: Request,
        hub: Annotated[str, Form()] = "",
        file: Annotated[str, Form()] = "",
        first: Annotated[str, Form(alias="from")] = "",
        last: Annotated[str, Form(alias="to")] = "",
    ) -> Response:
        """Note who takes what, then give it."""
        staff, facts, known = staff_of(request), self._parts.facts, self._parts.known
        hub = hubs_meant(staff, hub)[0]
        faults = [] if file in TABLES else ["file"]
        try:
            period = Period.of(first, last, facts.now())
            months = f"{period.months[0]:%Y-%m} to {period.last:%Y-%m}"
        except UnknownPeriodError:
            faults.append("from")
        if faults:
            return self._form(request, hub, first, last, file=file, faults=tuple(faults))
        work = partial(note_export, file, hub, months, staff.username, known, facts)
        await self._parts.change(work)
        table, chosen = TABLES[file], Chosen(hub, period, known, facts.now())
        name = f"{hub}-{file}-{months.replace(' ', '-')}.csv"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        parts = written(tuple(table.columns), table.rows(chosen))
        return StreamingResponse(parts, headers=headers, media_type=CSV)

    def _form(
        self,
        request: Request,
        hub: str,
        first: str,
        last: str,
        *,
        file: str = "",
        faults: tuple[str, ...] = (),
    ) -> Response:
        staff = staff_of(request)
        return self._pages.show(
            request,
            "staff/exports.html",
            status_code=HTTPStatus.UNPROCESSABLE_ENTITY if faults else HTTPStatus.OK,
            staff=staff,
            hub=hub,
            first=first,
            last=last,
            tables=TABLES,
            file=file,
            faults={field: FAULTS[field] for field in faults},
        )
