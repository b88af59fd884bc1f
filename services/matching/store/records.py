"""Engagements, matches and all that came of them, in MongoDB."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from time import monotonic

from services.matching.domain.attendance import Attendance
from services.matching.domain.chances import Draw
from services.matching.domain.engagements import Engagement
from services.matching.domain.matches import Match, Opportunity
from services.matching.domain.staff_changes import StaffChange
from shared import mongo
from shared.loader import Loader

REMEMBERED_SECONDS = 1.0


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

    async def of_session(self, session_id: str) -> Sequence[Opportunity]:
        """See ports.Opportunities."""
        return await self.find({"sessions": session_id})

    async def lately(self, hub: str, since: date) -> Sequence[Opportunity]:
        """See ports.Opportunities."""
        return await self.find({"hub": hub, "until": {"$gte": since.isoformat()}})


class MongoAttendances(mongo.Collection[Attendance]):
    """Who came to which session."""


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
