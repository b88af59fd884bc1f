"""What the pages about accounts show: one's own, and those of an operator's hubs."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.console.ports import Knowledge, LastSignIn, Roles, SignedIn, StaffMember
from services.console.use_cases.accounts import may_take_codes_off
from services.console.use_cases.one_time_codes import in_use
from services.console.use_cases.sign_in import Visitor, is_live
from services.console.use_cases.tries import locked_until


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountLine:
    """An account as an operator sees it, with its roles in the operator's hubs."""

    name: str
    roles: Roles
    has_password: bool
    has_provider: bool
    has_codes: bool
    last: LastSignIn | None
    locked_until: datetime | None
    codes_can_be_taken_off: bool


async def accounts_of(staff: Visitor, known: Knowledge, now: datetime) -> list[AccountLine]:
    """Return the accounts that have a role in these hubs, by name."""
    members = sorted(await known.staff.everyone(), key=lambda member: member.id)
    of_hubs = [each for each in members if set(each.roles) & set(staff.hubs)]
    return await asyncio.gather(*(_line(each, staff, known, now) for each in of_hubs))


async def browsers_of(
    member: StaffMember, known: Knowledge, now: datetime, idle: timedelta
) -> list[SignedIn]:
    """Return where somebody is signed in, the last seen first."""
    found = await known.browsers.of(member.id)
    live = [b for b in found if b.account == member.fingerprint and is_live(b, now, idle)]
    return sorted(live, key=lambda browser: browser.seen_at, reverse=True)


async def _line(
    member: StaffMember, staff: Visitor, known: Knowledge, now: datetime
) -> AccountLine:
    counts = await known.failed_sign_ins.about(member.id)
    has_codes = await in_use(member.id, known) is not None
    return AccountLine(
        name=member.id,
        roles={hub: held for hub, held in member.roles.items() if hub in staff.hubs},
        has_password=member.password_hash is not None,
        has_provider=member.oidc is not None,
        has_codes=has_codes,
        last=await known.last_sign_ins.get(member.id),
        locked_until=locked_until(counts, now),
        codes_can_be_taken_off=has_codes and may_take_codes_off(member, staff),
    )
