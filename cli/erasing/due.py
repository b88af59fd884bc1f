"""`wlc erase --due`: what is still to be cleaned after people who were forgotten by themselves.

Services forget who asks for it on their own page, through a publisher, or has left long ago. What
RabbitMQ keeps of what it delivered, and dead letters, they cannot clean: the operator can.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from pymongo.errors import PyMongoError

from cli.audited import write_down_done
from cli.doctoring.database import operators_client
from cli.erasing.traces import CLEANED, Cleaning
from cli.errors import REFUSED, UNREACHABLE, CommandError, in_lines, unreachable
from cli.places import MONGO_URL, Places
from cli.terminal import show, show_json
from deploy.rights import CONSOLE
from shared.topology import ROUTES

NOT_ALL = (
    "there are more dead letters than are looked at at once, so some of theirs may be left; settle "
    "some (`wlc dead-letters`), then run it again."
)
Rows = Iterable[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Forgotten:
    """Somebody who was forgotten, and which services have not confirmed it."""

    id: str
    missing: tuple[str, ...] = ()


class Cases(Protocol):
    """Who was forgotten, and after whom all is cleaned."""

    def due(self) -> list[Forgotten]:
        """Return those who were forgotten since all was cleaned after them."""
        ...

    def note_cleaned(self, ids: list[str]) -> None:
        """Write down that all is cleaned after them."""
        ...


@dataclass(frozen=True, slots=True)
class CasesHere:
    """As intake and the audit trail have them. Raises CommandError."""

    places: Places

    def due(self) -> list[Forgotten]:
        """See Cases."""
        try:
            with operators_client(self.places) as client:
                cleanings = client[CONSOLE]["audit"].find({"what": CLEANED})
                cases = client["intake"]["erasure_cases"].find({}).sort("_id")
                return list(due_of(cases, cleanings))
        except PyMongoError as error:
            raise unreachable("MongoDB", MONGO_URL) from error

    def note_cleaned(self, ids: list[str]) -> None:
        """See Cases."""
        write_down_done(self.places, CLEANED, ids)


def due_of(cases: Rows, cleanings: Rows) -> Iterator[Forgotten]:
    """Yield those who were forgotten, or forgotten again, since it was noted after them."""
    cleaned: dict[str, datetime] = {}
    for row in cleanings:
        at = datetime.fromisoformat(row["at"])
        cleaned[row["about"]] = max(at, cleaned.get(row["about"], at))
    for case in cases:
        asked_at = datetime.fromisoformat(case["asked_at"])
        if case["_id"] not in cleaned or cleaned[case["_id"]] <= asked_at:
            yield Forgotten(case["_id"], tuple(x for x in ROUTES if x not in case["confirmed"]))


@dataclass
class Outcome:
    """What was done: after whom, what of it, and what could not be."""

    due: list[Forgotten]
    letters: int = 0
    are_all: bool = True
    cleaned: list[str] = field(default_factory=list)
    kept: CommandError | None = None

    @property
    def unconfirmed(self) -> list[Forgotten]:
        """Those whom some service has not forgotten yet; all is cleaned after them later."""
        return [each for each in self.due if each.missing]


def clean_due(cases: Cases, cleaning: Cleaning) -> Outcome:
    """Clean once after all who are due, and write it down. Raises CommandError."""
    outcome = Outcome(cases.due())
    done = [each.id for each in outcome.due if not each.missing]
    if not done:
        return outcome
    cleaning.check()
    dropped = cleaning.drop_letters(done)
    outcome.letters, outcome.are_all = dropped.count, dropped.are_all
    outcome.kept = cleaning.renew()
    if outcome.kept is None and outcome.are_all:
        cases.note_cleaned(done)
        outcome.cleaned = done
    return outcome


def tell(outcome: Outcome, *, as_json: bool) -> None:
    """Show what was done; CommandError names what was not."""
    if as_json:
        show_json(
            {
                "due": len(outcome.due),
                "cleaned": outcome.cleaned,
                "dead_letters_dropped": outcome.letters,
                "unconfirmed": {each.id: each.missing for each in outcome.unconfirmed},
            }
        )
    elif not outcome.due:
        show("nobody was forgotten since all was cleaned.")
    else:
        show(f"cleaned after {len(outcome.cleaned)} people who were forgotten")
        show(f"dead letters dropped: {outcome.letters}")
        if outcome.cleaned:
            show("RabbitMQ has let go of what it had delivered")
    kept = outcome.kept
    said = [f"RabbitMQ still has what it had delivered: {kept.sentence}"] if kept else []
    said += [] if outcome.are_all else [NOT_ALL]
    said += [
        f"{each.id} is not forgotten everywhere yet; not confirmed by {', '.join(each.missing)}."
        for each in outcome.unconfirmed
    ]
    if said:
        is_done = kept is None and outcome.are_all
        raise CommandError(in_lines(*said), UNREACHABLE if is_done else REFUSED)
