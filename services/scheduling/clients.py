"""What scheduling learns from outside: bank holidays, from a copy; calendars, over HTTP."""

import asyncio
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta

import httpx
import recurring_ical_events
from govuk_bank_holidays.bank_holidays import BankHolidays as Published
from icalendar import Calendar, Event

from services.scheduling.domain.busy import CalendarEntry
from services.scheduling.domain.calendar import LONDON, BankHolidays, Period
from services.scheduling.ports import Reading, UnreadableError

TIMEOUT_SECONDS = 20.0
MOST_BYTES = 5_000_000
MOST_REDIRECTS = 5
MOST_ENTRIES = 20_000
AHEAD = timedelta(days=400)
TOO_OFTEN = frozenset({"SECONDLY", "MINUTELY"})
"""What recurs so often is no appointment, and would keep us busy for ever."""


def bank_holidays() -> BankHolidays:
    """Return the bank holidays of England as GOV.UK publishes them, from the package's own copy."""
    published = Published(use_cached_holidays=True)
    days = {each["date"] for each in published.get_holidays(Published.ENGLAND_AND_WALES)}
    return BankHolidays(frozenset(days), date(max(days).year, 12, 31))


class HttpCalendars:
    """See ports.Calendars; addresses by resource."""

    def __init__(
        self, addresses: Mapping[str, str], *, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._addresses = addresses
        self._transport = transport
        self.resource_ids = frozenset(addresses)

    async def read(self, resource_id: str, *, known_tag: str, now: datetime) -> Reading | None:
        """See ports.Calendars."""
        headers = {"If-None-Match": known_tag} if known_tag else {}
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS), self._client() as client:
                address = self._addresses[resource_id]
                async with client.stream("GET", address, headers=headers) as answer:
                    if answer.status_code == httpx.codes.NOT_MODIFIED and known_tag:
                        return None
                    if not answer.is_success:
                        raise UnreadableError(f"HTTP {answer.status_code}")
                    text = await _whole(answer)
                    tag = answer.headers.get("etag", "")
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            raise UnreadableError("no answer") from error
        return Reading(tuple(await asyncio.to_thread(_entries, text, now)), tag)

    def _client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            transport=self._transport,
            follow_redirects=True,
            max_redirects=MOST_REDIRECTS,
            timeout=TIMEOUT_SECONDS,
        )


async def _whole(answer: httpx.Response) -> bytes:
    body = bytearray()
    async for part in answer.aiter_bytes():
        body += part
        if len(body) > MOST_BYTES:
            raise UnreadableError("too large")
    return bytes(body)


def _entries(text: bytes, now: datetime) -> list[CalendarEntry]:
    """Return what keeps its owner busy from now on, each recurrence by itself.

    Whatever a library throws at a stranger's text means that it cannot be read.
    """
    try:
        return list(_blocking(_occurrences(text, now), now + AHEAD))
    except UnreadableError:
        raise
    except Exception as error:
        raise UnreadableError("no calendar") from error


def _occurrences(text: bytes, now: datetime) -> Iterator[Event]:
    calendar = Calendar.from_ical(text)
    if calendar.name != "VCALENDAR":
        raise UnreadableError("no calendar")
    for event in calendar.walk("VEVENT"):
        rule = event.get("rrule")
        if rule and TOO_OFTEN.intersection(rule.get("freq", ())):
            raise UnreadableError("too many entries")
    found: Iterator[Event] = recurring_ical_events.of(calendar).after(now)
    return found


def _blocking(events: Iterator[Event], last: datetime) -> Iterator[CalendarEntry]:
    for number, event in enumerate(events):
        if number == MOST_ENTRIES:
            raise UnreadableError("too many entries")
        period = _period(event)
        if period.starts_at > last:
            return
        if event.get("transp") != "TRANSPARENT" and event.get("status") != "CANCELLED":
            yield CalendarEntry(str(event.get("uid", "")), period)


def _period(event: Event) -> Period:
    return Period(_moment(event.start), _moment(event.end))


def _moment(at: date) -> datetime:
    """Return the moment; a day begins at midnight in London, and so are times without a zone."""
    if not isinstance(at, datetime):
        at = datetime.combine(at, time(), LONDON)
    elif at.tzinfo is None:
        at = at.replace(tzinfo=LONDON)
    return at.astimezone(UTC)
