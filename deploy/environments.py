"""The environment that each service's settings are read from."""

import json
from dataclasses import dataclass
from pathlib import Path

from deploy.accounts import HUBS, Secrets, digest
from deploy.rights import KEYRING
from shared.permits import Permits

MAIL_DOMAIN = "example.org"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a service finds what it needs, and where it is found.

    `tls_file` is what it shows who comes by HTTPS; `ca_file` vouches for our own servers.
    """

    rabbit_url: str
    mongo_url: str
    host: str
    port: int
    public_url: str
    smtp_host: str
    smtp_port: int
    smtp_tls: str
    publishers_file: Path
    staff_file: Path
    tls_file: Path | None = None
    ca_file: Path | None = None
    mail_dir: Path | None = None


def service_environment(service: str, place: Place, secrets: Secrets) -> dict[str, str]:
    """Return the variables of one service: what it needs, and no secret that it does not."""
    settings = {
        "RABBIT_URL": place.rabbit_url,
        "MONGO_URL": place.mongo_url,
        "DATABASE": service,
        "HOST": place.host,
        "PORT": str(place.port),
        "OPERATOR_TOKEN_SHA256": digest(secrets.operator_token),
        "PERMITS_CHECKED_BY": Permits(secrets.permit_key).checked_by,
        **({"TLS_FILE": str(place.tls_file)} if place.tls_file else {}),
        **_own(service, place, secrets),
    }
    return {f"{service.upper()}_{name}": value for name, value in settings.items()}


def _own(service: str, place: Place, secrets: Secrets) -> dict[str, str]:
    keyring = {
        "KEYRING_DATABASE": KEYRING,
        "KEYRING_KEY": secrets.keyring_key,
        "KEYRING_OTHER_KEYS": ",".join(secrets.keyring_other_keys),
    }
    exclusions = {"EXCLUSION_KEY": secrets.exclusion_key}
    link = {"LINK_KEY": secrets.link_key, "PUBLIC_URL": place.public_url}
    own = {
        "intake": {
            **keyring,
            **exclusions,
            "FINGERPRINT_KEY": secrets.fingerprint_key,
            "QUARANTINE_KEY": secrets.quarantine_key,
            "PUBLISHERS_FILE": str(place.publishers_file),
        },
        "matching": exclusions,
        "scheduling": exclusions,
        "notification": {
            **keyring,
            **link,
            **_mail(place),
        },
        "console": {
            **keyring,
            **link,
            "PERMIT_KEY": secrets.permit_key,
            "STAFF_FILE": str(place.staff_file),
            "SECURE_COOKIES": "false" if place.public_url.startswith("http:") else "true",
        },
    }
    return own.get(service, {})


def _mail(place: Place) -> dict[str, str]:
    return {
        "SENDER": f"invitations@{MAIL_DOMAIN}",
        "SMTP_HOST": place.smtp_host,
        "SMTP_PORT": str(place.smtp_port),
        "STAFF_EMAIL": json.dumps({hub: f"staff-{hub}@{MAIL_DOMAIN}" for hub in HUBS}),
        "SMTP_TLS": place.smtp_tls,
        **({"SMTP_CA_FILE": str(place.ca_file)} if place.ca_file else {}),
        "MAIL_FOLDER_AT": f"{place.smtp_host}:{place.smtp_port}",
        **({"MAIL_FOLDER": str(place.mail_dir)} if place.mail_dir else {}),
    }
