"""What scheduling learns from outside: bank holidays, from a copy; calendars, over HTTP."""

import asyncio
import json
import sys
from collections.abc import Mapping
from datetime import date, datetime

import httpx

from services.scheduling.domain.calendar import BankHolidays, Period
from services.scheduling.domain.resources.busy import CalendarEntry
from services.scheduling.ports import Reading, UnreadableError
from shared.deadlines import bank_holidays as published_holidays

TIMEOUT_SECONDS = 20.0
READING_SECONDS = 30.0
MOST_BYTES = 5_000_000
MOST_REDIRECTS = 5
MOST_ENTRIES = 20_000
LONGEST_TAG = 200
KINDS = ("no calendar", "too many entries")
READER = (sys.executable, "-m", "services.scheduling.clients.entries")


def bank_holidays() -> BankHolidays:
    """Return the bank holidays of England as GOV.UK publishes them, from the package's own copy."""
    days = published_holidays()
    return BankHolidays(days, date(max(days).year, 12, 31))


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
        headers = {"Accept-Encoding": "identity"}
        headers |= {"If-None-Match": known_tag} if known_tag else {}
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS), self._client() as client:
                address = self._addresses[resource_id]
                async with client.stream("GET", address, headers=headers) as answer:
                    if answer.status_code == httpx.codes.NOT_MODIFIED and known_tag:
                        return None
                    if not answer.is_success:
                        raise UnreadableError(f"HTTP {answer.status_code}")
                    text = await _whole(answer)
                    tag = _tag(answer)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            raise UnreadableError("no answer") from error
        return Reading(await _entries(text, now), tag)

    def _client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            transport=self._transport,
            follow_redirects=True,
            max_redirects=MOST_REDIRECTS,
            timeout=TIMEOUT_SECONDS,
        )


async def _whole(answer: httpx.Response) -> bytes:
    """Return the body as it came; what is packed, which was not asked for, may grow without end."""
    if answer.headers.get("content-encoding", "identity") != "identity":
        raise UnreadableError("packed")
    body = bytearray()
    async for part in answer.aiter_raw():
        body += part
        if len(body) > MOST_BYTES:
            raise UnreadableError("too large")
    return bytes(body)


def _tag(answer: httpx.Response) -> str:
    """Return the name of the state, if it can be sent back."""
    tag: str = answer.headers.get("etag", "")
    return tag if tag.isascii() and tag.isprintable() and len(tag) <= LONGEST_TAG else ""


async def _entries(text: bytes, now: datetime) -> tuple[CalendarEntry, ...]:
    """Return what a calendar says, read by a process that is ended when it takes too long."""
    reader = await asyncio.create_subprocess_exec(
        *(*READER, now.isoformat(), str(MOST_ENTRIES)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(READING_SECONDS):
            said, _ = await reader.communicate(text)
    except TimeoutError as error:
        raise UnreadableError("takes too long") from error
    finally:
        if reader.returncode is None:
            reader.kill()
            await reader.wait()
    if reader.returncode:
        why = said.decode().strip()
        raise UnreadableError(why if why in KINDS else "takes too long")
    moment = datetime.fromisoformat
    found = json.loads(said)
    return tuple(CalendarEntry(uid, Period(moment(a), moment(b))) for uid, a, b in found)
