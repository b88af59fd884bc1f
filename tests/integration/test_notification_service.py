"""Notification on real servers: from the event on the broker to the mail in the folder."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any
from uuid import uuid4

import aio_pika
import pytest

from deploy.embedded.catcher import Catcher
from services.notification.main import build_app
from services.notification.settings import Settings
from shared import topology
from shared.contracts.participants import (
    Channel,
    Contact,
    ContactCard,
    ParticipantContactChanged,
    ParticipantRegistered,
)
from shared.contracts.sessions import InvitationIssued
from shared.keyring import Keyring
from shared.master_keys import SecretMasterKeys
from shared.mongo import Database
from tests.builders.notification import LINK_KEY, a_state, an_event, an_invitation_state
from tests.integration.delivery.broker import Broker
from tests.servers import TestServers

MASTER = b"m" * 32
MASTER_TEXT = "bW1tbW1tbW1tbW1tbW1tbW1tbW1tbW1tbW1tbW1tbW0="


@dataclass(frozen=True)
class Running:
    """The service, who speaks to it, and where its mail goes."""

    intake: Broker
    scheduling: Broker
    keyring: Keyring
    database: Database
    folder: Path

    async def mails(self, count: int) -> list[EmailMessage]:
        """Wait for so many messages to be settled; return what was caught."""
        async with asyncio.timeout(120):
            while await self.database["messages"].count_documents({"status": "sent"}) < count:
                await asyncio.sleep(0.05)
        files = self.folder.glob("*.eml")
        return [message_from_bytes(file.read_bytes(), policy=default) for file in files]


@pytest.fixture
async def running(
    servers: TestServers, database: Database, tmp_path: Path
) -> AsyncIterator[Running]:
    async with started(servers, database, tmp_path) as running:
        yield running


@asynccontextmanager
async def started(servers: TestServers, database: Database, folder: Path) -> AsyncIterator[Running]:
    scheduling = await aio_pika.connect(servers.rabbit["scheduling"])
    operator = await aio_pika.connect(servers.rabbit["operator"])
    async with Catcher(folder) as catcher, scheduling, operator, Broker.of(servers) as intake:
        settings = Settings(
            public_url="http://localhost:8080",
            rabbit_url=servers.rabbit["notification"],
            mongo_url=servers.mongo_url,
            database=database.name,
            port=1,
            keyring_database=database.name,
            keyring_key=MASTER_TEXT,
            link_key=LINK_KEY,
            sender="no-reply@wlc.example.org",
            smtp_host="127.0.0.1",
            smtp_port=catcher.port,
            smtp_tls="none",
            quiet_hours="none",
            gather_seconds=0,
        )
        app = build_app(settings)
        async with app.router.lifespan_context(app):
            speaks = Broker(
                await scheduling.channel(on_return_raises=True), await operator.channel()
            )
            yield Running(
                intake, speaks, Keyring(database, SecretMasterKeys(MASTER)), database, folder
            )


async def registered(running: Running, number: int) -> list[Any]:
    person = uuid4()
    address = Contact(channel=Channel.EMAIL, value=f"p{number}@example.org", preferred=True)
    card = ContactCard(display_name="Asha Rao", address_as="Asha", contacts=(address,))
    sealed = await running.keyring.seal(person, card)
    invitation = an_invitation_state(person, answer_by=datetime.now(UTC) + timedelta(days=7))
    return [
        an_event(ParticipantRegistered, a_state(person), person),
        an_event(ParticipantContactChanged, sealed, person),
        an_event(InvitationIssued, invitation, invitation.invitation_id),
    ]


async def test_every_invited_person_gets_one_e_mail_though_events_come_twice(
    running: Running,
) -> None:
    people = [await registered(running, number) for number in range(60)]

    await running.intake.say(*(event for person in people for event in person[:2]))
    for _ in range(2):
        await running.scheduling.say(*(person[2] for person in people))
    mails = await running.mails(60)

    assert sorted(mail["To"] for mail in mails) == sorted(f"p{n}@example.org" for n in range(60))
    assert not (running.folder / "repeats.log").exists()
    told = await running.intake.taken(topology.queue("console"))
    sent = [message for message in told if message.type == "wlc.notification.sent.v1"]
    assert len(sent) == 60
    assert not any(b"example.org" in message.body for message in sent)


async def test_an_invitation_that_comes_before_its_person_is_sent_when_they_are_known(
    running: Running,
) -> None:
    joined, contact, invited = await registered(running, 1)

    await running.scheduling.say(invited)
    await asyncio.sleep(1)
    await running.intake.say(joined, contact)

    [mail] = await running.mails(1)
    assert mail["To"] == "p1@example.org"
