"""Calls to people whose channel is not e-mail: each look at who somebody is is noted."""

import asyncio
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from services.console.api.access import for_staff, staff_of
from services.console.api.parts import Parts
from services.console.api.rendering import Pages
from services.console.ports import EngagementView, InvitationView, MessageView, PersonView, Right
from services.console.queries import calls_to_make
from services.console.use_cases.calls import (
    CallMadeError,
    find_call,
    look_at_person,
    mark_call_done,
    note_call_tried,
    take_answer_by_phone,
)
from services.console.use_cases.links import link_ends
from services.console.use_cases.needs import MAY_NEED, needs_that_stand
from services.console.use_cases.replies import Reply, TooLateError, open_replies, standing
from shared.contracts.participants import ContactCard


@dataclass(frozen=True, slots=True)
class CallSheet:
    """All that staff need in front of them while they ring."""

    call: MessageView
    card: ContactCard | None
    person: PersonView | None
    engagement: EngagementView | None
    invitation: InvitationView | None
    can: frozenset[Reply]
    stands: str | None
    may_need: bool
    needs: tuple[str, ...]
    link: str | None


class CallPages:
    """`/calls` and `/calls/{message_id}`."""

    def __init__(self, parts: Parts, pages: Pages) -> None:
        self._parts = parts
        self._pages = pages

    def router(self) -> APIRouter:
        """Return the addresses, open to staff only."""
        act = for_staff(self._parts, Right.ACT)
        identify = for_staff(self._parts, Right.IDENTIFY)
        router = APIRouter(prefix="/calls", include_in_schema=False)
        router.add_api_route("", self.calls, methods=["GET"], dependencies=identify)
        router.add_api_route("/{message_id}", self.call, methods=["GET"], dependencies=identify)
        router.add_api_route("/{message_id}/done", self.done, methods=["POST"], dependencies=act)
        router.add_api_route("/{message_id}/tried", self.tried, methods=["POST"], dependencies=act)
        router.add_api_route(
            "/{message_id}/answer", self.answer, methods=["POST"], dependencies=act
        )
        return router

    async def calls(self, request: Request) -> Response:
        """List the calls to make, without saying to whom."""
        return await self._list(request)

    async def _list(self, request: Request, *, made_by: str = "") -> Response:
        """List them; `made_by` noted another answer than one that was just refused."""
        staff, known = staff_of(request), self._parts.known
        calls = await calls_to_make(known, staff.hubs)
        engagements = await asyncio.gather(*map(self._engagement, calls))
        titles = {
            call.id: engagement.state.title
            for call, engagement in zip(calls, engagements, strict=True)
            if engagement is not None
        }
        return self._pages.show(
            request,
            "staff/calls.html",
            status_code=HTTPStatus.CONFLICT if made_by else HTTPStatus.OK,
            staff=staff,
            calls=calls,
            titles=titles,
            made_by=made_by,
        )

    async def call(self, request: Request, message_id: str) -> Response:
        """Show whom to ring and what to say; that it was looked at is written down first."""
        staff, known = staff_of(request), self._parts.known
        work = partial(look_at_person, message_id, staff, known, self._parts.facts)
        await self._parts.change(work)
        sheet = await self._sheet(await find_call(message_id, staff, known))
        return self._pages.show(request, "staff/call.html", staff=staff, sheet=sheet)

    async def done(self, request: Request, message_id: str) -> Response:
        """Take the call off the list."""
        staff, known = staff_of(request), self._parts.known
        work = partial(mark_call_done, message_id, staff, known, self._parts.facts)
        await self._parts.change(work)
        return RedirectResponse("/calls", HTTPStatus.SEE_OTHER)

    async def tried(self, request: Request, message_id: str) -> Response:
        """Note that nobody picked up; the call stays on the list."""
        staff, known = staff_of(request), self._parts.known
        work = partial(note_call_tried, message_id, staff, known, self._parts.facts)
        await self._parts.change(work)
        return RedirectResponse("/calls", HTTPStatus.SEE_OTHER)

    async def answer(
        self, request: Request, message_id: str, answer: Annotated[Reply, Form()]
    ) -> Response:
        """Take what the person said on the telephone."""
        staff, known = staff_of(request), self._parts.known
        work = partial(take_answer_by_phone, message_id, answer, staff, known, self._parts.facts)
        try:
            await self._parts.change(work)
        except CallMadeError as error:
            return await self._list(request, made_by=error.by)
        except TooLateError:
            return RedirectResponse(f"/calls/{message_id}", HTTPStatus.SEE_OTHER)
        return RedirectResponse("/calls", HTTPStatus.SEE_OTHER)

    async def _sheet(self, call: MessageView) -> CallSheet:
        known, who = self._parts.known, str(call.state.participant_id)
        contact = await known.contacts.get(who)
        sealed = contact.sealed if contact else None
        invitation = await self._invitation(call)
        now = self._parts.facts.now()
        return CallSheet(
            call=call,
            card=await self._parts.opener.open(sealed) if sealed else None,
            person=await known.people.get(who),
            engagement=await self._engagement(call),
            invitation=invitation,
            can=open_replies(invitation, now) - {Reply.LEAVE} if invitation else frozenset(),
            stands=standing(invitation, now) if invitation else None,
            link=self._link(invitation),
            needs=await needs_that_stand(invitation, known) if invitation else (),
            may_need=invitation is not None and standing(invitation, now) in MAY_NEED,
        )

    def _link(self, invitation: InvitationView | None) -> str | None:
        if invitation is None:
            return None
        token = self._parts.links.invitation(UUID(invitation.id), link_ends(invitation))
        return f"{self._parts.options.origin}/i/{token}"

    async def _engagement(self, call: MessageView) -> EngagementView | None:
        engagement_id = call.state.engagement_id
        return (
            await self._parts.known.engagements.get(str(engagement_id)) if engagement_id else None
        )

    async def _invitation(self, call: MessageView) -> InvitationView | None:
        invitation_id = call.state.invitation_id
        return (
            await self._parts.known.invitations.get(str(invitation_id)) if invitation_id else None
        )
