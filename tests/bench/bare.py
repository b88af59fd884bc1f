"""The bare minimum beside which delivery is measured: aio-pika and motor, the same guarantees.

Consumes a queue, reads and stores a group together with inbox and outbox in one transaction,
publishes the group's events with confirms, deletes the outbox rows, acknowledges; no framework, no
models, no rules, no retry.

`python -m tests.bench.bare QUEUE COUNT GROUP JOB`, where JOB is JSON: how many documents, of as
many collections, each message `reads` (outside the transaction), `writes` and `drops`, and whether
it `publishes` an event. Servers from BARE_RABBIT_URL and BARE_MONGO_URL; prints messages a second.
"""

import asyncio
import json
import os
import sys
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import aio_pika
import uvloop
from aio_pika.abc import AbstractIncomingMessage
from motor.motor_asyncio import AsyncIOMotorClient
from pymongo import DeleteOne, ReplaceOne

PREFETCH = 250
KEY = "wlc.match.cancelled.v1"


@dataclass(frozen=True, slots=True)
class Job:
    """What each message asks for; by default that of the usual reference loop."""

    reads: int = 0
    writes: int = 1
    drops: int = 0
    publishes: bool = True


async def consume(queue_name: str, count: int, group_size: int, job: Job) -> float:
    """Return the messages handled per second."""
    url = os.environ["BARE_MONGO_URL"]
    mongo = AsyncIOMotorClient[dict[str, Any]](url, w="majority", journal=True)
    database = mongo["bare"]
    wanted = {"inbox", "outbox", "work", *(f"state{number}" for number in range(job.writes))}
    for name in wanted - {*await database.list_collection_names()}:
        await database.create_collection(name)
    connection = await aio_pika.connect(os.environ["BARE_RABBIT_URL"])
    channel = await connection.channel()
    await channel.set_qos(PREFETCH)
    queue = await channel.get_queue(queue_name, ensure=False)
    events_out = await (await connection.channel()).get_exchange("events", ensure=False)
    waiting: asyncio.Queue[AbstractIncomingMessage] = asyncio.Queue()
    started = perf_counter()
    await queue.consume(waiting.put)
    done = 0
    while done < count:
        group = [await waiting.get()]
        while len(group) < group_size and not waiting.empty():
            group.append(waiting.get_nowait())
        events = [json.loads(message.body) for message in group]
        await _store(mongo, database, events, [message.body for message in group], job)
        if job.publishes:
            await asyncio.gather(*(events_out.publish(_told(message), KEY) for message in group))
            ids = [event["id"] for event in events]
            await database["outbox"].delete_many({"_id": {"$in": ids}})
        await group[-1].ack(multiple=True)
        done += len(group)
    seconds = perf_counter() - started
    await connection.close()
    await mongo.drop_database("bare")
    return count / seconds


async def _store(
    mongo: Any, database: Any, events: list[dict[str, Any]], bodies: list[bytes], job: Job
) -> None:
    newest = {event["subject"]: event["data"] for event in events}
    for number in range(job.reads):
        await database[f"state{number}"].find({"_id": {"$in": list(newest)}}).to_list(None)
    async with await mongo.start_session() as session, session.start_transaction():
        inbox = [{"_id": event["id"]} for event in events]
        await database["inbox"].insert_many(inbox, session=session)
        puts = [ReplaceOne({"_id": k}, {"_id": k, **v}, upsert=True) for k, v in newest.items()]
        for number in range(job.writes):
            await database[f"state{number}"].bulk_write(puts, session=session)
        if job.drops:
            gone = [DeleteOne({"_id": subject}) for subject in newest]
            await database["work"].bulk_write(gone, session=session)
        if job.publishes:
            pairs = zip(events, bodies, strict=True)
            rows = [{"_id": event["id"], "body": body} for event, body in pairs]
            await database["outbox"].insert_many(rows, session=session)


def _told(message: AbstractIncomingMessage) -> aio_pika.Message:
    return aio_pika.Message(message.body, delivery_mode=aio_pika.DeliveryMode.PERSISTENT)


if __name__ == "__main__":
    name, how_many, together, what = sys.argv[1:]
    print(uvloop.run(consume(name, int(how_many), int(together), Job(**json.loads(what)))))
