"""What is handed over to whoever carries it, and what they say of it afterwards."""

from dataclasses import dataclass, field
from enum import StrEnum

from shared.errors import AppError, UnavailableError


class RefusedError(AppError):
    """Who carries messages will not take this one for this address, now or later."""

    code = "refused"


class NotReachedError(UnavailableError):
    """It certainly did not arrive where it was to be handed over: another may be tried."""

    code = "not-reached"


class NotItsKindError(NotReachedError):
    """A parcel of a kind that the carrier never takes; that says nothing of its health."""

    code = "not-its-kind"


@dataclass(frozen=True, slots=True)
class Document:
    """A letter as a file: what is in it, and how files of its kind end."""

    media_type: str
    ending: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class TextMessage:
    """A text message; `key` is the same at each try. The number is E.164."""

    key: str
    number: str = field(repr=False)
    words: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class PostalLetter:
    """A letter to be printed and posted; `key` is the same at each try."""

    key: str
    address: tuple[str, ...] = field(repr=False)
    document: Document = field(repr=False)


Parcel = TextMessage | PostalLetter


@dataclass(frozen=True, slots=True)
class HandedOver:
    """That a provider took a parcel; `reference` is its own id of it."""

    provider: str
    reference: str


class Receipt(StrEnum):
    """What is known of a parcel that was handed over.

    `failed`: it does not arrive, whoever is at fault. `unknown_address`: nothing sent there does.
    """

    UNDER_WAY = "under_way"
    DELIVERED = "delivered"
    FAILED = "failed"
    UNKNOWN_ADDRESS = "unknown_address"

    @property
    def is_failure(self) -> bool:
        """Whether the person is to be told another way."""
        return self in {Receipt.FAILED, Receipt.UNKNOWN_ADDRESS}
