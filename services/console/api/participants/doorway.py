"""What lies behind a participant's link, or a page that says why it does not open."""

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

    def unknown(self, request: Request) -> Response:
        """Say that nothing is known by this link."""
        return self._pages.show(request, UNKNOWN, status_code=HTTPStatus.NOT_FOUND)

    def expired(self, request: Request, **context: str) -> Response:
        """Say that the link was good, and is over."""
        return self._pages.show(request, EXPIRED, status_code=HTTPStatus.GONE, **context)
