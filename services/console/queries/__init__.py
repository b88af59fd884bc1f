"""What pages ask of the read models: always of the hubs that the visitor may see."""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

from services.console.ports import (
    Asked,
    Knowledge,
    MessageView,
    SessionView,
    Shown,
    TraceEntry,
    View,
    Whose,
)
from services.console.queries.about_people import is_of_person, without_people
from shared.contracts.messages import MessageStatus
from shared.contracts.sessions import Answer, SessionStatus
from shared.errors import NotFoundError

WEEK = timedelta(days=7)
SHOWN_BACK = timedelta(days=92)
"""How far back a calendar goes."""
MANY = 500
LONGEST_CHAIN = 10
"""How many messages that failed one after the other are told of."""
ABOUT_SILENCE = frozenset({"second-try", "no-answer"})
"""Kinds of calls that only an answer is wanted of."""

V = TypeVar("V", bound=View)


async def calls_to_make(known: Knowledge, hubs: tuple[str, ...]) -> list[MessageView]:
    """Return the calls that nobody has made yet, the oldest first.

    Who was to be rung because they did not answer, and has by now, is left alone.
    """
    calls = await known.messages.listed(
        Asked(
            hubs=hubs,
            statuses=(MessageStatus.TO_CALL,),
            undone=True,
            oldest_first=True,
            limit=MANY,
        )
    )
    asked = [str(each.state.invitation_id) for each in calls if each.state.kind in ABOUT_SILENCE]
    found = await asyncio.gather(*map(known.invitations.get, asked))
    unanswered = {each.id for each in found if each and each.invited.answer is Answer.INVITED}
    return [
        call
        for call in calls
        if call.state.kind not in ABOUT_SILENCE or str(call.state.invitation_id) in unanswered
    ]


async def before_each(
    messages: Sequence[MessageView], known: Knowledge
) -> dict[str, list[MessageView]]:
    """Return by message those in whose place it came, the first one first."""
    chains = await asyncio.gather(*(_before(each, known) for each in messages))
    return {each.id: chain for each, chain in zip(messages, chains, strict=True)}


async def _before(message: MessageView, known: Knowledge) -> list[MessageView]:
    chain: list[MessageView] = []
    instead_of = message.state.instead_of
    while instead_of and len(chain) < LONGEST_CHAIN:
        earlier = await known.messages.get(str(instead_of))
        if earlier is None or earlier.hub != message.hub:
            break
        chain.insert(0, earlier)
        instead_of = earlier.state.instead_of
    return chain


async def record_of(match_id: str, known: Knowledge, hubs: tuple[str, ...]) -> dict[str, Any]:
    """Return how the newest panel of a match was drawn that was approved. Raises NotFoundError."""
    match = own(await known.matches.get(match_id), hubs)
    about = Asked(hubs=hubs, engagement_id=str(match.state.engagement_id), limit=1)
    for draw in await known.draws.listed(about):
        return draw.state.record
    raise NotFoundError("no panel of this match was approved")


async def what_followed(
    known: Knowledge, any_id: str, hubs: tuple[str, ...], *, people_of: tuple[str, ...]
) -> list[TraceEntry]:
    """Return all of a correlation id, or of those by which what has the id came about.

    The reference of an engagement will do as well. Outside `people_of`, the hubs where who people
    are may be known, an id of a person tells nothing. Raises NotFoundError when these hubs have
    nothing of it.
    """
    about = await _about(any_id, known, hubs)
    if await is_of_person(any_id, about, known):
        hubs = tuple(hub for hub in hubs if hub in people_of)
    found = await known.trace.of(any_id)
    if not found:
        causes = dict.fromkeys(entry.correlation_id for entry in about if entry.hub in hubs)
        found = await known.trace.of(*causes)
    shown = {entry.id for entry in without_people(found)}
    of_hubs = [
        entry
        for entry in found
        if entry.hub in hubs and (entry.hub in people_of or entry.id in shown)
    ]
    if not of_hubs:
        raise NotFoundError("no such id")
    return of_hubs


async def _about(any_id: str, known: Knowledge, hubs: tuple[str, ...]) -> list[TraceEntry]:
    """Return the events about an id, or about the engagements that publishers call so."""
    if found := await known.trace.about(any_id):
        return found
    called = await known.engagements.listed(Asked(hubs=hubs, reference=any_id))
    return [event for each in called for event in await known.trace.about(each.id)]


async def calendars_to_show(known: Knowledge, hubs: tuple[str, ...], now: datetime) -> list[Shown]:
    """Return whose sessions a calendar can show: each hub's, and those of who had one of late."""
    of_hubs = [Shown(hub=hub, whose=Whose.HUB, id=hub, name="All sessions") for hub in hubs]
    sessions = await known.sessions.listed(Asked(hubs=hubs, start=now - SHOWN_BACK))
    others = {shown.key: shown for each in reversed(sessions) for shown in _shown_in(each)}
    by_name = sorted(others.values(), key=lambda shown: (shown.hub, shown.whose, shown.name))
    return [*of_hubs, *by_name]


async def find_shown(key: str, known: Knowledge, hubs: tuple[str, ...], now: datetime) -> Shown:
    """Return what was chosen to be shown. Raises NotFoundError."""
    for shown in await calendars_to_show(known, hubs, now):
        if shown.key == key:
            return shown
    raise NotFoundError("no such calendar in these hubs")


async def sessions_shown(known: Knowledge, shown: Shown, now: datetime) -> list[SessionView]:
    """Return the sessions of a calendar that have a time, the earliest first."""
    found = await known.sessions.listed(
        Asked(
            hubs=(shown.hub,),
            statuses=(SessionStatus.ANNOUNCED, SessionStatus.CANCELLED),
            start=now - SHOWN_BACK,
            oldest_first=True,
        )
    )
    return [each for each in found if each.state.starts_at and _shows(shown, each)]


def _shown_in(session: SessionView) -> Iterator[Shown]:
    """Yield the venue of a session and those who work at it."""
    hub, venue = session.hub, session.state.venue
    if venue and not venue.online:
        yield Shown(hub=hub, whose=Whose.VENUE, id=venue.venue_id, name=venue.name)
    for each in session.state.support:
        yield Shown(hub=hub, whose=Whose.WORKER, id=each.resource_id, name=each.shown_as)


def _shows(shown: Shown, session: SessionView) -> bool:
    return shown.whose is Whose.HUB or any(
        (each.whose, each.id) == (shown.whose, shown.id) for each in _shown_in(session)
    )


async def colleagues(known: Knowledge, hubs: tuple[str, ...]) -> tuple[str, ...]:
    """Return the accounts that have a role in one of these hubs."""
    everyone = await known.staff.everyone()
    return tuple(member.id for member in everyone if any(hub in member.roles for hub in hubs))


def own(view: V | None, hubs: tuple[str, ...]) -> V:
    """Return a view of these hubs. Raises NotFoundError, also for another hub's."""
    if view is None or view.hub not in hubs:
        raise NotFoundError("nothing of this hub")
    return view
