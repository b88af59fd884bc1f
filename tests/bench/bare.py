"""The bare minimum beside which delivery is measured: aio-pika and motor, the same guarantees.

Consumes a queue, stores inbox, state and outbox of a group in one transaction, publishes the
group's events with confirms, deletes the outbox rows, acknowledges; no framework, no models, no
versions, no retry. `python -m tests.bench.bare QUEUE COUNT GROUP publish|keep` (`keep`: no outbox,
nothing published), servers from BARE_RABBIT_URL and BARE_MONGO_URL; prints messages per second.
"""

import asyncio
import json
import os
import sys
from time import perf_counter

import aio_pika
import uvloop
from aio_pika.abc import AbstractIncomingMessage
from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorClientSession
from pymongo import ReplaceOne

PREFETCH = 250
KEY = "wlc.match.cancelled.v1"


async def consume(queue_name: str, count: int, group_size: int, *, publishes: bool) -> float:
    """Return the messages handled per second."""
    mongo = AsyncIOMotorClient(os.environ["BARE_MONGO_URL"], w="majority", journal=True)
    database = mongo["bare"]
    for name in ("inbox", "state", "outbox"):
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

        async def store(session: AsyncIOMotorClientSession) -> None:
            newest = {event["subject"]: event["data"] for event in events}  # noqa: B023
            await database["inbox"].insert_many(
                [{"_id": event["id"]} for event in events],  # noqa: B023
                session=session,
            )
            await database["state"].bulk_write(
                [ReplaceOne({"_id": k}, {"_id": k, **v}, upsert=True) for k, v in newest.items()],
                session=session,
            )
            rows = [
                {"_id": event["id"], "body": message.body}
                for event, message in zip(events, group, strict=True)  # noqa: B023
            ]
            if publishes:
                await database["outbox"].insert_many(rows, session=session)

        async with await mongo.start_session() as session:
            await session.with_transaction(store)
        if publishes:
            await asyncio.gather(*(events_out.publish(_told(message), KEY) for message in group))
            ids = [event["id"] for event in events]
            await database["outbox"].delete_many({"_id": {"$in": ids}})
        await group[-1].ack(multiple=True)
        done += len(group)
    seconds = perf_counter() - started
    await connection.close()
    await mongo.drop_database("bare")
    return count / seconds


def _told(message: AbstractIncomingMessage) -> aio_pika.Message:
    return aio_pika.Message(message.body, delivery_mode=aio_pika.DeliveryMode.PERSISTENT)


if __name__ == "__main__":
    name, how_many, together, then = sys.argv[1:]
    rate = consume(name, int(how_many), int(together), publishes=then == "publish")
    print(uvloop.run(rate))
