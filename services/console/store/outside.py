"""Whom matching looks for, and which submissions were refused, in MongoDB."""

from operator import attrgetter

from pymongo import ASCENDING, IndexModel

from services.console.ports import OutreachView, Refusal
from services.console.store.for_a_while import GOES_INDEX, KeptForAWhile
from shared.mongo import Collection, Database

REFUSAL_DAYS = 90
"""As long as intake keeps what it refused."""
SOUGHT = {"state.wanted.0": {"$exists": True}}

REFUSAL_INDEXES = (
    GOES_INDEX,
    IndexModel([("hub", ASCENDING), ("corrected", ASCENDING), ("publisher", ASCENDING)]),
)
OUTREACH_INDEXES = (
    IndexModel(
        [("hub", ASCENDING), ("at", ASCENDING)], name="sought", partialFilterExpression=SOUGHT
    ),
)


class MongoRefusals(KeptForAWhile[Refusal]):
    """That submissions were refused."""

    def __init__(self, database: Database) -> None:
        days, since = REFUSAL_DAYS, attrgetter("at")
        super().__init__(database, "refusals", Refusal, days=days, since=since)


class MongoOutreach(Collection[OutreachView]):
    """Whom matching looks for."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, "outreach", OutreachView)
