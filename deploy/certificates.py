"""The installation's own certificates: an authority, and under it one certificate for each server.

What is made again keeps the authority, so that whoever trusts it goes on trusting; a certificate is
made anew when it ends soon or is to be valid for other names.
"""

import ipaddress
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from deploy.accounts import SERVICES
from deploy.embedded.errors import EmbeddedError
from deploy.embedded.folders import write_private
from deploy.embedded.tls import Tls

SERVERS = ("rabbitmq", "mongo", "mail", *SERVICES)
AUTHORITY = "ca.pem"
AUTHORITY_KEY = "ca.key.pem"
AUTHORITY_YEARS = 5
DAYS = 365
RENEWED_DAYS = 60
"""A certificate that ends sooner is made anew."""
HERE = ("localhost", "127.0.0.1", "::1")
LABEL = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
HOST = re.compile(rf"(\*\.)?{LABEL}(\.{LABEL})*", re.IGNORECASE)
"""A name of DNS; the first label may be any."""
YEAR = timedelta(days=365)
CLOCKS_DIFFER = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Made:
    """A certificate, for whom, and until when; `is_new`: what runs has to be started again."""

    server: str
    file: Path
    names: tuple[str, ...]
    ends: datetime
    is_new: bool


def make_certificates(
    folder: Path, servers: Iterable[str], outside: Sequence[str] = (), now: datetime | None = None
) -> list[Made]:
    """Make what is missing in the folder; each server is valid for its name and this machine.

    `outside` are names and addresses under which all of them are reached besides. Raises
    EmbeddedError where the folder cannot be written, or one of them is none.
    """
    _check(outside)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    moment = now or datetime.now(UTC)
    authority = _authority(folder, moment)
    return [_made(folder, name, (name, *HERE, *outside), authority, moment) for name in servers]


def tls_of(folder: Path, server: str) -> Tls:
    """Return the files of a server in that folder."""
    return Tls(folder / f"{server}.pem", folder / AUTHORITY)


def _check(outside: Iterable[str]) -> None:
    wrong = [repr(each) for each in outside if not (_is_address(each) or HOST.fullmatch(each))]
    if wrong:
        raise EmbeddedError(f"no name or address of a machine: {', '.join(wrong)}.")


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class _Authority:
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


def _authority(folder: Path, now: datetime) -> _Authority:
    file, key_file = folder / AUTHORITY, folder / AUTHORITY_KEY
    if file.exists() and key_file.exists():
        key = load_pem_private_key(key_file.read_bytes(), None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise TypeError(f"{key_file} holds another kind of key than was put there")
        return _Authority(x509.load_pem_x509_certificate(file.read_bytes()), key)
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "WLC gateway authority")])
    certificate = (
        _begun(name, name, key, now, AUTHORITY_YEARS * YEAR)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .sign(key, hashes.SHA256())
    )
    write_private(key_file, _pem(key))
    write_private(file, certificate.public_bytes(Encoding.PEM).decode())
    return _Authority(certificate, key)


def _made(
    folder: Path, server: str, names: tuple[str, ...], authority: _Authority, now: datetime
) -> Made:
    file = folder / f"{server}.pem"
    known = x509.load_pem_x509_certificate(file.read_bytes()) if file.exists() else None
    if known and _names(known) == set(names) and _lasts(known, now, authority):
        return Made(server, file, names, known.not_valid_after_utc, is_new=False)
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = _signed(server, names, key, authority, now)
    write_private(file, _pem(key) + certificate.public_bytes(Encoding.PEM).decode())
    return Made(server, file, names, certificate.not_valid_after_utc, is_new=True)


def _signed(
    server: str,
    names: tuple[str, ...],
    key: ec.EllipticCurvePrivateKey,
    authority: _Authority,
    now: datetime,
) -> x509.Certificate:
    """Sign for serving and for asking: a member of a replica set does both."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, server)])
    both = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
    issuer = authority.key.public_key()
    return (
        _begun(subject, authority.certificate.subject, key, now, timedelta(days=DAYS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage(both), critical=False)
        .add_extension(x509.SubjectAlternativeName(map(_name, names)), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer), critical=False)
        .sign(authority.key, hashes.SHA256())
    )


def _begun(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    now: datetime,
    lasts: timedelta,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - CLOCKS_DIFFER)
        .not_valid_after(now + lasts)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _name(text: str) -> x509.GeneralName:
    if _is_address(text):
        return x509.IPAddress(ipaddress.ip_address(text))
    return x509.DNSName(text)


def _names(certificate: x509.Certificate) -> set[str]:
    known = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    addresses = map(str, known.get_values_for_type(x509.IPAddress))
    return {*known.get_values_for_type(x509.DNSName), *addresses}


def _lasts(certificate: x509.Certificate, now: datetime, authority: _Authority) -> bool:
    """Tell whether it may stay: it is of this authority, and does not end soon."""
    try:
        certificate.verify_directly_issued_by(authority.certificate)
    except (ValueError, InvalidSignature):
        return False
    return certificate.not_valid_after_utc > now + timedelta(days=RENEWED_DAYS)


def _pem(key: ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
