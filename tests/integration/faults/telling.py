"""Who is written to, by real servers that say afterwards what they took, for tests of faults."""

import asyncio
import json
import ssl
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import aiosmtplib
import trustme

from deploy.embedded.ports import free_port
from shared.contracts.base import Event
from shared.contracts.participants import (
    Channel,
    Contact,
    ContactCard,
    ParticipantContactChanged,
    ParticipantRegistered,
)
from shared.keyring import Keyring
from shared.mongo import Database
from tests.builders.bounce_door import a_mail_server, bring_over
from tests.builders.bounces import postfix_unknown
from tests.builders.mail_servers import LOGIN, a_server, knows_login
from tests.builders.notification import LINK_KEY, a_state, an_event
from tests.fakes.govuk_notify import Notify, govuk_notify
from tests.fakes.govuk_notify_rules import API_KEY, TEMPLATE_ID
from tests.integration.faults.breakable import Breakable
from tests.integration.faults.running import LEASE_SECONDS, Running, running

MASTER = b"m" * 32
MASTER_TEXT = "bW1tbW1tbW1tbW1tbW1tbW1tbW1tbW1tbW1tbW1tbW0="
BOUNCES = "bounces.example.org"
BAD_NUMBER = "+447700900999"
PROGRAM = ["-m", "services.notification.main"]


@dataclass
class Bouncing:
    """A mail server that takes everything, and reports what it cannot deliver to `bounced…@`."""

    door: int
    taken: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    mails: list[bytes] = field(default_factory=list)
    reports: set[asyncio.Task[Any]] = field(default_factory=set)

    async def handle_DATA(  # noqa: N802 - the name that aiosmtpd calls
        self, _server: Any, _session: Any, envelope: Any
    ) -> str:
        mail = message_from_bytes(envelope.content, policy=default)
        [to] = envelope.rcpt_tos
        self.taken[to][str(mail["Message-ID"])] += 1
        self.mails.append(envelope.content)
        if to.startswith("bounced"):
            task = asyncio.create_task(self._report(envelope.mail_from))
            self.reports.add(task)
            task.add_done_callback(self.reports.discard)
        return "250 2.0.0 taken"

    async def _report(self, to: str) -> None:
        """Bring the report until the door takes it, as mail servers do."""
        while True:
            try:
                async with a_mail_server(self.door) as server:
                    await bring_over(server, postfix_unknown(), to)
            except (aiosmtplib.SMTPException, OSError):
                await asyncio.sleep(0.5)
            else:
                return

    def message_ids(self, to: str) -> int:
        """Count the messages of an address, each once however often it came."""
        return len(self.taken[to])


@dataclass(frozen=True)
class Person:
    """Somebody who is written to."""

    id: UUID
    email: str
    mobile: str | None

    async def events(self, keyring: Keyring) -> list[Event]:
        """Return what intake says of them."""
        contacts = [Contact(channel=Channel.EMAIL, value=self.email, preferred=True)]
        if self.mobile:
            contacts.append(Contact(channel=Channel.SMS, value=self.mobile))
        card = ContactCard(display_name="Asha Rao", address_as="Asha", contacts=tuple(contacts))
        sealed = await keyring.seal(self.id, card)
        return [
            an_event(ParticipantRegistered, a_state(self.id), self.id),
            an_event(ParticipantContactChanged, sealed, self.id),
        ]


def a_person(number: int, *, bounced: bool = False, mobile: str | None = None) -> Person:
    name = "bounced" if bounced else "kept"
    return Person(uuid4(), f"{name}{number}@example.org", mobile)


@dataclass
class Post:
    """The servers around notification, and how it is run."""

    breakable: Breakable
    store: Database
    folder: Path
    mail: Bouncing
    settings: dict[str, str]
    notify: Notify

    @asynccontextmanager
    async def notification(self) -> AsyncIterator[Running]:
        """Run the service until the end of the context, or until it is killed."""
        log = self.folder / "notification.log"
        async with running(PROGRAM, self.settings, log, prefix="NOTIFICATION") as service:
            await service.says(reason=None)
            yield service

    def texts(self, number: str | None) -> Counter[str]:
        """Count what Notify took for a number, by its key."""
        taken = (each for each in self.notify.taken if each.get("phone_number") == number)
        return Counter(each["reference"] for each in taken)


@asynccontextmanager
async def post(breakable: Breakable, store: Database, folder: Path) -> AsyncIterator[Post]:
    """Run a mail server with TLS and a login, and a Notify, and say how to reach them."""
    authority = trustme.CA()
    certificate = authority.issue_cert("127.0.0.1")
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(tls)
    ca_file = folder / "ca.pem"
    authority.cert_pem.write_to_path(ca_file)
    door = free_port()
    mail = Bouncing(door)
    secure = {
        "tls_context": tls,
        "require_starttls": True,
        "auth_required": True,
        "authenticator": knows_login,
        "enable_SMTPUTF8": True,
    }
    (folder / "notify").mkdir()
    with govuk_notify(folder / "notify") as notify:
        notify.tell({"numbers": {BAD_NUMBER: "permanent-failure"}})
        async with a_server(mail, **secure) as port:
            settings = {
                "RABBIT_URL": breakable.servers.rabbit["notification"],
                "MONGO_URL": breakable.servers.mongo_url,
                "DEVELOPMENT": "true",
                "DATABASE": store.name,
                "LEASE_SECONDS": str(LEASE_SECONDS),
                "PUBLIC_URL": "http://localhost:8080",
                "KEYRING_DATABASE": store.name,
                "KEYRING_KEY": MASTER_TEXT,
                "LINK_KEY": LINK_KEY,
                "SENDER": "no-reply@wlc.example.org",
                "SMTP_HOST": "127.0.0.1",
                "SMTP_PORT": str(port),
                "SMTP_TLS": "starttls",
                "SMTP_CA_FILE": str(ca_file),
                "SMTP_USER": LOGIN.login.decode(),
                "SMTP_PASSWORD": LOGIN.password.decode(),
                "BOUNCE_DOMAIN": BOUNCES,
                "BOUNCE_PORT": str(door),
                "NOTIFY": json.dumps([_account(notify.url)]),
                "QUIET_HOURS": "none",
                "GATHER_SECONDS": "0",
            }
            named = {f"NOTIFICATION_{name}": value for name, value in settings.items()}
            yield Post(breakable, store, folder, mail, named, notify)


def _account(url: str) -> dict[str, str]:
    return {"name": "notify", "api_key": API_KEY, "url": url, "text_template": TEMPLATE_ID}
