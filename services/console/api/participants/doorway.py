"""What lies behind a participant's link, or a page that says why it does not open."""

from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

from services.console.api.parts import Parts
from services.console.api.rendering import Pages
from services.console.ports import InvitationView
from services.console.use_cases.links import is_over, link_ends
from shared.links import Purpose

UNKNOWN = "participants/unknown_link.html"
EXPIRED = "participants/expired_link.html"
RENEWED_FOR = timedelta(days=30)
"""How long after its end a link to details still has a new one sent."""


@dataclass(frozen=True, slots=True)
class Way:
    """By which link a person came in: `who` they are, and where its pages lie."""

    who: str
    base: str
    ask_link_at: str

    @property
    def back(self) -> str | None:
        """Where to go back to: the invitation, where they came from one."""
        return self.base if self.base.startswith("/i/") else None


class Doorway:
    """Opens links: each for its one purpose, until its end."""

    def __init__(self, parts: Parts, pages: Pages) -> None:
        self._parts = parts
        self._pages = pages

    async def invitation(self, request: Request, token: str) -> InvitationView | Response:
        """Return the invitation, or the page to show in its place."""
        link = self._parts.links.read(token, Purpose.INVITATION)
        found = await self._parts.known.invitations.get(str(link.of)) if link else None
        if link is None or found is None:
            return self.unknown(request)
        if is_over(link, self._parts.facts.now(), link_ends(found)):
            return self.expired(request)
        return found

    async def by_invitation(self, request: Request, token: str) -> Way | Response:
        """Return who came in by the link of an invitation, or the page to show."""
        found = await self.invitation(request, token)
        if isinstance(found, Response):
            return found
        return Way(str(found.state.participant_id), f"/i/{token}", f"/i/{token}/details")

    def by_details(self, request: Request, token: str, *, ended: bool = False) -> Way | Response:
        """Return who came in by the link to their details; `ended`: also by one lately ended."""
        link, now = self._parts.links.read(token, Purpose.DETAILS), self._parts.facts.now()
        if link is None or is_over(link, now - RENEWED_FOR):
            return self.unknown(request)
        way = Way(str(link.of), f"/d/{token}", f"/d/{token}/again")
        if is_over(link, now) and not ended:
            return self.expired(request, again=way.ask_link_at)
        return way

    def unknown(self, request: Request) -> Response:
        """Say that nothing is known by this link."""
        return self._pages.show(request, UNKNOWN, status_code=HTTPStatus.NOT_FOUND)

    def expired(self, request: Request, **context: str) -> Response:
        """Say that the link was good, and is over."""
        return self._pages.show(request, EXPIRED, status_code=HTTPStatus.GONE, **context)
