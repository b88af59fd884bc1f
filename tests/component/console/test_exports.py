"""Staff take figures away as files in which nobody is found; who took which stays known."""

import csv
import io
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.console.api.tables import TABLES
from services.console.api.tables import rows as rows_of_tables
from services.console.ports import Group, Role
from shared.contracts.engagements import EngagementPublished
from shared.contracts.matches import MatchProposed
from shared.contracts.sessions import SessionAnnounced
from tests.builders.console import ConsoleInMemory, a_member
from tests.builders.events import an_event
from tests.component.console.test_reach_over_time import MONTHS, ask, asked_in

HIDDEN = "*"
PERIOD = {"from": "2026-07", "to": "2026-11"}


async def busy() -> ConsoleInMemory:
    console = asked_in([20, 0, 3, 40, 11])
    starts = {"starts_at": "2026-11-24T10:00:00Z", "ends_at": "2026-11-24T12:00:00Z"}
    await console.hear(
        an_event(EngagementPublished, data={"title": "=HYPERLINK(0)"}),
        an_event(MatchProposed),
        an_event(SessionAnnounced, data=starts),
    )
    return console


async def taken(console: ConsoleInMemory, file: str, **more: str) -> list[dict[str, str]]:
    async with console.signed_in() as browser:
        answer = await browser.post("/exports", data={"file": file, **PERIOD, **more})
    assert answer.status_code == 200, answer.text
    text = answer.content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


@pytest.mark.parametrize("file", TABLES)
async def test_each_file_has_the_columns_that_are_explained_and_names_nobody(file: str) -> None:
    console = await busy()
    people = an_event(SessionAnnounced).data.attendees

    async with console.signed_in() as browser:
        answer = await browser.post("/exports", data={"file": file, **PERIOD})

    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    assert answer.headers["content-type"].startswith("text/csv; charset=utf-8")
    assert f'filename="west-london-{file}-2026-07-to-2026-11.csv"' in str(answer.headers)
    assert rows[0] == list(TABLES[file].columns)
    assert len(rows) > 1
    assert {len(row) for row in rows} == {len(rows[0])}
    assert not any(each.participant_reference in answer.text for each in people)
    assert not any(str(each.participant_id) in answer.text for each in people)


async def test_who_takes_which_file_of_which_months_stays_known() -> None:
    console = await busy()

    await taken(console, "reach")

    assert ("amina", "exported", "reach 2026-07 to 2026-11") in console.stored.audited


async def test_opening_the_page_takes_nothing_and_notes_nothing() -> None:
    console = await busy()

    async with console.signed_in() as browser:
        before = console.stored.audited
        page = await browser.get("/exports")
        after = console.stored.audited

    assert (page.status_code, before) == (200, after)
    assert "How numbers are hidden" in page.text


async def test_what_is_wrong_is_said_all_at_once_and_nothing_is_taken() -> None:
    console = await busy()

    async with console.signed_in() as browser:
        wrong = {"file": "people", "from": "2026-12", "to": "2026-11"}
        refused = await browser.post("/exports", data=wrong)

    assert refused.status_code == 422
    assert "Choose a file" in refused.text
    assert "Enter months such as 2026-04" in refused.text
    assert not [each for each in console.stored.audited if each[1] == "exported"]


async def test_no_cell_is_a_formula() -> None:
    [engagement] = await taken(await busy(), "engagements")

    assert engagement["title"] == "'=HYPERLINK(0)"


async def test_a_session_has_its_places_who_said_yes_and_who_came_in_numbers() -> None:
    console = ConsoleInMemory()
    attendees: list[dict[str, Any]] = [
        {
            **an_event(SessionAnnounced).data.attendees[0].model_dump(mode="json"),
            "answer": "accepted",
            "attended": attended,
        }
        for attended in (True, True, False)
    ]
    starts = {"starts_at": "2026-07-24T10:00:00Z", "ends_at": "2026-07-24T12:00:00Z"}
    await console.hear(an_event(SessionAnnounced, data={**starts, "attendees": attendees}))

    [session] = await taken(console, "sessions")

    assert (session["places"], session["coming"], session["came"]) == ("4", "3", "2")
    assert session["starts"] == "2026-07-24 11:00"


async def test_a_small_group_is_hidden_and_cannot_be_had_from_the_others() -> None:
    console = ConsoleInMemory()
    groups = console.stored.known.groups
    for sex, count in {"male": 3, "female": 12, "": 30}.items():
        people = [uuid4() for _ in range(count)]
        ask(console, "2026-10", *people)
        for who in people if sex else ():
            group = Group(id=str(who), hub="west-london", answers={"sex": sex})
            groups.entities[group.id] = group  # type: ignore[attr-defined]

    rows = await taken(console, "reach")

    by_sex = {row["group"]: row["asked"] for row in rows if row["by"] == "By sex"}
    assert by_sex == {
        "Female": HIDDEN,
        "Male": HIDDEN,
        "Not given, or rather not said": "30",
    }
    assert {row["numbers"] for row in rows} == {rows_of_tables.ROUNDED}


@given(st.lists(st.integers(0, 30), min_size=5, max_size=5))
@settings(deadline=None, max_examples=10)
async def test_the_files_of_one_period_do_not_give_away_together_what_each_hides(
    counts: list[int],
) -> None:
    console = asked_in(counts)

    [everybody, *_] = await taken(console, "reach")
    months = [row["asked"] for row in await taken(console, "reach-over-time")]

    shown = sum(int(each) for each in months if each != HIDDEN)
    whole = 0 if everybody["asked"] == HIDDEN else int(everybody["asked"])
    hidden = months.count(HIDDEN)
    assert whole in {0, *range(shown, shown + 5 * hidden + 1, 5)}
    for count, said in zip(counts, months, strict=True):
        assert said == HIDDEN or (count >= 5 and int(said) % 5 == 0 and abs(int(said) - count) <= 4)


async def test_the_read_me_explains_every_column_of_every_file() -> None:
    rows = await taken(ConsoleInMemory(), "read-me")

    assert [(row["file"], row["column"]) for row in rows] == [
        (file, column) for file, table in TABLES.items() for column in table.columns
    ]
    hidden = [row["file"] for row in rows if row["numbers"] == rows_of_tables.ROUNDED]
    assert set(hidden) == {"reach", "reach-over-time"}


async def test_a_file_longer_than_one_reading_is_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows_of_tables, "AT_ONCE", 2)
    console = ConsoleInMemory()
    ids = [uuid4() for _ in range(5)]
    await console.hear(
        *(an_event(EngagementPublished, subject=str(i), data={"engagement_id": i}) for i in ids)
    )

    assert len(await taken(console, "engagements")) == 5


async def test_a_file_is_of_a_hub_of_the_visitor_s_and_whoever_may_look_may_take_it() -> None:
    console = await busy()
    console.employ(a_member("vera", hubs=("lambeth",), roles=(Role.VIEWER,), token="st_vera"))

    async with console.signed_in("vera") as browser:
        own = await browser.post("/exports", data={"file": "engagements", **PERIOD})
        other = await browser.post(
            "/exports", data={"file": "engagements", "hub": "west-london", **PERIOD}
        )

    assert own.status_code == 200
    assert own.content.decode("utf-8-sig").count("\r\n") == 1
    assert other.status_code == 404
    assert MONTHS[0] not in other.text
