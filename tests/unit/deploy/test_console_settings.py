"""What an operator may set for the console can be set in every installation."""

from pathlib import Path

import yaml

from deploy.accounts import Secrets
from deploy.environments import Place, service_environment
from deploy.local.programs import CONSOLE
from services.console.settings import Settings
from shared.settings import ServiceSettings

ROOT = Path(__file__).parents[3]
SECRETS = {"CONSOLE_OIDC_CLIENT_SECRET", "CONSOLE_KEYRING_KMS_TOKEN"}
PROXY = "CONSOLE_PROXY_ADDRESSES"


def of_the_operator() -> set[str]:
    """All that the console has beside what every service has, but for what the set-up makes."""
    place = Place(
        rabbit_url="amqp://localhost",
        mongo_url="mongodb://localhost",
        host="127.0.0.1",
        port=8080,
        public_url="http://localhost:8080",
        smtp_host="localhost",
        smtp_port=25,
        smtp_tls="none",
        publishers_file=Path("publishers.json"),
        staff_file=Path("staff.json"),
    )
    own = Settings.model_fields.keys() - ServiceSettings.model_fields.keys()
    made = service_environment("console", place, Secrets())
    names = {Settings.model_fields[x].validation_alias or f"CONSOLE_{x.upper()}" for x in own}
    return {str(name) for name in names} - made.keys() | {PROXY}


def test_it_can_be_set_without_containers() -> None:
    assert set(CONSOLE) == of_the_operator()


def test_it_can_be_set_in_containers_where_secrets_come_from_files() -> None:
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())

    passed = compose["services"]["console"]["environment"]

    assert (
        passed.keys() - {"CONSOLE_LOG_LEVEL", "CONSOLE_PUBLIC_URL", "WLC_KEPT_ENGAGEMENT_DAYS"}
        == of_the_operator() - SECRETS
    )


def test_it_stands_in_the_example_for_operators() -> None:
    example = (ROOT / ".env.example").read_text()

    missing = [each for each in of_the_operator() - SECRETS - {PROXY} if f"#{each}=" not in example]

    assert missing == []


def test_the_runbook_names_it() -> None:
    runbook = (ROOT / "docs" / "runbook.md").read_text()

    assert [each for each in sorted(of_the_operator()) if f"`{each}" not in runbook] == []
