"""Links to calendars: staff make and stop them, calendar programmes read them without account."""

import re
from datetime import timedelta
from uuid import uuid4

import httpx
import pytest
from icalendar import Calendar

from shared.contracts.sessions import (
    SessionAnnounced,
    SessionCancelled,
    SessionRescheduled,
    SessionUnscheduled,
)
from tests.builders.console import ConsoleInMemory, a_member
from tests.builders.events import an_event

ANNOUNCED = an_event(SessionAnnounced)
VENUE = ANNOUNCED.data.venue
HUB, ROOM = "west-london/hub/west-london", f"west-london/venue/{VENUE.venue_id}"
ADDRESS = re.compile(r"<code>http://console\.test(/calendar/[\w-]+\.ics)</code>")
ELSEWHERE = {**VENUE.model_dump(mode="json"), "venue_id": "harlesden-hall", "name": "The Hall"}


async def busy() -> ConsoleInMemory:
    console = ConsoleInMemory()
    elsewhere = {"session_id": uuid4(), "venue": ELSEWHERE, "title": "Crisis line"}
    await console.hear(ANNOUNCED, an_event(SessionAnnounced, data=elsewhere))
    return console


async def made(browser: httpx.AsyncClient, shown: str) -> str:
    """Make a link; return its path."""
    page = await browser.post("/calendars", data={"shown": shown})
    [path] = ADDRESS.findall(page.text)
    return str(path)


async def read(console: ConsoleInMemory, path: str) -> Calendar:
    async with console.visited() as programme:
        answer = await programme.get(path)
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    calendar = Calendar.from_ical(answer.text)
    assert isinstance(calendar, Calendar)
    return calendar


async def titles(console: ConsoleInMemory, path: str) -> list[str]:
    return [str(event["summary"]) for event in (await read(console, path)).walk("VEVENT")]


async def test_the_calendar_of_a_hub_shows_every_session_that_of_a_venue_its_own() -> None:
    console = await busy()
    async with console.signed_in() as browser:
        hub, room = await made(browser, HUB), await made(browser, ROOM)

    assert sorted(await titles(console, hub)) == ["Crisis line", ANNOUNCED.data.title]
    assert await titles(console, room) == [ANNOUNCED.data.title]


async def test_the_calendar_of_a_worker_shows_their_sessions_and_their_part() -> None:
    console = await busy()
    interpreter = {
        "resource_id": "bsl-1",
        "shown_as": "BSL interpreter 1",
        "kind": "professional",
        "skill": "british-sign-language",
    }
    helped = {"session_id": uuid4(), "title": "With an interpreter", "support": [interpreter]}
    await console.hear(an_event(SessionAnnounced, data=helped))
    async with console.signed_in() as browser:
        path = await made(browser, "west-london/worker/bsl-1")

    [event] = (await read(console, path)).walk("VEVENT")
    await console.hear(an_event(SessionRescheduled, data={**helped, "support": []}, sequence=2))

    assert event["summary"] == "With an interpreter"
    assert event["description"] == "4 people\nYour part: British Sign Language interpreter"
    assert await titles(console, path) == []


async def test_a_calendar_says_nothing_of_participants() -> None:
    console = await busy()
    async with console.signed_in() as browser:
        path = await made(browser, ROOM)

    calendar = await read(console, path)

    text = calendar.to_ical().decode()
    [event] = calendar.walk("VEVENT")
    assert event["description"] == "4 people"
    for attendee in ANNOUNCED.data.attendees:
        assert attendee.participant_reference not in text
        assert str(attendee.participant_id) not in text
        assert str(attendee.invitation_id) not in text


async def test_a_session_that_moves_to_another_venue_leaves_the_first_ones_calendar() -> None:
    console = await busy()
    async with console.signed_in() as browser:
        path = await made(browser, ROOM)

    data = {"venue": ELSEWHERE, "calendar_sequence": 1}
    await console.hear(an_event(SessionRescheduled, data=data, sequence=2))

    assert await titles(console, path) == []


