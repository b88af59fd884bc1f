"""Everybody hears each thing once, by one channel or another, whatever is killed meanwhile.

Mail goes by SMTP over TLS with a login; what bounces comes back to the service's own door; texts
go to a Notify that speaks its published API.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aio_pika
import pytest

from services.notification.domain import Status
from services.notification.use_cases.queue import SENDS
from services.notification.use_cases.settling import RECEIPTS
from shared import topology
from shared.contracts.sessions import (
    Answer,
    InvitationCancelled,
    InvitationChanged,
    InvitationIssued,
    InvitationState,
)
from shared.keyring import Keyring
from shared.master_keys import SecretMasterKeys
from shared.mongo import Database
from shared.transaction import NEVER
from tests.builders.notification import an_invitation_state, told
from tests.integration.delivery.broker import Broker
from tests.integration.faults.breakable import Breakable
from tests.integration.faults.running import emptied
from tests.integration.faults.telling import BAD_NUMBER, MASTER, Person, Post, a_person, post

pytestmark = pytest.mark.asyncio(loop_scope="session")

ROUNDS = (
    (InvitationIssued, None),
    (InvitationChanged, None),
    (InvitationCancelled, Answer.CANCELLED),
)
KEPT = [a_person(number) for number in range(90)]
TEXTED = [a_person(number, bounced=True, mobile=f"+4477009001{number:02}") for number in range(20)]
RUNG = [a_person(number, bounced=True, mobile=BAD_NUMBER) for number in range(20, 30)]
EVERYBODY = [*KEPT, *TEXTED, *RUNG]


@asynccontextmanager
async def scheduling(breakable: Breakable) -> AsyncIterator[Broker]:
    """Speak as scheduling does."""
    speaks = await aio_pika.connect(breakable.servers.rabbit["scheduling"])
    operator = await aio_pika.connect(breakable.servers.rabbit["operator"])
    async with speaks, operator:
        yield Broker(await speaks.channel(on_return_raises=True), await operator.channel())


async def settled(store: Database, *, at_least: int) -> None:
    """Wait until so many messages have left the queue."""
    async with asyncio.timeout(120):
        query = {"status": {"$ne": Status.QUEUED.value}}
        while await store["messages"].count_documents(query) < at_least:
            await asyncio.sleep(0.02)


async def everybody_is_known(store: Database) -> None:
    """Wait until everybody and how to reach them is known."""
    async with asyncio.timeout(120):
        for name in ("participants", "contacts"):
            while await store[name].count_documents({}) < len(EVERYBODY):
                await asyncio.sleep(0.02)


async def let_leases_run_out(store: Database) -> None:
    """Make it two minutes later for what is claimed by whoever was killed."""
    for name in (SENDS, RECEIPTS):
        await store[name].update_many({}, {"$set": {"lease": NEVER}})


async def all_done(store: Database, around: Post, number: int) -> None:
    """Wait until a round was heard, its reports were brought, and nothing is left to do."""
    async with asyncio.timeout(120):
        while await store["messages"].count_documents({"sequence": number}) < len(EVERYBODY):
            await asyncio.sleep(0.1)
        while around.mail.reports:
            await asyncio.sleep(0.1)
    for name in (SENDS, RECEIPTS, "outbox"):
        await emptied(store[name])


async def test_each_thing_is_told_once_and_a_bounce_leads_to_a_text_and_then_to_a_call(
    breakable: Breakable, store: Database, tmp_path: Path
) -> None:
    keyring = Keyring(store, SecretMasterKeys(MASTER))
    invitations = {person.id: an_invitation_state(person.id) for person in EVERYBODY}
    async with post(breakable, store, tmp_path) as around:
        async with around.notification() as first:
            async with Broker.of(breakable.servers) as intake:
                for person in EVERYBODY:
                    await intake.say(*await person.events(keyring))
                await everybody_is_known(store)
            await say(breakable, list(invitations.values()), 1)
            await settled(store, at_least=len(EVERYBODY) // 3)
            first.process.kill()
        await let_leases_run_out(store)
        async with around.notification():
            await all_done(store, around, 1)
            await say(breakable, list(invitations.values()), 2)
            async with breakable.killed("rabbitmq"):
                await asyncio.sleep(1)
            await all_done(store, around, 2)
        async with around.notification():
            await say(breakable, list(invitations.values()), 3)
            async with breakable.killed("mongod"):
                await asyncio.sleep(1)
            await let_leases_run_out(store)
            await all_done(store, around, 3)
        dead = await dead_letters(breakable)

    assert dead == 0
    assert {around.mail.message_ids(person.email) for person in KEPT} == {len(ROUNDS)}
    assert {around.mail.message_ids(each.email) for each in (*TEXTED, *RUNG)} == {1}
    assert {texted(around, person) for person in TEXTED} == {(len(ROUNDS), 1)}
    assert set(around.texts(BAD_NUMBER).values()) == {1}
    assert await calls(store) == {str(person.id): len(ROUNDS) for person in RUNG}


async def say(breakable: Breakable, states: list[InvitationState], number: int) -> None:
    kind, answer = ROUNDS[number - 1]
    async with scheduling(breakable) as broker:
        await broker.say(*(told(kind, state, number, answer) for state in states))


async def dead_letters(breakable: Breakable) -> int:
    async with scheduling(breakable) as broker:
        return await broker.depth(topology.dead_letter_queue("notification"))


def texted(around: Post, person: Person) -> tuple[int, int]:
    """Return how many texts a person was sent, and how often at most the same one."""
    taken = around.texts(person.mobile)
    return len(taken), max(taken.values(), default=0)


async def calls(store: Database) -> dict[str, int]:
    rows = store["messages"].find({"status": Status.TO_CALL.value})
    return dict(Counter([row["participant_id"] async for row in rows]))
