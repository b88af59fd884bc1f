"""Finding the person, and asking every service what it holds on them."""

from typing import Any
from uuid import UUID

from pydantic import ValidationError
from pymongo import MongoClient
from pymongo.errors import PyMongoError

from cli.console import ask_console
from cli.errors import REFUSED, UNREACHABLE, CommandError
from cli.places import MONGO_URL, Places
from cli.service_port import ServicePort
from deploy.accounts import SERVICES
from shared.holding import HeldOn

MILLISECONDS = 5000


def person_named(places: Places, name: str) -> UUID:
    """Return the id of a person, by that or by a publisher's reference. Raises CommandError."""
    try:
        return UUID(name)
    except ValueError:
        found = _known_by(places, name)
    if not found:
        raise CommandError(f"nobody is known by {name!r}; name an id, or a publisher's reference.")
    if len(found) > 1:
        ids = ", ".join(sorted(found))
        raise CommandError(f"{len(found)} people are known by {name!r}; name one by id: {ids}.")
    return UUID(found[0])


def _known_by(places: Places, reference: str) -> list[str]:
    try:
        with MongoClient[dict[str, Any]](
            places.mongo_url(), serverSelectionTimeoutMS=MILLISECONDS
        ) as client:
            people = client["intake"]["participants"]
            return [row["_id"] for row in people.find({"references.reference": reference})]
    except PyMongoError as error:
        sentence = f"MongoDB cannot be read; name the person by id, or check {MONGO_URL}."
        raise CommandError(sentence, UNREACHABLE) from error


def held_on(places: Places, person: UUID) -> list[HeldOn]:
    """Return what each service holds; CommandError where one cannot be asked: all is needed.

    The console writes it down first, and permits it.
    """
    nobody = CommandError(f"nobody of your hubs has the id {person}.", REFUSED)
    permitted = ask_console(places, f"/v1/people/{person}/copy", {}, nothing=nobody)
    permit = str(permitted["permit"])
    return [_held_by(ServicePort.of(places, service), person, permit) for service in SERVICES]


def _held_by(port: ServicePort, person: UUID, permit: str) -> HeldOn:
    try:
        return HeldOn.model_validate_json(port.held_on(person, permit))
    except ValidationError as error:
        raise CommandError(f"{port.service} answers nonsense", UNREACHABLE) from error
