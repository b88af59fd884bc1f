"""Every exchange, queue, binding, user and permission; valid on RabbitMQ 3.10 and 4.x.

Queues are never declared by services: `definitions` is loaded by the broker when it starts.
A changed argument needs a new queue name (`.v2`): bind both, drain, delete.
"""

import base64
import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

VHOST = "app"
INBOUND = "inbound"
EVENTS = "events"
RETRY = "retry"
REQUEUE = "requeue"
DEAD = "dlx"
UNROUTED = "unrouted"

WAIT_SECONDS: Mapping[str, int] = {"5s": 5, "30s": 30, "5m": 300, "30m": 1800}
TIERS = ("5s", "30s", "5m", "30m", "30m", "30m", "30m")
"""The wait before each further try; after the last one the message is dead."""

DELIVERY_LIMIT = 20
MANY_LOOKS = 1_000_000
"""RabbitMQ 4 drops what was put back 20 times; people look into these queues more often."""
ANSWER_QUEUE_LENGTH = 100_000
DEAD_LETTER_DAYS = 14

LOOKED_AT = {"x-overflow": "drop-head", "x-delivery-limit": MANY_LOOKS}
ENGINE = {"x-queue-type": "quorum"}
SAFE_DEAD_LETTERING = {"x-dead-letter-strategy": "at-least-once", "x-overflow": "reject-publish"}


@dataclass(frozen=True, slots=True)
class Route:
    """What one service hears and may say; patterns of `events` keys."""

    hears: tuple[str, ...]
    says: tuple[str, ...]
    hears_inbound: bool = False


def _types(noun: str, *happened: str) -> tuple[str, ...]:
    return tuple(f"wlc.{noun}.{what}.v1" for what in happened)


PEOPLE = _types("participant", "registered", "updated", "left", "erased")
ENGAGEMENTS = _types("engagement", "published", "updated", "closed")
DECISIONS = _types("match", "approved", "sent_back")
SESSIONS = _types("session", "announced", "updated", "rescheduled", "unscheduled", "cancelled")
INVITATIONS = _types(
    "invitation", "issued", "accepted", "declined", "changed", "expired", "cancelled"
)
REPLIES = _types("reply", "accepted", "declined", "left")

ROUTES: Mapping[str, Route] = {
    "intake": Route(
        hears=_types("reply", "left"),
        says=("wlc.participant", "wlc.engagement", "wlc.submission"),
        hears_inbound=True,
    ),
    "matching": Route(
        hears=(*PEOPLE, *ENGAGEMENTS, *DECISIONS, *SESSIONS, *INVITATIONS),
        says=tuple(
            f"wlc.match.{what}" for what in ("proposed", "fell_short", "cancelled", "approved")
        ),
    ),
    "scheduling": Route(
        hears=(*PEOPLE, *ENGAGEMENTS, *_types("match", "approved"), *REPLIES),
        says=("wlc.session", "wlc.invitation"),
    ),
    "notification": Route(
        hears=(
            *PEOPLE,
            *_types("participant", "contact_changed"),
            *_types("match", "proposed", "fell_short", "cancelled"),
            *DECISIONS,
            *SESSIONS,
            *INVITATIONS,
            *_types("invitation", "reminder_due"),
        ),
        says=("wlc.notification",),
    ),
    "console": Route(
        hears=("wlc.#",), says=("wlc.match.approved", "wlc.match.sent_back", "wlc.reply")
    ),
}


def queue(service: str) -> str:
    """Name the one queue that a service consumes."""
    return f"{service}.in.v1"


def dead_letter_queue(service: str) -> str:
    """Name the queue of what a service could not handle."""
    return f"{queue(service)}.dlq"


def wait_queues(service: str) -> tuple[str, ...]:
    """Return the names of the queues where messages wait for a further try."""
    return tuple(_wait_queue(service, tier) for tier in WAIT_SECONDS)


def _wait_queue(service: str, tier: str) -> str:
    return f"{queue(service)}.wait.{tier}"


def dead_letter_key(service: str) -> str:
    """Name the key of `RETRY` under which a service buries a message, with its reason."""
    return f"{queue(service)}.dead"


def answer_queue(publisher: str) -> str:
    """Name the queue in which a publisher finds the answers to what it sent."""
    return f"publisher.{publisher}.v1"


@dataclass(frozen=True, slots=True)
class BrokerUser:
    """An AMQP account; `types` are the event types a publisher may send (empty: a service)."""

    name: str
    password: str
    types: tuple[str, ...] = ()


