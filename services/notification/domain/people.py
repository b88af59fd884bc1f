"""People as notification knows them: how each wants to be told, and the sealed card."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Self

EMAIL_NEED = "936741000000100"
CALL_NEEDS = frozenset(
    {
        "795661000000104",  # requires contact by telephone
        "796081000000106",  # requires contact by text relay
        "719561001",  # requires contact via carer
        "936721000000107",  # requires contact by letter
        "936701000000103",  # requires contact by SMS
        "367741000000102",  # requires information verbally
        "985021000000106",  # requires information read out by a third party
    }
)
"""Reasonable adjustment codes (SNOMED CT) under which an e-mail alone does not reach a person."""

POINT_SIZES = {"957331000000109": 20, "957351000000102": 24, "957371000000106": 28}
NORMAL_POINT_SIZE = 14


class Channel(StrEnum):
    """How a message goes out; all but e-mail is a task for staff."""

    EMAIL = "email"
    CALL = "call"
    SMS = "sms"
    LETTER = "letter"


class Standing(StrEnum):
    """Whether a participant may be written to; `erased` is a tombstone that nothing revives."""

    ACTIVE = "active"
    LEFT = "left"
    ERASED = "erased"


@dataclass(frozen=True, slots=True)
class Participant:
    """How a person wants to be told. No name, no address."""

    id: str
    sequence: int
    standing: Standing
    prefers: str = ""
    needs: tuple[str, ...] = ()
    reference: str | None = None
    version: int = 0

    @property
    def channel(self) -> Channel:
        """E-mail where the person chose it and no need speaks against it; else staff ring."""
        return Channel.EMAIL if self.prefers == "email" and self.reads_email else Channel.CALL

    @property
    def reads_email(self) -> bool:
        """Whether no need speaks against e-mail."""
        return EMAIL_NEED in self.needs or not CALL_NEEDS.intersection(self.needs)

    def second_channel(self, contacts: Collection[str]) -> Channel:
        """Return another channel than the first, of those there are contacts for; else a call."""
        if self.channel is Channel.CALL:
            return Channel.EMAIL if "email" in contacts and self.reads_email else Channel.CALL
        if "sms" in contacts:
            return Channel.SMS
        return Channel.LETTER if "letter" in contacts and "phone" not in contacts else Channel.CALL

    @property
    def point_size(self) -> int:
        """The type size that the person can read."""
        return max((POINT_SIZES.get(need, 0) for need in self.needs), default=0) or (
            NORMAL_POINT_SIZE
        )

    def forgotten(self, sequence: int) -> Self:
        """Return what is left after erasure: the id, so that a late event brings nothing back."""
        return replace(
            self,
            sequence=sequence,
            standing=Standing.ERASED,
            prefers="",
            needs=(),
            reference=None,
        )


@dataclass(frozen=True, slots=True)
class SealedCard:
    """A contact card under the person's own key, base64."""

    nonce: str
    ciphertext: str


@dataclass(frozen=True, slots=True)
class Contact:
    """How to reach a person; the id is the participant's. Without a card: erased for good."""

    id: str
    sequence: int
    card: SealedCard | None
    version: int = 0


@dataclass(frozen=True, slots=True)
class Addressee:
    """A person at the moment of writing to them. Never stored."""

    email: str
    address_as: str
    point_size: int = NORMAL_POINT_SIZE
