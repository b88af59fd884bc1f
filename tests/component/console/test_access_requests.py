"""Requests for a copy of what is held on a person: noted, shown with their day, answered."""

from datetime import UTC, datetime, timedelta

import pytest

from services.console.ports import Role
from shared.contracts.participants import ParticipantErased
from tests.builders.console import ConsoleInMemory, a_member
from tests.builders.events import an_event
from tests.component.console.test_people_pages import HER, PAGE, REGISTERED, WHO

NOTE = f"{PAGE}/access-request"


async def a_console() -> ConsoleInMemory:
    console = ConsoleInMemory()
    await console.hear(REGISTERED)
    return console


async def sent(console: ConsoleInMemory, **form: str) -> tuple[int, str, str]:
    """Send the form; return its status, and what the person's page and the start page show."""
    async with console.signed_in() as browser:
        answered = await browser.post(NOTE, data=form)
        page, start = (await browser.get(PAGE)).text, (await browser.get("/")).text
    shown = page if answered.status_code == 303 else answered.text
    return answered.status_code, shown, start


async def test_a_request_stands_on_both_pages_with_the_day_by_which_it_is_due() -> None:
    console = await a_console()

    status, page, start = await sent(console, received_on="2026-11-20")

    assert status == 303
    assert "To be handed over by Monday 21 December 2026" in " ".join(page.split())
    assert "person asks what is held on them" in start
    assert "NWL-P-77" in start
    assert "Monday 21 December 2026" in start
    rows = console.stored.audited
    assert [(what, about) for _, what, about, *_ in rows[-1:]] == [
        ("access_request_noted", str(WHO))
    ]


async def test_one_that_is_due_within_a_week_or_late_is_red() -> None:
    console = await a_console()
    await sent(console, received_on="2026-11-02")

    console.clock.pass_by(timedelta(days=20))
    _, page, start = await sent(console, received_on="2026-11-02")

    assert "nhsuk-tag--red" in page
    assert "It was due by" in start


async def test_once_the_person_has_their_copy_nobody_is_asked_for_it() -> None:
    console = await a_console()
    await sent(console, received_on="2026-11-18")

    _, page, start = await sent(console, answered="yes")
    again, *_ = await sent(console, answered="yes")

    assert "and had their copy on" in page
    assert "what is held on them" not in start
    assert again == 303
    assert [what for _, what, *_ in console.stored.audited].count("access_request_answered") == 1


@pytest.mark.parametrize(
    ("day", "fault"),
    [
        ("2026-11-21", "The day cannot be after today"),
        ("tomorrow", "Enter the day such as 2026-11-20"),
        ("", "Enter the day such as 2026-11-20"),
        ("2026-02-30", "Enter the day such as 2026-11-20"),
        ("0026-11-20", "This is more than two years ago. Check the year"),
    ],
)
async def test_a_day_that_cannot_be_is_refused_at_its_field_and_stays_there(
    day: str, fault: str
) -> None:
    console = await a_console()

    status, page, start = await sent(console, received_on=day)

    assert status == 422
    assert f'<a href="#received_on">{fault}</a>' in page
    assert f'value="{day}"' in page
    assert "<title>Error: " in page
    assert "what is held on them" not in start


async def test_today_is_the_day_in_london_also_in_the_hour_after_midnight() -> None:
    console = await a_console()
    console.clock.pass_by(datetime(2027, 6, 30, 23, 30, tzinfo=UTC) - console.facts.now())

    status, page, _ = await sent(console, received_on="2027-07-01")

    assert status == 303
    assert "Thursday 1 July 2027" in page


async def test_a_wrong_day_can_be_corrected_while_the_request_is_open() -> None:
    console = await a_console()
    await sent(console, received_on="2026-10-20")

    _, before, _ = await sent(console, received_on="2026-11-21")
    _, page, start = await sent(console, received_on="2026-11-20")

    assert "Correct the day" in before
    assert "They asked on Tuesday 20 October 2026" in before
    assert "To be handed over by Monday 21 December 2026" in " ".join(page.split())
    assert "Monday 21 December 2026" in start


async def test_a_correction_that_names_no_day_leaves_the_day_as_it_is() -> None:
    console = await a_console()
    await sent(console, received_on="2026-10-20")

    status, _, start = await sent(console, received_on="")

    assert status == 422
    assert "Asked on Tuesday 20 October 2026" in start


async def test_who_may_not_know_who_people_are_is_shown_no_request() -> None:
    console = await a_console()
    await sent(console, received_on="2026-11-20")
    console.employ(a_member("kim", roles=(Role.VIEWER,), token="st_kim"))

    async with console.scripted("st_kim") as client:
        start = (await client.get("/")).text

    assert "NWL-P-77" not in start


async def test_of_a_person_who_was_forgotten_no_request_is_noted() -> None:
    console = await a_console()
    await console.hear(an_event(ParticipantErased, subject=str(WHO), sequence=2, data=HER))

    status, _, start = await sent(console, received_on="2026-11-20")

    assert status == 404
    assert "what is held on them" not in start