def definitions(
    *, services: Iterable[BrokerUser], publishers: Iterable[BrokerUser], operator: BrokerUser
) -> dict[str, Any]:
    """Return the broker's definitions, in the form that RabbitMQ imports at start."""
    services, publishers = tuple(services), tuple(publishers)
    queues, bindings = _service_queues()
    for publisher in publishers:
        queues.append(_answer_queue(publisher.name))
        key = f"wlc.submission.*.v1.{publisher.name}"
        bindings.append(_binding(EVENTS, answer_queue(publisher.name), key))
    accounts = [*services, *publishers, operator]
    return {
        "vhosts": [{"name": VHOST}],
        "users": [_user(account) for account in accounts],
        "permissions": [
            *(_service_permission(user) for user in services),
            *(_publisher_permission(user) for user in publishers),
            _permission(operator.name, write=f"^({REQUEUE})$", read=r"\.(v1|dlq|wait\.[0-9a-z]+)$"),
        ],
        "topic_permissions": _topic_rules(services, publishers),
        "policies": _policies(),
        "exchanges": _exchanges(),
        "queues": queues,
        "bindings": bindings,
    }


def _exchanges() -> list[dict[str, Any]]:
    catch_all = {"alternate-exchange": UNROUTED}
    return [
        _exchange(INBOUND, "topic", catch_all),
        _exchange(EVENTS, "topic", catch_all),
        _exchange(UNROUTED, "fanout", {}),
        _exchange(RETRY, "topic", {}),
        _exchange(REQUEUE, "direct", {}),
        _exchange(DEAD, "direct", {}),
    ]


def _service_queues() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    queues = [_queue("unrouted.v1", {"x-max-length": 100_000, **LOOKED_AT})]
    bindings = [_binding(UNROUTED, "unrouted.v1", "")]
    for service, route in ROUTES.items():
        main = queue(service)
        dead_to = {"x-dead-letter-exchange": DEAD, "x-dead-letter-routing-key": main}
        limit = {"x-delivery-limit": DELIVERY_LIMIT}
        queues += [
            _queue(main, {**dead_to, **limit, **SAFE_DEAD_LETTERING}),
            _queue(dead_letter_queue(service), {"x-delivery-limit": MANY_LOOKS}),
        ]
        bindings += [_binding(EVENTS, main, pattern) for pattern in route.hears]
        bindings += [_binding(INBOUND, main, "#")] if route.hears_inbound else []
        bindings += [
            _binding(REQUEUE, main, main),
            _binding(DEAD, dead_letter_queue(service), main),
            _binding(RETRY, dead_letter_queue(service), dead_letter_key(service)),
        ]
        for tier, seconds in WAIT_SECONDS.items():
            back = {"x-dead-letter-exchange": REQUEUE, "x-dead-letter-routing-key": main}
            ttl = {"x-message-ttl": seconds * 1000}
            name = _wait_queue(service, tier)
            queues.append(_queue(name, {**back, **ttl, **SAFE_DEAD_LETTERING}))
            bindings.append(_binding(RETRY, name, f"{main}.{tier}"))
    return queues, bindings


def _service_permission(user: BrokerUser) -> dict[str, Any]:
    return _permission(
        user.name, write=f"^({EVENTS}|{RETRY})$", read=f"^{re.escape(queue(user.name))}$"
    )


def _publisher_permission(user: BrokerUser) -> dict[str, Any]:
    return _permission(
        user.name, write=f"^{INBOUND}$", read=f"^{re.escape(answer_queue(user.name))}$"
    )


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


def _queue(name: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    return {**_lasting(name), "arguments": {**ENGINE, **arguments}}


def _answer_queue(publisher: str) -> dict[str, Any]:
    limits = {"x-max-length": ANSWER_QUEUE_LENGTH, **LOOKED_AT}
    return _queue(answer_queue(publisher), limits)


def _exchange(name: str, kind: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    return {**_lasting(name), "type": kind, "internal": False, "arguments": dict(arguments)}


def _lasting(name: str) -> dict[str, Any]:
    return {"name": name, "vhost": VHOST, "durable": True, "auto_delete": False}


def _binding(source: str, destination: str, key: str) -> dict[str, Any]:
    return {
        "source": source,
        "vhost": VHOST,
        "destination": destination,
        "destination_type": "queue",
        "routing_key": key,
        "arguments": {},
    }


def _permission(user: str, *, write: str, read: str) -> dict[str, Any]:
    return {"user": user, "vhost": VHOST, "configure": "^$", "write": write, "read": read}


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
