"""The JSON addresses for scripts, in the shapes that others program against."""

from functools import partial
from typing import Annotated, Any, TypeVar
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from services.console.api.access import for_staff, staff_of
from services.console.api.failures import PROBLEM
from services.console.api.parts import Parts
from services.console.api.scripts import shapes
from services.console.api.scripts.router import NOT_JSON, script_router
from services.console.ports import LIST_LIMIT, Asked, Choice, Right, View, Views, hubs_with
from services.console.queries import record_of, what_followed
from services.console.use_cases.decisions import Decision, decide
from shared.errors import NotFoundError

V = TypeVar("V", bound=View)

TOTAL = "X-Total-Count"
TRACE, RECORD = "/trace/{correlation_id:path}", "/matches/{match_id}/record"
NOT_DECIDED: dict[int | str, dict[str, Any]] = {
    **NOT_JSON,
    409: {"description": "Not as it was seen", "content": {PROBLEM: {}}},
}


class Filters(BaseModel):
    """Which rows of a list; the newest come first."""

    hub: str | None = None
    status: str | None = None
    limit: Annotated[int, Field(ge=1, le=LIST_LIMIT)] = LIST_LIMIT
    skip: Annotated[int, Field(ge=0, le=1_000_000_000)] = 0


class Scripts:
    """`/v1/…`."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._known = parts.known

    def router(self) -> APIRouter:
        """Return the addresses."""
        router = script_router()
        look = for_staff(self._parts, Right.LOOK)
        identify = for_staff(self._parts, Right.IDENTIFY)
        for path, answer, rule, summary in (
            ("/matches", self.matches, identify, "Matches"),
            ("/sessions", self.sessions, identify, "Sessions, who answered what"),
            ("/messages", self.messages, identify, "Messages, without their text"),
            ("/engagements", self.engagements, look, "Engagements"),
            (TRACE, self.trace, look, "All that one submission led to"),
            (RECORD, self.record, look, "How the approved panel was drawn"),
        ):
            router.add_api_route(path, answer, summary=summary, dependencies=rule)
        self._add_decisions(router)
        return router

    def _add_decisions(self, router: APIRouter) -> None:
        for path, answer, summary in (
            ("approve", self.approve, "Approve the panel as it was seen"),
            ("send-back", self.send_back, "Send the panel back, to be drawn again or to rest"),
        ):
            router.add_api_route(
                f"/matches/{{match_id}}/{path}",
                answer,
                methods=["POST"],
                summary=summary,
                responses=NOT_DECIDED,
                dependencies=for_staff(self._parts, Right.ACT),
            )

    async def matches(
        self, request: Request, response: Response, filters: Annotated[Filters, Query()]
    ) -> list[shapes.Match]:
        """Each match with its panel, the reasons, the quotas and what cannot be met."""
        found = await self._listed(request, response, self._known.matches, filters)
        return [shapes.match(view) for view in found]

    async def record(self, request: Request, match_id: UUID) -> dict[str, Any]:
        """How the newest panel that was approved was drawn: a public record that names nobody.

        `wlc match verify` computes it anew.
        """
        return await record_of(str(match_id), self._known, staff_of(request).hubs)

    async def sessions(
        self, request: Request, response: Response, filters: Annotated[Filters, Query()]
    ) -> list[shapes.Session]:
        """Each session with its attendees and their answers."""
        found = await self._listed(request, response, self._known.sessions, filters)
        return [shapes.session(view) for view in found]

    async def messages(
        self, request: Request, response: Response, filters: Annotated[Filters, Query()]
    ) -> list[shapes.Message]:
        """Each message: to whom (a participant or staff), by which channel, what became of it."""
        found = await self._listed(request, response, self._known.messages, filters)
        return [shapes.message(view) for view in found]

    async def engagements(
        self, request: Request, response: Response, filters: Annotated[Filters, Query()]
    ) -> list[shapes.Engagement]:
        """Each engagement as its partner published it."""
        found = await self._listed(request, response, self._known.engagements, filters)
        return [shapes.engagement(view) for view in found]

    async def trace(self, request: Request, correlation_id: str) -> list[shapes.TracedEvent]:
        """Every event of one correlation id, oldest first, without what it said.

        In its place stands as well the id of a submission, of an event, or of what events are
        about: then it is all events of the correlation ids under which those happened. To who may
        not know who people are, ids of people, invitations and events about them tell nothing.
        """
        staff = staff_of(request)
        people_of = hubs_with(Right.IDENTIFY, staff.roles)
        found = await what_followed(self._known, correlation_id, staff.hubs, people_of=people_of)
        return [shapes.traced(entry) for entry in found]

    async def approve(self, request: Request, match_id: UUID, seen: shapes.Seen) -> shapes.Match:
        """Let the panel be invited; 409 when the match is no longer the one that was seen."""
        await self._decide(request, match_id, seen, Choice.APPROVE)
        return await self._match(match_id)

    async def send_back(
        self, request: Request, match_id: UUID, seen: shapes.SeenAndReturned
    ) -> shapes.Match:
        """Have another panel drawn, or let the match rest; 409 as for approving."""
        choice = Choice.DRAW_AGAIN if seen.draw_again else Choice.REST
        await self._decide(request, match_id, seen, choice)
        return await self._match(match_id)

    async def _decide(
        self, request: Request, match_id: UUID, seen: shapes.Seen, choice: Choice
    ) -> None:
        staff = staff_of(request)
        asked = Decision(
            match_id=str(match_id),
            sequence=seen.sequence,
            by=staff.username,
            hubs=staff.hubs,
            reason=seen.reason,
        )
        await self._parts.change(partial(decide, asked, choice, self._known, self._parts.facts))

    async def _match(self, match_id: UUID) -> shapes.Match:
        view = await self._known.matches.get(str(match_id))
        if view is None:
            raise NotFoundError("no such match")
        return shapes.match(view)

    async def _listed(
        self, request: Request, response: Response, views: Views[V], filters: Filters
    ) -> list[V]:
        hubs = staff_of(request).hubs
        asked = Asked(
            hubs=tuple(hub for hub in hubs if filters.hub in {None, hub}),
            statuses=(filters.status,) if filters.status else (),
            limit=filters.limit,
            skip=filters.skip,
        )
        response.headers[TOTAL] = str(await views.how_many(asked))
        return await views.listed(asked)
