"""What matching keeps in MongoDB, the indexes that find candidates, and the census figures."""

import asyncio
import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from time import monotonic
from typing import Any

from pymongo import ASCENDING, IndexModel
from pymongo.errors import PyMongoError

from services.matching import ports
from services.matching.domain.candidates import Candidate
from services.matching.domain.chances import Draw
from services.matching.domain.eligibility import (
    ANY_AGE,
    Requirement,
    Step,
    wide_requirements,
)
from services.matching.domain.engagements import Engagement
from services.matching.domain.matches import Match, Opportunity
from services.matching.domain.population import Census
from services.matching.domain.staff_changes import StaffChange
from shared import mongo
from shared.errors import UnavailableError
from shared.loader import Loader

Query = dict[str, Any]

_HOME = ("borough", "age_from", "age_to", "online", "in_person")
_REACH = ("reach.west", "reach.east", "reach.south", "reach.north")
BY_HOME = "by_home"
BY_EXPERIENCE = "by_experience"
BATCH = 500
UNREAD = {"reach": 0}
"""What only the index needs."""

REMEMBERED_SECONDS = 1.0
MANY = 100_000
MANY_REMEMBERED_SECONDS = 10.0
"""A count above MANY takes long, and is only told as how the field narrows."""

CENSUS = Path(__file__).parent / "census"
ETHNIC_GROUPS = {
    "asian": "Asian, Asian British",
    "black": "Black, Black British",
    "mixed": "Mixed or Multiple",
    "other": "Other ethnic group",
    "white": "White: ",
}
"""The headings under which the census counts the 19 groups."""


def _index(name: str, *fields: str, **options: Any) -> IndexModel:
    return IndexModel([(field, ASCENDING) for field in fields], name=name, **options)


INDEXES: Mapping[str, Sequence[IndexModel]] = {
    "candidates": (
        _index(BY_HOME, "hub", "active", *_HOME, *_REACH),
        _index(BY_EXPERIENCE, "hub", "active", "lived_experience", *_HOME, *_REACH),
    ),
    "engagements": (_index("short", "hub", partialFilterExpression={"short": True}),),
    "matches": (
        _index("panel", "panel.participant_id"),
        _index("reserves", "reserves.participant_id"),
    ),
    "opportunities": (
        _index("over", "engagement_id", "answer"),
        _index("lately", "hub", "until"),
    ),
    "drawn": (_index("for", "match_id"), _index("noting", "hub", "taken")),
    "staff_changes": (_index("for", "engagement_id"), _index("of", "participant_id")),
}
"""Every requirement that an index holds is a range or a set of values of its fields, so that a
document is read only when all of them are met."""


class MongoCandidates(mongo.Collection[Candidate]):
    """Candidates, found by index."""

    def __init__(self, database: mongo.Database) -> None:
        super().__init__(database, "candidates", Candidate)
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
                query | reach, UNREAD, hint=index_for(query), batch_size=BATCH
            )
            coming = asyncio.ensure_future(cursor.to_list(BATCH))
            try:
                while documents := await coming:
                    coming = asyncio.ensure_future(cursor.to_list(BATCH))
                    await asyncio.sleep(0)
                    found += map(self._entity, documents)
            except PyMongoError as error:
                raise UnavailableError("MongoDB did not answer for candidates") from error
        return found

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


class MongoEngagements(mongo.Collection[Engagement]):
    """Engagements; those that are short are remembered for a moment, as every newcomer asks.

    After it, only those are read whose version is another one.
    """

    def __init__(self, database: mongo.Database) -> None:
        super().__init__(database, "engagements", Engagement)
        self._short: dict[str, tuple[float, asyncio.Future[list[Engagement]]]] = {}
        self._read: dict[str, dict[str, Engagement]] = {}

    async def still_short(self, hub: str) -> Sequence[Engagement]:
        """See ports.Engagements."""
        until, short = self._short.get(hub, (0.0, None))
        if short is None or until < monotonic() or (short.done() and short.exception()):
            short = asyncio.ensure_future(self._find_short(hub))
            self._short[hub] = monotonic() + REMEMBERED_SECONDS, short
        return short.result() if short.done() else await asyncio.shield(short)

    async def _find_short(self, hub: str) -> list[Engagement]:
        versions = await self.versions({"hub": hub, "short": True, "open": True})
        read = self._read.get(hub, {})
        same = {each: one for each, one in read.items() if versions.get(each) == one.version}
        changed = await self.find({"_id": {"$in": list(versions.keys() - same.keys())}})
        self._read[hub] = same | {one.id: one for one in changed if one.short and one.open}
        return list(self._read[hub].values())


class MongoMatches(mongo.Collection[Match]):
    """Matches."""

    def __init__(self, database: mongo.Database) -> None:
        super().__init__(database, "matches", Match)
        self._by_person = Loader(self._load_naming)

    async def naming(self, participant_id: str) -> Sequence[Match]:
        """See ports.Matches; all that is asked for in one turn is one query."""
        return await self._by_person.get(participant_id) or []

    async def _load_naming(self, people: list[str]) -> dict[str, list[Match]]:
        named = ("panel.participant_id", "reserves.participant_id")
        found = await self.find({"$or": [{field: {"$in": people}} for field in named]})
        naming: dict[str, list[Match]] = defaultdict(list)
        for match in found:
            for person in set(match.named):
                naming[person].append(match)
        return naming


class MongoOpportunities(mongo.Collection[Opportunity]):
    """Opportunities."""

    def __init__(self, database: mongo.Database) -> None:
        super().__init__(database, "opportunities", Opportunity)

    async def of_engagement(self, engagement_id: str) -> Sequence[Opportunity]:
        """See ports.Opportunities."""
        return await self.find({"engagement_id": engagement_id})

    async def lately(self, hub: str, since: date) -> Sequence[Opportunity]:
        """See ports.Opportunities."""
        return await self.find({"hub": hub, "until": {"$gte": since.isoformat()}})


class MongoDraws(mongo.Collection[Draw]):
    """Draws."""

    def __init__(self, database: mongo.Database) -> None:
        super().__init__(database, "drawn", Draw)

    async def of_match(self, match_id: str) -> Sequence[Draw]:
        """See ports.Draws."""
        return await self.find({"match_id": match_id})

    async def being_noted(self, hub: str) -> bool:
        """See ports.Draws."""
        return await self.count({"hub": hub, "taken": True}) > 0


class MongoStaffChanges(mongo.Collection[StaffChange]):
    """What staff want of whom."""

    async def of_engagement(self, engagement_id: str) -> Sequence[StaffChange]:
        """See ports.StaffChanges."""
        return await self.find({"engagement_id": engagement_id})

    async def of_person(self, participant_id: str) -> Sequence[StaffChange]:
        """See ports.StaffChanges."""
        return await self.find({"participant_id": participant_id})


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


def read_census(folder: Path = CENSUS) -> Census:
    """Return the people of each borough by ethnicity, sex and age band."""
    figures: dict[str, dict[str, dict[str, int]]] = {}
    for row in _rows(folder / "census2021_boroughs.csv"):
        figures[row["ltla21_name"]] = {
            "ethnicity": {
                value: sum(int(count) for group, count in row.items() if group.startswith(heading))
                for value, heading in ETHNIC_GROUPS.items()
            },
            "sex": {"female": int(row["females"]), "male": int(row["males"])},
        }
    for row in _rows(folder / "ons_mye2020_age16plus_boroughs.csv"):
        bands = {band: int(count) for band, count in row.items() if not band.startswith("ltla")}
        figures[row["ltla21_name"]]["age_band"] = bands
    return figures


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
