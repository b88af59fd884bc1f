"""Invitations that are due at once, written and handed to a mail server by notification.

Counted afterwards by that server, beside a bare loop that only hands the same bytes over.
"""

import asyncio
import json
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from time import perf_counter
from typing import Any
from uuid import UUID, uuid4

from motor.motor_asyncio import AsyncIOMotorClient

from deploy.embedded.ports import free_port
from services.notification.clients.letters import MarkdownComposer
from services.notification.domain import (
    Addressee,
    Contact,
    Invitation,
    InvitedSession,
    Kind,
    Letter,
    Message,
    Participant,
    SealedCard,
    Standing,
    Venue,
)
from services.notification.store import MongoRecords
from services.notification.use_cases.queue import SENDS
from shared.changes import Put
from shared.contracts.participants import Channel, ContactCard
from shared.contracts.participants import Contact as Reached
from shared.keyring import Keyring
from shared.links import Links
from shared.master_keys import SecretMasterKeys
from shared.mongo import Database, Document
from shared.transaction import NEVER
from tests.bench.process_use import cpu_seconds
from tests.bench.service import Running, a_program
from tests.builders.notification import HUB, LETTERHEAD, LINK_KEY, TITLE
from tests.integration.delivery.broker import Broker
from tests.servers import TestServers

MASTER = b"m" * 32
MASTER_TEXT = "bW1tbW1tbW1tbW1tbW1tbW1tbW1tbW1tbW1tbW1tbW0="
STORED_AT_ONCE = 2_000
PANEL = 12
"""So many people are invited to the same session."""
LOOK_SECONDS = 0.1
VENUE = Venue("Lido Centre", "63 Mattock Lane, London", "W13 9LA", online=False, access=())
PLAIN_HEADERS = ("Message-ID", "To")


async def measure(servers: TestServers, mails: int) -> list[dict[str, Any]]:
    """Return a row for the service, and one for each bare loop: rate, doubles, missing."""
    with tempfile.TemporaryDirectory() as folder:
        seconds, used, taken = await _mailed(servers, mails, Path(folder))
        built = await _bare(mails, Path(folder), "--built")
        same = await _bare(mails, Path(folder))
    twice = sum(count > 1 for count in taken.values())
    cpu_ms = round(used * 1000 / mails, 2)
    rows = [("notification", seconds), ("bare loop, each built", built), ("the same bytes", same)]
    return [
        {
            "by": by,
            "mails": mails,
            "per_second": round(mails / took),
            "taken_twice": twice if by == "notification" else 0,
            "missing": mails - len(taken) if by == "notification" else 0,
            "to_built": round(built / took, 2),
            "to_same_bytes": round(same / took, 2),
            "cpu_ms_each": cpu_ms if by == "notification" else "",
        }
        for by, took in rows
    ]


async def _mailed(
    servers: TestServers, mails: int, folder: Path
) -> tuple[float, float, dict[str, int]]:
    """Store what is due while the service is frozen, thaw it, time until all is settled."""
    name = f"bench-{uuid4().hex[:8]}"
    mongo: AsyncIOMotorClient[Document] = AsyncIOMotorClient(servers.mongo_url)
    told = folder / "service.json"
    async with (
        Broker.of(servers),
        sink(told) as port,
        _notification(servers, name, port) as running,
    ):
        await running.until_ready()
        running.process.send_signal(signal.SIGSTOP)
        try:
            await store_due(mongo[name], mails)
        finally:
            running.process.send_signal(signal.SIGCONT)
        used, started = cpu_seconds(running.process.pid), perf_counter()
        await _settled(mongo[name])
        seconds = perf_counter() - started
        used = cpu_seconds(running.process.pid) - used
    await mongo.drop_database(name)
    mongo.close()
    return seconds, used, json.loads(told.read_text())


async def _bare(mails: int, folder: Path, *how: str) -> float:
    sample = folder / "sample.eml"
    sample.write_bytes(_sample())
    async with sink(folder / "bare.json") as port:
        arguments = ("--port", port, "--mails", mails, "--sample", sample, *how)
        bare = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.bench.bare_mailing", *map(str, arguments)),
            stdout=asyncio.subprocess.PIPE,
        )
        said, _ = await bare.communicate()
    return float(said)


def _sample() -> bytes:
    """Return an e-mail as the service writes it, without what is each one's own."""
    person, invitation = _person(), _invitation(uuid4(), _session())
    letter = Letter(_message(invitation), Kind.INVITATION, person, invitation)
    composer = MarkdownComposer(LETTERHEAD, Links(LINK_KEY))
    mail: EmailMessage = composer.email(letter, Addressee("Asha", email="asha@example.org"))
    for header in PLAIN_HEADERS:
        del mail[header]
    return mail.as_bytes()


