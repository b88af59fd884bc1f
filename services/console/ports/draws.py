"""Which chances people had, answers that quotas count, and what staff asked without somebody."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from shared.contracts.draws import DrawnAs, WhatIf, WhatIfState


@dataclass(frozen=True, slots=True, kw_only=True)
class ChanceView:
    """The chance (0 to 1) of one person in one approved draw, and what the lot said of them.

    The id is that of the two together; `draw_id` leads to the record of the draw.
    """

    id: str
    hub: str
    participant_id: str
    draw_id: str
    engagement_id: str
    title: str
    partner: str
    drawn_at: datetime
    chance: float
    drawn_as: DrawnAs
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaAnswers:
    """What each person of a match answered for its quotas, by id; the row's id is the match's."""

    id: str
    of: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIfView:
    """What staff asked would be drawn without somebody; `answered` by matching. Kept for a day."""

    id: str
    hub: str
    asked_by: str
    asked_at: datetime
    asked: WhatIf
    answered: WhatIfState | None = None
    version: int = 0
