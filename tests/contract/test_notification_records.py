"""The contract of notification's records, on the fake and on MongoDB."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from services.notification.domain import Channel, Chosen, Contact, Kind, SealedCard, Status
from services.notification.ports import Records
from services.notification.store import INDEXES, MongoRecords
from shared.changes import Changes
from shared.errors import ConflictError
from shared.mongo import Database
from shared.transaction import Transaction
from tests.builders.notification import NOW, a_match, a_message, a_participant, an_invitation
from tests.fakes.notification import InMemoryRecords


class Stored:
    """Records, and a way to make changes true."""

    def __init__(self, records: Records, commit: Callable[[Changes], Any]) -> None:
        self.records = records
        self._commit = commit

    async def commit(self, *writes: Any) -> None:
        done = self._commit(Changes(writes))
        if done is not None:
            await done


@pytest.fixture
def in_memory() -> Stored:
    records = InMemoryRecords()
    return Stored(records, records.commit)


@pytest.fixture
async def in_mongo(database: Database) -> Stored:
    for name, indexes in INDEXES.items():
        await database.create_collection(name)
        if indexes:
            await database[name].create_indexes(indexes)
    transaction = Transaction(database)

    async def commit(changes: Changes) -> None:
        await transaction.run([str(uuid4())], changes.writes, [])

    return Stored(MongoRecords(database), commit)


@pytest.fixture(params=["in_memory", "in_mongo"])
def stored(request: pytest.FixtureRequest) -> Stored:
    return request.getfixturevalue(request.param)


async def test_what_is_kept_is_found_as_it_was_with_the_next_version(stored: Stored) -> None:
    invitation = an_invitation(chosen=Chosen("lot", 0.12))
    message = a_message(Kind.REMINDER)
    person, match = a_participant(needs=("1",)), a_match(unmet=("Two more are needed.",))
    contact = Contact(person.id, 3, SealedCard("bm9uY2U=", "Y2lwaGVy"))
    records = stored.records

    await stored.commit(
        records.invitations.keep(invitation),
        records.messages.keep(message),
        records.participants.keep(person),
        records.contacts.keep(contact),
        records.matches.keep(match),
    )

    for collection, entity in (
        (records.invitations, invitation),
        (records.messages, message),
        (records.participants, person),
        (records.contacts, contact),
        (records.matches, match),
    ):
        found = await collection.get(entity.id)
        assert found is not None
        assert found.version == 1
        assert type(found)(**{**fields(found), "version": 0}) == entity


def fields(entity: Any) -> dict[str, Any]:
    return {name: getattr(entity, name) for name in entity.__dataclass_fields__}


async def test_a_settled_message_is_queued_no_more(stored: Stored) -> None:
    first, second = a_message(participant_id="p"), a_message(participant_id="p")
    messages = stored.records.messages
    await stored.commit(
        messages.keep(first), messages.keep(second), messages.keep(a_message(participant_id="q"))
    )
    kept = await messages.get(first.id)

    await stored.commit(messages.keep(kept.settled(Status.SENT, Channel.EMAIL, NOW)))

    assert [message.id for message in await messages.queued_for("p")] == [second.id]


async def test_messages_are_found_by_their_invitation(stored: Stored) -> None:
    message, other = a_message(invitation_id="i"), a_message(invitation_id="j")
    messages = stored.records.messages

    await stored.commit(messages.keep(message), messages.keep(other))

    assert [found.id for found in await messages.about_invitation("i")] == [message.id]


async def test_messages_are_found_by_their_match(stored: Stored) -> None:
    queued, sent, other = (a_message(match_id=match) for match in ("m", "m", "n"))
    messages = stored.records.messages
    done = sent.settled(Status.SENT, Channel.EMAIL, NOW)

    await stored.commit(messages.keep(queued), messages.keep(done), messages.keep(other))

    found = {each.id for each in await messages.about_match("m")}
    assert found == {queued.id, done.id}


async def test_invitations_are_found_by_their_person_and_dropped(stored: Stored) -> None:
    invitations = stored.records.invitations
    await stored.commit(
        *(invitations.keep(an_invitation(participant_id=person)) for person in ("p", "p", "q"))
    )

    await stored.commit(
        *(invitations.drop(found) for found in await invitations.of_participant("p"))
    )

    assert await invitations.of_participant("p") == []
    assert len(await invitations.of_participant("q")) == 1


async def test_a_write_from_an_old_version_changes_nothing(stored: Stored) -> None:
    message = a_message()
    messages = stored.records.messages
    await stored.commit(messages.keep(message))

    with pytest.raises(ConflictError):
        await stored.commit(messages.keep(message.settled(Status.FAILED, Channel.EMAIL, NOW)))

    assert (await messages.get(message.id)).status is Status.QUEUED


async def test_an_invitation_from_before_it_was_kept_how_people_were_chosen_is_read(
    database: Database,
) -> None:
    invitations = MongoRecords(database).invitations
    put = invitations.keep(an_invitation(chosen=Chosen("lot", 0.12)))
    before = {key: value for key, value in put.document.items() if key != "chosen"}
    await database[put.collection].insert_one({**before, "_id": put.id, "version": 1})

    found = await invitations.get(put.id)

    assert before != put.document
    assert found.chosen is None