async def store_due(database: Database, mails: int) -> None:
    """Store people with sealed cards, each with an invitation that is due to be mailed."""
    records, keyring = MongoRecords(database), Keyring(database, SecretMasterKeys(MASTER))
    for begin in range(0, mails, STORED_AT_ONCE):
        numbers = range(begin, min(begin + STORED_AT_ONCE, mails))
        people = [_person() for _ in numbers]
        cards = await asyncio.gather(
            *(_contact(keyring, person, n) for person, n in zip(people, numbers, strict=True))
        )
        panels = [_session() for _ in range(0, len(people), PANEL)]
        invitations = [
            _invitation(UUID(person.id), panels[number // PANEL])
            for number, person in enumerate(people)
        ]
        messages = [_message(invitation) for invitation in invitations]
        for puts in (
            map(records.participants.keep, people),
            map(records.contacts.keep, cards),
            map(records.invitations.keep, invitations),
            map(records.messages.keep, messages),
        ):
            await _store(database, list(puts))
        await database[SENDS].insert_many(_due(message) for message in messages)


async def _store(database: Database, puts: list[Put]) -> None:
    rows = [{**put.document, "_id": put.id, "version": 1} for put in puts]
    await database[puts[0].collection].insert_many(rows)


def _person() -> Participant:
    return Participant(str(uuid4()), 1, Standing.ACTIVE, prefers="email", reference="P-1")


async def _contact(keyring: Keyring, person: Participant, number: int) -> Contact:
    reached = Reached(channel=Channel.EMAIL, value=f"p{number}@example.org", preferred=True)
    card = ContactCard(display_name="Asha Rao", address_as="Asha", contacts=(reached,))
    sealed = await keyring.seal(UUID(person.id), card)
    return Contact(person.id, 1, SealedCard(sealed.nonce, sealed.ciphertext))


def _session() -> InvitedSession:
    starts_at = datetime.now(UTC) + timedelta(days=21)
    return InvitedSession(str(uuid4()), starts_at, starts_at + timedelta(minutes=90), VENUE)


def _invitation(person: UUID, session: InvitedSession) -> Invitation:
    return Invitation(
        id=str(uuid4()),
        sequence=1,
        hub=HUB,
        participant_id=str(person),
        participant_reference="P-1",
        engagement_id=str(uuid4()),
        title=TITLE,
        description="People redesign the days after discharge.",
        partner="North West London Trust",
        answer="invited",
        answer_by=session.starts_at - timedelta(days=7),
        sessions=(session,),
        gbp_per_hour=15,
        time_credits=None,
    )


def _message(invitation: Invitation) -> Message:
    return Message(
        id=str(uuid4()),
        kind=Kind.INVITATION,
        hub=HUB,
        caused_by=str(uuid4()),
        correlation_id=str(uuid4()),
        at=datetime.now(UTC),
        sequence=1,
        participant_id=invitation.participant_id,
        invitation_id=invitation.id,
        engagement_id=invitation.engagement_id,
    )


def _due(message: Message) -> Document:
    return {
        "_id": message.id,
        "at": message.at,
        "about": {},
        "together": None,
        "tries": 0,
        "lease": NEVER,
        "failed": None,
        "asked": uuid4().hex,
    }


@asynccontextmanager
async def sink(told: Path) -> AsyncIterator[int]:
    """Run a mail server on a port of its own; it says what it took when it ends."""
    port = free_port()
    arguments = ("--port", str(port), "--told", str(told))
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.bench.smtp_sink", *arguments)
    )
    try:
        await _until_open(port)
        yield port
    finally:
        process.terminate()
        await process.wait()


async def _until_open(port: int) -> None:
    while True:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(LOOK_SECONDS)
        else:
            writer.close()
            return


@asynccontextmanager
async def _notification(servers: TestServers, database: str, port: int) -> AsyncIterator[Running]:
    own = free_port()
    environment = dict(_environment(servers, database, port, own))
    async with a_program("services.notification.main", own, environment=environment) as found:
        yield found


def _environment(
    servers: TestServers, database: str, port: int, own: int
) -> Iterator[tuple[str, str]]:
    settings = {
        "RABBIT_URL": servers.rabbit["notification"],
        "MONGO_URL": servers.mongo_url,
        "DEVELOPMENT": "true",
        "DATABASE": database,
        "PORT": str(own),
        "PUBLIC_URL": "http://localhost:8080",
        "KEYRING_DATABASE": database,
        "KEYRING_KEY": MASTER_TEXT,
        "LINK_KEY": LINK_KEY,
        "SENDER": "no-reply@wlc.example.org",
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": str(port),
        "SMTP_TLS": "none",
        "QUIET_HOURS": "none",
        "MOST_AN_HOUR": "1000000",
        "LOG_LEVEL": "WARNING",
    }
    for name, value in settings.items():
        yield f"NOTIFICATION_{name}", value


async def _settled(database: Database) -> None:
    for name in (SENDS, "outbox"):
        while await database[name].estimated_document_count():
            await asyncio.sleep(LOOK_SECONDS)
