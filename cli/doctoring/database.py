"""MongoDB: reached, a replica set with a primary, room on its disk; what it tells of events."""

from typing import Any

from pymongo import MongoClient, ReadPreference
from pymongo.errors import OperationFailure, PyMongoError

from cli.doctoring.calendars import check_calendars
from cli.doctoring.checks import Check
from cli.doctoring.disk import check_room
from cli.doctoring.hearing import check_hearing
from cli.errors import REFUSED, UNREACHABLE, CommandError
from cli.places import Places
from deploy.accounts import SERVICES

NAME = "MongoDB"
MILLISECONDS = 3000
"""How long to wait for it."""

Client = MongoClient[dict[str, Any]]


def operators_client(places: Places) -> Client:
    """Return a client that signs in as the operator."""
    return MongoClient(places.mongo_url(), serverSelectionTimeoutMS=MILLISECONDS)


def greeting(client: Client) -> dict[str, Any]:
    """Return what a member says of itself, the primary where there is one."""
    anybody = ReadPreference.PRIMARY_PREFERRED
    return client.admin.command("hello", read_preference=anybody)


def check_database(places: Places) -> list[Check]:
    """Look at it; the first finding says whether it takes writes."""
    try:
        with operators_client(places) as client:
            return _look(client)
    except CommandError as error:
        return [Check(NAME, error.sentence, error.exit_code)]
    except OperationFailure:
        return [Check(NAME, "it refuses the operator's account; check its URL.", REFUSED)]
    except PyMongoError:
        return [Check(NAME, "it cannot be reached; `wlc up` starts it.", UNREACHABLE)]


def _look(client: Client) -> list[Check]:
    hello = greeting(client)
    if "setName" not in hello:
        sentence = "it is no replica set, which transactions need; start it with --replSet."
        return [Check(NAME, sentence, REFUSED)]
    if not hello.get("isWritablePrimary"):
        return [Check(NAME, "the replica set has no primary; read its log.", UNREACHABLE)]
    well = Check(NAME, f"the replica set {hello['setName']} has a primary.")
    return [well, *_room(client), *check_hearing(client), *check_calendars(client)]


def _room(client: Client) -> list[Check]:
    """Look at its disk, of which it tells where a service has stored anything."""
    told = [client[service].command("dbStats") for service in SERVICES]
    free = [int(one["fsTotalSize"] - one["fsUsedSize"]) for one in told if one["fsTotalSize"]]
    return [check_room("disk of MongoDB", min(free))] if free else []
