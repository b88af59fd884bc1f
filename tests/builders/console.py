"""A console in memory with staff, and what a browser or a script needs to reach it."""

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx
from fastapi import FastAPI
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from services.console.api import Options, Parts, build_routers, protect
from services.console.handlers import build_handlers
from services.console.ports import Role, StaffMember
from services.console.ports.provider import Provider
from services.console.use_cases.live import LiveFeed
from services.console.use_cases.own_keys import OwnKeys
from services.console.use_cases.sign_in import digest
from shared.contracts.base import Event
from shared.due import DueWork
from shared.facts import Facts
from shared.links import Links
from shared.permits import Permits
from tests.fakes.console import CommitsInMemory, InMemoryConsole, PlainOpener
from tests.fakes.console_rows import KnownDeadLetters

PASSWORD = "correct horse battery staple"
PERMIT_KEY = base64.b64encode(b"p" * 32).decode()
PERMITS = Permits(PERMIT_KEY)
TOKEN = "st_token-of-amina"
PASSWORD_HASH = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=64, parallelism=1),)).hash(
    PASSWORD
)
"""A cheap one, so that tests are quick."""

BEFORE_THE_SAMPLES_END = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
ORIGIN = "http://console.test"
HELP = "Ring 020 7946 0018."


@dataclass
class Clock:
    """A time that a test sets."""

    at: datetime = BEFORE_THE_SAMPLES_END

    @property
    def now(self) -> datetime:
        return self.at

    @now.setter
    def now(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def pass_by(self, by: timedelta) -> None:
        self.at += by


def a_member(
    username: str = "amina",
    *,
    hubs: tuple[str, ...] = ("west-london",),
    roles: tuple[Role, ...] = (Role.LEAD, Role.OPERATOR),
    token: str = TOKEN,
) -> StaffMember:
    """Build an account with the same roles in each of its hubs."""
    return StaffMember(
        id=username,
        password_hash=PASSWORD_HASH,
        roles=dict.fromkeys(hubs, roles),
        token_sha256=digest(token),
        version=1,
    )


@dataclass
class ConsoleInMemory:
    """The whole console on fakes."""

    stored: InMemoryConsole = field(default_factory=InMemoryConsole)
    clock: Clock = field(default_factory=Clock)
    opener: PlainOpener = field(default_factory=PlainOpener)
    links: Links = field(default_factory=lambda: Links("a key that only this test knows"))
    dead_letters: KnownDeadLetters = field(default_factory=KnownDeadLetters)
    origin: str = ORIGIN
    named_before_yes: frozenset[str] = frozenset()
    codes_required: bool = False
    provider: Provider | None = None
    undo: timedelta = timedelta(0)
    kept_left_days: int = 730
    live_check_seconds: float = 15.0
    live: LiveFeed = field(default_factory=LiveFeed)

    def __post_init__(self) -> None:
        self.commits = CommitsInMemory(self.stored)
        self.handlers = build_handlers(self.stored.known, self.facts)
        self.employ(a_member())

    @property
    def facts(self) -> Facts:
        return Facts("console", now=self.clock)

    def employ(self, *members: StaffMember) -> None:
        """Store accounts."""
        staff = self.stored.known.staff
        for member in members:
            staff.entities[member.id] = member  # type: ignore[attr-defined]

    async def hear(self, *events: Event) -> None:
        """Handle events as they would come from the broker."""
        for event in events:
            handle = self.handlers._of_event[event.TYPE]
            await self.commits.commit(event.id, lambda h=handle, e=event: h(e))  # type: ignore[misc]

    async def do_what_is_due(self) -> None:
        """Do the work whose time has come, as the due workers would."""
        for key, row in list(self.stored.due.items()):
            if row.at <= self.clock.at:
                work = DueWork(row.id, row.at, row.about, tries=0, asked="once")
                del self.stored.due[key]
                self.stored.commit(await self.handlers.of_due[row.collection](work))

    def said(self, event: type[Event]) -> list[Event]:
        """Return what was published of a type."""
        return [each for each in self.stored.events if isinstance(each, event)]

    def app(self) -> FastAPI:
        """Return the app, without a broker or a database."""
        options = Options(
            origin=self.origin,
            secure_cookies=self.origin.startswith("https:"),
            help_text=HELP,
            named_before_yes=self.named_before_yes,
            codes_required=self.codes_required,
            undo=self.undo,
            kept_left_days=self.kept_left_days,
            live_check_seconds=self.live_check_seconds,
        )
        parts = Parts(
            known=self.stored.known,
            commits=self.commits,
            opener=self.opener,
            links=self.links,
            keys=OwnKeys("a key that only this test knows"),
            permits=PERMITS,
            facts=self.facts,
            options=options,
            provider=self.provider,
            dead_letters=self.dead_letters,
            live=self.live,
        )
        app = FastAPI(docs_url=None, redoc_url=None)
        for router in build_routers(parts):
            app.include_router(router)
        return protect(app, options)

    @asynccontextmanager
    async def visited(self, **headers: str) -> AsyncIterator[httpx.AsyncClient]:
        """Open a client that follows no redirect."""
        transport = httpx.ASGITransport(self.app())
        async with httpx.AsyncClient(
            transport=transport, base_url=self.origin, headers=headers
        ) as client:
            yield client

    @asynccontextmanager
    async def scripted(self, token: str = TOKEN) -> AsyncIterator[httpx.AsyncClient]:
        """Open a client with a staff token."""
        async with self.visited(authorization=f"Bearer {token}") as client:
            yield client

    @asynccontextmanager
    async def signed_in(self, username: str = "amina") -> AsyncIterator[httpx.AsyncClient]:
        """Open a client that has signed in by the form."""
        async with self.visited() as client:
            await client.post("/sign-in", data={"username": username, "password": PASSWORD})
            yield client

    def link(self, invitation_id: UUID) -> str:
        """Return the path of a participant's page."""
        return f"/i/{self.links.invitation(invitation_id, self.clock.at)}"
