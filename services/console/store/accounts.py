"""Accounts of staff, where they are signed in, and wrong tries, in MongoDB."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from pymongo import ASCENDING, DESCENDING, IndexModel

from services.console.ports import (
    CalendarLink,
    FailedSignIns,
    HalfSignedIn,
    SignedIn,
    StaffMember,
)
from shared.mongo import Collection, Database, Entity, stored_time

E = TypeVar("E", bound=Entity)

AT_ONCE = 500
_SINCE = IndexModel([("since", ASCENDING)])

ACCOUNT_INDEXES: Mapping[str, Sequence[IndexModel]] = {
    "staff": [IndexModel([("token_sha256", ASCENDING)]), IndexModel([("oidc", ASCENDING)])],
    "browsers": [IndexModel([("username", ASCENDING)]), _SINCE],
    "half_signed_in": [_SINCE],
    "failed_sign_ins": [IndexModel([("username", ASCENDING)]), _SINCE],
    "last_sign_ins": [],
    "one_time_codes": [],
    "calendar_links": [IndexModel([("shown.hub", ASCENDING)])],
}


class MongoStaff(Collection[StaffMember]):
    """Accounts."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, "staff", StaffMember)

    async def everyone(self) -> list[StaffMember]:
        return await self.find({})

    async def by_token(self, token_sha256: str) -> StaffMember | None:
        return await self._one_with("token_sha256", token_sha256)

    async def by_oidc(self, value: str) -> StaffMember | None:
        return await self._one_with("oidc", value)

    async def _one_with(self, field: str, value: str) -> StaffMember | None:
        found = await self.find({field: value}, limit=1)
        return found[0] if found else None


class MongoPassing(Collection[E]):
    """What counts for a while from when it began."""

    async def begun_before(self, moment: datetime) -> list[E]:
        return await self.find({"since": {"$lt": stored_time(moment)}}, limit=AT_ONCE)


class MongoBrowsers(MongoPassing[SignedIn]):
    """Where staff are signed in."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, "browsers", SignedIn)

    async def of(self, username: str) -> list[SignedIn]:
        return await self.find({"username": username})


class MongoTries(MongoPassing[FailedSignIns]):
    """Wrong passwords and codes, counted."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, "failed_sign_ins", FailedSignIns)

    async def about(self, username: str) -> list[FailedSignIns]:
        return await self.find({"username": username})


class MongoCalendarLinks(Collection[CalendarLink]):
    """Addresses of calendars."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, "calendar_links", CalendarLink)

    async def of_hubs(self, hubs: tuple[str, ...]) -> list[CalendarLink]:
        newest_first = [("made_at", DESCENDING), ("_id", DESCENDING)]
        return await self.find({"shown.hub": {"$in": list(hubs)}}, sort=newest_first)


def mongo_half_signed_in(database: Database) -> MongoPassing[HalfSignedIn]:
    """Return the browsers whose password was right and whose code is not yet given."""
    return MongoPassing(database, "half_signed_in", HalfSignedIn)
