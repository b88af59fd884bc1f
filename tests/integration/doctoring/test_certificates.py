"""`wlc doctor` on certificates: told before one ends, silent where there are none."""

import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from cli.doctoring.certificates import check_certificates
from cli.errors import REFUSED
from cli.places import Places
from deploy.certificates import make_certificates, tls_of

NOW = datetime.now(UTC)


@pytest.fixture
def intake(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[datetime]:
    """Something that listens at the address of intake by TLS; when its certificate ends."""
    [made] = make_certificates(tmp_path, ["intake"], now=NOW)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(tls_of(tmp_path, "intake").file)
    server = HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("WLC_CA_FILE", str(tmp_path / "ca.pem"))
    monkeypatch.setenv("WLC_INTAKE_URL", f"https://localhost:{server.server_port}")
    yield made.ends
    server.shutdown()
    server.server_close()


def test_a_certificate_that_ends_soon_is_named_with_what_to_do(
    intake: datetime, tmp_path: Path
) -> None:
    [check] = check_certificates(Places(tmp_path), intake - timedelta(days=29))

    assert (check.name, check.exit_code) == ("certificate of intake", REFUSED)
    assert f"it ends on {intake:%Y-%m-%d}" in check.sentence
    assert "start the service again" in check.sentence


def test_certificates_that_last_are_well(intake: datetime, tmp_path: Path) -> None:
    [check] = check_certificates(Places(tmp_path), NOW)

    assert check.exit_code == 0
    assert f"{intake:%Y-%m-%d}" in check.sentence


def test_without_tls_nothing_is_said_of_certificates(tmp_path: Path) -> None:
    assert list(check_certificates(Places(tmp_path), NOW)) == []
