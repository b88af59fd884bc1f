"""What services store, searched as it is stored, with the operator's account."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bson.raw_bson import RawBSONDocument
from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

from cli.erasing.common import common_among
from cli.erasing.files import Searched
from cli.erasing.marks import Marks
from cli.errors import REFUSED, CommandError, unreachable
from cli.places import MONGO_URL
from deploy.accounts import SERVICES

SECONDS = 5


def search_databases(url: str, marks: Marks) -> list[Searched]:
    """Search every document of every service. Raises CommandError when MongoDB is away."""
    try:
        with _client(url) as client:
            return [_searched(client, service, marks) for service in SERVICES]
    except PyMongoError as error:
        raise _fault(error) from error


def _searched(client: "MongoClient[Any]", service: str, marks: Marks) -> Searched:
    looked_at, found = 0, []
    for name, document in _documents(client, service):
        looked_at += 1
        if marks.are_in(document):
            found.append(name)
    places = tuple(f"{name} ({found.count(name)})" for name in dict.fromkeys(found))
    return Searched(f"database {service}", looked_at, places)


def _documents(client: "MongoClient[Any]", service: str) -> Iterator[tuple[str, bytes]]:
    """Yield all that a service stores, each with the collection in which it lies."""
    database = client[service]
    for name in sorted(database.list_collection_names(authorizedCollections=True)):
        for document in database[name].find():
            yield name, bytes(document.raw)


def common_words(url: str, names: Mapping[str, Sequence[str]]) -> frozenset[str]:
    """Return the names of these people that are words of everybody's in the databases."""
    try:
        with _client(url) as client:
            rows = (row for service in SERVICES for _, row in _documents(client, service))
            return common_among(rows, names)
    except PyMongoError as error:
        raise _fault(error) from error


def handles_of(url: str, participant_ids: list[str]) -> frozenset[str]:
    """Return the keyed digests that are kept of people's references, forgotten people included."""
    try:
        with _client(url) as client:
            rows = client["intake"]["participants"].find({"_id": {"$in": participant_ids}})
            return frozenset(
                str(handle)
                for row in rows
                for known in row.get("references", ())
                for handle in known.get("handles", ())
            )
    except PyMongoError as error:
        raise _fault(error) from error


def _fault(error: PyMongoError) -> CommandError:
    if isinstance(error, OperationFailure):
        return CommandError("MongoDB refuses the operator's account; check its URL.", REFUSED)
    return unreachable("MongoDB", MONGO_URL)


def _client(url: str) -> "MongoClient[Any]":
    return MongoClient(url, document_class=RawBSONDocument, serverSelectionTimeoutMS=1000 * SECONDS)
