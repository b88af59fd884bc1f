"""What intake keeps of people and of what was refused, in memory or on MongoDB."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from typing import Any

from services.intake import store
from services.intake.clients.ciphers import KeyedCipher
from services.intake.domain.availability import Availability, Days, WeeklySlot
from services.intake.domain.contact_preference import ContactPreference
from services.intake.domain.faults import Fault
from services.intake.domain.order import Said
from services.intake.domain.people import Consent, KnownAs, Language, Participant, Profile, Sealed
from services.intake.domain.reminders import ReminderTime
from services.intake.domain.submissions import Quarantined
from services.intake.ports import Consents, Participants, Quarantine
from shared.changes import Changes
from shared.mongo import Database
from shared.transaction import Transaction
from tests.builders.exclusions import EXCLUSIONS, digests
from tests.builders.intake import NOW
from tests.fakes.intake import InMemoryConsents, InMemoryParticipants, InMemoryQuarantine
from tests.fakes.store import InMemoryStore

PROFILE = Profile(
    age_band="25-44",
    age_from=25,
    age_to=44,
    borough="Brent",
    easting=519500,
    northing=185500,
    languages=(Language("so", interpreter=True),),
    needs=("204331000000107",),
    availability=Availability(
        (WeeklySlot("mon", time(9), time(12, 30)),),
        (Days(date(2026, 12, 20), date(2027, 1, 3)),),
        (WeeklySlot("mon", time(9), time(10)),),
        term_time_only=True,
    ),
    reminders=(ReminderTime(2, time(18, 30)),),
    contact_preference=ContactPreference(
        (WeeklySlot("tue", time(17), time(19, 30)),), "Asia/Karachi", news=False, discreet=True
    ),
    monitoring={"ethnicity": "black"},
    consents={"involvement": Consent("2026-01", NOW, "web")},
    avoids=digests(partners=("A trust",), sites=("Ward 3",)),
)

CIPHER = KeyedCipher(b"f" * 32, b"q" * 32)


@dataclass
class Records:
    """Participants and the quarantine, and how changes to them are made true."""

    participants: Participants
    consents: Consents
    quarantine: Quarantine
    commit: Callable[[Changes], Awaitable[None]]


def in_memory() -> Records:
    participants, quarantine = InMemoryParticipants(), InMemoryQuarantine()
    consents = InMemoryConsents()
    kept = InMemoryStore(participants, consents, quarantine)

    async def commit(changes: Changes) -> None:
        kept.commit(changes)

    return Records(participants, consents, quarantine, commit)


async def on_mongo(database: Database) -> Records:
    for name, models in store.INDEXES.items():
        await database.create_collection(name)
        if models:
            await database[name].create_indexes(list(models))
    transaction = Transaction(database)
    commits = iter(range(100))

    async def commit(changes: Changes) -> None:
        await transaction.run([f"message {next(commits)}"], changes.writes, [])

    return Records(
        store.MongoParticipants(database, EXCLUSIONS, CIPHER),
        store.MongoConsents(database),
        store.MongoQuarantine(database),
        commit,
    )


def participant(number: int, *handles: str, **changes: Any) -> Participant:
    found = Participant(
        id=f"person-{number}",
        hub="west-london",
        references=(KnownAs("nwl-trust", f"P-{number}", handles, NOW, 3, Said(NOW, 4)),),
        profile=PROFILE,
        card="card:1",
        sealed=Sealed("n", "c"),
    )
    return replace(found, **changes)


def rejected(number: int, **changes: Any) -> Quarantined:
    found = Quarantined(
        id=f"submission-{number}",
        publisher="nwl-trust",
        event_id=f"event-{number}",
        type="wlc.participant.submitted.v1",
        faults=(Fault("/data/postcode", "postcode", "No."),),
        body=Sealed("n", "c"),
        received_at=NOW + timedelta(minutes=number),
        until=NOW + timedelta(days=90),
        about=("reference:1", "reference:2"),
    )
    return replace(found, **changes)
