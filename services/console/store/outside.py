"""Whom matching looks for, and which submissions were refused, in MongoDB."""

from datetime import timedelta

from pymongo import ASCENDING, IndexModel

from services.console.ports import OutreachView, Refusal
from shared.changes import Put
from shared.mongo import Collection, Database

REFUSAL_DAYS = 90
"""As long as intake keeps what it refused."""
GOES_AT = "goes_at"
SOUGHT = {"state.wanted.0": {"$exists": True}}

REFUSAL_INDEXES = (
    IndexModel([(GOES_AT, ASCENDING)], expireAfterSeconds=0),
    IndexModel([("hub", ASCENDING), ("corrected", ASCENDING), ("publisher", ASCENDING)]),
)
OUTREACH_INDEXES = (
    IndexModel(
        [("hub", ASCENDING), ("at", ASCENDING)], name="sought", partialFilterExpression=SOUGHT
    ),
)


class MongoRefusals(Collection[Refusal]):
    """That submissions were refused."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, "refusals", Refusal)

    def keep(self, entity: Refusal) -> Put:
        """See Collection; the database deletes by a date, which times in JSON form are not."""
        put = super().keep(entity)
        goes_at = entity.at + timedelta(days=REFUSAL_DAYS)
        return Put(put.collection, put.id, {**put.document, GOES_AT: goes_at}, put.was)


class MongoOutreach(Collection[OutreachView]):
    """Whom matching looks for."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, "outreach", OutreachView)
