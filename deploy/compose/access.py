"""What an operator on the host is told: lines for a shell, or all keys and passwords as JSON."""

from shlex import quote

from deploy.compose.installation import Installation
from deploy.embedded.errors import EmbeddedError

NEXT_STEPS = """\
The accounts are made; their secrets lie in the volumes, none is in this log.
  docker compose run --rm setup access           publishers' keys, AMQP addresses, staff's password
  eval "$(docker compose run --rm setup env)"    what `wlc` on this host needs
  docker compose run --rm wlc status             `wlc` with nothing installed
"""


def shell_lines(installation: Installation, publisher: str) -> str:
    """Return the variables that `wlc` on the host reads; raises EmbeddedError."""
    at = installation.addresses_for_host()
    known = {each.name: each for each in at.publishers}
    if publisher not in known:
        raise EmbeddedError(f"there is no publisher {publisher!r}; there are {', '.join(known)}.")
    variables = {
        "WLC_INTAKE_URL": at.intake_url,
        "WLC_CONSOLE_URL": at.console_url,
        "WLC_RABBIT_URL": at.rabbit_url,
        "WLC_PUBLISHER_KEY": known[publisher].key,
        "WLC_PUBLISHER_AMQP_URL": known[publisher].amqp_url,
        "WLC_STAFF_TOKEN": at.staff.token,
        "WLC_OPERATOR_TOKEN": at.operator_token,
    }
    if installation.outside.tls:
        variables["WLC_CA_FILE"] = str(installation.outside.ca_file)
    return "\n".join(f"export {name}={quote(value)}" for name, value in variables.items())


def authority(installation: Installation) -> str:
    """Return the certificate that whoever comes by TLS is to trust; raises EmbeddedError."""
    if installation.authority is None or not installation.authority.exists():
        raise EmbeddedError("there is no authority; set up with docker-compose.production.yml.")
    return installation.authority.read_text().strip()


def everything(installation: Installation) -> str:
    """Return the host's addresses with all publishers and the first member of staff."""
    wanted = {"intake_url", "console_url", "publishers", "staff"}
    return installation.addresses_for_host().model_dump_json(indent=2, include=wanted)
