"""Signing staff in and out: accounts from a file, one random cookie a browser, few wrong tries."""

import hashlib
import secrets
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from services.console.ports import (
    HalfSignedIn,
    How,
    Knowledge,
    LastSignIn,
    Right,
    Roles,
    SignedIn,
    StaffMember,
    hubs_with,
)
from services.console.use_cases.audit import noted_of_oneself
from services.console.use_cases.one_time_codes import take
from services.console.use_cases.own_keys import OwnKeys
from services.console.use_cases.tries import Caller, forgive
from shared.changes import NOTHING, Changes
from shared.errors import ConflictError
from shared.facts import Facts

LONGEST = timedelta(hours=12)
CODE_WITHIN = timedelta(minutes=10)
TOUCH_AFTER = timedelta(minutes=1)
COOKIE_BYTES = 32


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


STEPS = {How.PASSWORD: 1, How.CODE: 2, How.PROVIDER: 0}
"""How many tries are counted until somebody is in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A browser that is let in: its new cookie, the one it had before, and how it got in."""

    cookie: str
    caller: Caller
    how: How
    former: str = ""


async def sign_in(member: StaffMember, arrival: Arrival, known: Knowledge, facts: Facts) -> Changes:
    """Let this browser in, and forget its tries and whoever was signed in there before."""
    now, former = facts.now(), await known.browsers.get(digest(arrival.former))
    browser = SignedIn(
        id=digest(arrival.cookie),
        username=member.id,
        since=now,
        seen_at=now,
        account=member.fingerprint,
        how=arrival.how,
    )
    last = await known.last_sign_ins.get(member.id)
    version = last.version if last else 0
    writes = (
        known.browsers.keep(browser),
        known.last_sign_ins.keep(
            LastSignIn(id=member.id, at=now, how=arrival.how, version=version)
        ),
        *((known.browsers.drop(former),) if former else ()),
        *(await forgive(arrival.caller, known, steps=STEPS[arrival.how])),
    )
    return Changes(writes) + await noted_of_oneself("signed_in", member.id, known, facts)


async def ask_for_code(
    member: StaffMember, cookie: str, wanted: str, known: Knowledge, facts: Facts
) -> Changes:
    """Remember that the password was right, and nothing more, for `CODE_WITHIN`."""
    half = HalfSignedIn(
        id=digest(cookie),
        username=member.id,
        since=facts.now(),
        account=member.fingerprint,
        wanted=wanted,
    )
    return Changes((known.half_signed_in.keep(half),))


async def who_gives_code(cookie: str, known: Knowledge, facts: Facts) -> HalfSignedIn | None:
    """Return whose password was right in this browser, as long as that counts."""
    half = await known.half_signed_in.get(digest(cookie))
    if half is None or facts.now() - half.since > CODE_WITHIN:
        return None
    member = await known.staff.get(half.username)
    return half if member and member.fingerprint == half.account else None


async def sign_in_by_code(
    half: HalfSignedIn, code: str, arrival: Arrival, known: Knowledge, keys: OwnKeys, facts: Facts
) -> Changes:
    """Let in whose password was right, for a code. Raises WrongCodeError, ConflictError."""
    member, still = await known.staff.get(half.username), await known.half_signed_in.get(half.id)
    if member is None or member.fingerprint != half.account or still is None:
        raise ConflictError("their time is over")
    taken = await take(half.username, code, known, keys, facts)
    done = Changes((known.half_signed_in.drop(still),))
    return taken + done + await sign_in(member, arrival, known, facts)


async def sign_out(cookie: str, known: Knowledge, facts: Facts) -> Changes:
    """Make the cookie worthless."""
    browser = await known.browsers.get(digest(cookie))
    if browser is None:
        return NOTHING
    row = await noted_of_oneself("signed_out", browser.username, known, facts)
    return Changes((known.browsers.drop(browser),)) + row


async def note_refusal(username: str | None, known: Knowledge, facts: Facts) -> Changes:
    """Audit a wrong password or code; a name that is no account is not written down."""
    return await noted_of_oneself("sign_in_refused", username or "unknown", known, facts)


def is_live(browser: SignedIn, now: datetime, idle: timedelta) -> bool:
    """Tell whether a browser is still signed in."""
    return now - browser.seen_at <= idle and now - browser.since <= LONGEST


async def touch(browser_id: str, known: Knowledge, facts: Facts) -> Changes:
    """Remember that the browser is in use, at most once a minute."""
    browser = await known.browsers.get(browser_id)
    if browser is None or facts.now() - browser.seen_at < TOUCH_AFTER:
        return NOTHING
    return Changes((known.browsers.keep(replace(browser, seen_at=facts.now())),))
