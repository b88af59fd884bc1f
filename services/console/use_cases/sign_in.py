"""Signing staff in and out: accounts from a file, one random cookie a browser, few wrong tries."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from services.console.ports import (
    FailedSignIns,
    Knowledge,
    Right,
    Roles,
    SignedIn,
    StaffMember,
    hubs_with,
)
from services.console.use_cases.audit import noted
from shared.changes import NOTHING, Changes
from shared.errors import RuleError
from shared.facts import Facts

TRIES = 5
TRIES_WINDOW = timedelta(minutes=15)
LONGEST = timedelta(hours=12)
TOUCH_AFTER = timedelta(minutes=1)
COOKIE_BYTES = 32


class TooManyTriesError(RuleError):
    """Too many wrong passwords from this address for this name; `TRIES_WINDOW` must pass."""

    code = "too-many-tries"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who is looking; `hubs` are those in which they may do what the address is for."""

    username: str
    hubs: tuple[str, ...]
    roles: Roles = field(default_factory=dict)

    def may(self, right: str, hub: str | None = None) -> bool:
        """Tell whether they may do something else in a hub, or anywhere."""
        hubs = hubs_with(Right(right), self.roles)
        return bool(hubs) if hub is None else hub in hubs


def new_cookie() -> str:
    """Return 256 random bits."""
    return secrets.token_urlsafe(COOKIE_BYTES)


def digest(secret: str) -> str:
    """Return what is stored of a cookie or a token."""
    return hashlib.sha256(secret.encode()).hexdigest()


async def count_try(username: str, address: str, known: Knowledge, facts: Facts) -> Changes:
    """Count a try before the password is looked at. Raises TooManyTriesError."""
    key, now = digest(f"{username}|{address}"), facts.now()
    stored = await known.failed_sign_ins.get(key)
    if stored is None:
        return Changes((known.failed_sign_ins.keep(FailedSignIns(id=key, count=1, since=now)),))
    if now - stored.since > TRIES_WINDOW:
        return Changes((known.failed_sign_ins.keep(replace(stored, count=1, since=now)),))
    if stored.count >= TRIES:
        raise TooManyTriesError("too many tries")
    return Changes((known.failed_sign_ins.keep(replace(stored, count=stored.count + 1)),))


async def sign_in(
    member: StaffMember, cookie: str, address: str, known: Knowledge, facts: Facts
) -> Changes:
    """Let this browser in, forget its tries and the browsers whose time is over."""
    now, tries = facts.now(), digest(f"{member.id}|{address}")
    failed = await known.failed_sign_ins.get(tries)
    stale = [b for b in await known.browsers.of(member.id) if now - b.since > LONGEST]
    browser = SignedIn(id=digest(cookie), username=member.id, since=now, seen_at=now)
    writes = (
        known.browsers.keep(browser),
        *(known.browsers.drop(old) for old in stale),
        *((known.failed_sign_ins.drop(failed),) if failed else ()),
    )
    row = noted(known.audit, facts, who=member.id, what="signed_in", about=member.id)
    return Changes(writes) + row


async def sign_out(cookie: str, known: Knowledge, facts: Facts) -> Changes:
    """Make the cookie worthless."""
    browser = await known.browsers.get(digest(cookie))
    if browser is None:
        return NOTHING
    row = noted(known.audit, facts, who=browser.username, what="signed_out", about=browser.username)
    return Changes((known.browsers.drop(browser),)) + row


async def note_refusal(username: str | None, known: Knowledge, facts: Facts) -> Changes:
    """Audit a wrong password; a name that is no account is not written down."""
    who = username or "unknown"
    return noted(known.audit, facts, who=who, what="sign_in_refused", about=who)


def is_live(browser: SignedIn, now: datetime, idle: timedelta) -> bool:
    """Tell whether a browser is still signed in."""
    return now - browser.seen_at <= idle and now - browser.since <= LONGEST


async def touch(browser_id: str, known: Knowledge, facts: Facts) -> Changes:
    """Remember that the browser is in use, at most once a minute."""
    browser = await known.browsers.get(browser_id)
    if browser is None or facts.now() - browser.seen_at < TOUCH_AFTER:
        return NOTHING
    return Changes((known.browsers.keep(replace(browser, seen_at=facts.now())),))


async def keep_accounts(accounts: Sequence[StaffMember], known: Knowledge) -> Changes:
    """Make the stored accounts those of the staff file; who is not in it is out."""
    stored = {member.id: member for member in await known.staff.everyone()}
    wanted = {
        account.id: replace(account, version=stored[account.id].version)
        if account.id in stored
        else account
        for account in accounts
    }
    changed = [account for account in wanted.values() if stored.get(account.id) != account]
    gone = [member for name, member in stored.items() if name not in wanted]
    return Changes(
        (
            *(known.staff.keep(account) for account in changed),
            *(known.staff.drop(member) for member in gone),
        )
    )
