"""The ledger of consents: what was agreed to and taken back, by purpose and version, when, by whom.

Nothing is taken out of it; what is said again of the same text moves the end of its line.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from services.intake.domain.people import Consent, LedgerEntry, Participant

BY_THEMSELVES = "themselves"
"""Who said it, where the person did by their own link."""

Ledger = tuple[LedgerEntry, ...]


class Step(StrEnum):
    """What happened to a consent; `left_out`: what was said of the person last did not repeat it.

    Only what was taken back stays so until consent is given anew.
    """

    GIVEN = "given"
    WITHDRAWN = "withdrawn"
    LEFT_OUT = "left_out"


@dataclass(frozen=True, slots=True)
class Said:
    """By whom something was said, and when."""

    by: str
    at: datetime


def with_given(ledger: Ledger, consents: Mapping[str, Consent], by: str) -> Ledger:
    """Return the ledger with the consents that stand now."""
    for purpose, consent in sorted(consents.items()):
        entry = LedgerEntry(purpose, Step.GIVEN, consent.version, consent.given_at, by)
        ledger = _added(ledger, entry)
    return ledger


def with_left_out(ledger: Ledger, consents: Mapping[str, Consent], said: Said) -> Ledger:
    """Return the ledger with what stood so far and is not repeated."""
    for purpose in sorted({entry.purpose for entry in ledger} - consents.keys()):
        last = last_of(ledger, purpose)
        if last and last.step == Step.GIVEN:
            ledger = (
                *ledger,
                replace(last, step=Step.LEFT_OUT, at=said.at, by=said.by, again=None),
            )
    return ledger


def with_withdrawn(person: Participant, purpose: str, said: Said) -> Ledger:
    """Return the person's ledger with a consent taken back; said again, it is as once.

    What stood before there was a ledger is written down first.
    """
    registered_by = person.references[0].publisher if person.references else ""
    ledger = with_given(person.ledger, person.profile.consents, registered_by)
    last = last_of(ledger, purpose)
    entry = LedgerEntry(purpose, Step.WITHDRAWN, last.version if last else "", said.at, said.by)
    return _added(ledger, entry)


def last_of(ledger: Ledger, purpose: str) -> LedgerEntry | None:
    """Return what was last written of a purpose."""
    return next((entry for entry in reversed(ledger) if entry.purpose == purpose), None)


def withdrawn_since(ledger: Ledger, purpose: str, given_at: datetime) -> bool:
    """Whether a consent that was given then was taken back since."""
    return any(
        entry.purpose == purpose
        and entry.step == Step.WITHDRAWN
        and (entry.again or entry.at) >= given_at
        for entry in ledger
    )


def _added(ledger: Ledger, entry: LedgerEntry) -> Ledger:
    """Add a line, or let the last one of the purpose reach to what says the same again."""
    last = last_of(ledger, entry.purpose)
    said_before = any(
        (each.purpose, each.step, each.version) == (entry.purpose, entry.step, entry.version)
        and each.at <= entry.at <= (each.again or each.at)
        for each in ledger
    )
    if said_before and not (last and last.step == Step.LEFT_OUT):
        return ledger
    if last is None or (last.step, last.version) != (entry.step, entry.version):
        return (*ledger, entry)
    first = min(last, entry, key=lambda each: (each.at, each.by))
    longer = replace(last, at=first.at, by=first.by, again=max(last.again or last.at, entry.at))
    return tuple(longer if each is last else each for each in ledger)
