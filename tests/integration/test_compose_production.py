"""docker-compose.production.yml and its set-up: nothing goes in clear, nothing is weakened."""

from pathlib import Path

import pytest

from deploy.accounts import SERVICES
from deploy.certificates import make_certificates
from deploy.compose.access import authority, shell_lines
from deploy.compose.installation import Installation, Outside
from deploy.compose.setup import service_files, set_up
from tests.builders.compositions import COMPOSE, FOLDERS, ONE_SHOT, PRODUCTION, ROOT, settings_in


@pytest.fixture
def production(tmp_path: Path) -> Installation:
    for name in (*FOLDERS, "mail-secrets"):
        (tmp_path / name).mkdir()
    made = Installation(tmp_path, Outside(tls=True, hosts="gateway.example.org, 10.0.0.7"))
    set_up(made)
    return made


def test_production_has_no_part_of_its_own_and_weakens_none() -> None:
    assert PRODUCTION.keys() <= COMPOSE.keys()
    hardening = {"read_only", "cap_drop", "security_opt", "user", "ulimits", "networks", "image"}
    assert not any(hardening & part.keys() for part in PRODUCTION.values())
    assert PRODUCTION["rabbitmq"]["ports"] == ["127.0.0.1:${WLC_AMQP_PORT:-5671}:5671"]


def test_in_production_broker_database_and_mail_take_nothing_in_clear() -> None:
    broker = settings_in((ROOT / "deploy" / "compose" / "rabbitmq-tls.conf").read_text())

    assert broker["listeners.tcp"] == "none"
    assert "--tlsMode requireTLS" in " ".join(PRODUCTION["mongo"]["entrypoint"])
    assert PRODUCTION["mail"]["environment"] == {"WLC_TLS": "true"}
    assert all(
        PRODUCTION[each]["environment"]["WLC_TLS"] == "true" for each in (*ONE_SHOT, "backup")
    )


@pytest.mark.parametrize("name", [*SERVICES, "mail", "mongo"])
def test_in_production_health_is_asked_by_tls(name: str) -> None:
    asked = " ".join(PRODUCTION[name]["healthcheck"]["test"])

    assert "/run/secrets/ca.pem" in asked
    assert "http:" not in asked


@pytest.mark.parametrize("service", SERVICES)
def test_in_production_a_service_speaks_and_is_spoken_to_by_tls(
    production: Installation, service: str
) -> None:
    told = service_files(production, service)

    assert told[f"{service}_rabbit_url"].startswith("amqps://")
    assert told[f"{service}_rabbit_url"].endswith("?cafile=/run/secrets/ca.pem")
    assert "&tls=true&tlsCAFile=/run/secrets/ca.pem" in told[f"{service}_mongo_url"]
    assert told[f"{service}_tls_file"] == f"/run/secrets/{service}.pem"
    assert (production.folder / service / f"{service}.pem").exists()
    assert (production.folder / service / "ca.pem").exists()


def test_in_production_mail_goes_by_tls_to_whom_we_or_everybody_vouches_for(
    production: Installation,
) -> None:
    told = service_files(production, "notification")

    assert told["notification_smtp_tls"] == "starttls"
    assert told["notification_smtp_ca_file"] == "/run/secrets/trusted.pem"
    trusted = (production.folder / "notification" / "trusted.pem").read_text()
    assert trusted.endswith((production.folder / "mail-secrets" / "ca.pem").read_text())


def test_nobody_but_the_set_up_has_the_key_of_the_authority(production: Installation) -> None:
    key = (production.certificates / "ca.key.pem").read_text()

    having = [file for file in production.folder.rglob("*") if file.is_file()]
    assert [file.name for file in having if key in file.read_text()] == ["ca.key.pem"]
    assert "certificates" not in str(PRODUCTION)


def test_certificates_are_valid_where_production_is_reached(production: Installation) -> None:
    made = make_certificates(production.certificates, ["intake"], production.outside.names)

    assert not made[0].is_new
    assert {"intake", "localhost", "gateway.example.org", "10.0.0.7"} <= set(made[0].names)


def test_in_production_the_host_is_told_whom_to_trust(production: Installation) -> None:
    lines = shell_lines(production, "lambeth-hub")

    assert "export WLC_INTAKE_URL=https://localhost:8081" in lines
    assert "amqps://" in lines
    assert "export WLC_CA_FILE=wlc-ca.pem" in lines
    assert authority(production).startswith("-----BEGIN CERTIFICATE-----")


def test_without_production_nothing_is_left_of_its_certificates(production: Installation) -> None:
    set_up(Installation(production.folder, Outside()))

    left = {file.name for file in production.folder.rglob("*_tls_file")}
    assert left == set()
    assert not (production.folder / "notification" / "notification_smtp_ca_file").exists()
