"""Staff look at sessions as a list, as a board and as a calendar."""

from uuid import uuid4

import pytest

from shared.contracts.sessions import SessionAnnounced, SessionCancelled
from tests.builders.console import ConsoleInMemory
from tests.builders.events import an_event

TIMES = {"starts_at": "2026-11-18T10:00:00Z", "ends_at": "2026-11-18T12:00:00Z"}


async def shown(console: ConsoleInMemory, path: str) -> str:
    async with console.signed_in() as browser:
        page = await browser.get(path)
    assert page.status_code == 200
    return page.text


async def test_the_list_stays_where_it_was_and_each_view_leads_to_the_others() -> None:
    console = ConsoleInMemory()
    await console.hear(an_event(SessionAnnounced))

    pages = [await shown(console, f"/sessions{each}") for each in ("", "?view=board")]

    assert 'href="/sessions?view=board"' in pages[0]
    assert 'href="/sessions?status=announced"' in pages[0]
    assert 'href="/sessions" aria-current' in pages[0]
    assert 'href="/sessions?view=board" aria-current' in pages[1]


async def test_who_came_is_to_be_noted_until_it_was() -> None:
    console = ConsoleInMemory()
    session = an_event(SessionAnnounced)
    attendees = [
        {**each.model_dump(mode="json"), "answer": "accepted"} for each in session.data.attendees
    ]
    await console.hear(an_event(SessionAnnounced, data={**TIMES, "attendees": attendees}))
    note = f"/sessions/{session.data.session_id}/attendance"

    before = await shown(console, "/sessions?view=board")
    async with console.signed_in() as browser:
        who = attendees[0]["participant_id"]
        await browser.post(note, data={"came": who, f"hours-{who}": "2"})
    after = await shown(console, "/sessions?view=board")

    assert f'href="{note}"' in before
    assert f'href="{note}"' not in after


async def test_a_long_column_says_how_many_more_there_are() -> None:
    console = ConsoleInMemory()
    later = {"starts_at": "2027-01-12T10:00:00Z", "ends_at": "2027-01-12T12:00:00Z"}
    await console.hear(
        *(an_event(SessionAnnounced, data={**later, "session_id": uuid4()}) for _ in range(23))
    )

    page = await shown(console, "/sessions?view=board")

    assert page.count('class="wlc-card"') == 20
    assert "And 3 more" in page


async def test_nobody_is_named_on_a_board_or_in_a_calendar() -> None:
    console = ConsoleInMemory()
    session = an_event(SessionAnnounced, data=TIMES)
    await console.hear(session)

    pages = [
        await shown(console, f"/sessions?view={view}")
        for view in ("board", "calendar&month=2026-11")
    ]

    named = [each.participant_reference for each in session.data.attendees]
    assert not any(name in page for page in pages for name in named)


async def test_the_calendar_is_a_table_of_days_and_leads_to_the_months_around() -> None:
    console = ConsoleInMemory()
    off = {**TIMES, "session_id": uuid4(), "title": "Garden and grounds"}
    await console.hear(an_event(SessionAnnounced, data=TIMES), an_event(SessionCancelled, data=off))

    page = await shown(console, "/sessions?view=calendar")

    assert "<caption" in page
    assert "10:00am Leaving the ward" in page
    assert page.count("<strong>Cancelled</strong>") == 1
    assert "month=2026-10" in page
    assert "month=2026-12" in page
    assert page.count('aria-current="date"') == 1


@pytest.mark.parametrize("month", ["September 2026", "2026-13", "9999-12", "0001-01"])
async def test_what_is_no_month_is_said_at_its_field_and_stays_there(month: str) -> None:
    async with ConsoleInMemory().signed_in() as browser:
        page = await browser.get("/sessions", params={"view": "calendar", "month": month})

    assert page.status_code == 422
    assert '<a href="#month">Enter a month such as 2026-04</a>' in page.text
    assert f'type="month" value="{month}"' in page.text
    assert "Sessions in November 2026" in page.text
