"""docker-compose.yml: what can be known of it without an engine."""

import re
from itertools import pairwise
from typing import Any

import pytest

from deploy.accounts import SERVICES
from deploy.embedded.mongo import OPTIONS, PARAMETERS
from deploy.embedded.rabbit import CONFIGURATION
from tests.builders.compositions import COMPOSE, ONE_SHOT, ROOT, SERVERS, settings_in

RABBITMQ_CONF = (ROOT / "deploy" / "compose" / "rabbitmq.conf").read_text()
DOCKERFILE = (ROOT / "deploy" / "Dockerfile").read_text()
LASTING = [name for name, part in COMPOSE.items() if part["restart"] == "unless-stopped"]
Part = dict[str, Any]


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
