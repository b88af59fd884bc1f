"""Which dead letters are meant: by service, type, reason and age, and by their ids."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

import typer
from aio_pika.abc import AbstractChannel

from cli.broker import DeadLetter, dead_letters
from cli.errors import REFUSED, CommandError
from deploy.accounts import SERVICES

UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}

ServiceOption = Annotated[str | None, typer.Option("--service", help="Only this service's.")]
TypeOption = Annotated[
    str | None, typer.Option("--type", help="Only of this type, such as wlc.match.approved.v1.")
]
CodeOption = Annotated[
    str | None, typer.Option("--code", help="Only with this reason, such as rule or malformed.")
]
AgeOption = Annotated[
    str | None,
    typer.Option("--older-than", metavar="AGE", help="Only what failed so long ago: 90s, 15m, 2d."),
]


@dataclass(frozen=True, slots=True)
class Selection:
    """What the options ask for; None asks for nothing. `older_than` is a number and s, m, h or d.

    Raises CommandError for a service that is none, and for an age that cannot be read.
    """

    service: str | None = None
    type: str | None = None
    code: str | None = None
    older_than: str | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be meant."""
        faults = []
        if self.service is not None and self.service not in SERVICES:
            faults.append(f"{self.service!r} is no service; there are {', '.join(SERVICES)}")
        if self.older_than is not None and span_of(self.older_than) is None:
            faults.append(f"{self.older_than!r} is no age; say 90s, 15m, 2h or 3d")
        if faults:
            raise CommandError(f"{'; '.join(faults)}.")

    async def among(self, channel: AbstractChannel) -> list[DeadLetter]:
        """Take up the dead letters that are meant."""
        return self.of(await dead_letters(channel, self.service))

    def of(self, letters: Iterable[DeadLetter]) -> list[DeadLetter]:
        """Return those that are meant."""
        age = span_of(self.older_than) if self.older_than else None
        return [
            letter
            for letter in letters
            if self.type in {None, letter.type}
            and self.code in {None, letter.reason}
            and (age is None or (letter.age is not None and letter.age > age))
        ]


def span_of(text: str) -> timedelta | None:
    found = re.fullmatch(r"(\d{1,6})([smhd])", text.strip())
    return timedelta(**{UNITS[found[2]]: int(found[1])}) if found else None


def chosen(
    found: Sequence[DeadLetter], ids: Sequence[str], *, everything: bool
) -> list[DeadLetter]:
    """Return those with these ids, or all. Raises CommandError for an id that none has."""
    check_meant(ids, everything=everything)
    if everything:
        return list(found)
    missing = set(ids) - {letter.id for letter in found}
    if missing:
        raise CommandError(
            f"no dead letter has the id {', '.join(map(repr, sorted(missing)))}; "
            "`wlc dead-letters list` shows them.",
            REFUSED,
        )
    return [letter for letter in found if letter.id in ids]


def check_meant(
    ids: Sequence[str], *, everything: bool, how: str = "name messages by their ids"
) -> None:
    """Refuse neither ids nor --all, and both. Raises CommandError, which says how to name them."""
    if ids and everything:
        raise CommandError(f"{how}, or all with --all, not both.")
    if not ids and not everything:
        raise CommandError(f"{how}, or all with --all.")
