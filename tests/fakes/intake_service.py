"""Intake as a listener: it takes statements at both doors, and hears what people say by link."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from typing import Any
from uuid import UUID, uuid5

from pydantic_core import to_json

from services.intake.domain.consents import Line, Step
from services.intake.domain.engagements import CANCELLED, Engagement
from services.intake.domain.people import ACTIVE, ERASED, Participant
from services.intake.handlers import build_handlers
from services.intake.use_cases.doors import receive_now
from services.intake.use_cases.keeping import SECOND_LOOKS
from services.intake.use_cases.reading import Arrival, read_event
from services.intake.use_cases.receiving import receive
from shared.changes import NOTHING, Changes
from shared.contracts import EVENT_BY_TYPE
from shared.contracts.own_details import ReplyDetailsGiven
from shared.contracts.participants import (
    Channel,
    Contact,
    ContactCard,
    ParticipantContactChanged,
    SealedContact,
)
from shared.contracts.sessions import SessionAttendanceNoted
from shared.contracts.submissions import SUBMISSIONS
from shared.errors import NotFoundError
from shared.handlers import Handling, Inbound
from tests.builders.console import Clock
from tests.builders.events import an_event
from tests.builders.intake import HUB, NOW, intake
from tests.builders.statements import NAMES, SAID_BY_US, SELDOM, STEPS, Account, Statement, Topic
from tests.fakes.intake import InMemoryCommitter, Intake
from tests.fakes.listeners import COUNTED
from tests.fakes.listening import Listener, Plain

PUBLISHER = "nwl-trust"
TOO_EARLY = frozenset({"unknown-reference", "left"})
ROUNDS = 3


@dataclass
class IntakeListener(Listener):
    """Intake, and a publisher that sends again, under a new id, what came too early."""

    intake: Intake = field(kw_only=True)
    refused: list[Statement] = field(default_factory=list)
    sent: dict[str, Statement] = field(default_factory=dict)
    answers: dict[Statement, str] = field(default_factory=dict)
    read_up_to: int = 0

    async def read(self, event: Statement) -> Changes:
        try:
            return await self._handling(event).work()
        except NotFoundError:
            self.refused.append(event)
            return NOTHING

    def keep(self, event: Statement, changes: Changes) -> None:
        message_id = self._handling(event).message_id
        if message_id not in self.inbox:
            self.store.commit(changes)
            self.inbox.add(message_id)
        self._read_answers()

    async def hear(self, event: Statement) -> None:
        """Take it at its door; then what was refused, or waits, comes again, one of each."""
        await self._take(event)
        for each in self.refused[:1]:
            self.refused.remove(each)
            await self._take(self._again(each))
        for key in [key for key in self.store.due if key[0] == SECOND_LOOKS][:1]:
            await self._is_done(key)
            self._read_answers()

    async def rest(self) -> None:
        """Do all that is due; what is refused even then is not sent again."""
        for _ in range(ROUNDS):
            await super().rest()
            self._read_answers()
            again, self.refused = self.refused, []
            for each in again:
                await self._take(self._again(each))
        self.refused = []

    def stands(self, plain: Plain) -> dict[str, Any]:
        """Say how everything stands; ids that go by what came first are spelt as references."""
        kept = {name: each.entities.values() for name, each in self.store.collections.items()}
        shown: dict[str, Iterable[Any]] = {
            "participants": map(self._person, kept["participants"]),
            "engagements": map(_asked, kept["engagements"]),
            **{name: kept[name] for name in ("attendances", "feedbacks", "outcomes", "sessions")},
            "ledger": self._ledger(kept["consents"]),
            "said": self._newest_said(),
            "answers": self._answers(),
            "sealed": self._of_the_forgotten(),
            "keys forgotten": [{"of": each} for each in self.intake.keys.forgotten],
        }
        return {
            name: plain.all_of(name, map(self._named, things)) for name, things in shown.items()
        }

    def _handling(self, event: Statement) -> Handling:
        self.sent[event.id] = event
        if event.type in SAID_BY_US:
            return Handling(event.id, partial(self._by_us, event))
        if event.by_amqp:
            body = json.dumps(event.said).encode()
            read = self.handlers._of_inbound
            assert read
            return read(Inbound(body, PUBLISHER, None, "application/cloudevents+json"))
        arrival = self._arrival(event)
        return Handling(arrival.message_id, partial(self._received, arrival))

    async def _take(self, event: Statement) -> None:
        if event.by_amqp or event.type in SAID_BY_US:
            self.keep(event, await self.read(event))
            return
        self.sent[event.id] = event
        commits = InMemoryCommitter(self.store, self.inbox)
        await receive_now(self._arrival(event), self.intake.desk, commits)
        self._read_answers()

    def _arrival(self, event: Statement) -> Arrival:
        publisher = self.intake.publishers.by_name(PUBLISHER)
        assert publisher
        return read_event(event.said, publisher, self.intake.desk.cipher)

    async def _received(self, arrival: Arrival) -> Changes:
        return (await receive(arrival, self.intake.desk)).changes

    async def _by_us(self, event: Statement) -> Changes:
        kind, data = EVENT_BY_TYPE[event.type], dict(event.said)
        if event.topic.of == "person":
            data["participant_id"] = self._id_of(event.topic.reference)
        if event.type == ReplyDetailsGiven.TYPE:
            data["sealed"] = await self._sealed(UUID(data["participant_id"]), event)
        if event.type == SessionAttendanceNoted.TYPE:
            came = event.said["attendances"]
            data["attendances"] = [
                {**each, "participant_id": self._id_of(each["reference"])} for each in came
            ]
        head = {"id": event.id, "time": event.at, "hub": HUB, "sequence": event.sequence}
        said = an_event(kind, data=data, subject=str(data.get("session_id", "reply")), **head)
        return await self.handlers._of_event[event.type](said)

    async def _sealed(self, who: UUID, event: Statement) -> SealedContact:
        """Seal who they say they are, as the console does: of what is forgotten nothing opens."""
        if who in self.intake.keys.forgotten:
            return SealedContact(participant_id=who, nonce="1", ciphertext="forgotten")
        value = f"own-{event.topic.reference}-{event.sequence % 2}@example.com"
        card = ContactCard(
            display_name="Amina",
            address_as="Amina",
            contacts=(Contact(channel=Channel.EMAIL, value=value, preferred=True),),
            postcode="HA9 0FJ",
        )
        return await self.intake.keys.seal(who, card)

    def _id_of(self, reference: str) -> str:
        handle = self.intake.desk.cipher.digest("reference", HUB, PUBLISHER, reference)
        found = [each.id for each in self.intake.people if handle in each.handles]
        if not found:
            raise NotFoundError("nobody is known by this reference yet")
        return found[0]

    def _calls(self, person: Participant, topic: Topic) -> bool:
        handle = self.intake.desk.cipher.digest("reference", HUB, PUBLISHER, topic.reference)
        return handle in person.handles

    def _again(self, event: Statement) -> Statement:
        name = str(uuid5(NAMES, f"{event.id} again"))
        return replace(event, id=name, said={**event.said, "id": name}, first=event.origin)

    def _read_answers(self) -> None:
        news = self.store.events[self.read_up_to :]
        self.read_up_to += len(news)
        for each in [each for each in news if each.TYPE.startswith("wlc.submission.")]:
            event = self.sent[each.data.event_id]
            self.answers[event.origin] = str(each.data.status)
            codes = {fault.code for fault in each.data.faults}
            if codes and codes <= TOO_EARLY:
                self.refused.append(event)

    def _person(self, person: Participant) -> dict[str, Any]:
        if person.status != ACTIVE:
            return {"id": person.id, "status": person.status, "left_at": person.left_at}
        assert person.sealed
        cards, own = self.intake.keys.cards[UUID(person.id)], person.own_details
        card = cards[int(person.sealed.nonce) - 1]
        shown = asdict(person) | {"sealed": card.model_dump(), "name": None}
        if own:
            shown["own_details"]["sealed"] = cards[int(own.sealed.nonce) - 1].model_dump()
        return shown | ({"times_sent_at": None} if self._has_been_away(person.id) else {})

    def _newest_said(self) -> list[dict[str, Any]]:
        others = ("wlc.submission.", "wlc.erasure.")
        heard = [e for e in self.store.events if not e.TYPE.startswith(others)]
        states = [e.data for e in heard if e.TYPE != ParticipantContactChanged.TYPE]
        newest = {each.subject: each.data for each in heard if each.data in states}
        told = {subject: _told(each.model_dump(mode="json")) for subject, each in newest.items()}
        return [
            each | ({"availability": None} if self._has_been_away(subject) else {})
            for subject, each in told.items()
        ]

    def _ledger(self, lines: Iterable[Line]) -> list[dict[str, Any]]:
        """Say what was agreed to and taken back; what was not repeated is noted as it is heard."""
        return [
            asdict(each) | {"id": None}
            for each in lines
            if each.step != Step.LEFT_OUT
            and not each.again_at
            and not self._has_been_away(each.participant_id)
        ]

    def _has_been_away(self, person_id: str) -> bool:
        gone = {each.topic.reference: each.topic for each in self.sent.values()}
        away = [each for each in gone.values() if each.of == "person" and each.has_gone]
        return any(
            self._calls(person, topic)
            for person in self.intake.people
            if person.id == person_id
            for topic in away
        )

    def _answers(self) -> list[dict[str, Any]]:
        return [
            {"said": event.type, "at": event.at, "status": status}
            for event, status in self.answers.items()
            if not event.topic.has_gone
        ]

    def _of_the_forgotten(self) -> list[dict[str, Any]]:
        gone = {h for each in self.intake.people if each.status == ERASED for h in each.handles}
        rejected = self.store.collections["quarantine"].entities.values()
        looks = [due.about for (kind, _), due in self.store.due.items() if kind == SECOND_LOOKS]
        return [
            {"handles": each}
            for each in [*(item.about for item in rejected), *(x["handles"] for x in looks)]
            if not gone.isdisjoint(each)
        ]

    def _named(self, thing: Any) -> Any:
        text = to_json(thing).decode()
        for topic in Account().of("person"):
            for person in self.intake.people:
                if self._calls(person, topic):
                    text = text.replace(person.id, topic.reference)
        return json.loads(text)


def _asked(engagement: Engagement) -> dict[str, Any]:
    shown = asdict(engagement)
    return shown | {"state": None} if engagement.status == CANCELLED else shown


def _told(state: dict[str, Any]) -> dict[str, Any]:
    if state.get("status") in {"left", "erased", "cancelled"}:
        return {name: state[name] for name in state if name in {"status", "participant_id"}}
    return state


class IntakeListens:
    """Of whom has left, and of what was called off, only that: nobody goes by the rest any more.

    What was said before and comes after is not taken in then, and answered as of the moment: of
    whom has been away or forgotten answers are not compared, nor what they agreed to, nor whether
    times that a publisher sent, which may have been refused then, go before their own. Of the
    ledger of others the lines are compared, not what is told of it, which also shows what was not
    repeated. The id of feedback goes by the id
    of its submission. A person and a contact are of one reference only: whom intake takes somebody
    for is decided by who is known at the moment.
    """

    def __init__(self) -> None:
        self.clean, self.late = _listener(), _listener()
        self.account = Account()
        self.told = Counter[str]()

    def beginnings(self) -> list[tuple[str, Topic]]:
        """Return what is said first: people join, and engagements are asked for."""
        kinds = ("wlc.participant.submitted.v1", "wlc.engagement.submitted.v1")
        return [(kind, each) for kind in kinds for each in self.who_can(kind)]

    def seldom_told(self) -> list[str]:
        """Return what can be said now, first what seldom was; what ends a life is put off."""
        can = [kind for kind in STEPS if self.who_can(kind)]
        return sorted(can, key=lambda kind: self.told[kind] * SELDOM.get(STEPS[kind].then, 1))

    def who_can(self, kind: str) -> list[Topic]:
        """Return of what it can be said now."""
        return [each for each in self.account.topics if self.account.can_say(kind, each)]

    def tell(self, kind: str, topic: Topic, lot: int) -> Statement:
        """Let it be said."""
        self.told[kind] += 1
        return self.account.say(kind, topic, lot)

    def untold(self) -> set[str]:
        """Return what intake takes, and nobody has said."""
        return {*SUBMISSIONS, *self.clean.handlers.events} - set(self.told)

    def plain(self) -> Plain:
        """Return how ends are compared."""
        said = frozenset({"feedback_id", "consent_ledger", *COUNTED})
        return Plain({"feedbacks": frozenset({"id"}), "said": said})

    async def rest(self) -> None:
        """Let all that is due be done in both, and send again what was refused."""
        await self.clean.rest()
        await self.late.rest()


def _listener() -> IntakeListener:
    found = intake()
    handlers = build_handlers(found.desk, found.publishers)
    return IntakeListener(handlers, found.store, Clock(NOW), intake=found)
