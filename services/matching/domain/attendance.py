"""Who took part: what somebody noted of each session, beside who was invited to it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Attendance:
    """Whether people came to a session, by id of the person; its id is the session's.

    Of those kept in earlier versions neither hub nor engagement is known.
    """

    id: str
    sequence: int
    came: Mapping[str, bool]
    hub: str = ""
    engagement_id: str = ""
    version: int = 0

    def is_of(self, hub: str, engagement_id: str) -> bool:
        """Whether it can be of a session of that engagement: what names another one is not."""
        same_hub = not (self.hub and hub) or self.hub == hub
        return same_hub and self.engagement_id in {"", engagement_id}


def took_part(participant_id: str, sessions: Iterable[Attendance | None]) -> bool | None:
    """Whether a person came to any of these sessions; None while of one of them it is not known."""
    came = [each.came.get(participant_id) if each else None for each in sessions]
    if any(came):
        return True
    return None if None in came or not came else False
