"""Refused events, consents, engagements and second looks are kept as they are, and found."""

from dataclasses import replace
from typing import Any

from services.intake import store
from services.intake.domain import consents as ledger
from services.intake.domain.engagements import (
    Attendance,
    Attended,
    Engagement,
    Feedback,
    Outcome,
    Session,
)
from services.intake.domain.submissions import Submission
from shared.changes import Changes, Due, GivenUp
from shared.contracts.engagements import EngagementState
from shared.mongo import Collection, Database
from shared.transaction import Transaction
from tests.builders.intake import NOW, engagement
from tests.builders.intake_records import PROFILE, Records, rejected


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
