"""Which chance each person had in the draws that were approved: a row for each of the two."""

from pymongo import ASCENDING, DESCENDING, IndexModel

from services.console.ports import ChanceView
from shared.mongo import Collection, Database

CHANCE_INDEXES = (IndexModel([("participant_id", ASCENDING), ("drawn_at", DESCENDING)]),)


class MongoChances(Collection[ChanceView]):
    """Chances."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, "chances", ChanceView)

    async def about_person(self, participant_id: str) -> list[ChanceView]:
        newest_first = [("drawn_at", DESCENDING)]
        return await self.find({"participant_id": participant_id}, sort=newest_first)
