"""Wrong passwords and codes: how many there may be, from where, and who can lift the lock."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from services.console.ports import FailedSignIns, Knowledge
from shared.changes import Changes, Put, Remove
from shared.errors import RuleError
from shared.facts import Facts

WINDOW = timedelta(minutes=15)
CODES_WINDOW = timedelta(hours=24)
TRIES = 5
TRIES_OF_A_NAME = 20
TRIES_OF_AN_ADDRESS = 60
WRONG_CODES = 10


class TooManyTriesError(RuleError):
    """Too many wrong tries of one kind; its time must pass, or an operator lifts the lock."""

    code = "too-many-tries"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who says that they are somebody, and from where.

    `known_by` is set for a browser in which this very name was signed in before. Such a browser
    has a count of its own, so that nobody can lock a colleague out by failing under their name.
    """

    username: str
    address: str
    known_by: str = ""


@dataclass(frozen=True, slots=True)
class Limit:
    """How many tries that have `key` in common there may be in a time."""

    key: str
    most: int
    within: timedelta = WINDOW
    falls_by_one: bool = False

    def is_over(self, counted: FailedSignIns, now: datetime) -> bool:
        """Tell whether these tries are forgotten."""
        return now - counted.since > self.within


def limits(caller: Caller, *, of_codes: bool = False) -> tuple[Limit, ...]:
    """Return what the tries of a caller count towards.

    Wrong codes count under the name wherever they come from, for a day: only who knows the
    password can make any.
    """
    codes = (Limit(_key("codes", caller.username), WRONG_CODES, CODES_WINDOW),) if of_codes else ()
    if caller.known_by:
        return (Limit(_key("browser", caller.username, caller.known_by), TRIES), *codes)
    return (
        Limit(_key("pair", caller.username, caller.address), TRIES),
        Limit(_key("name", caller.username), TRIES_OF_A_NAME, falls_by_one=True),
        Limit(_key("address", caller.address), TRIES_OF_AN_ADDRESS, falls_by_one=True),
        *codes,
    )


async def count_try(
    caller: Caller, known: Knowledge, facts: Facts, *, of_codes: bool = False
) -> Changes:
    """Count a try before what was given is looked at. Raises TooManyTriesError, and counts none."""
    now = facts.now()
    is_account = await known.staff.get(caller.username) is not None
    writes = []
    for limit in limits(caller, of_codes=of_codes):
        counted = await known.failed_sign_ins.get(limit.key)
        if counted is None or limit.is_over(counted, now):
            counted = _begun(limit, counted, now)
        if counted.count >= limit.most:
            raise TooManyTriesError("too many tries")
        named = (
            caller.username if is_account and limit.key != _key("address", caller.address) else None
        )
        writes.append(
            known.failed_sign_ins.keep(replace(counted, count=counted.count + 1, username=named))
        )
    return Changes(tuple(writes))


async def forgive(caller: Caller, known: Knowledge, *, steps: int = 1) -> tuple[Put | Remove, ...]:
    """Forget the tries of somebody who is in now; of what others share with them, only theirs.

    `steps` is how many tries it took them: a code after the password is one more.
    """
    writes: list[Put | Remove] = []
    for limit in limits(caller, of_codes=True):
        counted = await known.failed_sign_ins.get(limit.key)
        if counted is None:
            continue
        if limit.falls_by_one and counted.count > steps:
            fewer = replace(counted, count=counted.count - steps)
            writes.append(known.failed_sign_ins.keep(fewer))
        else:
            writes.append(known.failed_sign_ins.drop(counted))
    return tuple(writes)


def locked_until(counts: Iterable[FailedSignIns], now: datetime) -> datetime | None:
    """Return when the last of the locks on an account ends; None where there is none."""
    ends = [each.until for each in counts if each.count >= each.most and each.until]
    return max((end for end in ends if end >= now), default=None)


def _begun(limit: Limit, stored: FailedSignIns | None, now: datetime) -> FailedSignIns:
    version = stored.version if stored else 0
    until = now + limit.within
    return FailedSignIns(
        id=limit.key, count=0, since=now, most=limit.most, until=until, version=version
    )


def _key(*parts: str) -> str:
    return hashlib.sha256("|".join(parts).encode()).hexdigest()
