"""One-time codes of staff (TOTP, RFC 6238): setting them up, giving one, losing the app."""

import base64
import secrets
from dataclasses import replace

import pyotp

from services.console.ports import How, Knowledge, OneTimeCodes, SignedIn
from services.console.use_cases.audit import noted_of_oneself
from services.console.use_cases.own_keys import OwnKeys
from shared.changes import Changes, Put, Remove, Write
from shared.errors import ConflictError, RuleError
from shared.facts import Facts

ISSUER = "West London Collaborative"
STEP_SECONDS = 30
STEPS_OFF = (0, -1, 1)
"""How far the clock of a phone may be off, in steps."""
DIGITS = 6
RECOVERY_CODES = 8
RECOVERY_BYTES = 10
MISREAD = str.maketrans("018", "OIB", " -")


class WrongCodeError(RuleError):
    """The code is not one of theirs, or was taken before."""

    code = "wrong-code"


class CodesThereError(ConflictError):
    """They have one-time codes already, or none to speak of any more."""

    code = "codes-moved-on"


def new_recovery_codes() -> list[str]:
    """Return codes that each let in once, 80 random bits each, in groups of four."""
    drawn = (secrets.token_bytes(RECOVERY_BYTES) for _ in range(RECOVERY_CODES))
    plain = [base64.b32encode(each).decode() for each in drawn]
    return ["-".join(each[at : at + 4] for at in range(0, len(each), 4)) for each in plain]


def key_address(key: str, username: str) -> str:
    """Return the address that an app reads from a QR code."""
    return pyotp.TOTP(key).provisioning_uri(name=username, issuer_name=ISSUER)


async def in_use(username: str, known: Knowledge) -> OneTimeCodes | None:
    """Return what makes somebody's codes, if they have any by now."""
    stored = await known.one_time_codes.get(username)
    return stored if stored and stored.since else None


async def begin(username: str, known: Knowledge, keys: OwnKeys) -> Changes:
    """Make a key for a new app; one that was begun before is replaced. Raises CodesThereError."""
    stored = await known.one_time_codes.get(username)
    if stored and stored.since:
        raise CodesThereError("they have codes")
    sealed = keys.seal(pyotp.random_base32(), username)
    version = stored.version if stored else 0
    begun = OneTimeCodes(id=username, sealed=sealed, version=version)
    return Changes((known.one_time_codes.keep(begun),))


async def confirm(
    browser: SignedIn, code: str, recovery: list[str], known: Knowledge, keys: OwnKeys, facts: Facts
) -> Changes:
    """Let the codes count from now, and sign out where they were not asked for.

    Raises WrongCodeError, CodesThereError.
    """
    whose = browser.username
    begun = await known.one_time_codes.get(whose)
    if begun is None or begun.since:
        raise CodesThereError("nothing to confirm")
    step = _step_of(begun, code, keys, facts)
    if step is None:
        raise WrongCodeError("not a code of this app")
    kept = replace(
        begun, since=facts.now(), last_step=step, recovery=_digests(recovery, whose, keys)
    )
    writes = (known.one_time_codes.keep(kept), *(await _here_alone(browser, known)))
    row = await noted_of_oneself("one_time_codes_set_up", whose, known, facts)
    return Changes(writes) + row


async def take(username: str, code: str, known: Knowledge, keys: OwnKeys, facts: Facts) -> Changes:
    """Use a code up, from the app or a recovery code. Raises WrongCodeError."""
    return Changes((await _taken(username, code, known, keys, facts),))


async def switch_off(
    browser: SignedIn, code: str, known: Knowledge, keys: OwnKeys, facts: Facts
) -> Changes:
    """Have no codes any more. Raises WrongCodeError."""
    whose = browser.username
    await _taken(whose, code, known, keys, facts)
    stored = await known.one_time_codes.get(whose)
    here = await known.browsers.get(browser.id)
    writes: tuple[Write, ...] = (
        *((known.one_time_codes.drop(stored),) if stored else ()),
        *((known.browsers.keep(replace(here, how=How.PASSWORD)),) if here else ()),
    )
    row = await noted_of_oneself("one_time_codes_switched_off", whose, known, facts)
    return Changes(writes) + row


async def _here_alone(browser: SignedIn, known: Knowledge) -> list[Put | Remove]:
    """Return what keeps one browser, as one that gave a code, and signs out the others."""
    return [
        known.browsers.keep(replace(each, how=How.CODE))
        if each.id == browser.id
        else known.browsers.drop(each)
        for each in await known.browsers.of(browser.username)
    ]


async def _taken(username: str, code: str, known: Knowledge, keys: OwnKeys, facts: Facts) -> Put:
    stored = await in_use(username, known)
    if stored is None:
        raise WrongCodeError("they have no codes")
    step = _step_of(stored, code, keys, facts)
    if step is not None:
        return known.one_time_codes.keep(replace(stored, last_step=step))
    given = keys.digest(_plain(code), username)
    left = tuple(each for each in stored.recovery if not secrets.compare_digest(each, given))
    if len(left) == len(stored.recovery):
        raise WrongCodeError("no code of theirs")
    return known.one_time_codes.keep(replace(stored, recovery=left))


def _step_of(stored: OneTimeCodes, code: str, keys: OwnKeys, facts: Facts) -> int | None:
    """Return the step of time that a code belongs to; None for a wrong one or one taken before."""
    given = "".join(code.split())
    if not (given.isascii() and given.isdigit() and len(given) == DIGITS):
        return None
    app = pyotp.TOTP(keys.open(stored.sealed, stored.id), interval=STEP_SECONDS, digits=DIGITS)
    now = app.timecode(facts.now())
    fitting = [
        now + off for off in STEPS_OFF if secrets.compare_digest(app.generate_otp(now + off), given)
    ]
    return next((step for step in fitting if step > stored.last_step), None)


def _digests(recovery: list[str], whose: str, keys: OwnKeys) -> tuple[str, ...]:
    return tuple(keys.digest(_plain(each), whose) for each in recovery)


def _plain(code: str) -> str:
    """Return a recovery code as it is digested, whichever way somebody typed it."""
    return code.strip().upper().translate(MISREAD)
