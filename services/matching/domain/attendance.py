"""Who took part: what somebody noted of each session, beside who was invited to it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Attendance:
    """Whether people came to a session, by id of the person; its id is the session's."""

    id: str
    sequence: int
    came: Mapping[str, bool]
    version: int = 0


def took_part(participant_id: str, sessions: Iterable[Attendance | None]) -> bool | None:
    """Whether a person came to any of these sessions; None while of one of them it is not known."""
    came = [each.came.get(participant_id) if each else None for each in sessions]
    if any(came):
        return True
    return None if None in came or not came else False
