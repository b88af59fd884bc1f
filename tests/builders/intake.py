"""Valid events as other systems send them, and an intake to send them to."""

from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import count
from typing import Any
from uuid import uuid4

from services.intake.clients.ciphers import KeyedCipher
from services.intake.clients.needs import known_needs
from services.intake.clients.time_zones import known_time_zones
from services.intake.domain.engagements import (
    Attendance,
    Engagement,
    Feedback,
    Outcome,
    Session,
)
from services.intake.domain.erasures import ErasureCase
from services.intake.domain.publishers import Key, Publisher
from services.intake.domain.submissions import Submission
from services.intake.ports import Desk
from services.intake.use_cases.doors import receive_now
from services.intake.use_cases.reading import read_event
from services.intake.use_cases.receiving import Received
from shared.contracts.submissions import SUBMISSIONS
from shared.facts import Facts
from tests.builders.exclusions import EXCLUSIONS
from tests.fakes.intake import (
    FewPlaces,
    InMemoryConsents,
    InMemoryKeyRotation,
    InMemoryKeys,
    InMemoryParticipants,
    InMemoryQuarantine,
    InMemorySecondLooks,
    Intake,
    key_digest,
)
from tests.fakes.store import InMemoryCollection, InMemoryStore

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
KEY = "pk_nwl-trust_test"
OTHER_KEY = "pk_borough-of-brent_test"
HUB = "west-london"

Json = dict[str, Any]
Event = dict[str, Any]
_numbers = count(1)


def publisher(
    name: str = "nwl-trust",
    *,
    key: str = KEY,
    types: frozenset[str] = frozenset(SUBMISSIONS),
    hubs: frozenset[str] = frozenset({HUB, "lambeth"}),
) -> Publisher:
    return Publisher(name, (Key("1", key_digest(key)),), types, hubs)


def intake(*publishers: Publisher) -> Intake:
    participants, quarantine, keys = InMemoryParticipants(), InMemoryQuarantine(), InMemoryKeys()
    consents = InMemoryConsents()
    engagements = InMemoryCollection[Engagement]("engagements")
    sessions = InMemoryCollection[Session]("sessions")
    attendances = InMemoryCollection[Attendance]("attendances")
    feedbacks = InMemoryCollection[Feedback]("feedbacks")
    outcomes = InMemoryCollection[Outcome]("outcomes")
    submissions = InMemoryCollection[Submission]("submissions")
    erasure_cases = InMemoryCollection[ErasureCase]("erasure_cases")
    desk = Desk(
        participants=participants,
        consents=consents,
        engagements=engagements,
        sessions=sessions,
        attendances=attendances,
        feedbacks=feedbacks,
        outcomes=outcomes,
        submissions=submissions,
        quarantine=quarantine,
        second_looks=InMemorySecondLooks(),
        erasure_cases=erasure_cases,
        places=FewPlaces(),
        needs=known_needs(),
        time_zones=known_time_zones(),
        keys=keys,
        rotation=InMemoryKeyRotation(keys),
        cipher=KeyedCipher(b"f" * 32, b"q" * 32),
        exclusions=EXCLUSIONS,
        facts=Facts("intake", now=lambda: NOW),
    )
    store = InMemoryStore(
        participants,
        consents,
        engagements,
        sessions,
        attendances,
        feedbacks,
        outcomes,
        submissions,
        quarantine,
        erasure_cases,
    )
    found = publishers or (publisher(), publisher("borough-of-brent", key=OTHER_KEY))
    return Intake(desk, store, *found)


def consent(*purposes: str) -> Json:
    given = {"version": "2026-01", "given_at": "2026-10-01T09:00:00Z", "how": "web"}
    return dict.fromkeys(purposes, given)


def person(**changes: Any) -> Json:
    number = next(_numbers)
    return {
        "reference": f"P-{number}",
        "name": {"display": f"Amina Quartermain{number}", "address_as": "Amina"},
        "contacts": [
            {"channel": "email", "value": f"amina{number}@example.com", "preferred": True}
        ],
        "postcode": "W12 7RZ",
        "age_band": "25-44",
        "consent": consent("involvement"),
    } | changes


def full_person(**changes: Any) -> Json:
    return (
        person(
            languages=[{"code": "en", "interpreter": False}, {"code": "so", "interpreter": True}],
            needs=["204331000000107", "1108191000000103"],
            lived_experience=["discharge", "inpatient-ward"],
            interests=["service_redesign"],
            availability={
                "weekly": [{"day": "mon", "from": "09:00", "to": "12:30"}],
                "except": [{"from": "2026-12-20", "to": "2027-01-03"}],
            },
            travel_km=8,
            online=True,
            in_person=True,
            exclusions={"partners": ["Crisis Line Partnership"], "sites": ["Maple Ward"]},
            monitoring={"ethnicity": "black", "sex": "prefer-not-to-say", "disability": "yes"},
            consent=consent("involvement", "monitoring"),
        )
        | changes
    )


def engagement(**changes: Any) -> Json:
    return {
        "reference": f"E-{next(_numbers)}",
        "title": "Leaving the ward: a discharge that holds",
        "description": "Redesign the days before and after discharge.",
        "partner": "North West London Mental Health Trust",
        "kind": "service_redesign",
        "ladder_step": "co-design",
        "decision_owner": "Director of Nursing",
        "feedback_due": "2027-03-31",
        "places": 12,
        "reserves": 4,
        "place": {"postcode": "HA9 0FJ", "online": True, "in_person": True},
        "lived_experience": {"any": ["discharge"], "all": []},
        "eligibility": {"age_min": 18, "boroughs": ["Brent"]},
        "quotas": {"sex": {"female": {"min": 5, "max": 7}, "male": {"min": 5, "max": 7}}},
        "window": {"from": "2026-12-14", "to": "2027-02-07"},
        "sessions": {"count": 3, "minutes": 120, "every_days": 14},
        "payment": {"gbp_per_hour": 15, "time_credits": 0},
        "approval": "staff",
    } | changes


def event(data: Any, *, type: str = "participant.submitted", **changes: Any) -> Event:  # noqa: A002
    return {
        "specversion": "1.0",
        "id": str(uuid4()),
        "source": "nwl-trust",
        "type": f"wlc.{type}.v1",
        "time": "2026-11-22T11:00:00Z",
        "datacontenttype": "application/json",
        "hub": HUB,
        "data": data,
    } | changes


def without(fields: Mapping[str, Any], *names: str) -> Json:
    return {name: value for name, value in fields.items() if name not in names}


async def send(to: Intake, sent: Any, *, by: str = "nwl-trust") -> Received:
    """Hand an event in, as the HTTP door does, under its publisher's own name."""
    sent_by = to.publishers.by_name(by)
    assert sent_by
    if isinstance(sent, dict) and by != "nwl-trust":
        sent = sent | {"source": by}
    return await receive_now(read_event(sent, sent_by, to.desk.cipher), to.desk, to.commits)


def pointers(received: Received) -> dict[str, str]:
    """Return the code of each fault by its pointer."""
    return {fault.pointer: fault.code for fault in received.submission.faults}