async def test_a_session_called_off_is_shown_as_cancelled_one_without_a_time_not_at_all() -> None:
    console = await busy()
    async with console.signed_in() as browser:
        path = await made(browser, ROOM)
    state = {**ANNOUNCED.data.model_dump(mode="json"), "calendar_sequence": 1}
    off = {**state, "status": "cancelled"}
    undated = {**state, "status": "unscheduled", "starts_at": None, "ends_at": None, "venue": None}

    await console.hear(an_event(SessionCancelled, data=off, sequence=2))
    [cancelled] = (await read(console, path)).walk("VEVENT")
    await console.hear(an_event(SessionUnscheduled, data=undated, sequence=3))

    assert (cancelled["status"], cancelled["sequence"]) == ("CANCELLED", 1)
    assert await titles(console, path) == []


async def test_only_the_digest_of_a_link_is_kept_and_who_made_it_is_audited() -> None:
    console = await busy()
    async with console.signed_in() as browser:
        path = await made(browser, HUB)
        listed = (await browser.get("/calendars")).text

    token = path.removeprefix("/calendar/").removesuffix(".ics")
    [link] = console.stored.known.calendar_links.entities.values()  # type: ignore[attr-defined]
    assert token not in f"{link} {listed} {console.stored.audited}"
    assert (link.made_by, link.made_at) == ("amina", console.clock.now)
    assert ("amina", "calendar_link_made", link.id) in console.stored.audited


async def test_a_link_that_was_stopped_answers_with_nothing_and_an_unknown_one_too() -> None:
    console = await busy()
    async with console.signed_in() as browser:
        path = await made(browser, HUB)
        [link] = console.stored.known.calendar_links.entities  # type: ignore[attr-defined]
        for _ in range(2):
            stopped = await browser.post(f"/calendars/{link}/revoke")
        listed = (await browser.get("/calendars")).text

    async with console.visited() as programme:
        answers = [await programme.get(each) for each in (path, "/calendar/unknown.ics")]
    assert stopped.status_code == 303
    assert [(a.status_code, a.content) for a in answers] == [(410, b""), (404, b"")]
    assert "amina stopped it" in listed
    assert console.stored.audited.count(("amina", "calendar_link_revoked", link)) == 1


async def test_a_programme_that_has_the_calendar_as_it_is_gets_nothing_again() -> None:
    console = await busy()
    async with console.signed_in() as browser:
        path = await made(browser, ROOM)

    async with console.visited() as programme:
        first = await programme.get(path)
        known = {"if-none-match": first.headers["etag"]}
        console.clock.pass_by(timedelta(hours=1))
        again = await programme.get(path, headers=known)
        await console.hear(an_event(SessionRescheduled, data={"calendar_sequence": 1}, sequence=2))
        changed = await programme.get(path, headers=known)

    assert (again.status_code, again.content, changed.status_code) == (304, b"", 200)
    assert first.headers["cache-control"] == "private, no-cache"
    assert first.headers["last-modified"].endswith("GMT")


@pytest.mark.parametrize("shown", ["", "west-london/venue/nowhere", "lambeth/hub/lambeth"])
async def test_nobody_makes_a_link_to_what_is_not_theirs(shown: str) -> None:
    console = await busy()
    async with console.signed_in() as browser:
        refused = await browser.post("/calendars", data={"shown": shown})

    assert refused.status_code == 404
    assert console.stored.known.calendar_links.entities == {}  # type: ignore[attr-defined]


async def test_nobody_sees_or_stops_a_link_of_another_hub() -> None:
    console = await busy()
    console.employ(a_member("zoe", hubs=("lambeth",), token="st_zoe"))
    async with console.signed_in() as browser:
        path = await made(browser, HUB)
    [link] = console.stored.known.calendar_links.entities  # type: ignore[attr-defined]

    async with console.signed_in("zoe") as other:
        listed = (await other.get("/calendars")).text
        refused = await other.post(f"/calendars/{link}/revoke")

    assert link not in listed
    assert refused.status_code == 404
    assert len(await titles(console, path)) == 2
