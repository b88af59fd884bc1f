"""Carriers of each sort, and what a test does around them."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.notification.clients.notify import NotifyLetters, NotifyTexts
from services.notification.clients.notify_api import NotifyAccount, NotifyApi
from services.notification.clients.print_folder import PrintFolder
from services.notification.domain import Document, HandedOver, Parcel, Receipt
from services.notification.ports import Carrier
from tests.builders.parcels import a_postal_letter, a_text
from tests.fakes.carriers import InMemoryCarrier
from tests.fakes.govuk_notify import Notify, govuk_notify
from tests.fakes.govuk_notify_rules import API_KEY, TEMPLATE_ID

NO_PDF = Document("application/pdf", "pdf", b"<html>")
STATUSES = {
    "sms": {Receipt.UNDER_WAY: "sending", Receipt.DELIVERED: "delivered"},
    "letter": {Receipt.UNDER_WAY: "accepted", Receipt.DELIVERED: "received"},
}


@dataclass
class World:
    """A carrier, and what happens at its provider."""

    carrier: Carrier
    a_parcel: Callable[[], Parcel]
    count: Callable[[str], int]
    settle: Callable[[HandedOver, Receipt], None]


@dataclass
class FarWorld(World):
    """One whose provider is elsewhere: it refuses, and connections to it break."""

    refused: Parcel
    break_after_taking: Callable[[], None]


@asynccontextmanager
async def a_world(kind: str, folder: Path) -> AsyncIterator[World]:
    """Yield a carrier of a kind: `memory`, `text`, `letter` or `folder`."""
    if kind == "memory":
        yield _in_memory()
    elif kind == "folder":
        yield _in_a_folder(folder)
    else:
        with govuk_notify(folder) as server, asking(server.url) as api:
            yield _text_messages(server, api) if kind == "text" else _letters(server, api)


@contextmanager
def asking(url: str, *, at_once: int = 8, **account: Any) -> Iterator[NotifyApi]:
    """Yield our side of GOV.UK Notify."""
    known = NotifyAccount(**{"api_key": API_KEY, "base_url": url, **account})
    api = NotifyApi(known, at_once=at_once)
    try:
        yield api
    finally:
        api.close()


def _in_memory() -> World:
    carrier, refused = InMemoryCarrier(), a_text()
    carrier.refused.add(refused.key)
    return FarWorld(
        carrier,
        a_text,
        count=lambda key: sum(parcel.key == key for parcel in carrier.taken),
        settle=lambda handed, receipt: carrier.receipts.update({handed.reference: receipt}),
        refused=refused,
        break_after_taking=lambda: setattr(carrier, "cuts", 1),
    )


def _text_messages(server: Notify, api: NotifyApi) -> World:
    return FarWorld(
        NotifyTexts(api, TEMPLATE_ID),
        a_text,
        count=lambda key: len(server.of(key)),
        settle=lambda _, receipt: _settle(server, "sms", receipt),
        refused=a_text(number="+4477"),
        break_after_taking=lambda: server.tell({"troubles": ["cut"]}),
    )


def _letters(server: Notify, api: NotifyApi) -> World:
    return FarWorld(
        NotifyLetters(api),
        a_postal_letter,
        count=lambda key: len(server.of(key)),
        settle=lambda _, receipt: _settle(server, "letter", receipt),
        refused=a_postal_letter(document=NO_PDF),
        break_after_taking=lambda: server.tell({"troubles": ["cut"]}),
    )


def _settle(server: Notify, kind: str, receipt: Receipt) -> None:
    status = STATUSES[kind].get(receipt, "permanent-failure")
    server.tell({"outcomes": {kind: status}})


def _in_a_folder(folder: Path) -> World:
    def settle(handed: HandedOver, receipt: Receipt) -> None:
        places = {
            Receipt.UNDER_WAY: ".",
            Receipt.DELIVERED: "posted",
            Receipt.UNKNOWN_ADDRESS: "returned",
        }
        (folder / handed.reference).rename(folder / places[receipt] / handed.reference)

    return World(
        PrintFolder(folder),
        a_postal_letter,
        count=lambda key: len(list(folder.glob(f"{key}.pdf"))),
        settle=settle,
    )
