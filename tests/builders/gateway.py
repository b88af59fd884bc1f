"""The whole system as an operator starts it, with people in it, and browsers that look at it."""

import asyncio
import json
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import TypeVar

import pytest
from playwright.async_api import Browser, Page, async_playwright

from deploy.demo.command import Wlc
from deploy.demo.desk import Desk
from deploy.demo.doors import send
from deploy.demo.loader import load
from deploy.demo.mailbox import Mail, Mailbox
from deploy.demo.seen import Addresses, Match
from deploy.demo.shipment import Packer, Parcel

CHROMIUM = Path("/usr/bin/chromium")
DESK, PHONE = {"width": 1200, "height": 900}, {"width": 320, "height": 640}
EVERYWHERE = tuple(
    pytest.param(size, scripts, id=f"{name}-{'with' if scripts else 'without'}-javascript")
    for name, size in (("desktop", DESK), ("phone", PHONE))
    for scripts in (True, False)
)
"""Each journey is made at both widths, with and without JavaScript."""
SHARE = 0.15
"""Of the people of the demo, so many are sent."""
SECONDS = 120.0

T = TypeVar("T")


@dataclass(frozen=True)
class Gateway:
    """An installation that runs."""

    wlc: Wlc
    addresses: Addresses
    folder: Path
    engagements: Parcel
    password: str
    desk: Desk
    mailbox: Mailbox
    had: list[Mail] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Where the console is."""
        return self.addresses.console_url

    async def publish_engagements(self) -> None:
        """Let the partners publish all that they want people for."""
        await send(self.wlc, (self.engagements,), lambda _count: None)

    async def approve_all(self) -> None:
        """Approve every match that waits, as they come to stand."""
        for match in await self.desk.matches():
            if match.status == "proposed":
                await self.desk.approve(match)

    async def match_waiting(self, *, at_least: int = 1) -> Match:
        """Wait for a match with quotas to decide on, that nothing under way draws again."""

        async def stays() -> Match | None:
            before, health = await self._waiting(at_least), await self.wlc.status()
            idle = all(each.is_idle for each in health.values())
            return before if idle and before and before == await self._waiting(at_least) else None

        return await eventually(stays)

    async def _waiting(self, at_least: int) -> Match | None:
        matches = await self.desk.matches()
        waiting = (m for m in matches if m.status == "proposed" and m.quotas)
        return next((m for m in waiting if len(m.panel) >= at_least), None)

    async def invited(self, *, at_least: int = 1) -> list[Mail]:
        """Wait for e-mails that invite people."""

        async def found() -> list[Mail] | None:
            self.mailbox.new()
            mails = [mail for mail in self.mailbox.mails.values() if mail.link]
            return mails if len(mails) >= at_least else None

        return await eventually(found)

    def next_invited(self) -> Mail:
        """Return an invitation that no test has had."""
        mails = [mail for mail in self.mailbox.mails.values() if mail.link and mail not in self.had]
        self.had.append(mails[0])
        return mails[0]

    def texts_to(self, address: str) -> list[str]:
        """Return the plain text of every e-mail to somebody."""
        read = (
            message_from_bytes(path.read_bytes(), policy=default)
            for path in Path(self.addresses.mail_dir).glob("*.eml")
        )
        bodies = [each.get_body(("plain",)) for each in read if str(each["To"]).lower() == address]
        return [body.get_content() for body in bodies if body]

    async def sign_in(self, page: Page) -> None:
        """Sign in by the form."""
        await page.goto(f"{self.url}/sign-in")
        await page.fill("#username", self.addresses.staff.user)
        await page.fill("#password", self.password)
        await page.press("#password", "Enter")
        await page.wait_for_url(f"{self.url}/")


async def eventually(ask: Callable[[], Awaitable[T | None]], seconds: float = SECONDS) -> T:
    """Ask until there is an answer. Raises TimeoutError."""
    async with asyncio.timeout(seconds):
        while (found := await ask()) is None:
            await asyncio.sleep(0.2)
    return found


@asynccontextmanager
async def a_gateway(**named: str) -> AsyncIterator[Gateway]:
    """Start everything with some of the demo's people in it, and stop it at the end."""
    folder = Path(tempfile.mkdtemp(prefix="wlc-journeys-"))
    packed = Packer(load(datetime.now(UTC).date()), folder / "input", SHARE).pack()
    wlc = Wlc(folder / "installation", {"NOTIFICATION_QUIET_HOURS": "none", **named})
    try:
        addresses = await wlc.up(lambda _line: None)
        password = await _password(wlc)
        async with Desk(addresses) as desk:
            gateway = Gateway(
                wlc,
                addresses,
                folder,
                packed.engagements,
                password,
                desk,
                Mailbox(addresses.mail_dir),
            )
            await send(wlc, packed.people, lambda _count: None)
            yield gateway
    finally:
        await wlc.down()
        shutil.rmtree(folder, ignore_errors=True)


@asynccontextmanager
async def a_browser() -> AsyncIterator[Browser]:
    """Open Chromium without a window."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        await browser.close()


async def _password(wlc: Wlc) -> str:
    lines: list[bytes] = []
    await wlc.run("access", "--json", on_line=lines.append)
    return str(json.loads(b"".join(lines))["staff"]["password"])
