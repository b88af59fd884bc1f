"""Whom `wlc` trusts."""

import re
import ssl
from pathlib import Path

import pytest
from cryptography import x509

from cli.errors import CommandError
from cli.trust import trusted
from deploy.certificates import make_certificates

ROOT = Path(__file__).parents[3]
CLIENT = re.compile(r"httpx\.(?:Async)?Client\(")


@pytest.mark.parametrize("file", sorted((ROOT / "cli").rglob("*.py")), ids=lambda file: file.name)
def test_whatever_speaks_http_trusts_the_named_authority(file: Path) -> None:
    text = file.read_text()

    assert len(CLIENT.findall(text)) == text.count("verify=trusted()")


def test_the_authority_that_is_named_is_trusted_beside_the_usual_ones(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    make_certificates(tmp_path, ())
    usual = len(ssl.create_default_context().get_ca_certs())
    monkeypatch.setenv("WLC_CA_FILE", str(tmp_path / "ca.pem"))

    context = trusted()

    assert isinstance(context, ssl.SSLContext)
    ours = x509.load_pem_x509_certificate((tmp_path / "ca.pem").read_bytes())
    serials = {int(each["serialNumber"], 16) for each in context.get_ca_certs()}
    assert ours.serial_number in serials
    assert len(serials) > min(usual, 1)
    assert context.verify_mode is ssl.CERT_REQUIRED


@pytest.mark.parametrize("content", [None, "nonsense"])
def test_an_authority_that_cannot_be_read_stops_the_command(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: str | None
) -> None:
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_text(content)
    monkeypatch.setenv("WLC_CA_FILE", str(file))

    with pytest.raises(CommandError, match="WLC_CA_FILE names"):
        trusted()
