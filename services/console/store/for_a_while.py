"""What is kept for some days: MongoDB deletes it by a date, which times in JSON form are not."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from pymongo import ASCENDING, IndexModel

from shared.changes import Put
from shared.mongo import Collection, Database, Entity

GOES_AT = "goes_at"
GOES_INDEX = IndexModel([(GOES_AT, ASCENDING)], expireAfterSeconds=0)

E = TypeVar("E", bound=Entity)


class KeptForAWhile(Collection[E]):
    """Entities that go so many days after a time of theirs."""

    def __init__(
        self,
        database: Database,
        name: str,
        kind: type[E],
        *,
        days: int,
        since: Callable[[E], datetime],
    ) -> None:
        super().__init__(database, name, kind)
        self._stays = timedelta(days=days)
        self._since = since

    def keep(self, entity: E) -> Put:
        """See Collection."""
        put = super().keep(entity)
        goes_at = self._since(entity) + self._stays
        return Put(put.collection, put.id, {**put.document, GOES_AT: goes_at}, put.was)
