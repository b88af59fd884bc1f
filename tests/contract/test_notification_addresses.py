"""Contact cards are opened with the person's own key, or not at all."""

from uuid import UUID, uuid4

import pytest

from services.notification.clients.addresses import KeyringAddresses
from services.notification.domain import Channel as By
from services.notification.domain import SealedCard
from shared.contracts.participants import Channel, Contact, ContactCard
from shared.errors import NotFoundError
from shared.keyring import Keyring
from shared.master_keys import SecretMasterKeys
from shared.mongo import Database
from tests.builders.notification import a_participant


async def sealed(keyring: Keyring, person: UUID, *contacts: Contact) -> SealedCard:
    card = ContactCard(display_name="Asha Rao", address_as="Asha", contacts=contacts)
    found = await keyring.seal(person, card)
    return SealedCard(found.nonce, found.ciphertext)


@pytest.fixture
def keyring(database: Database) -> Keyring:
    return Keyring(database, SecretMasterKeys(b"k" * 32))


async def test_the_preferred_e_mail_address_is_taken(keyring: Keyring) -> None:
    person = uuid4()
    card = await sealed(
        keyring,
        person,
        Contact(channel=Channel.SMS, value="+447700900001"),
        Contact(channel=Channel.EMAIL, value="old@example.org"),
        Contact(channel=Channel.EMAIL, value="asha@example.org", preferred=True),
    )

    to = await KeyringAddresses(keyring).addressee(a_participant(id=str(person)), card)

    assert (to.email, to.address_as) == ("asha@example.org", "Asha")


async def test_without_an_e_mail_address_there_is_none_to_write_to(keyring: Keyring) -> None:
    person = uuid4()
    card = await sealed(keyring, person, Contact(channel=Channel.PHONE, value="+442079460001"))

    to = await KeyringAddresses(keyring).addressee(a_participant(id=str(person)), card)

    assert to.email is None
    assert to.contacts == {By.CALL}


async def test_a_forgotten_key_opens_nothing(keyring: Keyring) -> None:
    person = uuid4()
    card = await sealed(keyring, person, Contact(channel=Channel.EMAIL, value="a@example.org"))
    await keyring.forget(person)

    with pytest.raises(NotFoundError):
        await KeyringAddresses(keyring).addressee(a_participant(id=str(person)), card)


async def test_every_contact_of_the_card_is_known(keyring: Keyring) -> None:
    person = uuid4()
    card = await sealed(
        keyring,
        person,
        Contact(channel=Channel.SMS, value="+447700900001"),
        Contact(channel=Channel.EMAIL, value="asha@example.org"),
        Contact(channel=Channel.LETTER, value="12 Mattock Lane\nLondon\nW13 9LA"),
    )

    to = await KeyringAddresses(keyring).addressee(a_participant(id=str(person)), card)

    assert to.contacts == {By.SMS, By.EMAIL, By.LETTER, By.CALL}
    assert to.address == ("12 Mattock Lane", "London", "W13 9LA")
