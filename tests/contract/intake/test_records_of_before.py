"""Records written before a change of their form are found until they are written anew."""

from dataclasses import replace

from services.intake.domain.people import LedgerEntry, Profile, StaysAwayFrom
from shared.changes import Changes
from shared.exclusions import ExclusionKey
from shared.mongo import Database
from tests.builders.intake import NOW
from tests.builders.intake_records import PROFILE, Records, on_mongo, participant


async def test_whose_ledger_is_in_their_own_record_is_found_until_it_is_not(
    records: Records,
) -> None:
    line = LedgerEntry("monitoring", "given", "1", NOW, "nwl-trust")
    await records.commit(Changes((records.participants.keep(participant(1, ledger=(line,))),)))
    [found] = await records.participants.with_a_ledger_of_before()

    await records.commit(Changes((records.participants.keep(replace(found, ledger=())),)))

    assert found.ledger == (line,)
    assert await records.participants.with_a_ledger_of_before() == []


async def test_who_is_known_in_words_or_by_digests_of_another_key_is_found(
    records: Records,
) -> None:
    words = StaysAwayFrom(("A trust",), ())
    foreign = ExclusionKey(b"another key of exclusions, 32 b.").digests(sites=("Ward 3",))
    people = [
        participant(1, "a"),
        participant(2, "b", profile=replace(PROFILE, of_before=words)),
        participant(3, "c", profile=replace(PROFILE, avoids=(*PROFILE.avoids, *foreign))),
        participant(4, "d", profile=Profile()),
    ]
    for each in people:
        await records.commit(Changes((records.participants.keep(each),)))

    found = await records.participants.of_before("", 10)
    rest = await records.participants.of_before("person-2", 1)

    assert [each.id for each in found] == ["person-2", "person-3"]
    assert [each.id for each in rest] == ["person-3"]


async def test_a_row_of_before_there_were_digests_is_read_by_them_and_found(
    database: Database,
) -> None:
    records = await on_mongo(database)
    row = records.participants.keep(participant(1, "a")).document
    consent = {**row["profile"]["consents"]["involvement"], "version": "said yes to Ann by phone"}
    profile = {name: each for name, each in row["profile"].items() if name in Profile.__slots__}
    del profile["avoids"], profile["of_before"]
    words = {"excluded_partners": ["A trust"], "excluded_sites": ["Ward 3"]}
    old = {**row, "profile": {**profile, **words, "consents": {"involvement": consent}}}
    await database["participants"].insert_one({**old, "_id": "person-1", "version": 1})

    [found] = await records.participants.of_before("", 10)

    assert found.profile.avoids == PROFILE.avoids
    assert found.profile.of_before == StaysAwayFrom(("A trust",), ("Ward 3",))
    assert found.profile.consents["involvement"].version.startswith("text-")
    await records.commit(Changes((records.participants.keep(replace(found, profile=PROFILE)),)))
    assert await records.participants.of_before("", 10) == []
    assert "Ward 3" not in str(await database["participants"].find_one())
