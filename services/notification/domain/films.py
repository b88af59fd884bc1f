"""Films in sign language that say what an engagement is about."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Film:
    """Where the film of an engagement is, None when staff took it back; the id is the engagement's.

    `sequence` is that of the event that told it.
    """

    id: str
    sequence: int
    url: str | None
    version: int = 0
