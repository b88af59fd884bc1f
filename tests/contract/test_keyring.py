"""The keyring on MongoDB: one key for each person, whoever asks first."""

import asyncio
import base64
from collections.abc import Sequence
from uuid import uuid4

import pytest

from shared.contracts.participants import Channel, Contact, ContactCard
from shared.errors import MalformedError, UnavailableError
from shared.key_rotation import KeyRotation
from shared.keyring import Keyring
from shared.master_keys import SecretMasterKeys, SeveralMasterKeys, Wrapped, name_of
from shared.mongo import Database
from shared.transit import Engine, TransitMasterKeys
from tests.fakes.transit import TOKEN, fake_transit

MASTER, NEXT = b"m" * 32, b"n" * 32
CARD = ContactCard(
    display_name="Amina Quartermain",
    address_as="Amina",
    contacts=(Contact(channel=Channel.EMAIL, value="amina@example.com"),),
)


def a_keyring(database: Database, *masters: bytes) -> Keyring:
    return Keyring(database, SecretMasterKeys(*(masters or (MASTER,))))


async def test_everybody_gets_a_key_of_their_own(database: Database) -> None:
    keyring, people = a_keyring(database), [uuid4() for _ in range(20)]

    sealed = await asyncio.gather(*(keyring.seal(person, CARD) for person in people))

    opened = await asyncio.gather(*(keyring.open(each) for each in sealed))
    rows = await database["keys"].find().to_list(None)
    assert opened == [CARD] * 20
    assert {row["_id"] for row in rows} == {str(person) for person in people}
    assert len({key["wrapped"] for row in rows for key in row["keys"]}) == 20


async def test_two_who_make_a_persons_key_at_once_end_with_the_same_one(
    database: Database,
) -> None:
    people = [uuid4() for _ in range(30)]
    keyrings = [a_keyring(database) for _ in range(4)]

    sealed = await asyncio.gather(
        *(keyring.seal(person, CARD) for keyring in keyrings for person in people)
    )

    opened = await asyncio.gather(*(a_keyring(database).open(each) for each in sealed))
    assert opened == [CARD] * 120
    assert await database["keys"].count_documents({}) == 30


async def test_what_was_sealed_before_a_key_was_forgotten_stays_unreadable(
    database: Database,
) -> None:
    keyring, person, other = a_keyring(database), uuid4(), uuid4()
    before, of_another = await asyncio.gather(keyring.seal(person, CARD), keyring.seal(other, CARD))

    await keyring.forget(person)

    assert await keyring.open(before) is None
    assert await keyring.open(of_another) == CARD
    after = await keyring.seal(person, CARD)
    assert await keyring.open(after) == CARD


async def test_a_card_is_sealed_again_under_the_key_there_is_and_no_key_is_made(
    database: Database,
) -> None:
    keyring, person, stranger = a_keyring(database), uuid4(), uuid4()
    await keyring.seal(person, CARD)
    other = CARD.model_copy(update={"address_as": "Mrs Quartermain"})

    again = await keyring.seal_anew(person, other)
    nothing = await keyring.seal_anew(stranger, CARD)

    assert again is not None
    assert await a_keyring(database).open(again) == other
    assert nothing is None
    assert await database["keys"].count_documents({}) == 1
    await keyring.forget(person)
    assert await keyring.seal_anew(person, other) is None


async def test_a_card_opens_as_nobody_elses_and_not_when_a_bit_of_it_is_changed(
    database: Database,
) -> None:
    keyring, person, other = a_keyring(database), uuid4(), uuid4()
    sealed = await keyring.seal(person, CARD)
    await database["keys"].insert_one(
        {**(await database["keys"].find_one({"_id": str(person)}) or {}), "_id": str(other)}
    )
    raw = bytearray(base64.b64decode(sealed.ciphertext))
    raw[0] ^= 1

    as_another = sealed.model_copy(update={"participant_id": other})
    changed = sealed.model_copy(update={"ciphertext": base64.b64encode(raw).decode()})

    for each in (as_another, changed, sealed.model_copy(update={"nonce": "no base64"})):
        with pytest.raises(MalformedError):
            await keyring.open(each)


async def test_what_lies_sealed_for_a_while_opens_by_its_own_name_alone(
    database: Database,
) -> None:
    keyring = a_keyring(database)
    sealed = await keyring.seal_text("quarantine/1", b"a whole submission")
    await keyring.seal_text("quarantine/2", b"another")

    assert await keyring.open_text("quarantine/1", *sealed) == b"a whole submission"
    with pytest.raises(MalformedError):
        await keyring.open_text("quarantine/2", *sealed)
    await keyring.forget("quarantine/1")
    assert await keyring.open_text("quarantine/1", *sealed) is None


async def test_all_keys_are_wrapped_by_another_master_while_cards_go_on_opening(
    database: Database,
) -> None:
    people = [uuid4() for _ in range(12)]
    before = a_keyring(database)
    sealed = [await before.seal(person, CARD) for person in people]
    of_before = await database["keys"].find_one({"_id": str(people[0])}) or {}
    await database["keys"].replace_one(
        {"_id": str(people[0])}, {"wrapped": of_before["keys"][0]["wrapped"]}
    )
    both = a_keyring(database, NEXT, MASTER)
    rotation = KeyRotation(database, SecretMasterKeys(NEXT, MASTER))

    assert [await both.open(each) for each in sealed] == [CARD] * 12
    found = await rotation.masters()
    assert (found.left, found.unknown) == (12, ())
    assert await rotation.rewrap_some() is False

    after = await rotation.masters()
    assert (after.left, after.keys) == (0, {name_of(NEXT): 12})
    assert [await a_keyring(database, NEXT).open(each) for each in sealed] == [CARD] * 12
    with pytest.raises(UnavailableError):
        await before.open(sealed[0])


