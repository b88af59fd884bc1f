"""docker-compose.yml and its set-up: what can be known of them without an engine."""

import base64
import importlib
import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import yaml
from pydantic import AliasChoices

from deploy.accounts import SERVICES
from deploy.certificates import make_certificates
from deploy.compose.access import authority, shell_lines
from deploy.compose.installation import Installation, Outside
from deploy.compose.setup import drop_masters, keep_secret, make_key, service_files, set_up
from deploy.embedded.errors import EmbeddedError
from deploy.embedded.mongo import OPTIONS, PARAMETERS
from deploy.embedded.rabbit import CONFIGURATION
from deploy.local.state import read_run
from shared.master_keys import name_of

ROOT = Path(__file__).parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]


class _Merged(yaml.SafeLoader):
    """Reads what compose replaces, in place of adding to it, as it stands."""


_Merged.add_constructor("!override", lambda loader, node: loader.construct_sequence(node))
PRODUCTION = yaml.load((ROOT / "docker-compose.production.yml").read_text(), _Merged)["services"]  # noqa: S506
RABBITMQ_CONF = (ROOT / "deploy" / "compose" / "rabbitmq.conf").read_text()
DOCKERFILE = (ROOT / "deploy" / "Dockerfile").read_text()
LASTING = [name for name, part in COMPOSE.items() if part["restart"] == "unless-stopped"]
ONE_SHOT = ["setup", "mongo-setup"]
SERVERS = ["rabbitmq", "mongo"]
FOLDERS = ["accounts", "operator", *SERVERS, *SERVICES]

NOTIFY = {"name": "notify", "api_key": f"made-up-{UUID(int=1)}-{UUID(int=2)}", "letters": True}

Part = dict[str, Any]


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    for name in FOLDERS:
        (tmp_path / name).mkdir()
    return Installation(tmp_path, Outside())


def settings_of(service: str, folder: Path) -> Any:
    module = importlib.import_module(f"services.{service}.settings")
    accounts = {"console": {"staff_file": folder / "staff.json"}}.get(service, {})
    return module.Settings(_secrets_dir=folder, **accounts)


def settings_in(text: str) -> dict[str, str]:
    """Read RabbitMQ's `name = value` lines."""
    return dict(re.findall(r"^([\w.]+) = (.+)$", text, re.MULTILINE))


def test_it_has_all_services_both_servers_and_the_set_up() -> None:
    assert set(COMPOSE) == {*SERVICES, *SERVERS, *ONE_SHOT, "mail", "wlc", "backup"}


@pytest.mark.parametrize("name", LASTING)
def test_what_stays_up_has_a_health_check(name: str) -> None:
    assert COMPOSE[name]["healthcheck"]["test"][0] == "CMD"


@pytest.mark.parametrize("name", ONE_SHOT)
def test_services_wait_for_each_one_shot_to_succeed(name: str) -> None:
    waited = [COMPOSE[service]["depends_on"][name]["condition"] for service in SERVICES]

    assert set(waited) == {"service_completed_successfully"}


@pytest.mark.parametrize("part", COMPOSE.values(), ids=COMPOSE)
def test_no_container_may_write_to_itself_or_gain_rights(part: Part) -> None:
    assert part["read_only"] is True
    assert part["cap_drop"] == ["ALL"]
    assert part["security_opt"] == ["no-new-privileges:true"]
    assert "cap_add" not in part
    assert "privileged" not in part


@pytest.mark.parametrize("name", COMPOSE)
def test_no_container_runs_as_root(name: str) -> None:
    of_image = re.findall(r"^USER (\S+)$", DOCKERFILE, flags=re.MULTILINE)[-1]

    user = COMPOSE[name].get("user", of_image if name not in SERVERS else "root")

    assert user in {"10001:10001", "rabbitmq", "mongodb"}


@pytest.mark.parametrize("part", COMPOSE.values(), ids=COMPOSE)
def test_no_log_fills_the_disk(part: Part) -> None:
    assert part["logging"]["options"].keys() == {"max-size", "max-file"}


@pytest.mark.parametrize("part", COMPOSE.values(), ids=COMPOSE)
def test_no_crash_leaves_what_was_in_memory_on_a_disk(part: Part) -> None:
    assert part["ulimits"] == {"core": 0}


