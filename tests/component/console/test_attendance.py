"""Staff note who came to a session, and correct it."""

import re
from datetime import datetime, timedelta
from uuid import uuid5

import pytest

from shared.contracts.sessions import (
    SessionAnnounced,
    SessionAttendanceNoted,
    SessionUpdated,
)
from tests.builders.console import ConsoleInMemory, a_member
from tests.builders.events import an_event

SESSION = an_event(SessionAnnounced).data
ATTENDEES = SESSION.attendees
ADA, BEN, CY, *_ = (str(each.participant_id) for each in ATTENDEES)
TICK_ADA, TICK_CY = (str(uuid5(SESSION.session_id, who)) for who in (ADA, CY))


def attendees(**came: tuple[bool, float | None]) -> list[dict[str, object]]:
    """Two said yes, the others have not answered."""
    return [
        {
            **each.model_dump(),
            "answer": "accepted" if number < 2 else "invited",
            "attended": came[f"p{number}"][0] if f"p{number}" in came else None,
            "hours": came[f"p{number}"][1] if f"p{number}" in came else None,
        }
        for number, each in enumerate(ATTENDEES)
    ]


async def held(after: timedelta = timedelta(hours=3)) -> tuple[ConsoleInMemory, str]:
    session = an_event(SessionAnnounced, data={"attendees": attendees()})
    console = ConsoleInMemory()
    await console.hear(session)
    starts_at = session.data.starts_at
    assert isinstance(starts_at, datetime)
    console.clock.at = starts_at + after
    return console, f"/sessions/{session.data.session_id}"


async def test_who_is_ticked_came_and_who_was_expected_and_is_not_did_not() -> None:
    console, page = await held()
    filled_in = {"came": [TICK_ADA, TICK_CY], f"hours-{TICK_ADA}": "1.5", f"hours-{TICK_CY}": "2"}

    async with console.signed_in() as browser:
        form = await browser.get(f"{page}/attendance")
        pressed = await browser.post(f"{page}/attendance", data=filled_in)
        shown = await browser.get(pressed.headers["location"])

    [event] = console.said(SessionAttendanceNoted)
    noted = {str(e.participant_id): (e.attended, e.hours) for e in event.data.attendances}
    assert noted == {ADA: (True, 1.5), BEN: (False, None), CY: (True, 2.0)}
    assert event.data.by == "amina"
    assert 'value="2"' in form.text
    assert "never held against them" in form.text
    assert "Who came is noted" in shown.text
    assert ("amina", "attendance_noted", page.rpartition("/")[2]) in console.stored.audited


async def test_a_correction_counts_on() -> None:
    console, page = await held()

    async with console.signed_in() as browser:
        for hours in ("1", "2"):
            await browser.post(
                f"{page}/attendance", data={"came": TICK_ADA, f"hours-{TICK_ADA}": hours}
            )
            await console.hear(
                an_event(SessionUpdated, sequence=2, data={"attendees": attendees()})
            )

    assert [each.sequence for each in console.said(SessionAttendanceNoted)] == [1, 2]


async def test_what_is_told_of_who_came_shows_on_the_session_and_in_the_form() -> None:
    console, page = await held()
    told = attendees(p0=(True, 1.25), p1=(False, None))
    session_id = an_event(SessionAnnounced).data.session_id
    data = {"attendees": told, "session_id": session_id}
    await console.hear(an_event(SessionUpdated, sequence=2, data=data))

    async with console.signed_in() as browser:
        session = await browser.get(page)
        form = await browser.get(f"{page}/attendance")
    async with console.scripted() as script:
        [listed] = (await script.get("/v1/sessions")).json()

    assert "Yes, 1.25 hours" in session.text
    assert f'value="{TICK_ADA}" checked' in form.text
    assert [(e["attended"], e["hours"]) for e in listed["attendees"][:2]] == [
        (True, 1.25),
        (False, None),
    ]


@pytest.mark.parametrize("hours", ["0", "-1", "1.1", "12.25", "nan", "inf", "", "two"])
async def test_hours_are_quarters_up_to_half_a_day(hours: str) -> None:
    console, page = await held()

    async with console.signed_in() as browser:
        refused = await browser.post(
            f"{page}/attendance", data={"came": TICK_ADA, f"hours-{TICK_ADA}": hours}
        )

    assert refused.status_code == 422
    assert "Enter hours in quarters" in refused.text
    assert console.said(SessionAttendanceNoted) == []


async def test_every_wrong_hours_are_named_at_once_and_all_that_was_typed_stays() -> None:
    console, page = await held()
    tick_ben = str(uuid5(SESSION.session_id, BEN))
    typed = {f"hours-{TICK_ADA}": "two", f"hours-{tick_ben}": "1.75", f"hours-{TICK_CY}": "1,5"}

    async with console.signed_in() as browser:
        asked = await browser.post(
            f"{page}/attendance", data={"came": [TICK_ADA, TICK_CY], **typed}
        )

    assert asked.status_code == 422
    assert re.findall(r'<li><a href="#hours-([^"]+)">', asked.text) == [TICK_ADA, TICK_CY]
    assert "<title>Error: " in asked.text
    assert all(f'value="{hours}"' in asked.text for hours in typed.values())
    assert f'value="{TICK_CY}" checked' in asked.text
    assert '<details class="nhsuk-details" open>' in asked.text


@pytest.mark.parametrize("after", [-timedelta(minutes=1), timedelta(days=31)])
async def test_it_is_noted_from_the_beginning_to_thirty_days_after(after: timedelta) -> None:
    console, page = await held(after)

    async with console.signed_in() as browser:
        form = await browser.get(f"{page}/attendance")
        refused = await browser.post(f"{page}/attendance", data={"came": TICK_ADA})

    assert "<form method" not in form.text.partition("Who came?</h1>")[2]
    assert refused.status_code in {409, 422}
    assert console.said(SessionAttendanceNoted) == []


async def test_staff_of_another_hub_note_nothing() -> None:
    console, page = await held()
    console.employ(a_member("ben", hubs=("lambeth",)))

    async with console.signed_in("ben") as browser:
        refused = await browser.post(f"{page}/attendance", data={"came": TICK_ADA})

    assert refused.status_code == 404
