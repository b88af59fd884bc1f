"""People who are being forgotten: who they are, and what each service confirms of them."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from cli.console import ask_console, read_console
from cli.erasing.marks import Marks, marks_of, names_of, words_of
from cli.erasing.patience import AGAIN, PATIENCE_SECONDS, PAUSE_SECONDS, patiently
from cli.errors import REFUSED, UNREACHABLE, CommandError, in_lines
from cli.people import UnknownError, id_named
from cli.places import Places
from cli.terminal import progress, show
from shared.topology import ROUTES


class NoCardError(CommandError):
    """The console does not know who somebody is; they can be forgotten all the same."""

    def __init__(self, participant_id: str) -> None:
        super().__init__(f"{participant_id}: who this is cannot be read", REFUSED)


@dataclass
class Erasing:
    """People who are being forgotten, and what they would be recognised by.

    What publishers call them is searched for where it can be read, but not in the servers' files:
    a reference is no more than an id, and MongoDB overwrites what it deleted in its own time.
    """

    places: Places
    quiet: bool
    ids: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list, repr=False)
    references: list[str] = field(default_factory=list, repr=False)
    unknown: list[str] = field(default_factory=list)
    """Of whom it is not known what they would be recognised by."""
    names: dict[str, list[str]] = field(default_factory=dict, repr=False)
    """Parts of their names, by id."""
    common: frozenset[str] = frozenset()
    """Those parts that are words of everybody's here: searched for within the whole name alone."""

    @property
    def own_words(self) -> list[str]:
        """The words that are theirs alone."""
        return [word for word in self.words if word.lower() not in self.common]

    @property
    def marks(self) -> Marks:
        """Everything they would be recognised by."""
        return marks_of((*self.own_words, *self.references))

    def add(self, marks: Sequence[str]) -> None:
        """Search for these as well; whoever names some is not left without any."""
        self.words += marks
        if marks_of(marks):
            self.unknown.clear()

    def tell(self, sentence: str) -> None:
        """Say how far it is, unless scripts read along."""
        if not self.quiet:
            show(sentence)


def know_all(erasing: Erasing, people: Sequence[str], hub: str | None) -> None:
    """Find each of them. Raises UnknownError, which names by their place all who are not found."""
    faults = []
    for number, person in enumerate(people, start=1):
        try:
            know(erasing, person, hub)
        except UnknownError as error:
            faults.append(f"{number}: {error.sentence}" if people[1:] else error.sentence)
    if faults:
        raise UnknownError(in_lines(*faults))


def know(erasing: Erasing, person: str, hub: str | None) -> None:
    """Find somebody, and what they would be recognised by; of the forgotten that is not known."""
    found = id_named(erasing.places, person, hub)
    path = f"/v1/erasures/{found}"
    nobody = UnknownError(f"nobody of your hubs has the id {found}.")
    asked = read_console(erasing.places, path, nothing=nobody)
    if found not in erasing.ids:
        erasing.ids.append(found)
    words: list[str] = []
    if asked["asked_at"] is None:
        card = _card_known(erasing, found)
        words += words_of(card) if card else ()
        erasing.names[found] = names_of(card) if card else []
        erasing.references += [person] if person.lower() != found else []
    erasing.words += words
    if not marks_of(words):
        erasing.unknown.append(found)


def _card_known(erasing: Erasing, found: str) -> dict[str, Any] | None:
    """Return their card; nothing where none has arrived, or none that opens."""
    path = f"/v1/people/{found}/card"
    try:
        card: dict[str, Any] = ask_console(erasing.places, path, {}, nothing=NoCardError(found))
    except NoCardError as error:
        erasing.tell(error.sentence)
        return None
    return card


def forget(erasing: Erasing) -> list[dict[str, Any]]:
    """Order it, and return each erasure when all services have confirmed. Raises CommandError."""
    for each in erasing.ids:
        patiently(partial(ask_console, erasing.places, f"/v1/people/{each}/erase", {}))
    began, waiting, done = time.monotonic(), list(erasing.ids), dict[str, dict[str, Any]]()
    ends = began + PATIENCE_SECONDS + len(waiting)
    told: set[tuple[str, str]] = set()
    lacks: dict[str, list[str]] = {}
    with progress("forgotten by every service", len(waiting)) as bar:
        while waiting and time.monotonic() < ends:
            for each in list(waiting):
                found = patiently(partial(read_console, erasing.places, f"/v1/erasures/{each}"))
                for service in set(found["confirmed"]) - {one for who, one in told if who == each}:
                    told.add((each, service))
                    seconds = time.monotonic() - began
                    erasing.tell(f"{each}: {service} has forgotten ({seconds:.1f} s)")
                lacks[each] = found["missing"]
                if not found["missing"]:
                    waiting.remove(each)
                    done[each] = found
                    bar.advance(bar.task_ids[0])
            if waiting:
                time.sleep(PAUSE_SECONDS)
    if waiting:
        raise _unconfirmed(len(erasing.ids), [lacks[each] for each in waiting])
    return [done[each] for each in erasing.ids]


def _unconfirmed(people: int, lacks: Sequence[Sequence[str]]) -> CommandError:
    missing = ", ".join(service for service in ROUTES if any(service in each for each in lacks))
    return CommandError(
        f"{len(lacks)} of {people} are not forgotten everywhere yet; not confirmed by {missing}. "
        f"`wlc status` and `wlc failed-work list` show why. {AGAIN}",
        UNREACHABLE,
    )
