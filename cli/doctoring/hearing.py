"""Whether each service hears what is said to it: the broker lists its bindings to nobody by AMQP.

The console hears every event and keeps that it did; whoever hears one keeps its id in their inbox.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from pymongo import MongoClient

from cli.doctoring.checks import Check
from cli.errors import REFUSED
from shared.topology import ROUTES

LOOKED_AT = 5_000
"""Events, the newest; there is an index for it."""
ENOUGH = 3
"""Events of one type, none of which was heard."""
TIME_TO_HEAR = timedelta(minutes=2)
KEPT_IN_INBOX = timedelta(days=29)

EVERYTHING = "wlc.#"


def check_hearing(client: MongoClient[dict[str, Any]]) -> Iterator[Check]:
    """Name each service that has taken none of the newest events of a type that it is bound to."""
    said = _said(client)
    for service, route in ROUTES.items():
        if EVERYTHING in route.hears:
            continue
        missed = [key for key in route.hears if _is_missed(client, service, said.get(key, ()))]
        if missed:
            sentence = (
                f"none of the last {ENOUGH} events or more of {', '.join(missed)} took effect: "
                "its bindings are missing, which `wlc doctor --fix` makes, "
                "or they wait or are dead letters, which `wlc status` counts. "
                "This goes with the next event that is heard."
            )
            yield Check(f"what {service} hears", sentence, REFUSED)


def _said(client: MongoClient[dict[str, Any]]) -> Mapping[str, Sequence[str]]:
    """Return the ids of the newest events by type, those left out that may be on their way."""
    now = datetime.now(UTC)
    since, until = (now - KEPT_IN_INBOX).isoformat(), (now - TIME_TO_HEAR).isoformat()
    ids: dict[str, list[str]] = defaultdict(list)
    newest = client["console"]["trace"].find(
        {"at": {"$gte": since, "$lt": until}}, {"type": 1}, sort=[("at", -1)], limit=LOOKED_AT
    )
    for row in newest:
        ids[row["type"]].append(row["_id"])
    return ids


def _is_missed(client: MongoClient[dict[str, Any]], service: str, ids: Sequence[str]) -> bool:
    if len(ids) < ENOUGH:
        return False
    return client[service]["inbox"].find_one({"_id": {"$in": list(ids)}}, {"_id": 1}) is None
