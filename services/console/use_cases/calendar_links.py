"""Making and revoking the links by which calendar programmes read sessions."""

import secrets
from dataclasses import replace

from services.console.ports import CalendarLink, Knowledge, Shown
from services.console.use_cases.audit import noted
from services.console.use_cases.sign_in import Visitor, digest
from shared.changes import NOTHING, Changes
from shared.errors import NotFoundError
from shared.facts import Facts

TOKEN_BYTES = 32


def new_token() -> str:
    """Return 256 random bits; only their digest is stored."""
    return secrets.token_urlsafe(TOKEN_BYTES)


async def make_link(
    shown: Shown, token: str, staff: Visitor, known: Knowledge, facts: Facts
) -> Changes:
    """Let whoever has the token read these sessions."""
    link = CalendarLink(id=digest(token), shown=shown, made_by=staff.username, made_at=facts.now())
    return Changes((known.calendar_links.keep(link),)) + _noted(
        "calendar_link_made", link, staff, known, facts
    )


async def revoke_link(link_id: str, staff: Visitor, known: Knowledge, facts: Facts) -> Changes:
    """Make a link worthless; revoked twice is revoked. Raises NotFoundError."""
    link = await known.calendar_links.get(link_id)
    if link is None or link.shown.hub not in staff.hubs:
        raise NotFoundError("no such link in these hubs")
    if link.revoked_at:
        return NOTHING
    revoked = replace(link, revoked_by=staff.username, revoked_at=facts.now())
    return Changes((known.calendar_links.keep(revoked),)) + _noted(
        "calendar_link_revoked", link, staff, known, facts
    )


def _noted(
    what: str, link: CalendarLink, staff: Visitor, known: Knowledge, facts: Facts
) -> Changes:
    hub = link.shown.hub
    return noted(known.audit, facts, who=staff.username, what=what, about=link.id, hub=hub)
