"""How somebody came to a place, as they are told."""

from dataclasses import dataclass
from enum import StrEnum


class Choice(StrEnum):
    """Drawn for the panel, drawn in reserve, or put on the panel by staff."""

    LOT = "lot"
    RESERVE = "reserve"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Chosen:
    """How a person was chosen: by the draw that did so, whatever is drawn later.

    `chance` (0 to 1) is that of being drawn for the panel; None where staff chose. `features` are
    what the quotas of the draw asked about; `follows_population`: they followed the people here.
    """

    how: Choice
    chance: float | None = None
    features: tuple[str, ...] = ()
    follows_population: bool = False
