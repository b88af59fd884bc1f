"""A participant answers by the link in their message: no account, no name on the page.

Looking changes nothing; only a button does, and pressing it twice is pressing it once.
"""

from functools import partial
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from services.console.api.access import BY_LINK
from services.console.api.participants.doorway import Doorway
from services.console.api.parts import Parts
from services.console.api.rendering import Pages
from services.console.queries.history import sessions_come_to, work_of
from services.console.use_cases.needs import MAY_NEED, needs_that_stand
from services.console.use_cases.replies import (
    Reply,
    TooLateError,
    answer_invitation,
    open_replies,
    standing,
)
from shared.changes import Changes
from shared.errors import NotFoundError
from shared.periods import span

INVITATION = "participants/invitation.html"
LEAVE = "participants/leave.html"


class InvitationPages:
    """`/i/{token}` and `/i/{token}/leave`."""

    def __init__(self, parts: Parts, pages: Pages) -> None:
        self._parts = parts
        self._pages = pages
        self._doorway = Doorway(parts, pages)

    def router(self) -> APIRouter:
        """Return the addresses."""
        router = APIRouter(prefix="/i", include_in_schema=False)
        router.add_api_route("/{token}", self.show, methods=["GET"], dependencies=BY_LINK)
        router.add_api_route("/{token}", self.answer, methods=["POST"], dependencies=BY_LINK)
        router.add_api_route(
            "/{token}/leave", self.ask_whether_to_leave, methods=["GET"], dependencies=BY_LINK
        )
        router.add_api_route("/{token}/leave", self.leave, methods=["POST"], dependencies=BY_LINK)
        return router

    async def show(self, request: Request, token: str) -> Response:
        """Say what the person is invited to, and where the invitation stands."""
        return await self._page(request, token, INVITATION)

    async def answer(
        self, request: Request, token: str, answer: Annotated[Reply, Form()]
    ) -> Response:
        """Take yes, no or another time; leaving is asked about once more."""
        if answer is Reply.LEAVE:
            return RedirectResponse(f"/i/{token}/leave", HTTPStatus.SEE_OTHER)
        return await self._take(request, token, answer)

    async def ask_whether_to_leave(self, request: Request, token: str) -> Response:
        """Say what leaving means before it is done."""
        return await self._page(request, token, LEAVE)

    async def leave(self, request: Request, token: str) -> Response:
        """Take the person's leave from the collaborative."""
        return await self._take(request, token, Reply.LEAVE)

    async def _take(self, request: Request, token: str, reply: Reply) -> Response:
        found = await self._doorway.invitation(request, token)
        if isinstance(found, Response):
            return found
        try:
            await self._parts.change(partial(self._answered, UUID(found.id), reply))
        except NotFoundError:
            return self._doorway.unknown(request)
        except TooLateError:
            return await self._page(request, token, INVITATION, HTTPStatus.CONFLICT)
        return RedirectResponse(f"/i/{token}", HTTPStatus.SEE_OTHER)

    async def _answered(self, invitation_id: UUID, reply: Reply) -> Changes:
        invitations, facts = self._parts.known.invitations, self._parts.facts
        return await answer_invitation(invitation_id, reply, invitations, facts)

    async def _page(
        self, request: Request, token: str, template: str, status: HTTPStatus = HTTPStatus.OK
    ) -> Response:
        invitation = await self._doorway.invitation(request, token)
        if isinstance(invitation, Response):
            return invitation
        known, now = self._parts.known, self._parts.facts.now()
        state, engagement_id = invitation.state, str(invitation.state.engagement_id)
        came = await sessions_come_to(str(state.participant_id), known)
        return self._pages.show(
            request,
            template,
            status_code=status,
            token=token,
            base=f"/i/{token}",
            work=await work_of(engagement_id, known, now),
            came=[each for each in came if each.engagement_id == engagement_id],
            invitation=state,
            needs=await needs_that_stand(invitation, known),
            call_me=invitation.call_me,
            may_need=standing(invitation, now) in MAY_NEED,
            stands=standing(invitation, now).value,
            kept=span(self._parts.options.kept_left_days),
            can={reply.value for reply in open_replies(invitation, now)},
        )
