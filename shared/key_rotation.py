"""Keys under another master, and people under another key: both while everything goes on.

For who may write to the keyring. What is done twice does no harm. Raises UnavailableError.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pymongo import UpdateOne
from pymongo.errors import PyMongoError

from shared.errors import UnavailableError
from shared.keyring import stored_key, stored_keys
from shared.master_keys import UNNAMED, MasterKeys
from shared.mongo import Database, Document

AT_ONCE = 500
OF_BEFORE = {"wrapped": {"$exists": True}}


@dataclass(frozen=True, slots=True)
class Masters:
    """The current master, and how many keys each one wraps; `unknown` are not set here."""

    current: str
    keys: Mapping[str, int]
    unknown: tuple[str, ...]

    @property
    def left(self) -> int:
        """How many keys are under another than the current one."""
        return sum(count for name, count in self.keys.items() if name != self.current)


class KeyRotation:
    """Rotates on one keyring."""

    def __init__(self, database: Database, masters: MasterKeys) -> None:
        self._rows = database["keys"]
        self._masters = masters

    async def masters(self) -> Masters:
        """Return what wraps the keys there are."""
        stages: list[Document] = [
            {"$project": {"master": {"$ifNull": ["$keys.master", [UNNAMED]]}}},
            {"$unwind": "$master"},
            {"$group": {"_id": "$master", "keys": {"$sum": 1}}},
        ]
        try:
            found = await self._rows.aggregate(stages).to_list(None)
        except PyMongoError as error:
            raise UnavailableError("the keyring did not answer") from error
        counts = {row["_id"]: row["keys"] for row in found}
        unknown = tuple(name for name in counts if not self._masters.knows(name))
        return Masters(await self._masters.current(), counts, unknown)

    async def rewrap_some(self) -> bool:
        """Wrap some keys under the current master; whether any are left.

        They may be fewer than fit: of rows that changed meanwhile, and of who still wraps by the
        master of before.
        """
        current = await self._masters.current()
        elsewhere = {"keys": {"$elemMatch": {"master": {"$ne": current}}}}
        try:
            found = self._rows.find({"$or": [elsewhere, OF_BEFORE]}, limit=AT_ONCE)
            rows = await found.to_list(None)
            if not rows:
                return False
            await self._rows.bulk_write(await self._rewrapped(rows), ordered=False)
            return await self._rows.find_one({"$or": [elsewhere, OF_BEFORE]}) is not None
        except PyMongoError as error:
            raise UnavailableError("the keyring did not answer") from error

    async def _rewrapped(self, rows: list[Document]) -> list[UpdateOne]:
        """Describe the writes; a row that changed or went meanwhile stays as it is."""
        stored = [each for row in rows for each in stored_keys(row)]
        opened = await self._masters.unwrap([wrapped for _, wrapped in stored])
        under = iter(await self._masters.wrap(opened))
        writes = []
        for row in rows:
            keys = [
                {**_as_it_was(row, name), **_under(stored_key(name, next(under)))}
                for name, _ in stored_keys(row)
            ]
            was: Document = {each: row[each] for each in ("keys", "wrapped") if each in row}
            change = {"$set": {"keys": keys}, "$unset": {"wrapped": ""}}
            writes.append(UpdateOne({"_id": row["_id"], **was}, change))
        return writes

    async def add_key(self, participant_id: UUID, name: str) -> bool:
        """Give a person a newer key of that name; whether they have it, and are not forgotten."""
        [wrapped] = await self._masters.wrap([AESGCM.generate_key(bit_length=256)])
        is_without = {"_id": str(participant_id), "keys.name": {"$ne": name}}
        has_it = {"_id": str(participant_id), "keys.name": name}
        try:
            await self._name_the_first(participant_id)
            await self._rows.update_one(is_without, {"$push": {"keys": stored_key(name, wrapped)}})
            return await self._rows.count_documents(has_it, limit=1) == 1
        except PyMongoError as error:
            raise UnavailableError("the keyring did not answer") from error

    async def drop_before(self, participant_id: UUID, name: str) -> None:
        """Delete the person's keys that are older than the one of that name."""
        try:
            row = await self._rows.find_one({"_id": str(participant_id), "keys.name": name})
            names = [key["name"] for key in row["keys"]] if row else []
            older = names[: names.index(name)] if row else []
            if older:
                change = {"$pull": {"keys": {"name": {"$in": older}}}}
                await self._rows.update_one({"_id": str(participant_id)}, change)
        except PyMongoError as error:
            raise UnavailableError("the keyring did not answer") from error

    async def _name_the_first(self, participant_id: UUID) -> None:
        """Bring a row of before into the form of now."""
        row = await self._rows.find_one({"_id": str(participant_id), **OF_BEFORE})
        if row:
            keys = [stored_key(name, wrapped) for name, wrapped in stored_keys(row)]
            was = {"_id": row["_id"], "wrapped": row["wrapped"]}
            await self._rows.update_one(was, {"$set": {"keys": keys}, "$unset": {"wrapped": ""}})


def _as_it_was(row: Document, name: str) -> Document:
    kept: list[Document] = row.get("keys", [])
    return next((key for key in kept if key["name"] == name), {})


def _under(key: Document) -> Document:
    return {name: key[name] for name in ("name", "wrapped", "master")}
