"""An engagement published into a large hub, and a newcomer while many engagements are open.

People are stored as matching stores them, in every borough and of every group; one in fifty has
what the engagement asks for. Beside the times stand the documents that MongoDB read.
"""

import asyncio
import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from random import Random
from statistics import median
from time import perf_counter
from typing import Any
from uuid import UUID, uuid4

from motor.motor_asyncio import AsyncIOMotorClient
from pymongo import WriteConcern
from pymongo.collection import Collection

from services.matching.domain.eligibility import narrowed
from services.matching.domain.engagements import Engagement
from services.matching.main import records_in
from services.matching.ports import Candidates
from services.matching.store import read_census
from services.matching.use_cases.states import engagement_of
from shared.changes import Put
from shared.contracts.base import Event
from shared.contracts.engagements import EngagementPublished
from shared.mongo import Database, Document
from shared.runtime import collect_seldom
from tests.bench.flows import newcomer
from tests.bench.service import matching
from tests.builders.events import an_event
from tests.builders.exclusions import EXCLUSIONS
from tests.builders.matching import a_candidate
from tests.integration.delivery.broker import Broker
from tests.servers import TestServers

ONE_IN = 50
AT_ONCE = 10_000
LOOKS = 11
OPEN_ENGAGEMENTS = 1_000
NEWCOMERS = 50
KINDS = 40
"""Of lived experience; each open engagement asks for one of them."""
WEST_LONDON = ("Brent", "Ealing", "Harrow", "Hillingdon", "Hounslow")

Row = dict[str, Any]


async def measure(servers: TestServers, people: int) -> dict[str, list[Row]]:
    """Return the seconds of a match and what was read for it, and the milliseconds of newcomers."""
    name = f"bench-size-{people}"
    mongo: AsyncIOMotorClient[Row] = AsyncIOMotorClient(servers.mongo_url)
    await mongo.drop_database(name)
    async with Broker.of(servers) as broker, matching(servers, name) as service:
        await service.until_ready()
        candidates = mongo[name].get_collection("candidates", write_concern=WriteConcern(w=1))
        await asyncio.to_thread(_fill, candidates.delegate, _people(mongo[name], people))
        found = await _match(broker, mongo[name], people)
        joined = await _newcomers(broker, mongo[name])
    await mongo.drop_database(name)
    mongo.close()
    return {"match_at_size": [found], "newcomer_among_open_engagements": [joined]}


def _people(database: Database, count: int) -> Iterator[Document]:
    die, keep = Random(1), records_in(database, EXCLUSIONS).candidates.keep  # noqa: S311 - repeatable
    census = {name: figures["ethnicity"] for name, figures in read_census().items()}
    for number in range(count):
        borough = die.choice(WEST_LONDON)
        groups = census[borough]
        [ethnicity] = die.choices(list(groups), list(groups.values()))
        person = a_candidate(
            str(UUID(int=die.getrandbits(128))),
            borough=borough,
            monitoring={"ethnicity": ethnicity, "sex": die.choice(("female", "male"))},
            lived_experience=("carer", "discharge") if number % ONE_IN == 0 else ("carer",),
        )
        put = keep(person)
        yield {**put.document, "_id": put.id, "version": 1}


def _fill(candidates: "Collection[Document]", people: Iterator[Document]) -> None:
    while batch := list(islice(people, AT_ONCE)):
        candidates.insert_many(batch, ordered=False)


async def _match(broker: Broker, database: Database, people: int) -> Row:
    event = _engagement()
    engagement = engagement_of(event, None, "secret")
    read = await _documents_read(database)
    with _collecting_like_a_service():
        looks = [await _look(database, engagement) for _ in range(LOOKS)]
    read = await _documents_read(database) - read
    eligible, counting, counted = zip(*looks, strict=True)
    published = perf_counter()
    await broker.say(event)
    while not (match := await database["matches"].find_one({"engagement_id": event.subject})):
        await asyncio.sleep(0.005)
    return {
        "people": people,
        "eligible": eligible[0],
        "found_and_scored_s": round(median(counted), 2),
        "and_counted_s": round(median(counting), 2),
        "first_s": round(counting[0], 2),
        "documents_read": read // (2 * LOOKS),
        "read_per_eligible": round(read / (2 * sum(eligible)), 2),
        "published_to_match_s": round(perf_counter() - published, 2),
        "status": match["status"],
    }


@contextmanager
def _collecting_like_a_service() -> Iterator[None]:
    usual = gc.get_threshold()
    collect_seldom()
    try:
        yield
    finally:
        gc.set_threshold(*usual)
        gc.unfreeze()


async def _look(database: Database, engagement: Engagement) -> tuple[int, float, float]:
    """Return how many are eligible, the seconds when all are counted too, and when they were."""
    candidates = records_in(database, EXCLUSIONS).candidates
    eligible, counting = await _found(candidates, engagement)
    _, counted = await _found(candidates, engagement)
    return eligible, counting, counted


async def _found(candidates: Candidates, engagement: Engagement) -> tuple[int, float]:
    started = perf_counter()
    field = await candidates.field_for(engagement)
    eligible, _ = narrowed(field.candidates, engagement, EXCLUSIONS, asked_before=())
    return len(eligible), perf_counter() - started


async def _documents_read(database: Database) -> int:
    status = await database.client.admin.command("serverStatus")
    return int(status["metrics"]["queryExecutor"]["scannedObjects"])


async def _newcomers(broker: Broker, database: Database) -> Row:
    """Time newcomers one at a time, from the event to its stored effect."""
    keep = records_in(database, EXCLUSIONS).engagements.keep
    short = [
        replace(engagement_of(_engagement(f"kind-{each % KINDS}"), None, "secret"), short=True)
        for each in range(OPEN_ENGAGEMENTS)
    ]
    await database["engagements"].insert_many([_stored(keep(each)) for each in short])
    seconds = []
    for event in (newcomer("kind-7") for _ in range(NEWCOMERS)):
        started = perf_counter()
        await broker.say(event)
        while not await _is_stored(database, event):
            await asyncio.sleep(0.001)
        seconds.append(perf_counter() - started)
    return {
        "open_engagements": len(short),
        "newcomers": NEWCOMERS,
        "p50_ms": round(sorted(seconds)[NEWCOMERS // 2] * 1000, 1),
        "worst_ms": round(max(seconds) * 1000, 1),
    }


async def _is_stored(database: Database, event: Event) -> bool:
    return await database["candidates"].find_one({"_id": event.subject}, {"_id": 1}) is not None


def _stored(put: Put) -> Document:
    return {**put.document, "_id": put.id, "version": 1}


def _engagement(tag: str = "discharge") -> EngagementPublished:
    engagement = str(uuid4())
    return an_event(
        EngagementPublished,
        subject=engagement,
        data={
            "engagement_id": engagement,
            "places": 24,
            "reserves": 8,
            "place": {"online": True, "in_person": False},
            "lived_experience": {"any": (tag,)},
            "eligibility": {},
            "quotas": {
                "sex": {value: {"min": 10, "max": 14} for value in ("female", "male")},
                "ethnicity": {
                    value: {"min": 2, "max": 12} for value in ("asian", "black", "white", "mixed")
                },
                "borough": {value: {"min": 2, "max": 8} for value in WEST_LONDON},
            },
        },
    )
