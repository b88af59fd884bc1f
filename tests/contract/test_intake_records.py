"""Intake's records keep their word in memory and on MongoDB."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from typing import Any

import pytest

from services.intake import store
from services.intake.clients.ciphers import KeyedCipher
from services.intake.domain import consents as ledger
from services.intake.domain.availability import Availability, Days, WeeklySlot
from services.intake.domain.contact_preference import ContactPreference
from services.intake.domain.engagements import (
    Attendance,
    Attended,
    Engagement,
    Feedback,
    Outcome,
    Session,
)
from services.intake.domain.faults import Fault
from services.intake.domain.order import Said
from services.intake.domain.people import (
    Consent,
    KnownAs,
    Language,
    LedgerEntry,
    Participant,
    Profile,
    Sealed,
    StaysAwayFrom,
)
from services.intake.domain.reminders import ReminderTime
from services.intake.domain.submissions import Quarantined, Submission
from services.intake.ports import Consents, Participants, Quarantine
from shared.changes import Changes, Due, GivenUp
from shared.contracts.engagements import EngagementState
from shared.errors import ConflictError
from shared.exclusions import ExclusionKey
from shared.mongo import Collection, Database
from shared.transaction import Transaction
from tests.builders.exclusions import EXCLUSIONS, digests
from tests.builders.intake import NOW, engagement
from tests.fakes.intake import InMemoryConsents, InMemoryParticipants, InMemoryQuarantine
from tests.fakes.store import InMemoryStore

PROFILE = Profile(
    age_band="25-44",
    age_from=25,
    age_to=44,
    borough="Brent",
    easting=519500,
    northing=185500,
    languages=(Language("so", interpreter=True),),
    needs=("204331000000107",),
    availability=Availability(
        (WeeklySlot("mon", time(9), time(12, 30)),),
        (Days(date(2026, 12, 20), date(2027, 1, 3)),),
        (WeeklySlot("mon", time(9), time(10)),),
        term_time_only=True,
    ),
    reminders=(ReminderTime(2, time(18, 30)),),
    contact_preference=ContactPreference(
        (WeeklySlot("tue", time(17), time(19, 30)),), "Asia/Karachi", news=False, discreet=True
    ),
    monitoring={"ethnicity": "black"},
    consents={"involvement": Consent("2026-01", NOW, "web")},
    avoids=digests(partners=("A trust",), sites=("Ward 3",)),
)
CIPHER = KeyedCipher(b"f" * 32, b"q" * 32)


@dataclass
class Records:
    """Participants and the quarantine, and how changes to them are made true."""

    participants: Participants
    consents: Consents
    quarantine: Quarantine
    commit: Callable[[Changes], Awaitable[None]]


def in_memory() -> Records:
    participants, quarantine = InMemoryParticipants(), InMemoryQuarantine()
    consents = InMemoryConsents()
    kept = InMemoryStore(participants, consents, quarantine)

    async def commit(changes: Changes) -> None:
        kept.commit(changes)

    return Records(participants, consents, quarantine, commit)


async def on_mongo(database: Database) -> Records:
    for name, models in store.INDEXES.items():
        await database.create_collection(name)
        if models:
            await database[name].create_indexes(list(models))
    transaction = Transaction(database)
    commits = iter(range(100))

    async def commit(changes: Changes) -> None:
        await transaction.run([f"message {next(commits)}"], changes.writes, [])

    return Records(
        store.MongoParticipants(database, EXCLUSIONS, CIPHER),
        store.MongoConsents(database),
        store.MongoQuarantine(database),
        commit,
    )


@pytest.fixture
async def records(place: Database | None) -> Records:
    return in_memory() if place is None else await on_mongo(place)


def participant(number: int, *handles: str, **changes: Any) -> Participant:
    found = Participant(
        id=f"person-{number}",
        hub="west-london",
        references=(KnownAs("nwl-trust", f"P-{number}", handles, NOW, 3, Said(NOW, 4)),),
        profile=PROFILE,
        card="card:1",
        sealed=Sealed("n", "c"),
    )
    return replace(found, **changes)


def rejected(number: int, **changes: Any) -> Quarantined:
    found = Quarantined(
        id=f"submission-{number}",
        publisher="nwl-trust",
        event_id=f"event-{number}",
        type="wlc.participant.submitted.v1",
        faults=(Fault("/data/postcode", "postcode", "No."),),
        body=Sealed("n", "c"),
        received_at=NOW + timedelta(minutes=number),
        until=NOW + timedelta(days=90),
        about=("reference:1", "reference:2"),
    )
    return replace(found, **changes)


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


async def test_the_quarantine_is_listed_newest_first_by_publisher(records: Records) -> None:
    items = [rejected(1), rejected(2), rejected(3), rejected(4, publisher="borough-of-brent")]
    await records.commit(Changes(tuple(records.quarantine.keep(each) for each in items)))

    first = await records.quarantine.sent_by("nwl-trust", skip=0, limit=2)
    second = await records.quarantine.sent_by("nwl-trust", skip=2, limit=2)

    assert [each.id for each in (*first, *second)] == [
        "submission-3",
        "submission-2",
        "submission-1",
    ]


async def test_what_names_a_person_is_found_and_dropped(records: Records) -> None:
    items = [rejected(1), rejected(2, about=("reference:3",)), rejected(3, about=())]
    await records.commit(Changes(tuple(records.quarantine.keep(each) for each in items)))

    found = await records.quarantine.about(["reference:2", "reference:9"])
    await records.commit(Changes(tuple(records.quarantine.drop(each) for each in found)))

    assert [each.id for each in found] == ["submission-1"]
    assert await records.quarantine.get("submission-1") is None


async def test_everything_else_is_kept_as_it_is(database: Database) -> None:
    state = EngagementState.model_validate(
        engagement() | {"engagement_id": "5b0e1a37-6d5c-4a8e-8d8a-0f2f3d1f2a11", "publisher": "x"}
    ).model_dump(mode="json")
    answer = Submission("s", "x", "e", "t", "h", "event:1", "accepted", NOW, notes=("Known.",))
    entities: list[tuple[Collection[Any], Any]] = [
        (store.MongoEngagements(database), Engagement("e", "h", "x", "r", state, stated_at=NOW)),
        (
            store.MongoAttendances(database),
            Attendance("a", "h", "e", (Attended("p", attended=True, hours=1.5),)),
        ),
        (store.MongoSessions(database), Session("s", "h", "e")),
        (store.MongoFeedbacks(database), Feedback("f", "h", "e", None, "co-design", NOW)),
        (store.MongoFeedbacks(database), Feedback("g", "h", "e", "p", "co-design", NOW)),
        (store.MongoOutcomes(database), Outcome("o", "h", "e", "m", "2026-10", 75.0)),
        (store.MongoSubmissions(database), answer),
    ]

    writes = tuple(collection.keep(entity) for collection, entity in entities)
    await Transaction(database).run(["message"], writes, [])

    for collection, entity in entities:
        assert await collection.get(entity.id) == replace(entity, version=1)


async def test_people_are_looked_up_by_index(database: Database) -> None:
    records = await on_mongo(database)
    people = [participant(n, f"reference:{n}", f"email:{n}") for n in range(200)]
    await records.commit(Changes(tuple(records.participants.keep(each) for each in people)))

    query = {"references.handles": {"$in": ["reference:7", "email:7", "name-and-birth:7"]}}
    told = await database["participants"].find(query).explain()

    assert told["executionStats"]["totalDocsExamined"] == 1


async def test_second_looks_given_up_are_found_by_whom_they_name(database: Database) -> None:
    about = {"a": ["reference:1", "reference:2"], "b": ["reference:3"], "c": ["reference:1"]}
    looks = [Due("second_looks", name, NOW, {"handles": found}) for name, found in about.items()]
    await Transaction(database).run(["asked"], looks, [])
    asked = {row["_id"]: row["asked"] async for row in database["second_looks"].find()}
    given_up = [GivenUp("second_looks", name, asked[name], "KeyError") for name in ("a", "b")]
    await Transaction(database).run(["given up"], given_up, [])

    found = await store.MongoSecondLooks(database).given_up_about(["reference:1", "reference:9"])

    assert found == ["a"]


async def test_the_lines_of_a_persons_ledger_are_found_as_they_were_written(
    records: Records,
) -> None:
    lines = ledger.given("person-1", PROFILE.consents, "nwl-trust")
    others = ledger.given("person-2", PROFILE.consents, "nwl-trust")

    await records.commit(Changes(tuple(records.consents.keep(x) for x in (*lines, *others))))

    assert await records.consents.about("person-1") == [replace(each, version=1) for each in lines]
    assert not await records.consents.about("person-3")


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
