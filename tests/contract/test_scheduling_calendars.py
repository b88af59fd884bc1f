"""Calendars of rooms and staff as other systems serve them, over HTTP."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime
from textwrap import dedent

import httpx
import pytest
from fastapi import FastAPI, Request
from starlette.responses import RedirectResponse, Response

from services.scheduling import clients
from services.scheduling.clients import HttpCalendars
from services.scheduling.ports import UnreadableError

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)


@dataclass
class OtherSystem:
    """Serves one calendar, or something else."""

    text: str = ""
    status: int = 200
    asked: list[str] = field(default_factory=list)

    def app(self) -> FastAPI:
        app = FastAPI()

        @app.get("/busy.ics")
        async def busy(request: Request) -> Response:
            self.asked.append(request.headers.get("if-none-match", ""))
            if self.asked[-1] == '"one"':
                return Response(status_code=304)
            return Response(self.text, self.status, {"ETag": '"one"'}, "text/calendar")

        app.add_api_route("/moved.ics", lambda: RedirectResponse("/busy.ics"))
        app.add_api_route("/large.ics", lambda: Response(b"x" * 5_000_001))
        packed = {"Content-Encoding": "gzip,gzip"}
        app.add_api_route("/packed.ics", lambda: Response(b"x", headers=packed))
        app.add_api_route("/silent.ics", _silent)
        return app

    def calendars(self, path: str = "/busy.ics") -> HttpCalendars:
        transport = httpx.ASGITransport(self.app())
        return HttpCalendars({"hall": f"http://rooms.test{path}"}, transport=transport)


async def _silent() -> None:
    await asyncio.sleep(60)


def a_calendar(*events: str) -> str:
    parts = [f"BEGIN:VEVENT\n{dedent(each).strip()}\nEND:VEVENT\n" for each in events]
    text = "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//rooms//EN\n" + "".join(parts)
    return (text + "END:VCALENDAR\n").replace("\n", "\r\n")


WEEKLY = """
    UID:choir
    DTSTAMP:20270101T000000Z
    DTSTART;TZID=Europe/London:20270316T180000
    DTEND;TZID=Europe/London:20270316T200000
    RRULE:FREQ=WEEKLY;COUNT=4
    EXDATE;TZID=Europe/London:20270323T180000
    SUMMARY:Nobody else needs to know
