"""Chances that people had, and what staff asked would be drawn without somebody, for a day."""

from datetime import timedelta

from pymongo import ASCENDING, DESCENDING, IndexModel

from services.console.ports import ChanceView, WhatIfView
from shared.changes import Put
from shared.mongo import Collection, Database

WHAT_IF_DAYS = 1
GOES_AT = "goes_at"
NAMED_IN = ("asked.participant_id", "answered.moves.participant_id")
CHANCE_INDEXES = (IndexModel([("participant_id", ASCENDING), ("drawn_at", DESCENDING)]),)
WHAT_IF_INDEXES = (
    IndexModel([(GOES_AT, ASCENDING)], expireAfterSeconds=0),
    *(IndexModel([(path, ASCENDING)]) for path in NAMED_IN),
)


class MongoChances(Collection[ChanceView]):
    """Chances."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, "chances", ChanceView)

    async def about_person(self, participant_id: str) -> list[ChanceView]:
        newest_first = [("drawn_at", DESCENDING)]
        return await self.find({"participant_id": participant_id}, sort=newest_first)


class MongoWhatIfs(Collection[WhatIfView]):
    """What-ifs."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, "what_ifs", WhatIfView)

    async def about_person(self, participant_id: str) -> list[WhatIfView]:
        return await self.find({"$or": [{path: participant_id} for path in NAMED_IN]})

    def keep(self, entity: WhatIfView) -> Put:
        """See Collection; the database deletes by a date, which times in JSON form are not."""
        put = super().keep(entity)
        goes_at = entity.asked_at + timedelta(days=WHAT_IF_DAYS)
        return Put(put.collection, put.id, {**put.document, GOES_AT: goes_at}, put.was)
