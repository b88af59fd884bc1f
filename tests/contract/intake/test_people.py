"""People are kept as they are, and known by each of their handles, which belong to nobody else."""

from dataclasses import replace

import pytest

from services.intake.domain.people import KnownAs
from shared.changes import Changes
from shared.errors import ConflictError
from shared.mongo import Database
from tests.builders.intake_records import Records, on_mongo, participant


async def test_a_person_is_kept_as_they_are(records: Records) -> None:
    person = participant(1, "reference:1", "email:1")

    await records.commit(Changes((records.participants.keep(person),)))

    assert await records.participants.get(person.id) == replace(person, version=1)


async def test_people_are_known_by_any_of_their_handles(records: Records) -> None:
    people = [participant(n, f"reference:{n}", f"email:{n}") for n in (1, 2, 3)]
    await records.commit(Changes(tuple(records.participants.keep(each) for each in people)))

    found = await records.participants.known_by(["email:1", "reference:3", "email:9"])

    assert {each.id for each in found} == {"person-1", "person-3"}


async def test_no_handle_belongs_to_two_people(records: Records) -> None:
    first, second = participant(1, "reference:1", "email:1"), participant(2, "email:1")
    await records.commit(Changes((records.participants.keep(first),)))

    with pytest.raises(ConflictError):
        await records.commit(Changes((records.participants.keep(second),)))

    assert await records.participants.get("person-2") is None


async def test_a_handle_may_be_known_from_two_publishers_of_one_person(records: Records) -> None:
    person = participant(1, "reference:1", "email:1")
    both = (*person.references, KnownAs("borough-of-brent", "B-1", ("reference:2", "email:1")))

    await records.commit(Changes((records.participants.keep(replace(person, references=both)),)))

    found = await records.participants.known_by(["email:1"])
    assert [len(each.references) for each in found] == [2]


async def test_a_handle_given_up_is_free_again(records: Records) -> None:
    first = participant(1, "reference:1", "email:1")
    await records.commit(Changes((records.participants.keep(first),)))
    stored = await records.participants.get(first.id)
    assert stored
    moved = replace(stored, references=(KnownAs("nwl-trust", "P-1", ("reference:1",)),))
    await records.commit(Changes((records.participants.keep(moved),)))

    await records.commit(Changes((records.participants.keep(participant(2, "email:1")),)))

    assert [each.id for each in await records.participants.known_by(["email:1"])] == ["person-2"]


async def test_a_person_read_before_a_change_is_not_stored_over_it(records: Records) -> None:
    person = participant(1, "reference:1")
    await records.commit(Changes((records.participants.keep(person),)))

    with pytest.raises(ConflictError):
        await records.commit(Changes((records.participants.keep(person),)))


async def test_people_are_looked_up_by_index(database: Database) -> None:
    records = await on_mongo(database)
    people = [participant(n, f"reference:{n}", f"email:{n}") for n in range(200)]
    await records.commit(Changes(tuple(records.participants.keep(each) for each in people)))

    query = {"references.handles": {"$in": ["reference:7", "email:7", "name-and-birth:7"]}}
    told = await database["participants"].find(query).explain()

    assert told["executionStats"]["totalDocsExamined"] == 1
