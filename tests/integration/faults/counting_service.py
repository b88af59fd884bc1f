"""The counting service as a process, which is slow about updates and has work that becomes due.

Settings from MATCHING_*. A person who left is called back `sequence` seconds later.
"""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import structlog
from fastapi import FastAPI

from shared.changes import Changes, Due
from shared.contracts.participants import ParticipantLeft, ParticipantUpdated
from shared.due import DueWork
from shared.facts import Facts
from shared.handlers import Handlers
from shared.mongo import Collection
from shared.runtime import Runtime, serve
from tests.builders.deliveries import Settings as OfAnyCountingService
from tests.builders.deliveries import Sighting, build_handlers

log = structlog.get_logger()


class Settings(OfAnyCountingService):
    """`slow` is how many seconds an update takes."""

    slow: float = 1.0


def build_app(settings: Settings) -> FastAPI:
    """Compose it as a service's main.py does."""
    runtime = Runtime("matching", settings)
    sightings = Collection(runtime.database, "sightings", Sighting)
    handlers = build_handlers(sightings, Facts("matching"))
    _be_slow(handlers, sightings, settings.slow)
    _call_back(handlers, sightings)
    return runtime.app(handlers, indexes={"sightings": ()})


def _be_slow(handlers: Handlers, sightings: Collection[Sighting], seconds: float) -> None:
    @handlers.on(ParticipantUpdated)
    async def on_participant_updated(event: ParticipantUpdated) -> Changes:
        log.info("slow_work_began")
        await asyncio.sleep(seconds)
        return await _counted(sightings, event.subject)


def _call_back(handlers: Handlers, sightings: Collection[Sighting]) -> None:
    @handlers.on(ParticipantLeft)
    async def on_participant_left(event: ParticipantLeft) -> Changes:
        later = datetime.now(UTC) + timedelta(seconds=event.sequence)
        return Changes((Due("callbacks", event.subject, later),))

    @handlers.when_due("callbacks")
    async def call_back(work: DueWork) -> Changes:
        return await _counted(sightings, work.id)


async def _counted(sightings: Collection[Sighting], subject: str) -> Changes:
    seen = await sightings.get(subject) or Sighting(subject)
    return Changes((sightings.keep(replace(seen, times=seen.times + 1)),))


if __name__ == "__main__":
    serve(build_app, Settings())