def test_erlang_writes_no_crash_dump() -> None:
    assert COMPOSE["rabbitmq"]["environment"]["ERL_CRASH_DUMP_SECONDS"] == "0"


def test_mongod_is_told_what_the_private_one_is_told() -> None:
    words = list(map(str, COMPOSE["mongo"]["command"]))
    told = list(pairwise(words))

    own = {"--bind_ip", "--wiredTigerCacheSizeGB"}
    assert {pair for pair in OPTIONS.items() if pair[0] not in own} <= set(told)
    parameters = {value for name, value in told if name == "--setParameter"}
    assert parameters == {f"{name}={value}" for name, value in PARAMETERS.items()}


def test_rabbitmq_is_told_what_the_private_one_is_told() -> None:
    private, ours = settings_in(CONFIGURATION), settings_in(RABBITMQ_CONF)

    own = ("listeners.", "load_definitions", "disk_free_limit.", "vm_memory_", "log.")
    shared = {name: value for name, value in private.items() if not name.startswith(own)}
    assert shared
    assert shared.items() <= ours.items()
    assert ours["log.console.level"] == private["log.file.level"]


@pytest.mark.parametrize("part", COMPOSE.values(), ids=COMPOSE)
def test_images_are_named_by_version(part: Part) -> None:
    image = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", part["image"])

    assert re.fullmatch(r"[a-z-]+:(?!latest)\S+", image)


def test_ports_are_bound_to_loopback_and_the_database_has_none() -> None:
    ports = {name: part["ports"] for name, part in COMPOSE.items() if "ports" in part}

    assert ports.keys() == {"intake", "console", "rabbitmq"}
    assert all(port.startswith("127.0.0.1:") for bound in ports.values() for port in bound)


@pytest.mark.parametrize("name", ["matching", "scheduling", "notification"])
def test_what_can_run_several_times_has_no_name_of_its_own(name: str) -> None:
    assert not {"container_name", "hostname"} & COMPOSE[name].keys()


@pytest.mark.parametrize("name", [*SERVICES, *SERVERS])
def test_each_sees_its_own_secrets_only_and_cannot_change_them(name: str) -> None:
    secret = [each for each in COMPOSE[name]["volumes"] if "secrets" in each]

    assert secret == [f"{name}-secrets:/run/secrets:ro"]
    assert not any(each.startswith("accounts:") for each in COMPOSE[name]["volumes"])


@pytest.mark.parametrize("part", COMPOSE.values(), ids=COMPOSE)
def test_no_secret_is_handed_over_by_the_environment(part: Part) -> None:
    words = re.compile(r"PASS|(?<!KEYRING_KMS_)KEY(?!RING)|SECRET|TOK")
    named = [name for name in part.get("environment", {}) if words.search(name)]

    assert named == []


@pytest.mark.parametrize(
    "file",
    ["docker-compose.yml", "docker-compose.production.yml", ".env.example", "deploy/Dockerfile"],
)
def test_no_password_is_written_down(file: str) -> None:
    text = (ROOT / file).read_text()

    assert not re.search(r"://[^/\s@]+:[^/\s@]+@", text)
    assert not re.search(r"(PASSWORD|SECRET|TOKEN|(?<!KMS)_KEY)\s*[=:]\s*\S", text)


