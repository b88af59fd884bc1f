"""Every exchange, queue and binding; valid on RabbitMQ 3.10 and 4.x.

Queues are never declared by services: `definitions` is loaded by the broker when it starts. That
makes what is missing and leaves a queue that is there as it is; where an argument was changed here,
`wlc doctor --fix` replaces the queue.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

VHOST = "app"
INBOUND = "inbound"
EVENTS = "events"
RETRY = "retry"
REQUEUE = "requeue"
DEAD = "dlx"
UNROUTED = "unrouted"
UNROUTED_QUEUE = "unrouted.v1"

WAIT_SECONDS: Mapping[str, int] = {"5s": 5, "30s": 30, "5m": 300, "30m": 1800}
TIERS = ("5s", "30s", "5m", "30m", "30m", "30m", "30m")
"""The wait before each further try; after the last one the message is dead."""

DELIVERY_LIMIT = 20
MANY_LOOKS = 1_000_000
"""RabbitMQ 4 drops what was put back 20 times; people look into these queues more often."""
ANSWER_QUEUE_LENGTH = 100_000
OUTREACH_QUEUE_LENGTH = 10_000
OUTREACH_QUEUE_BYTES = 16 * 1024**2
DEAD_LETTER_DAYS = 14

LOOKED_AT = {"x-overflow": "drop-head", "x-delivery-limit": MANY_LOOKS}
ENGINE = {"x-queue-type": "quorum"}
SAFE_DEAD_LETTERING = {"x-dead-letter-strategy": "at-least-once", "x-overflow": "reject-publish"}


def tier_for(seconds: float) -> str:
    """Return the wait queue for such a wait: the shortest that keeps it so long, else the last."""
    return next((tier for tier, most in WAIT_SECONDS.items() if seconds <= most), TIERS[-1])


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
SAID_OF_A_DRAW = (
    *("proposed", "fell_short", "draw_announced", "draw_recorded"),
    *("chances_remembered", "what_if_answered"),
)
SAID_BY_STAFF = ("approved", "sent_back", "change_requested", "what_if_asked")
SESSIONS = _types("session", "announced", "updated", "rescheduled", "unscheduled", "cancelled")
INVITATIONS = _types(
    "invitation",
    "issued",
    "accepted",
    "declined",
    "changed",
    "expired",
    "cancelled",
    "another_time",
)
REPLIES = _types("reply", "accepted", "declined", "left", "another_time")

SAID_OF_SESSIONS = ("move_requested", "needs_accepted", "support_changed", "cancel_requested")
DIRECTIONS = _types("session", *SAID_OF_SESSIONS)
"""What staff ask of sessions."""
FORGOTTEN = ("wlc.erasure.confirmed",)
"""What every service says of an erasure."""

ROUTES: Mapping[str, Route] = {
    "intake": Route(
        hears=(
            *_types("reply", "left", "needs_given", "availability_given"),
            *_types("reply", "details_given", "erasure_asked", "consent_withdrawn"),
            *SESSIONS,
            *_types("session", "attendance_noted"),
            *_types("erasure", "confirmed"),
        ),
        says=("wlc.participant", "wlc.engagement", "wlc.submission", *FORGOTTEN),
        hears_inbound=True,
    ),
    "matching": Route(
        hears=(
            *PEOPLE,
            *ENGAGEMENTS,
            *DECISIONS,
            *_types("match", "change_requested", "what_if_asked"),
            *SESSIONS,
            *INVITATIONS,
            *_types("engagement", "attendance_recorded"),
        ),
        says=(
            *(f"wlc.match.{what}" for what in (*SAID_OF_A_DRAW, "approved", "cancelled")),
            "wlc.outreach",
            *FORGOTTEN,
        ),
    ),
    "scheduling": Route(
        hears=(
            *PEOPLE,
            *ENGAGEMENTS,
            *_types("engagement", "attendance_recorded"),
            *_types("match", "approved"),
            *REPLIES,
            *DIRECTIONS,
        ),
        says=(*(each.removesuffix(".v1") for each in SESSIONS), "wlc.invitation", *FORGOTTEN),
    ),
    "notification": Route(
        hears=(
            *PEOPLE,
            *_types("participant", "contact_changed"),
            *_types("match", "proposed", "fell_short", "cancelled"),
            *DECISIONS,
            *SESSIONS,
            *INVITATIONS,
            *_types("invitation", "reminder_due", "follow_up_due"),
            *_types("reply", "needs_given", "details_link_asked"),
            *_types("preview", "requested"),
            *_types("film", "supplied"),
        ),
        says=("wlc.notification", "wlc.preview.rendered", *FORGOTTEN),
    ),
    "console": Route(
        hears=("wlc.#",),
        says=(
            *(f"wlc.match.{what}" for what in SAID_BY_STAFF),
            *(f"wlc.session.{what}" for what in SAID_OF_SESSIONS),
            "wlc.session.attendance_noted",
            "wlc.reply",
            "wlc.preview.requested",
            "wlc.film.supplied",
            *FORGOTTEN,
        ),
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


def outreach_queue(publisher: str) -> str:
    """Name the queue in which a publisher finds whom its hubs look for."""
    return f"outreach.{publisher}.v1"


def holding_queue(name: str) -> str:
    """Name the queue that has a queue's messages while that one is replaced."""
    return f"{name}.moving"


@dataclass(frozen=True, slots=True)
class Structure:
    """Exchanges, queues and bindings, in the form of the definitions.

    `withdrawn` are bindings that there must not be, and were if a publisher has lost a hub.
    """

    exchanges: list[dict[str, Any]]
    queues: list[dict[str, Any]]
    bindings: list[dict[str, Any]]
    withdrawn: list[dict[str, Any]] = field(default_factory=list)


def structure(publishers: Mapping[str, Collection[str]]) -> Structure:
    """Return what the broker holds for the services and those publishers, given their hubs."""
    queues, bindings = _service_queues()
    withdrawn: list[dict[str, Any]] = []
    every_hub = sorted({hub for hubs in publishers.values() for hub in hubs})
    for publisher, hubs in publishers.items():
        queues += [_answer_queue(publisher), _outreach_queue(publisher)]
        key = f"wlc.submission.*.v1.{publisher}"
        bindings.append(_binding(EVENTS, answer_queue(publisher), key))
        for hub in every_hub:
            heard = _binding(EVENTS, outreach_queue(publisher), f"wlc.outreach.*.v1.{hub}")
            (bindings if hub in hubs else withdrawn).append(heard)
    bindings += [_binding(REQUEUE, each["name"], each["name"]) for each in queues]
    return Structure(_exchanges(), queues, bindings, withdrawn)


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
    queues = [_queue(UNROUTED_QUEUE, {"x-max-length": 100_000, **LOOKED_AT})]
    bindings = [_binding(UNROUTED, UNROUTED_QUEUE, "")]
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


def _queue(name: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    return {**_lasting(name), "arguments": {**ENGINE, **arguments}}


def _answer_queue(publisher: str) -> dict[str, Any]:
    limits = {"x-max-length": ANSWER_QUEUE_LENGTH, **LOOKED_AT}
    return _queue(answer_queue(publisher), limits)


def _outreach_queue(publisher: str) -> dict[str, Any]:
    """Bound what nobody may ever read."""
    limits = {"x-max-length": OUTREACH_QUEUE_LENGTH, "x-max-length-bytes": OUTREACH_QUEUE_BYTES}
    return _queue(outreach_queue(publisher), {**limits, **LOOKED_AT})


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
