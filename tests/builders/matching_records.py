"""Matching's records, in memory or on MongoDB, and how changes to them are made true."""

from dataclasses import dataclass
from typing import Any

from services.matching import store
from services.matching.domain.attendance import Attendance
from services.matching.domain.candidates import Candidate
from services.matching.domain.chances import Draw
from services.matching.domain.engagements import Engagement
from services.matching.domain.matches import Match, Opportunity
from services.matching.domain.staff_changes import StaffChange
from services.matching.main import records_in
from services.matching.ports import Records
from shared.changes import Changes
from shared.mongo import Database
from shared.transaction import Transaction
from tests.builders.exclusions import EXCLUSIONS
from tests.fakes.matching import InMemoryMatching
from tests.fakes.store import InMemoryStore


@dataclass
class Kept:
    """Records of one kind, and how changes to them are made true."""

    records: Records
    where: InMemoryStore | Transaction
    commits: int = 0

    async def keep(self, *entities: Any) -> None:
        kinds: dict[type, Any] = {
            Candidate: self.records.candidates,
            Engagement: self.records.engagements,
            Match: self.records.matches,
            Opportunity: self.records.opportunities,
            Draw: self.records.draws,
            StaffChange: self.records.changes,
            Attendance: self.records.attendances,
        }
        writes = tuple(kinds[type(each)].keep(each) for each in entities)
        if isinstance(self.where, InMemoryStore):
            self.where.commit(Changes(writes))
            return
        self.commits += 1
        await self.where.run([f"message {self.commits}"], writes, [])


def in_memory() -> Kept:
    memory = InMemoryMatching()
    return Kept(memory.records, memory.store)


async def on_mongo(database: Database) -> Kept:
    for name, models in store.INDEXES.items():
        if models:
            await database[name].create_indexes(list(models))
    return Kept(records_in(database, EXCLUSIONS), Transaction(database))
