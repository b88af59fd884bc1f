"""What comes by AMQP, what others say, and what becomes due, on an intake in memory."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.intake.domain.json_text import EVENT_BYTES
from services.intake.handlers import build_handlers
from services.intake.use_cases.keeping import opened_from_quarantine
from shared.committer import Outcome
from shared.contracts.sessions import ReplyLeft, ReplyState
from shared.due import DueWork
from shared.errors import NotFoundError, NotYetError
from shared.topology import INBOUND
from tests.builders.intake import event, intake, person, publisher, send
from tests.fakes.channel import BrokerChannel, Delivered
from tests.fakes.intake import Intake

SINGLE = "application/cloudevents+json"


class Broker:
    """Hands messages to the handlers, as delivery does."""

    def __init__(self, to: Intake) -> None:
        self.intake = to
        self.handlers = build_handlers(to.desk, to.publishers)

    async def deliver(
        self, body: Any, *, user: str | None = "nwl-trust", kind: str | None = SINGLE
    ) -> Outcome:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        channel = BrokerChannel(set())
        message: Any = Delivered(
            channel, 1, content, exchange=INBOUND, user_id=user, content_type=kind
        )
        handling = self.handlers.for_message(message)
        return await self.intake.commits.commit(handling.message_id, handling.work)

    async def let_become_due(self, collection: str) -> None:
        for (name, found), due in [*self.intake.store.due.items()]:
            if name == collection:
                work = DueWork(found, due.at, due.about, 0, "asked")
                self.intake.store.commit(await self.handlers.of_due[collection](work))
                del self.intake.store.due[name, found]

    def answers(self) -> list[tuple[str, dict[str, str]]]:
        return [
            (e.data.status, {fault.pointer: fault.code for fault in e.data.faults})
            for e in self.intake.store.events
            if e.TYPE.startswith("wlc.submission")
        ]


@pytest.fixture
def broker() -> Broker:
    return Broker(intake())


async def test_a_message_is_answered_under_its_publishers_key(broker: Broker) -> None:
    outcome = await broker.deliver(event(person()))

    answer = broker.intake.store.events[-1]
    assert outcome is Outcome.DONE
    assert answer.routing_key == "wlc.submission.accepted.v1.nwl-trust"


async def test_the_same_message_twice_has_one_effect_and_one_answer(broker: Broker) -> None:
    sent = event(person())
    await broker.deliver(sent)

    again = await broker.deliver(sent)
    rewritten = await broker.deliver(json.dumps(sent, indent=2).encode())

    assert (again, rewritten) == (Outcome.DUPLICATE, Outcome.DUPLICATE)
    assert len(broker.answers()) == 1


async def test_both_doors_know_what_the_other_took(broker: Broker) -> None:
    sent = event(person())
    await send(broker.intake, sent)

    assert await broker.deliver(sent) is Outcome.DUPLICATE


@pytest.mark.parametrize(
    ("body", "user", "kind", "fault"),
    [
        (event(person()), None, SINGLE, {"": "no-user-id"}),
        (event(person()), "stranger", SINGLE, {"": "unknown-publisher"}),
        (event(person()), "nwl-trust", "application/xml", {"": "content-type"}),
        (b"<event/>", "nwl-trust", None, {"": "not-json"}),
        (b"\xff\xfe", "nwl-trust", None, {"": "not-utf-8"}),
        (b"", "nwl-trust", None, {"": "not-json"}),
        (b"[" * 100_000, "nwl-trust", None, {"": "too-deep"}),
        (b"[]", "nwl-trust", None, {"": "wrong-type"}),
        (b'"' + b"x" * 300_000 + b'"', "nwl-trust", None, {"": "body-too-large"}),
    ],
)
async def test_a_message_that_is_no_event_is_refused_and_kept(
    broker: Broker, body: Any, user: str | None, kind: str | None, fault: dict[str, str]
) -> None:
    await broker.deliver(body, user=user, kind=kind)

    assert broker.answers() == [("rejected", fault)]
    assert broker.intake.people == []
    [rejected] = broker.intake.store.events
    assert await broker.intake.desk.quarantine.get(rejected.subject)


@pytest.mark.parametrize(
    ("user", "kind"), [(None, SINGLE), ("stranger", SINGLE), ("nwl-trust", "text/plain")]
)
async def test_of_a_large_message_no_more_is_kept_than_an_event_may_have(
    broker: Broker, user: str | None, kind: str
) -> None:
    await broker.deliver(b"x" * (2 * EVENT_BYTES), user=user, kind=kind)

    [rejected] = broker.intake.store.events
    kept = await broker.intake.desk.quarantine.get(rejected.subject)
    assert kept
    assert await opened_from_quarantine(kept, broker.intake.desk) == b"x" * EVENT_BYTES


async def test_what_overtakes_the_event_it_builds_on_is_looked_at_again(broker: Broker) -> None:
    stated = person()
    await broker.deliver(event({"reference": stated["reference"]}, type="participant.withdrawn"))
    before = broker.answers()
    await broker.deliver(event(stated))

    await broker.let_become_due("second_looks")

    assert before == []
    assert [status for status, _ in broker.answers()] == ["accepted", "accepted"]
    assert broker.intake.people[0].status == "left"


async def test_what_waits_for_a_second_look_has_no_answer_by_the_other_door_yet(
    broker: Broker,
) -> None:
    early = event({"reference": "nobody"}, type="participant.withdrawn")
    await broker.deliver(early)

    with pytest.raises(NotYetError):
        await send(broker.intake, early)
    await broker.let_become_due("second_looks")
    answered = await send(broker.intake, early)

    assert answered.is_duplicate
    assert answered.submission.status == "rejected"


async def test_what_refers_to_nothing_is_refused_at_the_second_look(broker: Broker) -> None:
    await broker.deliver(event({"reference": "nobody"}, type="participant.withdrawn"))

    await broker.let_become_due("second_looks")

    assert broker.answers() == [("rejected", {"/data/reference": "unknown-reference"})]


async def test_what_waits_for_a_second_look_is_sealed(broker: Broker) -> None:
    await broker.deliver(event({"reference": "SECRET-77"}, type="participant.withdrawn"))

    assert "SECRET-77" not in repr(broker.intake.store.due)


async def test_a_publisher_may_not_say_more_by_amqp() -> None:
    broker = Broker(intake(publisher(types=frozenset({"wlc.outcome.recorded.v1"}))))

    await broker.deliver(event(person()))

    assert broker.answers() == [("rejected", {"/type": "type-not-permitted"})]


def reply(participant_id: str) -> ReplyLeft:
    return ReplyLeft(
        id=str(uuid4()),
        source="console",
        subject="invitation",
        time=datetime(2026, 11, 22, tzinfo=UTC),
        hub="west-london",
        correlationid="c",
        data=ReplyState(invitation_id=uuid4(), participant_id=UUID(participant_id)),
    )


async def test_a_person_leaves_by_their_own_link_once(broker: Broker) -> None:
    received = await send(broker.intake, event(person()))
    said = reply(str(received.submission.aggregate_id))
    handle = broker.handlers._of_event[ReplyLeft.TYPE]

    broker.intake.store.commit(await handle(said))
    broker.intake.store.commit(await handle(said))

    left = [e for e in broker.intake.store.events if e.TYPE == "wlc.participant.left.v1"]
    assert [(e.sequence, e.correlationid, e.data.status) for e in left] == [(2, "c", "left")]


async def test_nobody_leaves_who_was_never_there(broker: Broker) -> None:
    with pytest.raises(NotFoundError):
        await broker.handlers._of_event[ReplyLeft.TYPE](reply(str(uuid4())))


async def test_the_key_of_a_forgotten_person_is_forgotten_after_the_commit(
    broker: Broker,
) -> None:
    stated = person()
    await send(broker.intake, event(stated))
    reference = {"reference": stated["reference"]}
    await send(broker.intake, event(reference, type="participant.erasure_requested"))

    await broker.let_become_due("erasures")

    [forgotten] = broker.intake.people
    assert broker.intake.keys.forgotten == [UUID(forgotten.id)]
