"""What a person asks and says of their own details, by a link. Subject: the participant."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from shared.contracts.base import Event, Model
from shared.contracts.participants import Channel, ContactPreference, Language, SealedContact


class DetailsLinkAsked(Model):
    """A person wants the link to their details, which opens until `ends_at`."""

    participant_id: UUID
    ends_at: datetime


class DetailsGiven(Model):
    """All that a person said of themselves on that page, who they are sealed under their own key.

    `needs` are those that they have, `needs_dropped` those that were known and that they took back;
    of any other need they said nothing. Without `contact_preference` they were not asked for it.
    """

    participant_id: UUID
    sealed: SealedContact
    preferred_channel: Channel
    languages: tuple[Language, ...] = ()
    needs: tuple[str, ...] = ()
    needs_dropped: tuple[str, ...] = ()
    contact_preference: ContactPreference | None = None


class ErasureAsked(Model):
    """A person asks to be forgotten altogether."""

    participant_id: UUID


class ConsentWithdrawal(Model):
    """A person takes back what they agreed to for one purpose."""

    participant_id: UUID
    purpose: str


class ReplyDetailsLinkAsked(Event):
    """A person asked for the link to their details; the sequence counts how often."""

    TYPE: ClassVar[str] = "wlc.reply.details_link_asked.v1"
    data: DetailsLinkAsked


class ReplyDetailsGiven(Event):
    """A person corrected their own details; the sequence counts how often."""

    TYPE: ClassVar[str] = "wlc.reply.details_given.v1"
    data: DetailsGiven


class ReplyErasureAsked(Event):
    """A person asked by their own link to be forgotten; said again, it is as once."""

    TYPE: ClassVar[str] = "wlc.reply.erasure_asked.v1"
    data: ErasureAsked


class ReplyConsentWithdrawn(Event):
    """A person took a consent back by their own link; said again, it is as once."""

    TYPE: ClassVar[str] = "wlc.reply.consent_withdrawn.v1"
    data: ConsentWithdrawal
