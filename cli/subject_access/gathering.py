"""Asking every service what it holds on a person."""

from uuid import UUID

from pydantic import ValidationError

from cli.console import ask_console
from cli.errors import REFUSED, UNREACHABLE, CommandError
from cli.places import Places
from cli.service_port import ServicePort
from deploy.accounts import SERVICES
from shared.holding import HeldOn


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
