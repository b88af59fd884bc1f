"""The certificates of the services: whether one ends soon, for then nobody is let in any more."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from urllib.parse import urlsplit

from cli.doctoring.checks import Check
from cli.errors import REFUSED
from cli.places import Places
from cli.trust import trusted

SECONDS = 3.0
SOON_DAYS = 30
ADVICE = "make it anew and start the service again (docs/runbook.md, TLS inside)"


def check_certificates(places: Places, now: datetime) -> Iterator[Check]:
    """Say which end within 30 days; those that nobody can read are told with their service."""
    ends = {
        name: end
        for name, url in places.service_urls().items()
        if url.startswith("https://") and (end := _end(url)) is not None
    }
    soon = {name: end for name, end in ends.items() if (end - now).days < SOON_DAYS}
    for name, end in soon.items():
        yield Check(f"certificate of {name}", f"it ends on {end:%Y-%m-%d}; {ADVICE}.", REFUSED)
    if ends and not soon:
        yield Check("certificates", f"the first ends on {min(ends.values()):%Y-%m-%d}.")


def _end(url: str) -> datetime | None:
    parts, context = urlsplit(url), trusted()
    host = parts.hostname or ""
    checked = context if isinstance(context, ssl.SSLContext) else ssl.create_default_context()
    with suppress(OSError), socket.create_connection((host, parts.port or 443), SECONDS) as line:
        with checked.wrap_socket(line, server_hostname=host) as shown:
            certificate = shown.getpeercert() or {}
        return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(certificate["notAfter"])), UTC)
    return None
