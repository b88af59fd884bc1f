"""The notification service on fakes: hears events, and does what is due."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any
from uuid import UUID, uuid4

from services.notification.clients.letters import MarkdownComposer, MarkdownPreviews
from services.notification.domain import Channel, Kind, Message, Pace, Status
from services.notification.handlers import build_handlers
from services.notification.use_cases.post import Post
from shared.contracts.base import Event
from shared.contracts.participants import ParticipantRegistered
from shared.contracts.sessions import InvitationIssued, InvitationState
from shared.due import DueWork
from shared.errors import AppError
from shared.facts import Facts
from shared.links import Links
from tests.builders.notification import (
    LETTERHEAD,
    LINK_KEY,
    NOW,
    a_contact_event,
    a_state,
    an_event,
    an_invitation_state,
    told,
)
from tests.fakes.carriers import InMemoryCarriers
from tests.fakes.notification import (
    InMemoryAddresses,
    InMemoryHook,
    InMemoryKeepsakes,
    InMemoryMailer,
    InMemoryRecords,
)


@dataclass(frozen=True)
class Raw:
    """What a handler sees of a delivered message."""

    body: bytes
    type: str
    exchange: str = "events"


@dataclass
class NotificationOnFakes:
    """Hears what it is given, and sends what is due when told to."""

    records: InMemoryRecords = field(default_factory=InMemoryRecords)
    addresses: InMemoryAddresses = field(default_factory=InMemoryAddresses)
    mailer: InMemoryMailer = field(default_factory=InMemoryMailer)
    hook: InMemoryHook = field(default_factory=InMemoryHook)
    carriers: dict[Channel, InMemoryCarriers] = field(default_factory=dict)
    pace: Pace = field(default_factory=Pace)
    keepsakes: InMemoryKeepsakes = field(default_factory=InMemoryKeepsakes)
    now: datetime = NOW
    unfinished: bool = False
    tries: dict[tuple[str, str], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        facts = Facts("notification", now=lambda: self.now)
        self.post = Post(
            records=self.records,
            addresses=self.addresses,
            composer=MarkdownComposer(LETTERHEAD, Links(LINK_KEY)),
            previews=MarkdownPreviews(LETTERHEAD, facts.now),
            mailer=self.mailer,
            hook=self.hook,
            facts=facts,
            carriers=self.carriers,
            pace=self.pace,
            keepsakes=(self.keepsakes,),
        )
        self.handlers = build_handlers(self.post)

    async def hear(self, *events: Event) -> None:
        """Hear events as they come over the bus."""
        for event in events:
            body = event.model_dump_json().encode()
            handling = self.handlers.for_message(Raw(body, event.TYPE))  # type: ignore[arg-type]
            self.records.commit(await handling.work())

    async def do_what_is_due(self, *, tries: int = 0, by: datetime | None = None) -> list[str]:
        """Try everything queued once, or only what is due by then; return why some was put off."""
        put_off = []
        for collection, work_id in list(self.records.due):
            wanted = self.records.due.get((collection, work_id))
            if wanted is None or (by and wanted.at > by):
                continue
            del self.records.due[collection, work_id]
            before = self.tries.pop((collection, work_id), tries)
            work = DueWork(
                work_id, wanted.at, wanted.about, before, "asked", unfinished=self.unfinished
            )
            try:
                self.records.commit(await self.handlers.of_due[collection](work))
            except AppError as error:
                if not error.retryable:
                    raise
                pause = timedelta(seconds=min(2.0 * 2**before, 1800.0))
                self.records.due[collection, work_id] = replace(wanted, at=self.now + pause)
                self.tries[collection, work_id] = before + 1
                put_off.append(error.code)
        return put_off

    async def pass_to(self, moment: datetime) -> None:
        """Let time pass, and do all that becomes due on the way, in order."""
        while due := [each for each in self.records.due.values() if each.at <= moment]:
            self.now = max(self.now, min(each.at for each in due))
            await self.do_what_is_due(by=self.now)
        self.now = moment

    async def give_up_what_is_due(self) -> None:
        """Settle everything queued as what cannot be sent."""
        for collection, work_id in list(self.records.due):
            wanted = self.records.due.pop((collection, work_id))
            work = DueWork(work_id, wanted.at, wanted.about, 0, "asked")
            self.records.commit(await self.handlers.of_given_up[collection](work))

    async def hear_and_send(self, *events: Event) -> None:
        """Hear each event, and send what follows before the next."""
        for event in events:
            await self.hear(event)
            await self.do_what_is_due()

    async def know(self, person: UUID | None = None, **state: Any) -> UUID:
        """Hear of a person with a contact card; they prefer e-mail unless told otherwise."""
        person = person or uuid4()
        registered = an_event(ParticipantRegistered, a_state(person, **state), person)
        await self.hear(registered, a_contact_event(person))
        return person

    @property
    def mails(self) -> list[EmailMessage]:
        return self.mailer.sent

    @property
    def messages(self) -> list[Message]:
        return list(self.records.messages.entities.values())

    def kinds(self, status: Status) -> list[Kind]:
        return [message.kind for message in self.messages if message.status is status]


async def invited(service: NotificationOnFakes) -> InvitationState:
    """Let the service know a person and tell them of their invitation."""
    state = an_invitation_state(await service.know())
    await service.hear_and_send(told(InvitationIssued, state, 1))
    return state
