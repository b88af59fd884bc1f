"""What is asked of draws: which chance each person had, and what another draw would bring."""

from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from pydantic import AwareDatetime

from shared.contracts.base import Event, Model


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
