#!/usr/bin/env python3
# /// script
# requires-python = ">=3.11"
# dependencies = ["aio-pika>=9"]
# ///
"""Sends the event in a file by AMQP, prints the answer to it, and leaves others where they are."""

import asyncio
import json
import logging
import os
import sys
from pathlib import Path

import aio_pika


async def main(amqp_url: str, event: dict[str, object]) -> None:
    connection = await aio_pika.connect(amqp_url)
    publisher, event_type = connection.url.user, str(event["type"])
    async with connection:
        channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
        inbound = await channel.get_exchange("inbound", ensure=False)
        message = aio_pika.Message(
            json.dumps(event).encode(),
            content_type="application/cloudevents+json",
            delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
            message_id=str(event["id"]),
            user_id=publisher,
            type=event_type,
        )
        await inbound.publish(message, routing_key=event_type)  # returns when the broker has it
        answers = await channel.get_queue(f"publisher.{publisher}.v1", ensure=False)
        async with answers.iterator(timeout=60) as arriving:
            async for answer in arriving:  # what is not acknowledged goes back
                said = json.loads(answer.body)["data"]
                if said["event_id"] == event["id"]:
                    sys.stdout.write(json.dumps(said, indent=2) + "\n")
                    await answer.ack()
                    return


if __name__ == "__main__":
    logging.disable()  # what stops it is said below
    try:
        event = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
        asyncio.run(main(os.environ["WLC_AMQP_URL"], event))
    except (IndexError, KeyError, TypeError):
        sys.exit("Set WLC_AMQP_URL, and name a file of one event that has an id and a type.")
    except (OSError, ValueError, aio_pika.exceptions.AMQPError) as error:
        reason = str(error) or "no answer came in time"
        sys.exit(f"The file or the broker at WLC_AMQP_URL cannot be used: {reason}.")
