"""What is asked of draws: which chance each person had, and what another draw would bring."""

from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from pydantic import AwareDatetime

from shared.contracts.base import Event, Model
from shared.contracts.matches import Evenness, QuotaFit, Shortfall


class DrawnAs(StrEnum):
    """What became of a person in a draw."""

    PANEL = "panel"
    RESERVE = "reserve"
    NOT_DRAWN = "not_drawn"


class PersonChance(Model):
    """The chance (0 to 1) that one person had of being on the panel, and what the lot said."""

    participant_id: UUID
    chance: float
    drawn_as: DrawnAs


class DrawChances(Model):
    """Some of the people who were in an approved draw, each with their chance.

    `draw_id` is the subject under which the record of the draw was told. Who was put on the panel
    by staff, or held a place already, was not in the lot and is not here.
    """

    draw_id: UUID
    match_id: UUID
    engagement_id: UUID
    engagement_reference: str
    title: str
    partner: str
    drawn_at: AwareDatetime
    chances: tuple[PersonChance, ...]


class MatchChancesRemembered(Event):
    """Chances in an approved draw count from now on. Subject: this part of the draw's people."""

    TYPE: ClassVar[str] = "wlc.match.chances_remembered.v1"
    data: DrawChances


class WhatIf(Model):
    """A question of staff: what would be drawn for the match they saw, were one person left out."""

    what_if_id: UUID
    match_id: UUID
    engagement_id: UUID
    participant_id: UUID
    match_sequence: int


class WhatIfFault(StrEnum):
    """Why a question has no answer.

    `match_moved_on`: the match is not as staff saw it any more. `match_not_open`: it does not wait
    for a decision. `person_fixed`: the person holds a place. `not_computed`: the draw failed.
    """

    MATCH_MOVED_ON = "match_moved_on"
    MATCH_NOT_OPEN = "match_not_open"
    PERSON_FIXED = "person_fixed"
    NOT_COMPUTED = "not_computed"


class PanelFigures(Model):
    """A panel without its people: how many they are, what they meet, how even the chances were."""

    places: int
    eligible: int
    panel: int
    reserves: int
    quotas: tuple[QuotaFit, ...] = ()
    unmet: tuple[Shortfall, ...] = ()
    evenness: Evenness | None = None


class Move(Model):
    """A person of whom the other draw says something else."""

    participant_id: UUID
    before: DrawnAs
    after: DrawnAs


class WhatIfState(Model):
    """The panel as it stands and as it would be drawn; with a `fault` there is neither.

    `moves`: everybody of whom the two say something else, first who would be left out.
    """

    what_if_id: UUID
    match_id: UUID
    engagement_id: UUID
    participant_id: UUID
    match_sequence: int
    before: PanelFigures | None = None
    after: PanelFigures | None = None
    moves: tuple[Move, ...] = ()
    fault: WhatIfFault | None = None


class MatchWhatIfAsked(Event):
    """Staff ask what leaving a person out would bring; nothing changes by it. Subject: this asking.

    It is asked once, and answered once.
    """

    TYPE: ClassVar[str] = "wlc.match.what_if_asked.v1"
    data: WhatIf


class MatchWhatIfAnswered(Event):
    """What leaving a person out would bring. Subject: the asking."""

    TYPE: ClassVar[str] = "wlc.match.what_if_answered.v1"
    data: WhatIfState
