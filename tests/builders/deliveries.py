"""A service as small as can be, to see how messages are delivered: it counts people."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import UUID, uuid4

from fastapi import FastAPI
from pydantic_settings import SettingsConfigDict

from shared.changes import NOTHING, Changes
from shared.contracts.matches import MatchCancelled, MatchState, MatchStatus
from shared.contracts.participants import ParticipantRegistered, ParticipantState
from shared.errors import RuleError, UnavailableError
from shared.facts import Facts
from shared.handlers import Handlers
from shared.mongo import Collection
from shared.runtime import Runtime
from shared.settings import ServiceSettings


class Settings(ServiceSettings):
    """Under the account and on the queue of matching."""

    model_config = SettingsConfigDict(env_prefix="MATCHING_", frozen=True)


@dataclass(frozen=True, slots=True)
class Sighting:
    """How often a person's events took effect, and the newest sequence."""

    id: str
    sequence: int = 0
    times: int = 0
    version: int = 0


def build_handlers(sightings: Collection[Sighting], facts: Facts) -> Handlers:
    """Count each event once, and tell so by one event of our own."""
    handlers = Handlers()

    @handlers.on(ParticipantRegistered)
    async def on_participant_registered(event: ParticipantRegistered) -> Changes:
        if event.data.borough == "Nowhere":
            raise RuleError("a rule says no")
        if event.data.borough == "Away":
            raise UnavailableError("a dependency is away")
        if event.data.borough == "Bug":
            raise ZeroDivisionError
        seen = await sightings.get(event.subject) or Sighting(event.subject)
        if event.sequence <= seen.sequence:
            return NOTHING
        counted = replace(seen, sequence=event.sequence, times=seen.times + 1)
        return Changes((sightings.keep(counted),), (told_of(event, seen, facts),))

    return handlers


def told_of(event: ParticipantRegistered, seen: Sighting, facts: Facts) -> MatchCancelled:
    """Build the event that tells of a count."""
    state = MatchState(
        match_id=UUID(event.subject),
        engagement_id=UUID(event.subject),
        engagement_reference="e-1",
        title="t",
        partner="p",
        status=MatchStatus.CANCELLED,
        places=1,
        seed=1,
        eligible=0,
    )
    return MatchCancelled(
        **facts.caused_by(event), subject=event.subject, sequence=seen.version + 1, data=state
    )


def build_app(settings: Settings) -> FastAPI:
    """Compose it as a service's main.py does."""
    runtime = Runtime("matching", settings)
    sightings = Collection(runtime.database, "sightings", Sighting)
    return runtime.app(build_handlers(sightings, Facts("matching")), indexes={"sightings": ()})


def person_registered(
    *, subject: str | None = None, sequence: int = 1, borough: str = "Brent"
) -> ParticipantRegistered:
    """Build an event of a person, by default a new one."""
    subject = subject or str(uuid4())
    return ParticipantRegistered(
        id=str(uuid4()),
        source="intake",
        subject=subject,
        time=datetime(2026, 1, 1, tzinfo=UTC),
        hub="west-london",
        sequence=sequence,
        correlationid="c-1",
        data=ParticipantState(participant_id=UUID(subject), borough=borough),
    )
