"""What each service says when it has forgotten a person. Subject: the participant."""

from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.base import Event, Model


class Forgotten(Model):
    """One service has blanked all that it had of a person; of intake also: their key is destroyed.

    `changed` counts the documents that went or were blanked, by collection.
    """

    participant_id: UUID
    service: str
    changed: dict[str, int] = Field(default_factory=dict)


class ErasureConfirmed(Event):
    """A service has forgotten a person; said again when it is asked again."""

    TYPE: ClassVar[str] = "wlc.erasure.confirmed.v1"
    data: Forgotten
