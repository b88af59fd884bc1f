"""A message on its way from one queue to another by our hand: the same, and its sender known."""

from typing import Any

import aio_pika
from aio_pika.abc import AbstractIncomingMessage

from cli.broker import DeadLetter
from deploy.accounts import SERVICES
from shared.failures import (
    ERROR_CODE,
    FAILED_AT,
    ORIGIN,
    OUR_EXCHANGES,
    USER,
    WRITTEN_BY_US,
    sealing_of,
)
from shared.topology import DEAD, queue

BROKERS = ("x-death", "x-first-death-", "x-last-death-", "x-delivery-count", "x-acquired-count")
SERVICE_OF = {queue(service): service for service in SERVICES}


def copy_of(message: AbstractIncomingMessage) -> aio_pika.Message:
    """Return what is to be published to `requeue`; the account that sent it becomes a header."""
    return aio_pika.Message(
        message.body,
        headers=_headers(message),
        content_type=message.content_type,
        content_encoding=message.content_encoding,
        delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
        priority=message.priority,
        correlation_id=message.correlation_id,
        reply_to=message.reply_to,
        expiration=message.expiration,
        message_id=message.message_id,
        timestamp=message.timestamp,
        type=message.type,
        app_id=message.app_id,
    )


def _headers(message: AbstractIncomingMessage) -> dict[str, Any]:
    """Return its headers; what we would believe of them is written anew, unless we wrote it."""
    kept = {name: value for name, value in message.headers.items() if not name.startswith(BROKERS)}
    if message.exchange in OUR_EXCHANGES:
        return kept
    strangers = {name: value for name, value in kept.items() if name not in WRITTEN_BY_US}
    if message.exchange == DEAD:
        return {**strangers, **_burial(message), **sealing_of(message)}
    return strangers | {ORIGIN: message.exchange or "", USER: message.user_id or ""}


def _burial(message: AbstractIncomingMessage) -> dict[str, Any]:
    """Return what is known of a dead letter of the broker's; no USER where nobody vouches."""
    letter = DeadLetter(SERVICE_OF[message.routing_key or ""], message)
    known = {**letter.sender, ERROR_CODE: letter.reason, FAILED_AT: letter.failed_at}
    if letter.sender_is_unknown:
        del known[USER]
    return known
