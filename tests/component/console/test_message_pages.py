"""What became of each message, and in place of which one it was sent."""

from uuid import uuid4

from shared.contracts.messages import (
    NotificationCallNeeded,
    NotificationDelivered,
    NotificationFailed,
    NotificationSent,
)
from tests.builders.console import ConsoleInMemory
from tests.builders.events import an_event

MAIL, TEXT, CALL = uuid4(), uuid4(), uuid4()


async def chained(hub_of_first: str = "west-london") -> ConsoleInMemory:
    """Return a console that knows an e-mail that failed, the text instead, and the call then."""
    console = ConsoleInMemory()
    await console.hear(
        an_event(
            NotificationFailed,
            hub=hub_of_first,
            subject=str(MAIL),
            data={"message_id": MAIL, "channel": "email", "error_code": "no-such-mailbox"},
        ),
        an_event(
            NotificationDelivered,
            subject=str(TEXT),
            data={"message_id": TEXT, "channel": "sms", "instead_of": MAIL, "provider": "notify"},
        ),
        an_event(
            NotificationCallNeeded,
            subject=str(CALL),
            data={"message_id": CALL, "channel": "call", "instead_of": TEXT},
        ),
    )
    return console


async def test_a_message_says_who_carried_it_and_what_it_came_in_place_of() -> None:
    console = await chained()

    async with console.signed_in() as browser:
        page = (await browser.get("/messages")).text

    assert "Delivered" in page
    assert "By way of Notify" in page
    assert "In place of the e-mail of" in page
    assert "which failed" in page
    assert "and of the text message of" in page


async def test_a_message_of_another_hub_is_not_told_of() -> None:
    console = await chained(hub_of_first="lambeth")

    async with console.signed_in() as browser:
        page = (await browser.get("/messages")).text

    assert "In place of the text message of" in page
    assert "the e-mail of" not in page


async def test_messages_that_were_delivered_can_be_listed_alone() -> None:
    console = await chained()

    async with console.signed_in() as browser:
        page = (await browser.get("/messages?status=delivered")).text
    async with console.scripted() as script:
        [row] = (await script.get("/v1/messages", params={"status": "delivered"})).json()

    assert "Failed</strong>" not in page
    assert (row["provider"], row["instead_of"]) == ("notify", str(MAIL))
    assert "script" not in row


async def test_whatever_the_order_what_became_of_a_message_last_stands() -> None:
    console = ConsoleInMemory()
    delivered = an_event(NotificationDelivered, sequence=2)
    sent = an_event(NotificationSent, sequence=1, data={"message_id": delivered.data.message_id})

    await console.hear(delivered, sent)

    stored = await console.stored.known.messages.get(str(delivered.data.message_id))
    assert stored is not None
    assert stored.state.status == "delivered"
