"""Two replicas of the console on one MongoDB: what a person presses at once is told once."""

import asyncio

from services.console.handlers import build_handlers
from services.console.ports import DetailsView
from services.console.store import INDEXES, mongo_knowledge
from shared.committer import Committer
from shared.contracts.own_details import ReplyDetailsGiven
from shared.contracts.participants import ParticipantContactChanged, ParticipantRegistered
from shared.mongo import Database
from shared.outbox import INDEXES as OUTBOX_INDEXES
from shared.outbox import Outbox
from shared.transaction import Transaction
from tests.builders.console import ConsoleInMemory
from tests.builders.events import an_event
from tests.component.console.test_details_pages import CARD, FORM, ISSUED, WHO, details, of_them
from tests.fakes.publisher import InMemoryPublisher


async def replicas(
    database: Database, publisher: InMemoryPublisher
) -> tuple[ConsoleInMemory, ConsoleInMemory]:
    """Two consoles that know the person, each with a committer of its own."""
    for name, indexes in {**INDEXES, "inbox": [], "outbox": OUTBOX_INDEXES}.items():
        await database.create_collection(name)
        if indexes:
            await database[name].create_indexes(list(indexes))
    first, second = replica(database, publisher), replica(database, publisher)
    second.opener = first.opener
    first.opener.cards[str(WHO)] = CARD
    contact = an_event(ParticipantContactChanged, data={"participant_id": WHO}, subject=str(WHO))
    await first.hear(ISSUED, of_them(ParticipantRegistered), contact)
    return first, second


def replica(database: Database, publisher: InMemoryPublisher) -> ConsoleInMemory:
    console = ConsoleInMemory()
    console.stored.known = mongo_knowledge(database)
    console.handlers = build_handlers(console.stored.known, console.facts)
    outbox = Outbox(database, publisher, lease_seconds=15, limit=1000)
    console.commits = Committer(Transaction(database), outbox, group_size=20)  # type: ignore[assignment]
    return console


async def pressed(
    consoles: tuple[ConsoleInMemory, ConsoleInMemory], *names: str
) -> tuple[list[int], DetailsView]:
    """Press the button with these names at once, by turns on each; return what is then stored."""
    first, second = consoles
    path = details(first)
    async with first.visited() as one, second.visited() as other:
        presses = [
            browser.post(path, data=FORM | {"name": name, "given": "0"})
            for browser, name in zip((one, other) * len(names), names, strict=False)
        ]
        pages = await asyncio.gather(*presses)
    stored = await first.stored.known.details.get(str(WHO))
    assert stored is not None
    return sorted(page.status_code for page in pages), stored


async def test_the_same_pressed_four_times_at_once_is_told_once(database: Database) -> None:
    publisher = InMemoryPublisher()
    consoles = await replicas(database, publisher)

    statuses, stored = await pressed(consoles, *["Zaxquil Okoro"] * 4)

    assert (statuses, stored.given) == ([303] * 4, 1)
    assert [each.type for each in publisher.confirmed] == [ReplyDetailsGiven.TYPE]


async def test_of_four_that_differ_at_once_one_is_kept_and_the_others_are_asked_again(
    database: Database,
) -> None:
    publisher = InMemoryPublisher()
    consoles = await replicas(database, publisher)

    statuses, stored = await pressed(consoles, "Zax A", "Zax B", "Zax C", "Zax D")

    assert (statuses, stored.given) == ([303, 409, 409, 409], 1)
    assert [each.type for each in publisher.confirmed] == [ReplyDetailsGiven.TYPE]
