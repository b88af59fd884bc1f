"""Text messages and letters by GOV.UK Notify."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from http import HTTPStatus
from io import BytesIO
from typing import Any, ClassVar, Literal

from notifications_python_client.errors import HTTPError

from services.notification.clients.notify_api import NotifyApi
from services.notification.domain import (
    HandedOver,
    NotItsKindError,
    Parcel,
    PostalLetter,
    Receipt,
    RefusedError,
    TextMessage,
)

PLACEHOLDER = "message"
"""The one placeholder that the template of text messages has: all of the words are ours."""

LONGEST_TEXT = 918
"""Six parts of a text message, the most that Notify sends (characters)."""

PDF = "application/pdf"

PLAIN_CHARACTERS = str.maketrans(
    {
        "\u2010": "-",
        "\u2011": "-",
        "\u2012": "-",
        "\u2013": "-",
        "\u2014": "-",
        "\u2212": "-",
        "\u2018": "'",
        "\u2019": "'",
        "\u201a": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u201e": '"',
        "\u2026": "...",
        "\u00a0": " ",
        "\u202f": " ",
        "\u2009": " ",
        "\u200b": "",
        "\u2060": "",
        "\ufeff": "",
        "\t": " ",
    }
)
"""Typography that says the same in GSM-7: one other character makes a text cost twice as much."""

NEVER_TAKEN = frozenset({"validation-failed", "virus-scan-failed"})
"""Statuses of what Notify looked at and put aside: nothing of it is on its way to anybody."""

RECEIPTS = {
    "delivered": Receipt.DELIVERED,
    "received": Receipt.DELIVERED,  # printed and posted; it may come back
    "permanent-failure": Receipt.UNKNOWN_ADDRESS,
    "temporary-failure": Receipt.FAILED,  # tried for 72 hours
    "technical-failure": Receipt.FAILED,
    "virus-scan-failed": Receipt.FAILED,
    "validation-failed": Receipt.FAILED,
    "cancelled": Receipt.FAILED,
    "returned-letter": Receipt.UNKNOWN_ADDRESS,
}
"""The last statuses of a notification: before them, and of any other, it is under way."""


Question = Callable[[Any], Any]
"""What is asked of Notify's client."""


class NotifyCarrier(ABC):
    """See ports.Carrier. After 7 days Notify forgets a notification, and its key."""

    template_type: ClassVar[str]

    def __init__(self, api: NotifyApi, *, name: str = "notify") -> None:
        self._api = api
        self._name = name

    @property
    def name(self) -> str:
        """See ports.Carrier."""
        return self._name

    async def find(self, key: str) -> HandedOver | None:
        """See ports.Carrier."""
        found = await self._api.ask(lambda client: self._newest(client, key), key=key)
        return HandedOver(self._name, found) if found else None

    async def hand_over(self, parcel: Parcel) -> HandedOver:
        """See ports.Carrier."""
        send = self._sending(parcel)
        reference = await self._api.ask(lambda client: str(send(client)["id"]), key=parcel.key)
        return HandedOver(self._name, reference)

    async def receipt(self, reference: str) -> Receipt:
        """See ports.Carrier."""
        status = await self._api.ask(lambda client: _status(client, reference), key=reference)
        return RECEIPTS.get(status, Receipt.UNDER_WAY)

    def _newest(self, client: Any, key: str) -> str | None:
        """Return the id of what was taken last; Notify answers with the newest first."""
        answer = client.get_all_notifications(reference=key, template_type=self.template_type)
        taken = [each for each in answer["notifications"] if each["status"] not in NEVER_TAKEN]
        return str(taken[0]["id"]) if taken else None

    @abstractmethod
    def _sending(self, parcel: Parcel) -> Question:
        """Return how to send it. Raises RefusedError and NotItsKindError of what cannot be sent."""


class NotifyTexts(NotifyCarrier):
    """Text messages, by a template of which `((message))` is all."""

    template_type = "sms"

    def __init__(self, api: NotifyApi, template_id: str, *, name: str = "notify") -> None:
        super().__init__(api, name=name)
        self._template_id = template_id

    def _sending(self, parcel: Parcel) -> Question:
        if not isinstance(parcel, TextMessage):
            raise NotItsKindError("only text messages go by this account")
        words = plain_text(parcel.words)
        if len(words) > LONGEST_TEXT:
            raise RefusedError("too long for a text message")
        return lambda client: client.send_sms_notification(
            phone_number=parcel.number,
            template_id=self._template_id,
            personalisation={PLACEHOLDER: words},
            reference=parcel.key,
        )


class NotifyLetters(NotifyCarrier):
    """Letters that are PDF already; Braille and recordings are for who prints them otherwise."""

    template_type = "letter"

    def __init__(
        self,
        api: NotifyApi,
        *,
        postage: Literal["first", "second", "economy"] = "second",
        name: str = "notify",
    ) -> None:
        super().__init__(api, name=name)
        self._postage = postage

    def _sending(self, parcel: Parcel) -> Question:
        if not isinstance(parcel, PostalLetter) or parcel.document.media_type != PDF:
            raise NotItsKindError("only letters in PDF go by this account")
        return lambda client: client.send_precompiled_letter_notification(
            reference=parcel.key,
            pdf_file=BytesIO(parcel.document.content),
            postage=self._postage,
        )


def plain_text(words: str) -> str:
    """Return the words with plain typography; no letter of any language is changed."""
    return words.translate(PLAIN_CHARACTERS)


def _status(client: Any, reference: str) -> str:
    """Return what became of it, nothing when it is too long ago for Notify to know."""
    try:
        return str(client.get_notification_by_id(reference)["status"])
    except HTTPError as error:
        if error.status_code == HTTPStatus.NOT_FOUND:
            return ""
        raise
