"""The bare minimum beside which due reminders are measured: motor, aio-pika, the same guarantees.

Claims a hundred rows by a lease, reads their invitations, stores the mark, the removal of the row,
the inbox row and the event in one transaction, publishes with confirms, deletes the outbox rows; no
models, no rules, no retry.
"""

import asyncio
import json
import os
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import aio_pika
import uvicorn
from aio_pika.abc import AbstractExchange
from fastapi import FastAPI
from motor.motor_asyncio import AsyncIOMotorClient
from pymongo import DeleteOne, UpdateOne

from shared.due import INDEXES

GROUP = 100
KEY = "wlc.invitation.reminder_due.v1"
LEASE = timedelta(seconds=120)


async def work(mongo: Any, database: Any, events: AbstractExchange) -> None:
    """Remind until stopped."""
    while True:
        rows = await _claimed(database["reminders"])
        if not rows:
            await asyncio.sleep(0.2)
            continue
        ids = [row["about"]["invitation_id"] for row in rows]
        found = await database["invitations"].find({"_id": {"$in": ids}}).to_list(None)
        told = {str(uuid4()): _body(each) for each in found}
        await _store(mongo, database, rows, told)
        await asyncio.gather(*(events.publish(_message(*each), KEY) for each in told.items()))
        await database["outbox"].delete_many({"_id": {"$in": list(told)}})


async def _claimed(rows: Any) -> list[dict[str, Any]]:
    now, token = datetime.now(UTC) + timedelta(days=1), uuid4().hex
    query = {"failed": None, "at": {"$lte": now}, "lease": {"$lt": now - LEASE}}
    found = await rows.find(query, {"_id": 1}, sort=[("at", 1)], limit=GROUP).to_list(None)
    ids = [row["_id"] for row in found]
    mine = {"$set": {"lease": now + LEASE, "claim": token}}
    await rows.update_many({"_id": {"$in": ids}, "lease": {"$lt": now - LEASE}}, mine)
    return list(await rows.find({"_id": {"$in": ids}, "claim": token}).to_list(None))


async def _store(mongo: Any, database: Any, rows: list[Any], told: dict[str, bytes]) -> None:
    durable = {"session": await mongo.start_session()}
    async with durable["session"], durable["session"].start_transaction():
        inbox = [{"_id": f"due {row['_id']} {row['asked']}"} for row in rows]
        await database["inbox"].insert_many(inbox, **durable)
        marks = [
            UpdateOne(
                {"_id": row["about"]["invitation_id"], "version": 1},
                {"$push": {"reminded": row["_id"]}, "$inc": {"version": 1}},
            )
            for row in rows
        ]
        await database["invitations"].bulk_write(marks, **durable)
        gone = [DeleteOne({"_id": row["_id"], "asked": row["asked"]}) for row in rows]
        await database["reminders"].bulk_write(gone, **durable)
        outbox = [{"_id": key, "body": body} for key, body in told.items()]
        await database["outbox"].insert_many(outbox, **durable)


def _body(invitation: dict[str, Any]) -> bytes:
    return json.dumps(invitation).encode()


def _message(key: str, body: bytes) -> aio_pika.Message:
    return aio_pika.Message(body, message_id=key, delivery_mode=aio_pika.DeliveryMode.PERSISTENT)


async def serve() -> None:
    """Work, and say that it is ready where a service would."""
    url = os.environ["SCHEDULING_MONGO_URL"]
    mongo = AsyncIOMotorClient[dict[str, Any]](url, tz_aware=True, w="majority", journal=True)
    database = mongo[os.environ["SCHEDULING_DATABASE"]]
    there = await database.list_collection_names()
    for name in {"inbox", "outbox", "reminders", "invitations"} - {*there}:
        await database.create_collection(name)
    await database["reminders"].create_indexes(list(INDEXES))
    connection = await aio_pika.connect(os.environ["SCHEDULING_RABBIT_URL"])
    events = await (await connection.channel()).get_exchange("events", ensure=False)
    app = FastAPI()
    app.add_api_route("/health/ready", lambda: {"ready": True})
    port = int(os.environ["SCHEDULING_PORT"])
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_config=None))
    working = asyncio.create_task(work(mongo, database, events))
    await server.serve()
    working.cancel()


if __name__ == "__main__":
    asyncio.run(serve())
