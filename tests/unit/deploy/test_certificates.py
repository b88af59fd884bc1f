"""The installation's own certificates: what they are valid for, and what stays."""

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509

from deploy.certificates import make_certificates

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


def test_each_server_is_valid_for_its_name_this_machine_and_where_it_is_reached(
    tmp_path: Path,
) -> None:
    [mongo] = make_certificates(tmp_path, ["mongo"], ["gateway.example.org", "10.0.0.7"], NOW)

    assert mongo.names == (
        "mongo",
        "localhost",
        "127.0.0.1",
        "::1",
        "gateway.example.org",
        "10.0.0.7",
    )
    certificate = x509.load_pem_x509_certificate(mongo.file.read_bytes())
    authority = x509.load_pem_x509_certificate((tmp_path / "ca.pem").read_bytes())
    certificate.verify_directly_issued_by(authority)
    assert certificate.not_valid_after_utc == NOW + timedelta(days=365)


def test_keys_are_readable_by_their_owner_only(tmp_path: Path) -> None:
    make_certificates(tmp_path, ["mongo", "rabbitmq"], now=NOW)

    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()}
    assert modes == dict.fromkeys(("ca.pem", "ca.key.pem", "mongo.pem", "rabbitmq.pem"), 0o600)


def test_what_is_made_again_stays_until_it_ends_soon(tmp_path: Path) -> None:
    first, later, soon = (
        make_certificates(tmp_path, ["mongo"], now=NOW + timedelta(days=days))[0]
        for days in (0, 300, 310)
    )

    assert (first.is_new, later.is_new, soon.is_new) == (True, False, True)
    assert soon.ends == NOW + timedelta(days=675)


def test_another_name_asks_for_another_certificate_and_keeps_the_authority(tmp_path: Path) -> None:
    make_certificates(tmp_path, ["mongo"], now=NOW)
    authority = (tmp_path / "ca.pem").read_bytes()

    [again] = make_certificates(tmp_path, ["mongo"], ["db.example.org"], NOW)

    assert again.is_new
    assert (tmp_path / "ca.pem").read_bytes() == authority


def test_a_lost_authority_is_made_anew_with_every_certificate(tmp_path: Path) -> None:
    make_certificates(tmp_path, ["mongo"], now=NOW)
    (tmp_path / "ca.key.pem").unlink()

    [again] = make_certificates(tmp_path, ["mongo"], now=NOW)

    assert again.is_new
