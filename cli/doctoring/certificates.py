"""Certificates: whether one ended or ends soon, for then nobody is let in any more."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from cryptography import x509

from cli.doctoring.checks import Check
from cli.errors import REFUSED, CommandError
from cli.places import Places
from cli.trust import named_authority, trusted

SECONDS = 3.0
SOON_DAYS = 30
AMQPS, MONGO = 5671, 27017
ADVICE = "make it anew and start the service again (docs/runbook.md, TLS inside)"


@dataclass(frozen=True, slots=True)
class _Server:
    """What shows a certificate, and the file of whom it is checked by, if one is named."""

    name: str
    host: str
    port: int
    authority: str | None

    def context(self) -> ssl.SSLContext:
        """Return what its certificate is checked by. Raises OSError and CommandError."""
        context = trusted()
        checked = context if isinstance(context, ssl.SSLContext) else ssl.create_default_context()
        if self.authority:
            checked.load_verify_locations(self.authority)
        return checked


def check_certificates(places: Places, now: datetime) -> Iterator[Check]:
    """Say which are not taken or end within 30 days; of who cannot be reached, others tell."""
    servers, ends, well = [*_servers(places)], dict[str, datetime](), True
    for server in servers:
        try:
            ends |= _end(server)
        except ssl.SSLError as error:
            well = False
            why = getattr(error, "verify_message", "") or "it does not speak TLS"
            yield Check(f"certificate of {server.name}", f"not taken: {why}; {ADVICE}.", REFUSED)
    for file in sorted({each.authority for each in servers if each.authority}):
        ends |= _end_of_authority(file)
    soon = {name: end for name, end in ends.items() if (end - now).days < SOON_DAYS}
    for name, end in soon.items():
        yield Check(f"certificate of {name}", f"it ends on {end:%Y-%m-%d}; {ADVICE}.", REFUSED)
    if ends and well and not soon:
        yield Check("certificates", f"the first ends on {min(ends.values()):%Y-%m-%d}.")


def _servers(places: Places) -> Iterator[_Server]:
    """Yield what is spoken to by TLS: services, and both servers where they are known."""
    for name, url in places.service_urls().items():
        parts = urlsplit(url)
        if parts.scheme == "https":
            yield _Server(name, parts.hostname or "", parts.port or 443, named_authority())
    with suppress(CommandError):
        parts = urlsplit(places.rabbit_url())
        if parts.scheme == "amqps":
            asked = parse_qs(parts.query).get("cafile", [None])[0]
            yield _Server("rabbitmq", parts.hostname or "", parts.port or AMQPS, asked)
    with suppress(CommandError):
        parts = urlsplit(places.mongo_url())
        options = {name.lower(): each[-1] for name, each in parse_qs(parts.query).items()}
        if parts.scheme == "mongodb" and "true" in {options.get("tls"), options.get("ssl")}:
            for host in parts.netloc.rpartition("@")[2].split(","):
                one = urlsplit(f"//{host}")
                port = one.port or MONGO
                yield _Server("mongo", one.hostname or "", port, options.get("tlscafile"))


def _end(server: _Server) -> dict[str, datetime]:
    """Return when it ends; nothing of who cannot be reached. Raises ssl.SSLError."""
    try:
        checked = server.context()
        with (
            socket.create_connection((server.host, server.port), SECONDS) as line,
            checked.wrap_socket(line, server_hostname=server.host) as shown,
        ):
            certificate = shown.getpeercert() or {}
    except ssl.SSLError:
        raise
    except OSError:
        return {}
    end = ssl.cert_time_to_seconds(str(certificate["notAfter"]))
    return {server.name: datetime.fromtimestamp(end, UTC)}


def _end_of_authority(file: str) -> dict[str, datetime]:
    """Return when an authority of one's own ends; a file of everybody's says nothing of us."""
    try:
        found = x509.load_pem_x509_certificates(Path(file).read_bytes())
    except (OSError, ValueError):
        return {}
    return {f"the authority in {file}": found[0].not_valid_after_utc} if len(found) == 1 else {}
