"""Whom matching still looks for, so that partners can help to reach them."""

from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.base import Event, Model


class WantedPeople(Model):
    """So many people with these values of the quotas' features; of others, any."""

    people: int
    features: dict[str, str] = Field(default_factory=dict)
    sentence: str


class OutreachState(Model):
    """The people missing for one engagement's match, as few as would complete it; nobody's data.

    Nobody is missing once it is closed.
    """

    outreach_id: UUID
    match_id: UUID
    engagement_id: UUID
    engagement_reference: str
    title: str
    partner: str
    wanted: tuple[WantedPeople, ...] = ()


class OutreachNews(Event):
    """News of a request, under a key that the publishers of its hub alone hear."""

    data: OutreachState

    @property
    def routing_key(self) -> str:
        """The type, then the hub."""
        return f"{self.TYPE}.{self.hub}"


class OutreachRequested(OutreachNews):
    """People are missing for a match, or others than before. Subject: the outreach request."""

    TYPE: ClassVar[str] = "wlc.outreach.requested.v1"


class OutreachClosed(OutreachNews):
    """Nobody is missing any more, or nobody is looked for any more."""

    TYPE: ClassVar[str] = "wlc.outreach.closed.v1"
