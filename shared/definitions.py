"""What RabbitMQ loads at its start: the topology, accounts, their rights, and policies."""

import base64
import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from shared.topology import (
    DEAD,
    DEAD_LETTER_DAYS,
    EVENTS,
    INBOUND,
    REQUEUE,
    RETRY,
    ROUTES,
    UNROUTED,
    VHOST,
    answer_queue,
    outreach_queue,
    queue,
    structure,
)


@dataclass(frozen=True, slots=True)
class BrokerUser:
    """An AMQP account; of a publisher, the event types it may send and the hubs it hears of."""

    name: str
    password: str
    types: tuple[str, ...] = ()
    hubs: tuple[str, ...] = ()


def definitions(
    *, services: Iterable[BrokerUser], publishers: Iterable[BrokerUser], operator: BrokerUser
) -> dict[str, Any]:
    """Return the broker's definitions, in the form that RabbitMQ imports at start."""
    services, publishers = tuple(services), tuple(publishers)
    wanted = structure({publisher.name: publisher.hubs for publisher in publishers})
    accounts = [*services, *publishers, operator]
    return {
        "vhosts": [{"name": VHOST}],
        "users": [_user(account) for account in accounts],
        "permissions": [
            *(_service_permission(user) for user in services),
            *(_publisher_permission(user) for user in publishers),
            _operator_permission(operator),
        ],
        "topic_permissions": _topic_rules(services, publishers),
        "policies": _policies(),
        "exchanges": wanted.exchanges,
        "queues": wanted.queues,
        "bindings": wanted.bindings,
    }


def _service_permission(user: BrokerUser) -> dict[str, Any]:
    return _permission(
        user.name, write=f"^({EVENTS}|{RETRY})$", read=f"^{re.escape(queue(user.name))}$"
    )


def _publisher_permission(user: BrokerUser) -> dict[str, Any]:
    own = "|".join(re.escape(name) for name in (answer_queue(user.name), outreach_queue(user.name)))
    return _permission(user.name, write=f"^{INBOUND}$", read=f"^({own})$")


def _operator_permission(user: BrokerUser) -> dict[str, Any]:
    """Allow to make and replace our own exchanges and queues, and to put back into them.

    A binding is written to its queue and reads its exchange; a queue or exchange writes to where it
    passes on what it cannot keep.
    """
    queues = r"\.(v1|dlq|wait\.[0-9a-z]+)(\.moving)?$"
    exchanges = f"{INBOUND}|{EVENTS}|{UNROUTED}|{RETRY}|{REQUEUE}|{DEAD}"
    ours = f"^({exchanges})$|{queues}"
    writes = f"^({REQUEUE}|{DEAD}|{UNROUTED})$|{queues}"
    return _permission(user.name, configure=ours, write=writes, read=ours)


def _topic_rules(
    services: Iterable[BrokerUser], publishers: Iterable[BrokerUser]
) -> list[dict[str, Any]]:
    rules = []
    for user in services:
        said = "|".join(re.escape(prefix) for prefix in ROUTES[user.name].says)
        rules.append(_topic(user.name, EVENTS, rf"^({said})\."))
        rules.append(_topic(user.name, RETRY, rf"^{re.escape(queue(user.name))}\."))
    for user in publishers:
        said = "|".join(re.escape(name) for name in user.types)
        rules.append(_topic(user.name, INBOUND, f"^({said})$" if said else "^$"))
    return rules


def _policies() -> list[dict[str, Any]]:
    day = 24 * 3600 * 1000
    return [
        _policy("main", r"^[a-z]+\.in\.v1$", {"max-length-bytes": 268_435_456}),
        _policy(
            "dead",
            r"\.dlq$",
            {
                "message-ttl": DEAD_LETTER_DAYS * day,
                "max-length-bytes": 268_435_456,
                "overflow": "reject-publish",
            },
        ),
    ]


def _permission(user: str, *, write: str, read: str, configure: str = "^$") -> dict[str, Any]:
    return {"user": user, "vhost": VHOST, "configure": configure, "write": write, "read": read}


def _topic(user: str, exchange: str, write: str) -> dict[str, Any]:
    return {"user": user, "vhost": VHOST, "exchange": exchange, "write": write, "read": "^$"}


def _policy(name: str, pattern: str, definition: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "vhost": VHOST,
        "name": name,
        "pattern": pattern,
        "apply-to": "queues",
        "priority": 0,
        "definition": dict(definition),
    }


def _user(account: BrokerUser) -> dict[str, Any]:
    return {
        "name": account.name,
        "password_hash": _password_hash(account.password),
        "hashing_algorithm": "rabbit_password_hashing_sha256",
        "tags": [],
    }


def _password_hash(password: str) -> str:
    salt = hashlib.sha256(password.encode()).digest()[:4]
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()
