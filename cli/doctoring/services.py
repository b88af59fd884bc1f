"""The services: ready, able to sign in, with all their indexes, and with no work given up."""

from collections.abc import Iterator

from cli.doctoring.checks import Check
from cli.errors import REFUSED, UNREACHABLE, CommandError
from cli.places import Places
from cli.status import ServiceStatus, statuses


def check_services(places: Places, servers: set[str]) -> Iterator[Check]:
    """Look at every service; `servers` are those that let the operator in."""
    try:
        found = statuses(places)
    except CommandError as error:
        yield Check("services", error.sentence, error.exit_code)
        return
    for name, one in found.items():
        ills = list(_ills(name, one, servers))
        yield from ills or [Check(name, "it is ready.")]


def _ills(name: str, one: ServiceStatus, servers: set[str]) -> Iterator[Check]:
    if not one.ready:
        advice = _advice(name, one, servers)
        yield Check(name, f"it is not ready: {'; '.join(one.reasons)}; {advice}.", UNREACHABLE)
    if one.missing_indexes:
        indexes = ", ".join(one.missing_indexes)
        sentence = f"indexes are missing: {indexes}; restart it, it makes them when it starts."
        yield Check(name, sentence, REFUSED)
    if one.failed_work:
        given_up = f"{one.failed_work} pieces of work were given up"
        yield Check(name, f"{given_up}; `wlc failed-work list` shows which.", REFUSED)


def _advice(name: str, one: ServiceStatus, servers: set[str]) -> str:
    """Say what to do: a server that lets the operator in and not the service knows it not."""
    refusing = [server for server in servers if any(server in reason for reason in one.reasons)]
    if not refusing:
        return "read its log"
    server = " and ".join(sorted(refusing))
    return (
        f"the operator reaches {server}, so when this stays, the account {name} is missing there "
        "or has another password: `wlc up` and the set-up containers make it"
    )
