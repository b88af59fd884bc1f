"""The matching service on records in memory: hears events, and draws when told."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from services.matching.domain.chances import Fading
from services.matching.domain.contact import Limits
from services.matching.domain.matches import Match, match_id
from services.matching.domain.population import Population
from services.matching.handlers import build_handlers
from services.matching.use_cases.chances import CHANCES
from services.matching.use_cases.panels import Terms
from services.matching.use_cases.states import match_state
from shared.changes import Due
from shared.contracts.base import Event
from shared.contracts.engagements import EngagementPublished
from shared.contracts.matches import MatchState
from shared.contracts.participants import ParticipantState
from shared.facts import Facts
from tests.builders.matching import NOW, due
from tests.fakes.matching import InMemoryMatching


class Matching:
    """The service, with its records in memory; work that is due is done when told."""

    def __init__(
        self,
        new_id: Callable[[], UUID] = uuid4,
        limits: Limits = Limits(),  # noqa: B008 - frozen
        population: Population = Population({}, {}),  # noqa: B008 - frozen
    ) -> None:
        self.kept = InMemoryMatching()
        self.now = NOW
        self.fading = Fading()
        terms = Terms(population, timedelta(seconds=5), limits, self.fading)
        facts = Facts("matching", new_id, now=lambda: self.now)
        self.handlers = build_handlers(self.kept.records, facts, terms, gather_seconds=1)

    async def hears(self, *events: Event) -> None:
        for event in events:
            self.kept.store.commit(await self.handlers._of_event[event.TYPE](event))

    async def draws(self) -> None:
        """Do all that is due at any time but second looks; what chances had comes first."""
        asked = [each for each in self.kept.store.due.values() if not each.id.endswith(":second")]
        await self._does(asked)

    async def notes_chances(self) -> None:
        await self._does([w for w in self.kept.store.due.values() if w.collection == CHANCES])

    async def _does(self, asked: list[Due]) -> None:
        for work in sorted(asked, key=lambda each: each.collection):
            del self.kept.store.due[work.collection, work.id]
            self.kept.store.commit(await self.handlers.of_due[work.collection](due(work)))

    def said(self, kind: type[Event]) -> list[Any]:
        return [event for event in self.kept.store.events if isinstance(event, kind)]

    def match_of(self, event: EngagementPublished) -> Match:
        return self.kept.matches.entities[match_id(event.subject)]

    def state_of(self, event: EngagementPublished) -> MatchState:
        return match_state(self.match_of(event))

    def first_chosen(
        self, event: EngagementPublished, people: list[ParticipantState]
    ) -> ParticipantState:
        """Return whom the panel names first."""
        chosen = UUID(self.match_of(event).panel[0].participant_id)
        return next(each for each in people if each.participant_id == chosen)
