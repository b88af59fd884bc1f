"""A copy of what is held on a person leaves nothing out, and nobody else in."""

import importlib
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from cli.subject_access.bundle import Copy, write
from deploy.accounts import SERVICES
from services.intake.domain.consents import given
from services.intake.domain.people import Consent
from services.intake.store import MongoConsents
from services.matching.domain.chances import packed
from shared.deadlines import answer_due
from shared.holding import SEALED, Held, HeldOn, Holder, Holdings
from shared.mongo import Database
from shared.periods import words_of
from tests.builders.decided import ADDED, CHANGED
from tests.builders.sweeping import periods_of, usual_settings

ME, OTHER = UUID(int=1), UUID(int=2)
MEMBER = "a member of staff"
READ_AT = datetime(2026, 11, 1, 9, tzinfo=UTC)
CONSENTS = {"involvement": {"version": "1"}}


def holdings_of(service: str) -> Holdings:
    found: Holdings = importlib.import_module(f"services.{service}.holdings").HOLDINGS
    return found


def own_row() -> dict[str, Any]:
    return {
        "_id": f"row of {ME}",
        "participant_id": str(ME),
        "said": "mine",
        "called_off_by": MEMBER,
        "sealed": {"nonce": "n", "ciphertext": "c"},
        "version": 1,
    }


def shared_row(held: Held) -> dict[str, Any]:
    """Build a row in which two people are, in every field that may be shown and in one more."""
    people = [{"participant_id": str(each), "chance": 0.5, "by": MEMBER} for each in (ME, OTHER)]
    row: dict[str, Any] = {"_id": "shared", "others": [str(ME), str(OTHER)], "who": MEMBER}
    for number, path in enumerate(held.shared):
        *above, name = path.split(".")
        inner = row.setdefault(above[0], {}) if above else row
        inner[name] = people if number % 2 else {str(ME): True, str(OTHER): False}
    return row


async def held_on(service: str, database: Database) -> HeldOn:
    holdings = holdings_of(service)
    unpacked = {
        name: Held(each.says, each.purpose, each.ground, each.shared)
        for name, each in holdings.held.items()
    }
    kept = words_of(periods_of(service), usual_settings(service))
    return await Holder(service, database, Holdings(unpacked, {}), kept=kept).held_on(ME)


@pytest.mark.parametrize("service", SERVICES)
def test_of_every_collection_it_is_said_what_it_holds_on_people_or_why_nothing(
    service: str,
) -> None:
    holdings = holdings_of(service)

    assert {*holdings.held, *holdings.of_nobody} == CHANGED[service] | ADDED.get(service, set())
    assert not holdings.held.keys() & holdings.of_nobody.keys()


@pytest.mark.parametrize("service", SERVICES)
def test_of_all_that_is_held_it_is_said_for_what_and_on_what_ground(service: str) -> None:
    for held in holdings_of(service).held.values():
        assert all((held.says, held.purpose, held.ground))


@pytest.mark.parametrize("service", SERVICES)
async def test_a_row_in_any_collection_is_found_and_nobody_else_is_in_the_copy(
    service: str, database: Database
) -> None:
    for name, held in holdings_of(service).held.items():
        other = {"_id": f"row of {OTHER}", "participant_id": str(OTHER)}
        await database[name].insert_many([own_row(), shared_row(held), other])

    found = await held_on(service, database)

    rows = {each.collection: each.rows for each in found.holdings}
    assert rows.keys() == holdings_of(service).held.keys()
    assert all(each.kept and "{}" not in each.kept for each in found.holdings)
    assert all(len(each) == 2 for each in rows.values())
    assert all(
        {"said": "mine", "sealed": SEALED}.items() <= each[0].items() for each in rows.values()
    )
    told = found.model_dump_json()
    assert str(OTHER) not in told
    assert MEMBER not in told


async def test_a_line_of_the_ledger_is_shown_with_who_told_it(database: Database) -> None:
    [line] = given(str(ME), {"involvement": Consent("1", READ_AT, "web")}, "nwl-trust")
    stored = MongoConsents(database).keep(line)
    await database["consents"].insert_one({**stored.document, "_id": stored.id, "version": 1})

    found = await held_on("intake", database)

    [[row]] = [each.rows for each in found.holdings]
    assert (row["purpose"], row["step"], row["text"]) == ("involvement", "given", "1")
    assert row["source"] == "nwl-trust"


async def test_who_is_in_a_packed_list_is_found(database: Database) -> None:
    people = {"a": packed(f"{OTHER} {ME}"), "b": packed(str(OTHER))}
    rows = [{"_id": name, "people": each, "match_id": name} for name, each in people.items()]
    await database["drawn"].insert_many(rows)

    kept = words_of(periods_of("matching"), usual_settings("matching"))
    holder = Holder("matching", database, holdings_of("matching"), kept=kept)
    found = await holder.held_on(ME)

    assert [each.rows for each in found.holdings] == [[{"_id": "a", "match_id": "a"}]]


@pytest.mark.parametrize(
    ("received", "due"),
    [
        (date(2026, 9, 3), date(2026, 10, 5)),  # 3 October is a Saturday
        (date(2026, 11, 20), date(2026, 12, 21)),  # 20 December is a Sunday
        (date(2026, 11, 25), date(2026, 12, 29)),  # Christmas, a weekend, and a substitute day
        (date(2027, 1, 31), date(2027, 3, 1)),  # February ends on a Sunday
        (date(2026, 3, 31), date(2026, 4, 30)),
        (date(2026, 12, 15), date(2027, 1, 15)),
    ],
)
def test_a_request_is_answered_within_a_calendar_month(received: date, due: date) -> None:
    holidays = {date(2026, 12, 25), date(2026, 12, 28)}

    assert answer_due(received, holidays) == due


def test_the_copy_is_a_page_that_loads_nothing_and_its_owner_alone_may_read(tmp_path: Any) -> None:
    holding = {
        "collection": "participants",
        "says": "What <you> said",
        "purpose": "to match you",
        "ground": "your consent",
        "kept": "until you ask",
        "rows": [
            {"profile": {"consents": {"involvement": {"version": "1"}}}, "needs": ["441092009"]}
        ],
    }
    held = HeldOn.model_validate(
        {
            "service": "intake",
            "participant_id": ME,
            "read_at": datetime(2026, 11, 27, tzinfo=UTC),
            "looked_in": ["participants"],
            "of_nobody": {"inbox": "ids"},
            "words": {"441092009": "Does lip read"},
            "holdings": [holding],
        }
    )
    copy = Copy(ME, date(2026, 11, 20), datetime(2026, 11, 27, 5, tzinfo=UTC), [held])

    page, data = write(copy, tmp_path / "out")

    text = page.read_text()
    assert "What &lt;you&gt; said" in text
    assert "21 December 2026" in text
    assert "Does lip read" in text
    assert not any(each in text for each in ("<script", "src=", "href=", "@import"))
    assert copy.consents == CONSENTS
    assert all(file.stat().st_mode & 0o077 == 0 for file in (page, data))
