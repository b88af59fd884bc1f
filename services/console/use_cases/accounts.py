"""Accounts of staff: following their file, ending what is over, and what an operator can mend."""

from collections.abc import Sequence
from dataclasses import replace

from services.console.ports import Knowledge, SignedIn, StaffMember
from services.console.use_cases.audit import noted, noted_of_oneself
from services.console.use_cases.sign_in import CODE_WITHIN, LONGEST, Visitor
from services.console.use_cases.tries import CODES_WINDOW
from shared.changes import NOTHING, Changes, Remove, Write
from shared.errors import NotFoundError, RuleError
from shared.facts import Facts


class OwnCodesError(RuleError):
    """Nobody takes their own codes off without giving one."""

    code = "own-codes"


class OtherHubsError(RuleError):
    """The account also works in hubs in which the operator is none."""

    code = "works-elsewhere"


async def keep_accounts(accounts: Sequence[StaffMember], known: Knowledge) -> Changes:
    """Make the stored accounts those of the staff file; who is not in it is out.

    Whose password, roles or provider changed is signed out everywhere, and so is who is gone. Of
    them the audit trail stays and, until they are over, their tries and half sign-ins, which let
    nobody in.
    """
    stored = {member.id: member for member in await known.staff.everyone()}
    wanted = {
        account.id: replace(account, version=stored[account.id].version)
        if account.id in stored
        else account
        for account in accounts
    }
    changed = [account for account in wanted.values() if stored.get(account.id) != account]
    gone = [member for name, member in stored.items() if name not in wanted]
    other = [
        name
        for name, account in wanted.items()
        if name in stored and stored[name].fingerprint != account.fingerprint
    ]
    writes: tuple[Write, ...] = (
        *(known.staff.keep(account) for account in changed),
        *(known.staff.drop(member) for member in gone),
        *[each for name in other for each in await _signed_out(name, known)],
        *[each for member in gone for each in await _forgotten(member.id, known)],
    )
    return Changes(writes)


async def end_what_is_over(known: Knowledge, facts: Facts) -> Changes:
    """Drop tries, half sign-ins and browsers whose time has passed."""
    now = facts.now()
    tries, half, browsers = known.failed_sign_ins, known.half_signed_in, known.browsers
    return Changes(
        (
            *[tries.drop(each) for each in await tries.begun_before(now - CODES_WINDOW)],
            *[half.drop(each) for each in await half.begun_before(now - CODE_WITHIN)],
            *[browsers.drop(each) for each in await browsers.begun_before(now - LONGEST)],
        )
    )


async def sign_out_others(browser: SignedIn, known: Knowledge, facts: Facts) -> Changes:
    """Sign somebody out everywhere but in this browser."""
    who = browser.username
    others = [each for each in await known.browsers.of(who) if each.id != browser.id]
    if not others:
        return NOTHING
    row = await noted_of_oneself("signed_out_elsewhere", who, known, facts)
    return Changes(tuple(known.browsers.drop(each) for each in others)) + row


async def lift_lock(username: str, staff: Visitor, known: Knowledge, facts: Facts) -> Changes:
    """Let somebody try again who was locked. Raises NotFoundError."""
    member = await _of_these_hubs(username, staff, known)
    counts = await known.failed_sign_ins.about(member.id)
    lifted = Changes(tuple(known.failed_sign_ins.drop(each) for each in counts))
    return lifted + _noted("sign_in_lock_lifted", member, staff, known, facts)


async def take_codes_off(username: str, staff: Visitor, known: Knowledge, facts: Facts) -> Changes:
    """Let somebody in without codes who has lost them, and sign them out everywhere.

    Raises NotFoundError, OwnCodesError, OtherHubsError.
    """
    member = await _of_these_hubs(username, staff, known)
    if member.id == staff.username:
        raise OwnCodesError("their own")
    if not may_take_codes_off(member, staff):
        raise OtherHubsError("works in other hubs too")
    stored = await known.one_time_codes.get(member.id)
    if stored is None:
        return NOTHING
    writes = (known.one_time_codes.drop(stored), *(await _signed_out(member.id, known)))
    return Changes(writes) + _noted("one_time_codes_taken_off", member, staff, known, facts)


def may_take_codes_off(member: StaffMember, staff: Visitor) -> bool:
    """Tell whether an operator looks after every hub of another account."""
    return member.id != staff.username and set(member.roles) <= set(staff.hubs)


async def _of_these_hubs(username: str, staff: Visitor, known: Knowledge) -> StaffMember:
    member = await known.staff.get(username)
    if member is None or not set(member.roles) & set(staff.hubs):
        raise NotFoundError("no such account in these hubs")
    return member


async def _signed_out(username: str, known: Knowledge) -> list[Remove]:
    return [known.browsers.drop(each) for each in await known.browsers.of(username)]


async def _forgotten(username: str, known: Knowledge) -> list[Remove]:
    codes, last = await known.one_time_codes.get(username), await known.last_sign_ins.get(username)
    return [
        *(await _signed_out(username, known)),
        *([known.one_time_codes.drop(codes)] if codes else []),
        *([known.last_sign_ins.drop(last)] if last else []),
    ]


def _noted(
    what: str, member: StaffMember, staff: Visitor, known: Knowledge, facts: Facts
) -> Changes:
    """Note it in each hub of the account that the operator looks after."""
    rows = NOTHING
    for hub in sorted(set(member.roles) & set(staff.hubs)):
        rows += noted(known.audit, facts, who=staff.username, what=what, about=member.id, hub=hub)
    return rows
