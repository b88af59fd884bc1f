"""Sending what a file holds through a door, batch by batch, and telling what became of each."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from cli.doors import Door, Result
from cli.errors import UnknownSourceError
from cli.events_file import Written
from cli.outcomes import Finding, Outcome, Status


class Doors:
    """One door per source. `open_door` raises UnknownSourceError for one that has none."""

    def __init__(self, open_door: Callable[[str], Door]) -> None:
        self._open_door = open_door
        self._doors: dict[str, Door] = {}
        self._unknown: dict[str, Finding] = {}

    def open(self, sources: Iterable[str]) -> None:
        """Open a door for each source that has one. Raises CommandError where nothing runs."""
        for source in sources:
            try:
                self._doors[source] = self._open_door(source)
            except UnknownSourceError as error:
                code = "unknown-source" if source else "missing"
                self._unknown[source] = Finding("/source", code, error.sentence)

    def fault(self, source: str) -> Finding | None:
        """Say why events of that source cannot be sent; None when they can."""
        return self._unknown.get(source)

    def of(self, source: str) -> Door:
        """Return the door for events of that source."""
        return self._doors[source]

    def close(self) -> None:
        """Close all of them."""
        for door in set(self._doors.values()):
            door.close()


def send(pieces: Sequence[Written], doors: Doors) -> Iterator[list[Outcome]]:
    """Send door by door, through each in the file's order; yield the outcomes of each batch."""
    readable = [piece for piece in pieces if piece.event is not None]
    try:
        doors.open(dict.fromkeys(piece.source for piece in readable))
        yield list(_not_sent(pieces, doors))
        through: dict[Door, list[Written]] = {}
        for piece in readable:
            if doors.fault(piece.source) is None:
                through.setdefault(doors.of(piece.source), []).append(piece)
        for door, own in through.items():
            for batch in _batches(own, door):
                yield _outcomes(batch, door.submit(batch))
    finally:
        doors.close()


def _outcomes(batch: Sequence[Written], results: Sequence[Result]) -> list[Outcome]:
    return [
        result.outcome(piece.unit, piece.number, piece.id)
        for piece, result in zip(batch, results, strict=True)
    ]


def _not_sent(pieces: Iterable[Written], doors: Doors) -> Iterator[Outcome]:
    for piece in pieces:
        readable = piece.event is not None
        fault = doors.fault(piece.source) if readable else piece.fault
        if fault is not None or not readable:
            findings = (fault,) if fault else ()
            yield Outcome(piece.unit, piece.number, piece.id, Status.REJECTED, findings=findings)


def _batches(pieces: Iterable[Written], door: Door) -> Iterator[list[Written]]:
    batch: list[Written] = []
    size = 0
    for piece in pieces:
        full = len(batch) == door.most_events or size + len(piece.text) > door.most_characters
        if batch and full:
            yield batch
            batch, size = [], 0
        batch.append(piece)
        size += len(piece.text)
    if batch:
        yield batch