class _Overtaken(SecretMasterKeys):
    """While it wraps anew, who still has the master of before makes one more key."""

    def __init__(self, database: Database) -> None:
        super().__init__(NEXT, MASTER)
        self._before: Keyring | None = a_keyring(database)

    async def wrap(self, keys: Sequence[bytes]) -> list[Wrapped]:
        if self._before:
            await self._before.seal(uuid4(), CARD)
            self._before = None
        return await super().wrap(keys)


async def test_keys_that_come_under_the_master_of_before_meanwhile_are_wrapped_too(
    database: Database,
) -> None:
    await a_keyring(database).seal(uuid4(), CARD)
    rotation = KeyRotation(database, _Overtaken(database))

    assert [await rotation.rewrap_some(), await rotation.rewrap_some()] == [True, False]
    assert (await rotation.masters()).left == 0


async def test_who_is_forgotten_while_keys_are_wrapped_anew_stays_forgotten(
    database: Database,
) -> None:
    keyring, person = a_keyring(database), uuid4()
    sealed = await keyring.seal(person, CARD)

    class Forgetting(SecretMasterKeys):
        async def wrap(self, keys: Sequence[bytes]) -> list[Wrapped]:
            await keyring.forget(person)
            return await super().wrap(keys)

    await KeyRotation(database, Forgetting(NEXT, MASTER)).rewrap_some()

    assert await a_keyring(database, NEXT, MASTER).open(sealed) is None
    assert await database["keys"].count_documents({}) == 0


async def test_keys_under_a_master_that_is_not_set_are_told_and_nothing_else_is_lost(
    database: Database,
) -> None:
    await a_keyring(database).seal(uuid4(), CARD)

    found = await KeyRotation(database, SecretMasterKeys(NEXT)).masters()

    assert found.unknown == (name_of(MASTER),)
    with pytest.raises(UnavailableError):
        await KeyRotation(database, SecretMasterKeys(NEXT)).rewrap_some()


@pytest.mark.parametrize("is_of_before", [False, True])
async def test_a_person_is_given_a_newer_key_and_the_old_one_goes_when_it_is_told(
    database: Database, *, is_of_before: bool
) -> None:
    keyring, person = a_keyring(database), uuid4()
    rotation = KeyRotation(database, SecretMasterKeys(MASTER))
    old = await keyring.seal(person, CARD)
    if is_of_before:
        row = await database["keys"].find_one({"_id": str(person)}) or {}
        kept = {"wrapped": row["keys"][0]["wrapped"]}
        await database["keys"].replace_one({"_id": str(person)}, kept)

    given = [await rotation.add_key(person, "second") for _ in range(2)]
    new = await keyring.seal(person, CARD)

    assert given == [True, True]
    assert (old.key, new.key) == ("1", "second")
    assert [await keyring.open(each) for each in (old, new)] == [CARD, CARD]
    for _ in range(2):
        await rotation.drop_before(person, "second")
    assert [await keyring.open(each) for each in (old, new)] == [None, CARD]
    await keyring.forget(person)
    assert await rotation.add_key(person, "third") is False
    assert await keyring.open(new) is None


async def test_a_key_service_wraps_and_keys_move_to_it_and_from_version_to_version(
    database: Database,
) -> None:
    person = uuid4()
    sealed = await a_keyring(database).seal(person, CARD)
    with fake_transit() as engine:
        service = TransitMasterKeys(Engine(engine.url, TOKEN), key="wlc")
        masters = SeveralMasterKeys(service, SecretMasterKeys(MASTER))
        keyring, rotation = Keyring(database, masters), KeyRotation(database, masters)

        assert await keyring.open(sealed) == CARD
        await rotation.rewrap_some()
        assert (await rotation.masters()).keys == {"transit:wlc:v1": 1}
        engine.rotate()
        assert (await rotation.masters()).left == 1
        await rotation.rewrap_some()

        assert (await rotation.masters()).keys == {"transit:wlc:v2": 1}
        engine.asked.clear()
        alone = Keyring(database, service)
        assert await asyncio.gather(*(alone.open(sealed) for _ in range(50))) == [CARD] * 50
        assert engine.asked == ["decrypt"]


@pytest.mark.parametrize("fault", ["token", "key", "short", "away"])
async def test_while_the_key_service_does_not_answer_nothing_is_lost(
    database: Database, fault: str
) -> None:
    person = uuid4()
    with fake_transit() as engine:
        right = Keyring(database, TransitMasterKeys(Engine(engine.url, TOKEN), key="wlc"))
        sealed = await right.seal(person, CARD)
        engine.answers_short = fault == "short"
        url = "http://127.0.0.1:9" if fault == "away" else engine.url
        at = Engine(url, "s.wrong" if fault == "token" else TOKEN)
        wrong = Keyring(database, TransitMasterKeys(at, key="no" if fault == "key" else "wlc"))

        with pytest.raises(UnavailableError):
            await wrong.open(sealed)
        with pytest.raises(UnavailableError):
            await wrong.seal(uuid4(), CARD)

        engine.answers_short = False
        assert await right.open(sealed) == CARD