def test_what_the_example_names_is_what_the_composition_reads() -> None:
    named = set(re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    files = ("docker-compose.yml", "docker-compose.production.yml")
    text = "".join((ROOT / file).read_text() for file in files)

    with_default = re.findall(r"\$\{([A-Z_]+)", text)
    passed_on = re.findall(r"^ +([A-Z][A-Z_]+):$", text, re.MULTILINE)

    assert named == {*with_default, *passed_on}


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_starts_on_what_the_set_up_hands_it(
    installation: Installation, service: str
) -> None:
    set_up(installation)

    settings = settings_of(service, installation.folder / service)

    assert settings.database == service
    assert settings.mongo_url.hosts()[0]["host"] == "mongo"
    assert settings.rabbit_url.host == "rabbitmq"
    fields = type(settings).model_fields
    read = {f"{service}_{name}".upper() for name in fields}
    for field in fields.values():
        if isinstance(field.validation_alias, AliasChoices):
            read |= set(map(str, field.validation_alias.choices))
        elif isinstance(field.validation_alias, str):
            read.add(field.validation_alias)
        elif field.validation_alias:
            read.add(str(field.validation_alias))
    assert COMPOSE[service]["environment"].keys() <= read


def test_a_repeated_set_up_keeps_every_secret(installation: Installation) -> None:
    def secrets() -> dict[str, str]:
        kept = ("keyfile", "definitions.json", "intake_mongo_url", "console_link_key")
        files = (file for file in installation.folder.rglob("*") if file.name in kept)
        return {file.name: file.read_text() for file in files}

    set_up(installation)
    before = secrets()
    set_up(Installation(installation.folder, Outside()))

    assert len(before) == 4
    assert secrets() == before


def test_files_are_readable_by_their_container_only(installation: Installation) -> None:
    set_up(installation)

    modes = {
        file.relative_to(installation.folder).parts[0]: file.stat().st_mode & 0o777
        for file in installation.folder.rglob("*")
        if file.is_file() and "lock" not in file.name
    }

    assert modes == {name: 0o640 if name in SERVERS else 0o600 for name in FOLDERS}


def test_secrets_of_notification_outlast_the_next_set_up(installation: Installation) -> None:
    keep_secret(installation, "smtp_password", "made up")
    keep_secret(installation, "notify", json.dumps([NOTIFY]))
    set_up(installation)

    settings = settings_of("notification", installation.folder / "notification")

    assert settings.smtp_password.get_secret_value() == "made up"
    assert [each.name for each in settings.notify] == ["notify"]


def test_the_command_finds_every_service_and_publisher(installation: Installation) -> None:
    set_up(installation)

    run = read_run(installation.folder / "operator")

    assert run is not None
    assert run.addresses is not None
    assert run.addresses.services.keys() == set(SERVICES)
    keys = {each.name: each.key for each in run.addresses.publishers}
    assert keys == installation.secrets.publisher_keys


def test_the_host_gets_the_keys_of_one_publisher(installation: Installation) -> None:
    lines = shell_lines(installation, "lambeth-hub")

    assert "export WLC_INTAKE_URL=http://localhost:8081" in lines
    assert installation.secrets.publisher_keys["lambeth-hub"] in lines
    assert installation.secrets.publisher_keys["nwl-trust"] not in lines


def test_an_unknown_publisher_is_answered_with_those_there_are(installation: Installation) -> None:
    with pytest.raises(EmbeddedError, match="nwl-trust"):
        shell_lines(installation, "nobody")


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


def test_masters_of_before_are_dropped_only_when_intake_wraps_by_the_new_one(
    installation: Installation,
) -> None:
    make_key(installation, "new-master")
    made = Installation(installation.folder, Outside())
    new, old = (
        name_of(base64.b64decode(key))
        for key in (made.secrets.keyring_key, installation.secrets.keyring_key)
    )

    for current, left in ((old, 0), (new, 3)):
        with pytest.raises(EmbeddedError):
            drop_masters(made, json.dumps({"current": current, "left": left}))
    with pytest.raises(EmbeddedError, match="keys status --json"):
        drop_masters(made, "")
    assert Installation(installation.folder, Outside()).secrets == made.secrets
    drop_masters(made, json.dumps({"current": new, "left": 0, "masters": []}))

    after = Installation(installation.folder, Outside()).secrets
    assert (after.keyring_key, after.keyring_other_keys) == (made.secrets.keyring_key, ())


def test_another_key_of_what_people_stay_away_from_is_handed_to_all_who_compare(
    installation: Installation,
) -> None:
    before = installation.secrets.exclusion_key

    make_key(installation, "new-exclusion-key")

    names = ("intake", "matching", "scheduling")
    files = [installation.folder / name / f"{name}_exclusion_key" for name in names]
    [key] = {file.read_text() for file in files}
    assert key != before
    others = [file for file in installation.folder.rglob("*_exclusion_key") if file not in files]
    assert others == []
