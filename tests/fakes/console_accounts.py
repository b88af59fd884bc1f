"""The console's accounts, sign-ins and links to calendars, in memory."""

from datetime import datetime
from typing import TypeVar

from services.console.ports import CalendarLink, FailedSignIns, HalfSignedIn, SignedIn, StaffMember
from tests.fakes.store import InMemoryCollection

P = TypeVar("P", SignedIn, HalfSignedIn, FailedSignIns)


class InMemoryStaff(InMemoryCollection[StaffMember]):
    """See ports.Staff."""

    async def everyone(self) -> list[StaffMember]:
        return list(self.entities.values())

    async def by_token(self, token_sha256: str) -> StaffMember | None:
        found = await self.where(lambda member: member.token_sha256 == token_sha256)
        return found[0] if found else None

    async def by_oidc(self, value: str) -> StaffMember | None:
        found = await self.where(lambda member: member.oidc == value)
        return found[0] if found else None


class InMemoryPassing(InMemoryCollection[P]):
    """See ports.Passing."""

    async def begun_before(self, moment: datetime) -> list[P]:
        return await self.where(lambda each: each.since < moment)


class InMemoryBrowsers(InMemoryPassing[SignedIn]):
    """See ports.Browsers."""

    async def of(self, username: str) -> list[SignedIn]:
        return await self.where(lambda browser: browser.username == username)


class InMemoryTries(InMemoryPassing[FailedSignIns]):
    """See ports.Tries."""

    async def about(self, username: str) -> list[FailedSignIns]:
        return await self.where(lambda counted: counted.username == username)


class InMemoryCalendarLinks(InMemoryCollection[CalendarLink]):
    """See ports.CalendarLinks."""

    async def of_hubs(self, hubs: tuple[str, ...]) -> list[CalendarLink]:
        found = await self.where(lambda link: link.shown.hub in hubs)
        return sorted(found, key=lambda link: (link.made_at, link.id), reverse=True)
