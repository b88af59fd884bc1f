"""The keyring on MongoDB: one key for each person, whoever asks first."""

import asyncio
from uuid import uuid4

from shared.contracts.participants import Channel, Contact, ContactCard
from shared.keyring import Keyring
from shared.mongo import Database

MASTER = b"m" * 32
CARD = ContactCard(
    display_name="Amina Quartermain",
    address_as="Amina",
    contacts=(Contact(channel=Channel.EMAIL, value="amina@example.com"),),
)


async def test_everybody_gets_a_key_of_their_own(database: Database) -> None:
    keyring, people = Keyring(database, MASTER), [uuid4() for _ in range(20)]

    sealed = await asyncio.gather(*(keyring.seal(person, CARD) for person in people))

    opened = await asyncio.gather(*(keyring.open(each) for each in sealed))
    rows = await database["keys"].find().to_list(None)
    assert opened == [CARD] * 20
    assert {row["_id"] for row in rows} == {str(person) for person in people}
    assert len({row["wrapped"] for row in rows}) == 20


async def test_two_who_make_a_persons_key_at_once_end_with_the_same_one(
    database: Database,
) -> None:
    people = [uuid4() for _ in range(30)]
    keyrings = [Keyring(database, MASTER) for _ in range(4)]

    sealed = await asyncio.gather(
        *(keyring.seal(person, CARD) for keyring in keyrings for person in people)
    )

    opened = await asyncio.gather(*(Keyring(database, MASTER).open(each) for each in sealed))
    assert opened == [CARD] * 120
    assert await database["keys"].count_documents({}) == 30


async def test_what_was_sealed_before_a_key_was_forgotten_stays_unreadable(
    database: Database,
) -> None:
    keyring, person, other = Keyring(database, MASTER), uuid4(), uuid4()
    before, of_another = await asyncio.gather(keyring.seal(person, CARD), keyring.seal(other, CARD))

    await keyring.forget(person)

    assert await keyring.open(before) is None
    assert await keyring.open(of_another) == CARD
    after = await keyring.seal(person, CARD)
    assert await keyring.open(after) == CARD


async def test_a_card_is_sealed_again_under_the_key_there_is_and_no_key_is_made(
    database: Database,
) -> None:
    keyring, person, stranger = Keyring(database, MASTER), uuid4(), uuid4()
    await keyring.seal(person, CARD)
    other = CARD.model_copy(update={"address_as": "Mrs Quartermain"})

    again = await keyring.seal_anew(person, other)
    nothing = await keyring.seal_anew(stranger, CARD)

    assert again is not None
    assert await Keyring(database, MASTER).open(again) == other
    assert nothing is None
    assert await database["keys"].count_documents({}) == 1
    await keyring.forget(person)
    assert await keyring.seal_anew(person, other) is None
