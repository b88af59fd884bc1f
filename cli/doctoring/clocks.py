"""Whether all clocks agree: deadlines, leases and links are told by them."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx
from pymongo.errors import PyMongoError

from cli.doctoring.checks import Check
from cli.doctoring.database import greeting, operators_client
from cli.errors import REFUSED, UNREACHABLE, CommandError
from cli.places import Places
from cli.trust import trusted

MOST_SECONDS = 5.0
"""By how much a clock may differ, and how long to wait for a service."""


Told = dict[str, tuple[datetime, datetime]]
"""What a clock told, and when it was here."""
Clock = Callable[[], datetime]


def here() -> datetime:
    """Return the time of this machine."""
    return datetime.now(UTC)


def check_clocks(places: Places, clock: Clock = here) -> Iterator[Check]:
    """Compare a clock with that of every service and of MongoDB."""
    told = {**_of_services(places, clock), **_of_database(places, clock)}
    if not told:
        yield Check("clock", "no other clock can be asked; see above.", UNREACHABLE)
        return
    drifts = {
        name: abs((told_at - asked_at).total_seconds())
        for name, (told_at, asked_at) in told.items()
    }
    off = {name: drift for name, drift in drifts.items() if drift > MOST_SECONDS}
    for name, drift in off.items():
        yield Check(
            "clock", f"it differs from {name}'s by {drift:.0f} s; set both by NTP.", REFUSED
        )
    if not off:
        yield Check("clock", f"it agrees with {', '.join(told)}.")


def _of_services(places: Places, clock: Clock) -> Told:
    found: Told = {}
    with httpx.Client(timeout=MOST_SECONDS, trust_env=False, verify=trusted()) as client:
        for name, url in places.service_urls().items():
            try:
                date = client.get(f"{url}/health/live").headers.get("date")
            except httpx.TransportError:
                continue
            if date:
                found[name] = (parsedate_to_datetime(date), clock())
    return found


def _of_database(places: Places, clock: Clock) -> Told:
    try:
        with operators_client(places) as client:
            told = greeting(client)["localTime"]
    except (CommandError, PyMongoError):
        return {}
    return {"MongoDB": (told.replace(tzinfo=UTC), clock())}
