"""Events in their CloudEvents envelope, as a publisher sends them."""

import tomllib
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from uuid import UUID

from deploy.demo.loader import BASE_DATE
from deploy.demo.plan import Entry
from deploy.demo.profile import SOURCES
from deploy.demo.shapes import Fields, Submission

CANCELLED = "NWL-2026-009"
ANY_DAYTIME: Fields = {
    "weekly": [
        {"day": day, "from": "09:00", "to": "17:30"} for day in ("mon", "tue", "wed", "thu", "fri")
    ],
    "except": [],
}


def event(rng: Random, noun_and_verb: str, source: str, hub: str, data: Fields) -> Fields:
    """Wrap `data`; the time lies in the five days before the base date."""
    midnight = datetime.combine(BASE_DATE, time(), UTC)
    sent = midnight - timedelta(seconds=rng.randrange(1, 5 * 86_400))
    return {
        "specversion": "1.0",
        "id": str(UUID(int=rng.getrandbits(128), version=4)),
        "source": source,
        "type": f"wlc.{noun_and_verb}.v1",
        "subject": str(data["reference"]),
        "time": _moment(sent),
        "datacontenttype": "application/json",
        "hub": hub,
        "data": data,
    }


def engagements(rng: Random) -> list[Fields]:
    """Read the twelve engagements and date them."""
    text = (SOURCES / "engagements.toml").read_text(encoding="utf-8")
    return [_engagement(rng, written) for written in tomllib.loads(text)["engagement"]]


def _engagement(rng: Random, written: Fields) -> Fields:
    data = dict(written)
    source, hub = str(data.pop("publisher")), str(data.pop("hub"))
    start_week, weeks = data.pop("start_week"), data.pop("weeks")
    if not isinstance(start_week, int) or not isinstance(weeks, int):
        raise TypeError("weeks are whole numbers")
    first = BASE_DATE + timedelta(weeks=start_week)
    friday = first + timedelta(weeks=weeks - 1, days=4)
    data["window"] = {"from": _iso(first), "to": _iso(friday)}
    data["feedback_due"] = _iso(friday + timedelta(weeks=4))
    return event(rng, "engagement.submitted", source, hub, data)


def _moment(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def _iso(day: date) -> str:
    return day.isoformat()


def afterwards(rng: Random, entries: Sequence[Entry]) -> list[Fields]:
    """Write what comes once matches are made: a cancellation, people leaving, changes.

    All is said on the base date, later than what was said of the same people before.
    """
    trust, council = (_known(entries, name) for name in ("nwl-trust", "borough-of-brent"))
    leaving, changing, moving = (next(trust) for _ in range(3))
    changed = {**changing, "travel_km": 20, "online": True, "in_person": True}
    freed: Fields = {"reference": moving["reference"], "availability": ANY_DAYTIME}
    hub = "west-london"
    events = [
        event(rng, "engagement.cancelled", "nwl-trust", hub, {"reference": CANCELLED}),
        event(rng, "participant.withdrawn", "nwl-trust", hub, _only_reference(leaving)),
        event(
            rng, "participant.withdrawn", "borough-of-brent", hub, _only_reference(next(council))
        ),
        event(rng, "availability.submitted", "nwl-trust", hub, freed),
        event(rng, "participant.submitted", "nwl-trust", hub, changed),
    ]
    said_at = datetime.combine(BASE_DATE, time(8), UTC)
    return [{**each, "time": _moment(said_at)} for each in events]


def _known(entries: Sequence[Entry], publisher: str) -> Iterator[Submission]:
    # Who gave an age band is not among the people submitted twice, which all gave a date of birth.
    return (
        entry.submission
        for entry in entries
        if entry.publisher == publisher and not entry.fault and "age_band" in entry.submission
    )


def _only_reference(submission: Submission) -> Fields:
    return {"reference": submission["reference"]}
