"""Who takes back that they take part hears goodbye, and nothing that is queued for them by then.

Intake, the console and notification run on real servers; scheduling's part is spoken.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from functools import partial
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

import aio_pika
import httpx
from fastapi import FastAPI

from deploy.accounts import publishers_file
from services.console.main import build_app as build_console
from services.console.settings import Settings as ConsoleSettings
from services.intake.main import build_app as build_intake
from services.notification.main import build_app as build_notification
from services.notification.settings import Settings as NotificationSettings
from shared import topology
from shared.contracts.sessions import InvitationChanged, InvitationIssued, InvitationState
from shared.links import Links
from shared.mongo import Database
from tests.builders.console import PERMIT_KEY
from tests.builders.intake import event, person
from tests.builders.mail_servers import Moody, a_server
from tests.builders.notification import LINK_KEY, an_event, an_invitation_state
from tests.integration.delivery.broker import Broker
from tests.integration.test_console_service import accounts
from tests.integration.test_intake_service import PUBLISHER, intake_settings
from tests.servers import TestServers

URL = "http://localhost:8080"
SECONDS = 120
LONDON = ZoneInfo("Europe/London")
HOUR = timedelta(hours=1)
STAYS, BY_PUBLISHER, BY_THEMSELVES = "stays", "publisher", "themselves"
T = TypeVar("T")
WAYS = (STAYS, BY_PUBLISHER, BY_THEMSELVES)


@dataclass(frozen=True)
class Invited:
    """A person, known by a name, and what they are invited to."""

    id: UUID
    name: str
    state: InvitationState


@dataclass(frozen=True)
class Running:
    """Three services, who speaks to them, and the mail server that notification has."""

    publisher: aio_pika.abc.AbstractChannel
    scheduling: Broker
    console: httpx.AsyncClient
    intake: Database
    notification: Database
    mail: Moody
    people: dict[str, Invited] = field(default_factory=dict)

    async def publish(self, kind: str, data: dict[str, Any]) -> None:
        sent = event(data, type=kind, time=datetime.now(UTC).isoformat())
        inbound = await self.publisher.get_exchange(topology.INBOUND, ensure=False)
        body, content_type = json.dumps(sent).encode(), "application/cloudevents+json"
        message = aio_pika.Message(body, user_id=PUBLISHER, content_type=content_type)
        await inbound.publish(message, sent["type"])

    async def join(self, *names: str) -> None:
        """Have people registered, and known to notification and the console."""
        for name in names:
            reached = {"channel": "email", "value": f"{name}@example.org", "preferred": True}
            data = person(reference=name, contacts=[reached])
            await self.publish("participant.submitted", data)
        for name in names:
            found = await eventually(partial(self._participant, name))
            state = an_invitation_state(found, answer_by=datetime.now(UTC) + timedelta(days=7))
            self.people[name] = Invited(found, name, state)

    async def _participant(self, name: str) -> UUID | None:
        row = await self.intake["participants"].find_one({"references.reference": name})
        is_heard = row and await self.notification["contacts"].find_one({"_id": row["_id"]})
        return UUID(row["_id"]) if row and is_heard else None

    async def invite(self, *names: str) -> None:
        for name in names:
            state = self.people[name].state
            await self.scheduling.say(an_event(InvitationIssued, state, state.invitation_id))

    async def move(self, *names: str) -> None:
        """Have sessions be at another time than people were invited to."""
        for name in names:
            state = self.people[name].state
            later = tuple(
                each.model_copy(update={"calendar_sequence": 1}) for each in state.sessions
            )
            moved = state.model_copy(update={"sessions": later})
            now, of = datetime.now(UTC), state.invitation_id
            said = an_event(InvitationChanged, moved, of, sequence=2, time=now)
            await self.scheduling.say(said)

    async def withdraw(self, names: Iterable[str]) -> None:
        """Have each withdraw as their name ends; return once notification has heard of it."""
        gone = [name for name in names if not name.endswith(STAYS)]
        for name in gone:
            if name.endswith(BY_PUBLISHER):
                data = {"reference": name, "purpose": "involvement"}
                await self.publish("consent.withdrawn", data)
            else:
                link = Links(LINK_KEY).details(self.people[name].id, datetime.now(UTC) + HOUR)
                await eventually(partial(self._leave, f"/d/{link}/leave"))
        ids = [str(self.people[name].id) for name in gone]
        left = {"_id": {"$in": ids}, "standing": "left"}
        await eventually(partial(self.counted, "participants", left, len(gone)))

    async def _leave(self, path: str) -> bool | None:
        """Press the button, which is there as soon as the console knows of the invitation."""
        return (await self.console.post(path)).status_code == 303 or None

    async def waiting(self, names: Iterable[str], **how: Any) -> None:
        """Wait until a message is queued for each, and its work is so."""
        for name in names:
            await eventually(partial(self._waits, str(self.people[name].id), how))

    async def _waits(self, participant: str, how: dict[str, Any]) -> bool | None:
        query = {"participant_id": participant, "status": "queued"}
        rows = await self.notification["messages"].find(query).to_list(None)
        ids = [row["_id"] for row in rows]
        return await self.counted("sends", {"_id": {"$in": ids}, **how}, 1)

    async def nothing_waits(self) -> None:
        await eventually(partial(self.counted, "sends", {}, 0))

    async def counted(self, collection: str, query: dict[str, Any], wanted: int) -> bool | None:
        return await self.notification[collection].count_documents(query) == wanted or None

    async def told(self) -> dict[str, list[str]]:
        """Return what was mailed to each, by name, in its order."""
        kinds = {row["_id"]: row["kind"] async for row in self.notification["messages"].find()}
        found: dict[str, list[str]] = {name: [] for name in self.people}
        for envelope in self.mail.envelopes:
            [address] = envelope.rcpt_tos
            mail = message_from_bytes(envelope.content)
            key = str(mail["Message-ID"]).strip("<>").partition("@")[0]
            found[address.partition("@")[0]].append(kinds[key])
        return found


async def eventually(ask: Callable[[], Awaitable[T | None]]) -> T:
    """Ask until there is an answer. Raises TimeoutError."""
    async with asyncio.timeout(SECONDS):
        while (found := await ask()) is None:
            await asyncio.sleep(0.1)
    return found


@asynccontextmanager
async def started(
    servers: TestServers, database: Database, folder: Path, **notification: Any
) -> AsyncIterator[Running]:
    """Run the services, notification with these settings."""
    names, mail = (PUBLISHER, "scheduling", "operator"), Moody()
    own = {name: database.client[f"{database.name}-{name}"] for name in ("console", "notification")}
    async with AsyncExitStack() as stack:
        channels = [await stack.enter_async_context(a_channel(servers.rabbit[x])) for x in names]
        await stack.enter_async_context(Broker.of(servers))
        port = await stack.enter_async_context(a_server(mail, enable_SMTPUTF8=True))
        how = {"smtp_host": "127.0.0.1", "smtp_port": port, "smtp_tls": "none", **notification}
        apps = composed(servers, database, folder, how)
        for app in apps:
            await stack.enter_async_context(app.router.lifespan_context(app))
        transport = httpx.ASGITransport(apps[0])
        client = httpx.AsyncClient(transport=transport, base_url=URL)
        pages = await stack.enter_async_context(client)
        speaks = Broker(channels[1], channels[2])
        yield Running(channels[0], speaks, pages, database, own["notification"], mail)
    for each in own.values():
        await database.client.drop_database(each.name)


@asynccontextmanager
async def a_channel(url: str) -> AsyncIterator[aio_pika.abc.AbstractChannel]:
    async with await aio_pika.connect(url) as connection:
        yield await connection.channel(on_return_raises=True)


def composed(
    servers: TestServers, database: Database, folder: Path, mailing: dict[str, Any]
) -> list[FastAPI]:
    """Return the console, notification and intake, each with a database of its own."""
    (folder / "publishers.json").write_text(publishers_file(servers.secrets))
    (folder / "staff.json").write_text(accounts("west-london"))
    intake = intake_settings(servers, database, folder / "publishers.json")

    def of(service: str, **own: Any) -> dict[str, Any]:
        return {
            "rabbit_url": servers.rabbit[service],
            "mongo_url": servers.mongo_url,
            "database": f"{database.name}-{service}",
            "port": 1,
            "keyring_database": database.name,
            "keyring_key": intake.keyring_key,
            "link_key": LINK_KEY,
            "public_url": URL,
            **own,
        }

    sender = {"sender": "no-reply@wlc.example.org", **mailing}
    own = {"staff_file": folder / "staff.json", "permit_key": PERMIT_KEY}
    console = ConsoleSettings.model_validate(of("console", **own))
    notification = NotificationSettings.model_validate(of("notification", **sender))
    return [build_console(console), build_notification(notification), build_intake(intake)]


async def test_what_is_gathered_or_tried_again_goes_to_nobody_who_has_withdrawn(
    servers: TestServers, database: Database, tmp_path: Path
) -> None:
    gathered, refused = ([f"{what}-{way}" for way in WAYS] for what in ("gathered", "refused"))
    async with started(
        servers, database, tmp_path, quiet_hours="none", gather_seconds=8
    ) as running:
        await running.join(*gathered, *refused)
        await running.invite(*gathered)
        await eventually(partial(running.counted, "messages", {"status": "sent"}, 3))
        running.mail.data = "451 come again later"
        await running.invite(*refused)
        await running.move(*gathered)
        await running.waiting(refused, tries={"$gt": 0})
        await running.waiting(gathered, tries=0)

        await running.withdraw([*gathered, *refused])
        running.mail.data = "250 kept"
        await running.nothing_waits()

        assert await running.told() == {
            "gathered-stays": ["invitation", "changed"],
            "gathered-publisher": ["invitation", "goodbye"],
            "gathered-themselves": ["invitation", "goodbye"],
            "refused-stays": ["invitation"],
            "refused-publisher": ["goodbye"],
            "refused-themselves": ["goodbye"],
        }
        assert not await running.notification["messages"].count_documents({"status": "to_call"})


async def test_nothing_is_sent_in_quiet_hours_and_then_all_once_but_to_who_withdrew_in_them(
    servers: TestServers, database: Database, tmp_path: Path
) -> None:
    now = datetime.now(LONDON)
    end = (now + timedelta(seconds=85)).replace(second=0, microsecond=0)
    quiet_hours = f"{now - timedelta(hours=1):%H:%M}-{end:%H:%M}"
    stay = [f"quiet{number}-{STAYS}" for number in range(18)]
    gone = [f"quiet-{way}" for way in (BY_PUBLISHER, BY_THEMSELVES)]
    async with started(
        servers, database, tmp_path, quiet_hours=quiet_hours, gather_seconds=0
    ) as running:
        await running.join(*stay, *gone)
        await running.invite(*stay, *gone)
        await running.waiting([*stay, *gone], tries=0)

        await running.withdraw(gone)
        assert not running.mail.envelopes
        await running.nothing_waits()

        assert await running.told() == {
            **{key: ["invitation"] for key in stay},
            **{key: ["goodbye"] for key in gone},
        }
        sent = [row["handed_at"] async for row in running.notification["messages"].find()]
    assert min(datetime.fromisoformat(each) for each in sent) >= end
