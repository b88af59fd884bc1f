"""Everything that an account could try on MongoDB, each by the name under which it is decided."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

from pymongo import MongoClient
from pymongo.errors import OperationFailure

REFUSED = {13, 263}
"""Unauthorized; OperationNotSupportedInTransaction, which is told of `local` before that."""
Client = MongoClient[dict[str, Any]]
Try = Callable[[Client, str, str], object]


def _transaction(client: Client, database: str, collection: str) -> None:
    with client.start_session() as session, session.start_transaction():
        client[database][collection].insert_one({"_id": uuid4().hex}, session=session)


def _merge(client: Client, database: str, collection: str) -> None:
    into = {"$merge": {"into": {"db": database, "coll": collection}}}
    client[database][collection].aggregate([{"$limit": 1}, into])


def _out(client: Client, database: str, collection: str) -> None:
    client[database][collection].aggregate(
        [{"$limit": 1}, {"$out": {"db": database, "coll": collection}}]
    )


def _create(client: Client, database: str, collection: str) -> None:
    try:
        client[database].command("create", collection)
    except OperationFailure as error:
        if error.code != 48:  # NamespaceExists: that it was there is told to whoever may make it
            raise


def _rename(client: Client, database: str, collection: str) -> None:
    names = {"renameCollection": f"{database}.{collection}", "to": f"{database}.renamed"}
    client.admin.command(names)


def _watch(client: Client, database: str, _collection: str) -> None:
    with client[database].watch(max_await_time_ms=1):
        pass


ON_COLLECTION: Mapping[str, Try] = {
    "find": lambda c, d, n: c[d][n].find_one({}),
    "insert": lambda c, d, n: c[d][n].insert_one({"_id": uuid4().hex}),
    "update": lambda c, d, n: c[d][n].update_one({"_id": "none"}, {"$set": {"tried": 1}}),
    "remove": lambda c, d, n: c[d][n].delete_one({"_id": "none"}),
    "transaction": _transaction,
    "merge": _merge,
    "out": _out,
    "create": _create,
    "createIndex": lambda c, d, n: c[d][n].create_index("_id"),
    "listIndexes": lambda c, d, n: c[d][n].index_information(),
    "dropIndexes": lambda c, d, n: c[d].command({"dropIndexes": n, "index": "tried_1"}),
    "collMod": lambda c, d, n: c[d].command({"collMod": n, "validationLevel": "off"}),
    "convertToCapped": lambda c, d, n: c[d].command({"convertToCapped": n, "size": 4096}),
    "compact": lambda c, d, n: c[d].command({"compact": n}),
    "validate": lambda c, d, n: c[d].command({"validate": n}),
    "collStats": lambda c, d, n: c[d].command({"collStats": n}),
    "rename": _rename,
    "drop": lambda c, d, n: c[d].command({"drop": n}),
}
ON_DATABASE: Mapping[str, Try] = {
    "find": lambda c, d, _: c[d]["unnamed"].find_one({}),
    "insert": lambda c, d, _: c[d]["unnamed"].insert_one({}),
    "listCollections": lambda c, d, _: c[d].list_collection_names(),
    "create": lambda c, d, _: c[d].create_collection("unnamed"),
    "createView": lambda c, d, _: c[d].create_collection("v", viewOn="inbox", pipeline=[]),
    "dbStats": lambda c, d, _: c[d].command("dbStats"),
    "watch": _watch,
    "profile": lambda c, d, _: c[d].command("profile", -1),
    "usersInfo": lambda c, d, _: c[d].command("usersInfo", 1),
    "createUser": lambda c, d, _: c[d].command("createUser", "x", pwd="x" * 32, roles=[]),
    "createRole": lambda c, d, _: c[d].command("createRole", "x", privileges=[], roles=[]),
    "dropDatabase": lambda c, d, _: c[d].command("dropDatabase"),
}
ON_SERVER: Mapping[str, Mapping[str, Any]] = {
    "other users": {"usersInfo": 1},
    "a greater role": {"grantRolesToUser": "intake", "roles": ["root"]},
    "another's password": {"updateUser": "matching", "pwd": "x" * 32},
    "a user gone": {"dropUser": "matching"},
    "the server's state": {"serverStatus": 1},
    "the server's log": {"getLog": "global"},
    "the server's command line": {"getCmdLineOpts": 1},
    "the machine": {"hostInfo": 1},
    "what others ask": {
        "aggregate": 1,
        "pipeline": [{"$currentOp": {"allUsers": True}}],
        "cursor": {},
    },
    "what others read": {"top": 1},
    "a parameter": {"getParameter": "*"},
    "another parameter": {"setParameter": 1, "logLevel": 1},
    "the replica set": {"replSetGetConfig": 1},
    "its state": {"replSetGetStatus": 1},
    "no primary": {"replSetStepDown": 1},
    "another log file": {"logRotate": 1},
    "a lock on everything": {"fsync": 1, "lock": True},
    "sessions gone": {"killAllSessions": []},
    "an end": {"shutdown": 1},
}
"""Commands to `admin`; no account of ours may give one of them."""


def was_refused(tried: Callable[[], object]) -> bool:
    """Do it; tell whether the account was refused. Any other failure is raised."""
    try:
        tried()
    except OperationFailure as error:
        if error.code not in REFUSED:
            raise
        return True
    return False
