"""What is sent through matching to measure it: people who join, engagements that are called off.

A newcomer is one read, one write and no event. A closing is two reads, two writes, one piece of due
work dropped and one event, of an engagement whose match was drawn before.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

from services.matching.domain.matches import Match, Status, match_id
from services.matching.main import records_in
from services.matching.use_cases.states import engagement_of
from shared.contracts.base import Event
from shared.contracts.engagements import EngagementClosed, EngagementPublished
from shared.contracts.participants import ConsentGiven, ParticipantRegistered
from shared.mongo import Database
from tests.bench.bare import Job
from tests.builders.deliveries import person_registered
from tests.builders.events import an_event
from tests.builders.exclusions import EXCLUSIONS


@dataclass(frozen=True, slots=True)
class Flow:
    """Messages of one kind, and the job that a bare loop has to do for the same."""

    name: str
    job: Job
    events: Callable[[int], list[Event]]
    has_matches: bool = False


def newcomers(count: int) -> list[Event]:
    """Build events of different people who consent to be involved."""
    return [newcomer() for _ in range(count)]


def newcomer(*tags: str) -> ParticipantRegistered:
    """Build the event of one person with these tags of lived experience."""
    event = person_registered()
    state = event.data.model_copy(
        update={
            "consents": {"involvement": ConsentGiven(version="1", given_at=event.time)},
            "lived_experience": tags or ("discharge", "carer"),
            "monitoring": {"ethnicity": "black", "sex": "female"},
            "age_band": "25-44",
            "age_from": 25,
            "age_to": 44,
        }
    )
    return event.model_copy(update={"data": state})


def closings(count: int) -> list[Event]:
    """Build events of different engagements that are called off."""
    return [
        an_event(
            EngagementClosed,
            subject=(engagement := str(uuid4())),
            sequence=2,
            data={"engagement_id": engagement, "status": "cancelled"},
        )
        for _ in range(count)
    ]


async def with_matches(database: Database, events: list[Event]) -> None:
    """Store what matching would hold of these engagements, each with a match."""
    records = records_in(database, EXCLUSIONS)
    puts = []
    for event in events:
        published = an_event(
            EngagementPublished, subject=event.subject, data={"engagement_id": event.subject}
        )
        engagement = replace(engagement_of(published, None, "secret"), sequence=1)
        puts += [records.engagements.keep(engagement), records.matches.keep(_match(event.subject))]
    for name in {put.collection for put in puts}:
        rows: list[dict[str, Any]] = [
            {**put.document, "_id": put.id, "version": 1} for put in puts if put.collection == name
        ]
        await database[name].insert_many(rows)


def _match(engagement: str) -> Match:
    return Match(
        id=match_id(engagement),
        hub="west-london",
        engagement_id=engagement,
        engagement_reference="bench-1",
        title="Leaving hospital well",
        partner="A trust",
        status=Status.PROPOSED,
        places=12,
        seed=1,
    )


FLOWS = (
    Flow("newcomers", Job(reads=1, writes=1, publishes=False), newcomers),
    Flow("closings", Job(reads=2, writes=2, drops=1), closings, has_matches=True),
)
