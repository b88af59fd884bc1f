"""What is found by a text: engagements, matches, sessions, people by reference, and ids."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from services.console.ports import (
    Asked,
    EngagementView,
    Knowledge,
    MatchView,
    PersonView,
    SessionView,
    TraceEntry,
    View,
    Views,
)
from services.console.ports.search import words_in, written
from services.console.queries.about_people import is_of_person, without_people
from shared.contracts.participants import ParticipantStatus

SHOWN = 20
LONGEST_ID = 128

V = TypeVar("V", bound=View)


@dataclass(frozen=True, slots=True)
class Rows(Generic[V]):
    """The first that were found, and whether there are more."""

    shown: Sequence[V] = ()
    is_more: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """All that was found by a text, in groups; `events`: how many happened under it as an id."""

    engagements: Rows[EngagementView] = field(default_factory=Rows)
    matches: Rows[MatchView] = field(default_factory=Rows)
    sessions: Rows[SessionView] = field(default_factory=Rows)
    people: Rows[PersonView] = field(default_factory=Rows)
    led_to: Sequence[EngagementView] = ()
    events: int = 0

    @property
    def is_nothing(self) -> bool:
        """Whether there is nothing at all."""
        groups = (self.engagements, self.matches, self.sessions, self.people)
        return not (any(each.shown for each in groups) or self.led_to or self.events)


async def found_for(
    text: str, known: Knowledge, hubs: tuple[str, ...], *, people_of: tuple[str, ...]
) -> Found:
    """Return what is found of some hubs, and people of those where who people are may be known."""
    words = words_in(text)
    if not words:
        return Found()
    engagements, matches, sessions, people, traced = await asyncio.gather(
        _rows(known.engagements, words, text, hubs),
        _rows(known.matches, words, text, hubs),
        _rows(known.sessions, words, text, hubs),
        _people(text, known, people_of),
        _traced(text.strip(), known, hubs),
    )
    led_to = await _led_to(traced, known, hubs)
    return Found(engagements, matches, sessions, people, led_to, len(traced))


async def _rows(
    views: Views[V], words: tuple[str, ...], text: str, hubs: tuple[str, ...]
) -> Rows[V]:
    named, found = await asyncio.gather(
        views.get(text.strip()), views.listed(Asked(hubs=hubs, words=words, limit=SHOWN + 1))
    )
    own = [named] if named and named.hub in hubs else []
    return _cut([*own, *found])


async def _people(text: str, known: Knowledge, hubs: tuple[str, ...]) -> Rows[PersonView]:
    if not hubs:
        return Rows()
    named, found = await asyncio.gather(
        known.people.get(text.strip()),
        known.people.called_like(written(text), hubs, limit=SHOWN + 1),
    )
    is_own = named and named.hub in hubs and named.status is not ParticipantStatus.ERASED
    return _cut([*([named] if named and is_own else []), *found])


def _cut(found: Sequence[V]) -> Rows[V]:
    return Rows(found[:SHOWN], len(found) > SHOWN)


async def _traced(text: str, known: Knowledge, hubs: tuple[str, ...]) -> list[TraceEntry]:
    """Return what happened under an id; of the id of a person, or of an event about one, nothing.

    Where a person takes part is told on their own page alone, as far as staff may know it.
    """
    if " " in text or len(text) > LONGEST_ID:
        return []
    found, about = await asyncio.gather(known.trace.of(text), known.trace.about(text))
    if await is_of_person(text, about, known):
        return []
    causes = dict.fromkeys(each.correlation_id for each in about if each.hub in hubs)
    found = without_people(found or await known.trace.of(*causes))
    return [each for each in found if each.hub in hubs]


async def _led_to(
    traced: Sequence[TraceEntry], known: Knowledge, hubs: tuple[str, ...]
) -> list[EngagementView]:
    """Return the engagements that events were about, each once."""
    ids = dict.fromkeys(each.engagement_id or each.subject for each in traced)
    found = await asyncio.gather(*(known.engagements.get(each) for each in ids))
    return [each for each in found if each and each.hub in hubs][:SHOWN]
