"""Contact cards are opened with the person's own key, or not at all."""

from uuid import UUID, uuid4

import pytest

from services.notification.clients.addresses import KeyringAddresses
from services.notification.domain import SealedCard
from shared.contracts.participants import Channel, Contact, ContactCard
from shared.errors import NotFoundError
from shared.keyring import Keyring
from shared.mongo import Database
from tests.builders.notification import a_participant

PRINT_20 = "957331000000109"


async def sealed(keyring: Keyring, person: UUID, *contacts: Contact) -> SealedCard:
    card = ContactCard(display_name="Asha Rao", address_as="Asha", contacts=contacts)
    found = await keyring.seal(person, card)
    return SealedCard(found.nonce, found.ciphertext)


@pytest.fixture
def keyring(database: Database) -> Keyring:
    return Keyring(database, b"k" * 32)


async def test_the_preferred_e_mail_address_is_taken(keyring: Keyring) -> None:
    person = uuid4()
    card = await sealed(
        keyring,
        person,
        Contact(channel=Channel.SMS, value="+447700900001"),
        Contact(channel=Channel.EMAIL, value="old@example.org"),
        Contact(channel=Channel.EMAIL, value="asha@example.org", preferred=True),
    )

    to = await KeyringAddresses(keyring).addressee(
        a_participant(id=str(person), needs=(PRINT_20,)), card
    )

    assert (to.email, to.address_as, to.point_size) == ("asha@example.org", "Asha", 20)


async def test_without_an_e_mail_address_there_is_nobody_to_write_to(keyring: Keyring) -> None:
    person = uuid4()
    card = await sealed(keyring, person, Contact(channel=Channel.PHONE, value="+442079460001"))

    assert await KeyringAddresses(keyring).addressee(a_participant(id=str(person)), card) is None


async def test_a_forgotten_key_opens_nothing(keyring: Keyring) -> None:
    person = uuid4()
    card = await sealed(keyring, person, Contact(channel=Channel.EMAIL, value="a@example.org"))
    await keyring.forget(person)

    with pytest.raises(NotFoundError):
        await KeyringAddresses(keyring).addressee(a_participant(id=str(person)), card)


async def test_every_channel_of_the_card_is_known(keyring: Keyring) -> None:
    person = uuid4()
    card = await sealed(
        keyring,
        person,
        Contact(channel=Channel.SMS, value="+447700900001"),
        Contact(channel=Channel.EMAIL, value="asha@example.org"),
    )

    found = await KeyringAddresses(keyring).channels(a_participant(id=str(person)), card)

    assert found == {"sms", "email"}
