"""The ledger of consents: what was agreed to and taken back, by purpose and version, when, by whom.

It is a set of lines, each of which follows from one thing that was said, whatever was heard before
it: so it is the same in whatever order things are heard, and what is said again adds nothing. Only
what was not repeated is noted as it was heard. Nothing is taken out of it.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID, uuid5

from services.intake.domain.people import Consent, LedgerEntry, Participant

BY_THEMSELVES = "themselves"
"""Who said it, where the person did by their own link."""
NAMESPACE = UUID("b4c8a3f6-9d0e-5a47-8c55-2f1e0c6d7a90")
VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
FREE_TEXT = "text-"
"""How what is known in place of a version begins, where it was written as free text."""
DIGEST_CHARACTERS = 20


class Step(StrEnum):
    """What happened to a consent; `left_out`: what was said of the person last did not repeat it.

    Only what was taken back stays so until consent is given anew.
    """

    GIVEN = "given"
    WITHDRAWN = "withdrawn"
    LEFT_OUT = "left_out"


ORDER = (Step.GIVEN, Step.LEFT_OUT, Step.WITHDRAWN)
"""Of what is of one moment: who takes back at the moment of giving has taken back."""


@dataclass(frozen=True, slots=True)
class Said:
    """By whom something was said, and when."""

    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Line:
    """One line about a person, which is never changed; its id is made of all the rest.

    `source` is who told it: a publisher, or the person. `text` is the version of the text, which
    what was taken back does not name. `again_at`: when a
    consent that was left out for a while was repeated, as it was given `at` first.
    """

    id: str
    participant_id: str
    purpose: str
    step: str
    text: str
    at: datetime
    source: str
    again_at: datetime | None = None
    version: int = 0

    @property
    def place(self) -> tuple[datetime, int, int, str, str]:
        """Where it stands among the lines."""
        again = self.again_at is not None
        moment = self.again_at or self.at
        return (moment, ORDER.index(Step(self.step)) + again, again, self.purpose, self.source)


def version_to_tell(written: str, digest: Callable[[str, str], str]) -> str:
    """Return a version that is a short tag as it is, and of free text a keyed digest.

    Versions go everywhere in clear, and free text may say something of the person.
    """
    if VERSION.fullmatch(written):
        return written
    return FREE_TEXT + digest("version", written).partition(":")[2][:DIGEST_CHARACTERS]


@dataclass(frozen=True, slots=True)
class Ledger:
    """The lines about one person; `added` are those of them that are not stored yet."""

    lines: tuple[Line, ...] = ()
    added: tuple[Line, ...] = ()

    def having(self, *more: Line) -> "Ledger":
        """Return it with these lines too, each once."""
        known = {each.id for each in self.lines}
        new = tuple({each.id: each for each in more if each.id not in known}.values())
        return Ledger((*self.lines, *new), (*self.added, *new))

    def last_of(self, purpose: str) -> Line | None:
        """Return what comes last of a purpose."""
        found = (each for each in self.lines if each.purpose == purpose)
        return max(found, key=lambda each: each.place, default=None)

    def withdrawn_since(self, purpose: str, given_at: datetime) -> bool:
        """Whether a consent that was given then was taken back since."""
        return any(
            each.purpose == purpose and each.step == Step.WITHDRAWN and each.at >= given_at
            for each in self.lines
        )

    def told(self) -> tuple[LedgerEntry, ...]:
        """Return it in order, with what was said again and again of a purpose as one entry.

        What was taken back is of the text that was agreed to before it.
        """
        entries: list[LedgerEntry] = []
        newest: dict[str, int] = {}
        for line in sorted(self.lines, key=lambda each: each.place):
            before = entries[newest[line.purpose]] if line.purpose in newest else None
            text = line.text or (before.version if before else "")
            if before and (before.step, before.version) == (line.step, text):
                again = line.at if line.at > before.at else before.again
                entries[newest[line.purpose]] = replace(before, again=again)
                continue
            newest[line.purpose] = len(entries)
            entries.append(LedgerEntry(line.purpose, line.step, text, line.at, line.source))
        return tuple(entries)


def line(
    person_id: str,
    purpose: str,
    step: Step,
    said: Said,
    *,
    text: str = "",
    again_at: datetime | None = None,
) -> Line:
    """Return the line of one thing that was said."""
    moments = [each.astimezone(UTC).isoformat() for each in (said.at, again_at) if each]
    name = json.dumps([person_id, purpose, step, text, said.by, *moments])
    return Line(
        str(uuid5(NAMESPACE, name)), person_id, purpose, step, text, said.at, said.by, again_at
    )


def given(person_id: str, consents: Mapping[str, Consent], by: str) -> list[Line]:
    """Return what somebody says that a person agreed to."""
    return [
        line(person_id, purpose, Step.GIVEN, Said(by, each.given_at), text=each.version)
        for purpose, each in consents.items()
    ]


def taken_back(person: Participant, ledger: Ledger, purpose: str, said: Said) -> Ledger:
    """Return the ledger with a consent taken back.

    What stood before there was a ledger is written down first.
    """
    registered_by = person.references[0].publisher if person.references else ""
    noted = {(each.purpose, each.text, each.at) for each in ledger.lines}
    unnoted = {
        name: each
        for name, each in person.profile.consents.items()
        if (name, each.version, each.given_at) not in noted
    }
    end = line(person.id, purpose, Step.WITHDRAWN, said)
    return ledger.having(*given(person.id, unnoted, registered_by), end)


def not_repeated(
    before: Participant, now: Mapping[str, Consent], ledger: Ledger, said: Said
) -> list[Line]:
    """Return what stood so far and is said no more, but for what was taken back."""
    return [
        line(before.id, purpose, Step.LEFT_OUT, said, text=each.version)
        for purpose, each in before.profile.consents.items()
        if purpose not in now and not ledger.withdrawn_since(purpose, each.given_at)
    ]


def repeated_again(
    person_id: str, now: Mapping[str, Consent], ledger: Ledger, said: Said
) -> list[Line]:
    """Return what stands again after it was left out for a while."""
    left_out = (ledger.last_of(purpose) for purpose in now)
    back = {each.purpose for each in left_out if each and each.step == Step.LEFT_OUT}
    return [
        line(
            person_id,
            purpose,
            Step.GIVEN,
            Said(said.by, each.given_at),
            text=each.version,
            again_at=said.at,
        )
        for purpose, each in now.items()
        if purpose in back
    ]


def of_before(person_id: str, entries: Sequence[LedgerEntry]) -> Iterable[Line]:
    """Return the lines of a ledger that lay in the participant's own record."""
    left_out: dict[str, datetime] = {}
    for each in entries:
        step, text = Step(each.step), "" if each.step == Step.WITHDRAWN else each.version
        for at in filter(None, (each.at, each.again)):
            gone = left_out.pop(each.purpose, None) if step is Step.GIVEN else None
            again_at = gone if gone and gone >= at else None
            yield line(
                person_id, each.purpose, step, Said(each.by, at), text=text, again_at=again_at
            )
            if step is Step.LEFT_OUT:
                left_out[each.purpose] = at
