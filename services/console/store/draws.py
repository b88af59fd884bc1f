"""Chances that people had, and what staff asked would be drawn without somebody, for a day."""

from operator import attrgetter

from pymongo import ASCENDING, DESCENDING, IndexModel

from services.console.ports import ChanceView, WhatIfView
from services.console.store.for_a_while import GOES_INDEX, KeptForAWhile
from shared.mongo import Collection, Database

WHAT_IF_DAYS = 1
NAMED_IN = ("asked.participant_id", "answered.moves.participant_id")
CHANCE_INDEXES = (IndexModel([("participant_id", ASCENDING), ("drawn_at", DESCENDING)]),)
WHAT_IF_INDEXES = (
    GOES_INDEX,
    *(IndexModel([(path, ASCENDING)]) for path in NAMED_IN),
)


class MongoChances(Collection[ChanceView]):
    """Chances."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, "chances", ChanceView)

    async def about_person(self, participant_id: str) -> list[ChanceView]:
        newest_first = [("drawn_at", DESCENDING)]
        return await self.find({"participant_id": participant_id}, sort=newest_first)


class MongoWhatIfs(KeptForAWhile[WhatIfView]):
    """What-ifs."""

    def __init__(self, database: Database) -> None:
        days, since = WHAT_IF_DAYS, attrgetter("asked_at")
        super().__init__(database, "what_ifs", WhatIfView, days=days, since=since)

    async def about_person(self, participant_id: str) -> list[WhatIfView]:
        return await self.find({"$or": [{path: participant_id} for path in NAMED_IN]})
