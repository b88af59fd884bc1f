"""Sending what a file holds through a door, batch by batch, and telling what became of each."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from cli.doors import Door, Result
from cli.errors import CommandError
from cli.events_file import Written
from cli.outcomes import Outcome, Status


class Doors:
    """One door per publisher. `open_door` raises CommandError for a source that is not known."""

    def __init__(self, open_door: Callable[[str], Door]) -> None:
        self._open_door = open_door
        self._doors: dict[str, Door] = {}

    def open(self, sources: Iterable[str]) -> None:
        """Open a door for each source. Raises CommandError when none of them is known."""
        unknown: dict[str, CommandError] = {}
        for source in sources:
            try:
                self._doors[source] = self._open_door(source)
            except CommandError as error:
                unknown[source] = error
        if unknown and not self._doors:
            raise next(iter(unknown.values()))
        for source in unknown:  # intake says what is wrong with it, whoever hands it in
            self._doors[source] = next(iter(self._doors.values()))

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
        yield [_unreadable(piece) for piece in pieces if piece.event is None]
        through: dict[Door, list[Written]] = {}
        for piece in readable:
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


def _unreadable(piece: Written) -> Outcome:
    findings = (piece.fault,) if piece.fault else ()
    return Outcome(piece.unit, piece.number, None, Status.REJECTED, findings=findings)


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
