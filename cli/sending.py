"""Sending what a file holds through a door, batch by batch, and telling what became of each."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from cli.doors import Door
from cli.events_file import Written
from cli.outcomes import Outcome, Status

BATCH_EVENTS = 100
BATCH_CHARACTERS = 500_000


class Doors:
    """One door per publisher, opened when it is first needed."""

    def __init__(self, open_door: Callable[[str], Door]) -> None:
        self._open_door = open_door
        self._doors: dict[str, Door] = {}

    def of(self, source: str) -> Door:
        """Return the door for events of that source."""
        if source not in self._doors:
            self._doors[source] = self._open_door(source)
        return self._doors[source]

    def close(self) -> None:
        """Close all of them."""
        for door in self._doors.values():
            door.close()


def send(pieces: Sequence[Written], doors: Doors) -> Iterator[list[Outcome]]:
    """Send in the file's order; yield the outcomes of each batch, in that order too."""
    try:
        for batch in _batches(pieces):
            yield _send_batch(batch, doors)
    finally:
        doors.close()


def _send_batch(batch: Sequence[Written], doors: Doors) -> list[Outcome]:
    outcomes = {p.number: _unreadable(p) for p in batch if p.event is None}
    by_source: dict[str, list[Written]] = {}
    for piece in batch:
        if piece.event is not None:
            by_source.setdefault(piece.source, []).append(piece)
    for source, pieces in by_source.items():
        results = doors.of(source).submit(pieces)
        for piece, result in zip(pieces, results, strict=True):
            outcomes[piece.number] = result.outcome(piece.unit, piece.number, piece.id)
    return [outcomes[piece.number] for piece in batch]


def _unreadable(piece: Written) -> Outcome:
    findings = (piece.fault,) if piece.fault else ()
    return Outcome(piece.unit, piece.number, None, Status.REJECTED, findings=findings)


def _batches(pieces: Iterable[Written]) -> Iterator[list[Written]]:
    batch: list[Written] = []
    size = 0
    for piece in pieces:
        full = len(batch) == BATCH_EVENTS or size + len(piece.text) > BATCH_CHARACTERS
        if batch and full:
            yield batch
            batch, size = [], 0
        batch.append(piece)
        size += len(piece.text)
    if batch:
        yield batch