"""


async def busy(*events: str) -> list[tuple[datetime, datetime]]:
    reading = await OtherSystem(a_calendar(*events)).calendars().read("hall", known_tag="", now=NOW)
    assert reading is not None
    return [(each.period.starts_at, each.period.ends_at) for each in reading.entries]


def utc(month: int, day: int, hour: int, *, year: int = 2027) -> datetime:
    return datetime(year, month, day, hour, tzinfo=UTC)


async def test_what_recurs_keeps_its_wall_time_across_the_clock_change_and_its_exceptions() -> None:
    found = await busy(WEEKLY)

    assert found == [
        (utc(3, 16, 18), utc(3, 16, 20)),
        (utc(3, 30, 17), utc(3, 30, 19)),
        (utc(4, 6, 17), utc(4, 6, 19)),
    ]


async def test_a_whole_day_is_a_day_in_london_and_a_time_without_a_zone_is_london_time() -> None:
    found = await busy(
        "UID:1\nDTSTAMP:20270101T000000Z\nDTSTART;VALUE=DATE:20270701\nDTEND;VALUE=DATE:20270703",
        "UID:2\nDTSTAMP:20270101T000000Z\nDTSTART:20270705T100000\nDURATION:PT2H",
        "UID:3\nDTSTAMP:20270101T000000Z\nDTSTART;VALUE=DATE:20270801",
    )

    assert found == [
        (utc(6, 30, 23), utc(7, 2, 23)),
        (utc(7, 5, 9), utc(7, 5, 11)),
        (utc(7, 31, 23), utc(8, 1, 23)),
    ]


async def test_what_is_free_called_off_over_or_more_than_400_days_ahead_keeps_nobody() -> None:
    def event(uid: str, day: str, more: str = "") -> str:
        return (
            f"UID:{uid}\nDTSTAMP:20270101T000000Z\nDTSTART:{day}T100000Z\nDTEND:{day}T110000Z{more}"
        )

    found = await busy(
        event("free", "20270310", "\nTRANSP:TRANSPARENT"),
        event("off", "20270311", "\nSTATUS:CANCELLED"),
        event("over", "20270201"),
        event("far", "20280501"),
        event("kept", "20270312"),
    )

    assert found == [(utc(3, 12, 10), utc(3, 12, 11))]


async def test_one_of_a_series_that_moved_is_where_it_moved_to() -> None:
    moved = """
        UID:choir
        DTSTAMP:20270101T000000Z
        RECURRENCE-ID;TZID=Europe/London:20270330T180000
        DTSTART;TZID=Europe/London:20270331T120000
        DTEND;TZID=Europe/London:20270331T130000
    """

    found = await busy(WEEKLY, moved)

    assert (utc(3, 31, 11), utc(3, 31, 12)) in found
    assert (utc(3, 30, 17), utc(3, 30, 19)) not in found


async def test_a_zone_by_its_name_in_windows_is_understood() -> None:
    zoned = WEEKLY.replace("Europe/London", "GMT Standard Time")

    assert (await busy(zoned))[1] == (utc(3, 30, 17), utc(3, 30, 19))


async def test_nothing_of_what_an_entry_says_is_taken_in() -> None:
    other = OtherSystem(a_calendar(WEEKLY))

    reading = await other.calendars().read("hall", known_tag="", now=NOW)

    assert "Nobody else" not in repr(reading)


async def test_a_calendar_that_is_as_it_was_is_not_sent_again() -> None:
    other = OtherSystem(a_calendar(WEEKLY))
    calendars = other.calendars()

    first = await calendars.read("hall", known_tag="", now=NOW)
    assert first is not None
    again = await calendars.read("hall", known_tag=first.tag, now=NOW)

    assert (first.tag, again, other.asked) == ('"one"', None, ["", '"one"'])


async def test_a_calendar_that_has_moved_is_followed() -> None:
    other = OtherSystem(a_calendar(WEEKLY))

    reading = await other.calendars("/moved.ics").read("hall", known_tag="", now=NOW)

    assert reading is not None
    assert len(reading.entries) == 3


@pytest.mark.parametrize(
    ("other", "path", "fault"),
    [
        (OtherSystem(status=404), "/busy.ics", "HTTP 404"),
        (OtherSystem(status=503), "/busy.ics", "HTTP 503"),
        (OtherSystem("<html>Sign in</html>"), "/busy.ics", "no calendar"),
        (OtherSystem("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n"), "/busy.ics", "no calendar"),
        (OtherSystem("\x00\xff"), "/busy.ics", "no calendar"),
        (OtherSystem(), "/large.ics", "too large"),
        (
            OtherSystem(a_calendar(WEEKLY.replace("WEEKLY;COUNT=4", "SECONDLY"))),
            "/busy.ics",
            "too many entries",
        ),
    ],
)
async def test_what_cannot_be_read_is_said_in_a_word_or_two(
    other: OtherSystem, path: str, fault: str
) -> None:
    with pytest.raises(UnreadableError) as raised:
        await other.calendars(path).read("hall", known_tag="", now=NOW)

    assert raised.value.fault == fault


async def test_more_entries_than_anybody_can_have_are_not_taken_in(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(clients, "MOST_ENTRIES", 50)
    hourly = OtherSystem(a_calendar(WEEKLY.replace("WEEKLY;COUNT=4", "HOURLY")))

    with pytest.raises(UnreadableError, match="too many entries"):
        await hourly.calendars().read("hall", known_tag="", now=NOW)


@pytest.mark.parametrize(
    "rule",
    [
        "DTSTART:16000101T090000Z\nRRULE:FREQ=HOURLY",
        "DTSTART:20270101T090000Z\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
    ],
)
async def test_rules_that_never_end_are_ended(rule: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clients, "READING_SECONDS", 2.0)
    head = "DTSTAMP:20270101T000000Z"
    events = (f"UID:{n}\n{head}\n{rule}" for n in range(300))

    with pytest.raises(UnreadableError, match="takes too long"):
        await OtherSystem(a_calendar(*events)).calendars().read("hall", known_tag="", now=NOW)


async def test_what_comes_packed_is_not_unpacked() -> None:
    other = OtherSystem(a_calendar(WEEKLY))

    with pytest.raises(UnreadableError, match="packed"):
        await other.calendars("/packed.ics").read("hall", known_tag="", now=NOW)


async def test_an_entry_of_another_age_hides_no_other_and_one_without_an_end_counts() -> None:
    ages = ("UID:old\nDTSTART:00010101T000000\nDTEND:00010102T000000", WEEKLY)
    far = "UID:far\nDTSTART:20270105T090000Z\nDTEND:99991231T235959Z"
    other = OtherSystem(a_calendar(*ages, far))

    reading = await other.calendars().read("hall", known_tag="", now=NOW)

    assert reading is not None
    assert sorted({each.uid for each in reading.entries}) == ["choir", "far"]
    assert len(reading.entries) == 4


async def test_a_server_that_does_not_answer_is_waited_for_no_longer_than_the_time_allowed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(clients, "TIMEOUT_SECONDS", 0.05)
    calendars = OtherSystem().calendars("/silent.ics")

    with pytest.raises(UnreadableError, match="no answer"):
        await calendars.read("hall", known_tag="", now=NOW)


async def test_a_file_is_no_calendar_of_others() -> None:
    with pytest.raises(UnreadableError, match="no answer"):
        await HttpCalendars({"hall": "file:///etc/passwd"}).read("hall", known_tag="", now=NOW)
