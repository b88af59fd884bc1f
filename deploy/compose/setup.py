"""The set-up: gives every container what it must know, and nothing else. It may be repeated."""

import json
import os
import ssl
from collections.abc import Callable, Mapping
from pathlib import Path

from pydantic import BaseModel, ValidationError

from deploy.accounts import SERVICES, Secrets, broker_definitions, keep_staff_file, publishers_file
from deploy.certificates import AUTHORITY, SERVERS, make_certificates
from deploy.compose.installation import (
    PUBLISHERS_FILE,
    STAFF_FILE,
    TRUSTED_FILE,
    Installation,
)
from deploy.embedded.errors import EmbeddedError
from deploy.embedded.folders import write_private
from deploy.environments import service_environment
from deploy.local.processes import Process
from deploy.local.state import Run
from deploy.rights import KEYRING_RIGHTS

PLACES = {"mail": "mail-secrets"}
OF_TLS = ("tls_file", "smtp_ca_file")
KEY_FILE = "keyfile"
DEFINITIONS = "definitions.json"
FOR_SERVER = 0o640
SECRETS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("smtp_password", "smtp_backups", "notify", "hooks"), ("notification",)),
    "oidc_client_secret": ("console",),
    "keyring_kms_token": tuple(name for name, _ in KEYRING_RIGHTS),
}
"""What may be told in secret, and to which services: how they sign in to other systems."""

MADE_ANEW: Mapping[str, Callable[[Secrets], Secrets]] = {
    "new-master": Secrets.with_new_master,
    "new-exclusion-key": Secrets.with_new_exclusion_key,
}

HOW_TO_DROP = (
    "docker compose run --rm -T wlc keys status --json "
    "| docker compose run --rm -T setup drop-masters"
)


class _Keys(BaseModel):
    """What `wlc keys status --json` tells, as far as it matters here."""

    current: str
    left: int


def set_up(installation: Installation) -> None:
    """Make the accounts, and hand each container its files."""
    folder = installation.folder
    for service in SERVICES:
        for name in OF_TLS:
            (folder / service / f"{service}_{name}").unlink(missing_ok=True)
        for name, value in service_files(installation, service).items():
            write_private(folder / service / name, value)
    keep_staff_file(folder / "console" / STAFF_FILE, installation.secrets)
    definitions = json.dumps(broker_definitions(installation.secrets))
    _write_for_server(folder / "rabbitmq" / DEFINITIONS, definitions)
    key = installation.mongo_memory().secret_for("key file")
    _write_for_server(folder / "mongo" / KEY_FILE, key)
    if installation.outside.tls:
        hand_out_certificates(installation)
    run = Run(supervisor=Process.of(os.getpid()), addresses=installation.addresses())
    run.write(folder / "operator")


def hand_out_certificates(installation: Installation) -> None:
    """Give each server its certificate, and everybody the one to trust."""
    folder = installation.folder
    made = make_certificates(installation.certificates, SERVERS, installation.outside.names)
    authority = (installation.certificates / AUTHORITY).read_text()
    for one in made:
        own = folder / PLACES.get(one.server, one.server)
        keep = _write_for_server if one.server in {"rabbitmq", "mongo"} else write_private
        keep(own / f"{one.server}.pem", one.file.read_text())
        keep(own / AUTHORITY, authority)
    write_private(folder / "operator" / AUTHORITY, authority)
    usual = ssl.get_default_verify_paths().cafile
    others = Path(usual).read_text() if usual else ""
    write_private(folder / "notification" / TRUSTED_FILE, others + authority)


def service_files(installation: Installation, service: str) -> dict[str, str]:
    """Return a service's settings as files named after them, as pydantic-settings reads them."""
    variables = service_environment(service, installation.place(service), installation.secrets)
    files = {name.lower(): value for name, value in variables.items()}
    if service != "intake":
        return files
    return files | {PUBLISHERS_FILE: publishers_file(installation.secrets)}


def keep_secret(installation: Installation, name: str, value: str) -> None:
    """Hand services one of their secrets."""
    for service in SECRETS[name]:
        write_private(installation.folder / service / f"{service}_{name}", value)


def make_key(installation: Installation, name: str) -> None:
    """Make one of `MADE_ANEW`; the services know it once restarted."""
    _change(installation, MADE_ANEW[name](installation.secrets))


def drop_masters(installation: Installation, status: str) -> None:
    """Drop the masters of before; the set-up reaches nobody, so it is told `wlc keys status`.

    Raises EmbeddedError where one of them may still be needed, or nothing was told.
    """
    try:
        told = _Keys.model_validate_json(status)
    except ValidationError:
        raise EmbeddedError(f"`drop-masters` needs the keys' status: {HOW_TO_DROP}") from None
    if fault := installation.secrets.fault_of_dropping(told.current, told.left):
        raise EmbeddedError(fault)
    _change(installation, installation.secrets.with_one_master())


def _change(installation: Installation, secrets: Secrets) -> None:
    secrets.keep(installation.secrets_file)
    set_up(Installation(installation.folder, installation.outside))


def _write_for_server(path: Path, text: str) -> None:
    """Let the group read: the servers run under accounts of their own."""
    write_private(path, text)
    path.chmod(FOR_SERVER)
