"""`wlc doctor` on certificates: told before one ends, silent where there are none."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from cli.doctoring.certificates import check_certificates
from cli.errors import REFUSED
from cli.places import Places
from deploy.certificates import make_certificates, tls_of

NOW = datetime.now(UTC)


@contextmanager
def listening(folder: Path, name: str, now: datetime) -> Iterator[tuple[int, datetime]]:
    """Listen by TLS; yields the port, and when the certificate ends."""
    [made] = make_certificates(folder, [name], now=now)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(tls_of(folder, name).file)
    server = HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port, made.ends
    server.shutdown()
    server.server_close()


@pytest.fixture
def intake(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[datetime]:
    """Something that listens at the address of intake by TLS; when its certificate ends."""
    with listening(tmp_path, "intake", NOW) as (port, ends):
        monkeypatch.setenv("WLC_CA_FILE", str(tmp_path / "ca.pem"))
        monkeypatch.setenv("WLC_INTAKE_URL", f"https://localhost:{port}")
        yield ends


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


@pytest.mark.parametrize(
    "at",
    [
        ("WLC_INTAKE_URL", "https://localhost:{port}", "intake"),
        ("WLC_RABBIT_URL", "amqps://o:p@localhost:{port}/app?cafile={ca}", "rabbitmq"),
        ("WLC_MONGO_URL", "mongodb://o:p@localhost:{port}/?tls=true&tlsCAFile={ca}", "mongo"),
    ],
)
@pytest.mark.parametrize(
    ("age", "said"), [(400, "expired"), (340, "it ends on"), (1, "first ends")]
)
def test_services_and_both_servers_are_looked_at_and_what_ended_is_a_fault(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, at: tuple[str, str, str], age: int, said: str
) -> None:
    variable, address, name = at
    with listening(tmp_path, name, NOW - timedelta(days=age)) as (port, _):
        monkeypatch.setenv("WLC_CA_FILE", str(tmp_path / "ca.pem"))
        monkeypatch.setenv(variable, address.format(port=port, ca=tmp_path / "ca.pem"))

        [check] = check_certificates(Places(tmp_path), NOW)

    assert said in check.sentence
    fault = (f"certificate of {name}", REFUSED)
    assert (check.name, check.exit_code) == (("certificates", 0) if age == 1 else fault)


def test_an_authority_that_ends_soon_is_named(intake: datetime, tmp_path: Path) -> None:
    five_years = timedelta(days=5 * 365 - 10)

    named = [check.name for check in check_certificates(Places(tmp_path), NOW + five_years)]

    assert f"certificate of the authority in {tmp_path / 'ca.pem'}" in named
    assert intake
