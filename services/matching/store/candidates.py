"""Candidates in MongoDB, and the indexes that find those who may be asked."""

import asyncio
from collections.abc import Iterator
from time import monotonic
from typing import Any

from pymongo.errors import PyMongoError

from services.matching import ports
from services.matching.domain.candidates import Candidate
from services.matching.domain.eligibility import (
    ANY_AGE,
    Requirement,
    Step,
    wide_requirements,
)
from services.matching.domain.engagements import Engagement
from shared import mongo
from shared.errors import UnavailableError
from shared.exclusions import ExclusionKey

Query = dict[str, Any]

HOME = ("borough", "age_from", "age_to", "online", "in_person")
REACH = ("reach.west", "reach.east", "reach.south", "reach.north")
BY_HOME = "by_home"
BY_EXPERIENCE = "by_experience"
WORDS = ("excluded_partners", "excluded_sites")
IN_WORDS = frozenset(WORDS)
UNREAD = {"reach": 0}
"""What only the index needs."""

MANY = 100_000
MANY_REMEMBERED_SECONDS = 10.0
"""A count above MANY takes long, and is only told as how the field narrows."""


class MongoCandidates(mongo.Collection[Candidate]):
    """Candidates, found by index."""

    def __init__(self, database: mongo.Database, key: ExclusionKey) -> None:
        super().__init__(database, "candidates", Candidate)
        self._key = key
        self._database = database
        self._many: dict[str, tuple[float, int]] = {}

    async def field_for(self, engagement: Engagement) -> ports.Field:
        """See ports.Candidates; the counts are made while those eligible are read."""
        requirements, queries = wide_requirements(engagement), list[Query]()
        query: Query = {}
        for requirement in requirements:
            query = query | _WIDE[requirement](engagement)
            queries.append(query)
        found, left = await asyncio.gather(
            self._find_all(query, engagement), asyncio.gather(*map(self._count, queries))
        )
        return ports.Field(found, tuple(map(Step, requirements, left)))

    async def _find_all(self, query: Query, engagement: Engagement) -> list[Candidate]:
        """Read some at a time, so that others may work in between, and the next on the way."""
        found: list[Candidate] = []
        for reach in reaches(engagement):
            cursor = self._documents.find(
                query | reach, UNREAD, hint=index_for(query), batch_size=mongo.BATCH
            )
            coming = asyncio.ensure_future(cursor.to_list(mongo.BATCH))
            try:
                while documents := await coming:
                    coming = asyncio.ensure_future(cursor.to_list(mongo.BATCH))
                    await asyncio.sleep(0)
                    found += map(self._entity, documents)
            except PyMongoError as error:
                raise UnavailableError("MongoDB did not answer for candidates") from error
        return found

    def _entity(self, document: mongo.Document) -> Candidate:
        """Return it; what people stay away from lay in words before there were digests."""
        if IN_WORDS.isdisjoint(document):
            return super()._entity(document)
        partners, sites = (document.get(name, ()) for name in WORDS)
        digests = self._key.digests(partners=partners, sites=sites)
        return super()._entity({**document, "avoids": digests})

    async def _count(self, query: Query) -> int:
        """Count index keys; documents stay unread. Many are remembered for a while."""
        asked = repr(query)
        until, many = self._many.get(asked, (0.0, 0))
        if monotonic() < until:
            return many
        command = {"count": self.name, "query": query, "hint": index_for(query)}
        try:
            count = int((await self._database.command(command))["n"])
        except PyMongoError as error:
            raise UnavailableError("MongoDB did not answer a count") from error
        if count > MANY:
            self._many[asked] = monotonic() + MANY_REMEMBERED_SECONDS, count
        return count


def index_for(query: Query) -> str:
    """Name the index to use. That of lived experience has a key for each of a person's tags."""
    return BY_EXPERIENCE if "lived_experience" in query else BY_HOME


def reaches(engagement: Engagement) -> Iterator[Query]:
    """Yield what finds those who can join: disjoint queries, each a range of index keys."""
    site = engagement.site
    if site.online:
        yield {"online": True}
    if site.in_person:
        rest: Query = {"online": {"$in": [False]}} if site.online else {}
        yield rest | {"in_person": True} | _around(site.easting, site.northing)
    if not site.online and not site.in_person:
        yield {}


def _around(easting: int | None, northing: int | None) -> Query:
    if easting is None or northing is None:
        return {}
    return {
        "reach.west": {"$lte": easting},
        "reach.east": {"$gte": easting},
        "reach.south": {"$lte": northing},
        "reach.north": {"$gte": northing},
    }


def _of_hub(engagement: Engagement) -> Query:
    return {"hub": engagement.hub, "active": True}


def _with_experience(engagement: Engagement) -> Query:
    wanted: Query = {}
    if engagement.all_of:
        wanted["$all"] = list(engagement.all_of)
    if engagement.any_of:
        wanted["$in"] = list(engagement.any_of)
    return {"lived_experience": wanted}


def _of_age(engagement: Engagement) -> Query:
    oldest = ANY_AGE if engagement.age_max is None else engagement.age_max
    return {"age_from": {"$lte": oldest}, "age_to": {"$gte": engagement.age_min or 0}}


def _in_boroughs(engagement: Engagement) -> Query:
    return {"borough": {"$in": list(engagement.boroughs)}}


_WIDE = {
    Requirement.CONSENT: _of_hub,
    Requirement.LIVED_EXPERIENCE: _with_experience,
    Requirement.AGE: _of_age,
    Requirement.BOROUGH: _in_boroughs,
}
