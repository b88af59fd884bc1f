"""Calendars that others subscribe to, by a link without an account: nothing of participants."""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from email.utils import format_datetime
from http import HTTPStatus

from fastapi import APIRouter
from icalendar import Event
from starlette.requests import Request
from starlette.responses import Response

from services.console.api import words
from services.console.api.access import BY_LINK
from services.console.api.parts import Parts
from services.console.ports import CalendarLink, SessionView, Shown, Whose
from services.console.queries import sessions_shown
from services.console.use_cases.sign_in import digest
from shared import calendars
from shared.contracts.sessions import SessionState, SessionStatus, Venue

REFRESHED_EVERY = timedelta(hours=1)
STATUS = {SessionStatus.ANNOUNCED: "CONFIRMED", SessionStatus.CANCELLED: "CANCELLED"}


class Feeds:
    """`/calendar/{token}.ics`: what is not there, or no longer, is answered with nothing."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def router(self) -> APIRouter:
        """Return the address."""
        router = APIRouter(prefix="/calendar", include_in_schema=False)
        router.add_api_route(
            "/{token}.ics", self.show, methods=["GET", "HEAD"], dependencies=BY_LINK
        )
        return router

    async def show(self, request: Request, token: str) -> Response:
        """Return the calendar; 304 where whoever asks has it as it is."""
        known, now = self._parts.known, self._parts.facts.now()
        link = await known.calendar_links.get(digest(token))
        if link is None or link.revoked_at:
            return Response(status_code=HTTPStatus.GONE if link else HTTPStatus.NOT_FOUND)
        sessions = await sessions_shown(known, link.shown, now)
        return _answer(request, feed(link, sessions), _changed_at(link, sessions))


def _answer(request: Request, text: str, changed_at: datetime) -> Response:
    tag = f'"{hashlib.sha256(text.encode()).hexdigest()}"'
    headers = {"ETag": tag, "Last-Modified": format_datetime(changed_at, usegmt=True)}
    known = request.headers.get("if-none-match", "").split(",")
    if tag in {each.strip().removeprefix("W/") for each in known}:
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return Response(text, headers=headers, media_type="text/calendar")


def feed(link: CalendarLink, sessions: Sequence[SessionView]) -> str:
    """Return the sessions as one calendar: the same text as long as nothing changes."""
    calendar = calendars.blank()
    name = title(link.shown)
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", REFRESHED_EVERY, {"value": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    entries = [_entry(each, link) for each in sessions]
    return calendars.written(calendar, entries)


def title(shown: Shown) -> str:
    """Name a calendar as those who subscribe to it see it."""
    hub = words.hub(shown.hub)
    return f"{hub} sessions" if shown.whose is Whose.HUB else f"{shown.name} ({hub})"


def _entry(session: SessionView, link: CalendarLink) -> Event:
    state = session.state
    if state.starts_at is None or state.ends_at is None:
        raise ValueError("a session that is shown has a time")
    event = calendars.entry(
        session.id,
        state.calendar_sequence,
        told_at=session.told_at or link.made_at,
        starts_at=state.starts_at,
        ends_at=state.ends_at,
    )
    event.add("summary", state.title)
    event.add("description", "\n".join(_said(state, link.shown)))
    event.add("location", _place(state.venue) if state.venue else "")
    event.add("status", STATUS[state.status])
    return event


def _said(state: SessionState, shown: Shown) -> Iterator[str]:
    """Say how many people there are places for, and to a worker what their part is."""
    yield f"{state.places} people" if state.places > 1 else "1 person"
    for each in state.support:
        if shown.whose is Whose.WORKER and each.resource_id == shown.id:
            yield f"Your part: {words.skill(each.skill or each.kind)}"


def _place(venue: Venue) -> str:
    if venue.online:
        return "Online"
    return ", ".join(part for part in (venue.name, venue.address, venue.postcode) if part)


def _changed_at(link: CalendarLink, sessions: Sequence[SessionView]) -> datetime:
    told = [each.told_at for each in sessions if each.told_at]
    return max([link.made_at, *told])
