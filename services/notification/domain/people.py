"""People as notification knows them: how each wants to be told, and the sealed card."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Self

from services.notification.domain.contact_times import NO_PREFERENCE, ContactPreference

EMAIL_NEED = "936741000000100"
SMS_NEED = "936701000000103"
LETTER_NEED = "936721000000107"
CALL_NEEDS = frozenset(
    {
        "795661000000104",  # requires contact by telephone
        "796081000000106",  # requires contact by text relay
        "719561001",  # requires contact via carer
        "367741000000102",  # requires information verbally
        "985021000000106",  # requires information read out by a third party
        "936641000000108",  # Makaton: no file of ours has its signs
        "936621000000101",  # Moon: the same
    }
)
"""Reasonable adjustment codes (SNOMED CT) under which nothing in writing reaches a person."""

SIGN_NEEDS = frozenset(
    {
        "204331000000107",  # British Sign Language interpreter
        "415803005",  # uses British Sign Language
        "404903008",  # uses sign language
        "520471000000105",  # prefers British Sign Language
        "936761000000104",  # Sign Supported English
    }
)
POINT_SIZES = {"957331000000109": 20, "957351000000102": 24, "957371000000106": 28}
NORMAL_POINT_SIZE = 14
ENGLISH = "en"


class Channel(StrEnum):
    """How a message goes out; a call is a task for staff, a webhook is for staff alone."""

    EMAIL = "email"
    SMS = "sms"
    LETTER = "letter"
    CALL = "call"
    WEBHOOK = "webhook"


class Format(StrEnum):
    """The written form that a person can use, from their needs."""

    STANDARD = "standard"
    EASY_READ = "easy_read"
    BRAILLE_1 = "braille_1"
    BRAILLE_2 = "braille_2"
    AUDIO = "audio"


FORMATS = {
    "796161000000101": Format.EASY_READ,
    "1082551000000100": Format.EASY_READ,  # aphasia-accessible
    "936681000000100": Format.BRAILLE_1,
    "936661000000109": Format.BRAILLE_2,
    "936601000000105": Format.AUDIO,
}
"""Which need makes which format; of several, the first of this order stands."""


class Standing(StrEnum):
    """Whether a participant may be written to; `erased` is a tombstone that nothing revives."""

    ACTIVE = "active"
    LEFT = "left"
    ERASED = "erased"


@dataclass(frozen=True, slots=True)
class Participant:
    """How a person wants to be told. No name, no address.

    `language` is the one they read, ISO 639: English wherever they said that they use it.
    """

    id: str
    sequence: int
    standing: Standing
    prefers: str = ""
    needs: tuple[str, ...] = ()
    reference: str | None = None
    language: str = ENGLISH
    interpreter: bool = False
    preference: ContactPreference = NO_PREFERENCE
    version: int = 0

    def channels(self, contacts: Collection[str], served: Collection[Channel]) -> list[Channel]:
        """Return by which channels to try, in this order; the last is a task for staff.

        `contacts` are the channels of which there is an address; `served` those we can send by.
        What a person wants and we cannot do, staff do: another channel is no answer to that.
        """
        theirs = [*self._asked_for(), *self._preferred()]
        if self.is_only_rung or (theirs and theirs[0] not in served):
            return [Channel.CALL]
        wanted = [*theirs, *WRITTEN]
        found = [each for each in dict.fromkeys(wanted) if each in served and each in contacts]
        return [each for each in found if self._can_use(each)] + [Channel.CALL]

    def other_channels(
        self, contacts: Collection[str], served: Collection[Channel]
    ) -> list[Channel]:
        """Return by which channels to reach them otherwise than at first.

        Who is rung first is written to, unless a need speaks against it.
        """
        first, *others = self.channels(contacts, served)
        if first is Channel.CALL and not CALL_NEEDS.intersection(self.needs):
            return replace(self, prefers="").channels(contacts, served)
        return others or [Channel.CALL]

    @property
    def is_only_rung(self) -> bool:
        """Whether nothing in writing is for them, neither by their needs nor by their wish."""
        if self._asked_for():
            return False
        return bool(CALL_NEEDS.intersection(self.needs)) or self.prefers == "phone"

    def _asked_for(self) -> list[Channel]:
        """Return the channels that their needs name, which stand above what they prefer."""
        named = {EMAIL_NEED: Channel.EMAIL, SMS_NEED: Channel.SMS, LETTER_NEED: Channel.LETTER}
        return [channel for need, channel in named.items() if need in self.needs]

    def _preferred(self) -> list[Channel]:
        return [Channel(self.prefers)] if self.prefers in set(WRITTEN) else []

    def _can_use(self, channel: Channel) -> bool:
        """Whether it carries the format they read: a text message is words and no more."""
        return channel is not Channel.SMS or self.format is Format.STANDARD

    @property
    def format(self) -> Format:
        """The written form that they can use."""
        found = [form for need, form in FORMATS.items() if need in self.needs]
        return found[0] if found else Format.STANDARD

    @property
    def signs(self) -> bool:
        """Whether they use British Sign Language."""
        return bool(SIGN_NEEDS.intersection(self.needs))

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
            language=ENGLISH,
            interpreter=False,
            preference=NO_PREFERENCE,
        )


WRITTEN = (Channel.EMAIL, Channel.SMS, Channel.LETTER)
"""What can be written by us, the quickest and cheapest first."""


@dataclass(frozen=True, slots=True)
class SealedCard:
    """A contact card under the person's own key, base64."""

    nonce: str
    ciphertext: str
    key: str = "1"


@dataclass(frozen=True, slots=True)
class Contact:
    """How to reach a person; the id is the participant's. Without a card: erased for good.

    By `unreachable` channels nothing arrives at the addresses of this card: that was said for good.
    """

    id: str
    sequence: int
    card: SealedCard | None
    unreachable: tuple[Channel, ...] = ()
    version: int = 0

    def without(self, channel: Channel) -> Self:
        """Return it with a channel that is not to be tried until there is another card."""
        return replace(self, unreachable=tuple(dict.fromkeys((*self.unreachable, channel))))


@dataclass(frozen=True, slots=True)
class Addressee:
    """A person at the moment of writing to them, with one address of each channel. Never stored.

    `mobile` is E.164; `address` has the lines of a postal address.
    """

    address_as: str
    email: str | None = None
    mobile: str | None = None
    address: tuple[str, ...] = ()
    has_phone: bool = False
    display_name: str = ""

    @property
    def contacts(self) -> frozenset[Channel]:
        """The channels that there is an address of."""
        has = {
            Channel.EMAIL: self.email,
            Channel.SMS: self.mobile,
            Channel.LETTER: self.address,
            Channel.CALL: self.has_phone or self.mobile,
        }
        return frozenset(channel for channel, address in has.items() if address)

    @property
    def task(self) -> Channel:
        """How staff reach them when we cannot: by hand, where there is nothing but an address."""
        by_hand = Channel.LETTER in self.contacts and Channel.CALL not in self.contacts
        return Channel.LETTER if by_hand else Channel.CALL
