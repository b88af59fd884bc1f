"""A secret that can be guessed starts no service outside development."""

import base64
import os
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.accounts import SERVICES, Secrets
from deploy.environments import Place, service_environment
from shared.passwords import fault_of_account, fault_of_digest, fault_of_key

ROOT = Path(__file__).parents[3]
GOOD = "o1yTqk3Jw8ZrQ5mXc7VbN2"


@pytest.mark.parametrize(
    "password",
    ["", "guest", "changeme", "short-1x", "aaaaaaaaaaaaaaaaaaaa", "Password-ChangeMe-1234567"],
)
def test_an_address_with_a_password_that_can_be_guessed_is_faulty(password: str) -> None:
    assert fault_of_account(f"amqp://intake:{password}@localhost/app")


@pytest.mark.parametrize("account", ["", "guest:" + GOOD, "root:" + GOOD, "intake"])
def test_an_address_without_an_account_of_a_service_is_faulty(account: str) -> None:
    assert fault_of_account(f"mongodb://{account}@localhost/" if account else "mongodb://localhost")


def test_the_name_of_an_account_makes_no_password() -> None:
    assert fault_of_account("amqp://scheduling:scheduling-scheduling-scheduling@localhost/app")
    assert fault_of_account(f"amqp://scheduling:{GOOD}@localhost/app") is None


@pytest.mark.parametrize("key", [b"k" * 32, b"ab" * 16, bytes(32)])
def test_a_key_that_was_not_drawn_is_faulty(key: bytes) -> None:
    assert fault_of_key(base64.b64encode(key).decode())
    assert fault_of_key("a key that only this test knows"[:12])


def test_the_digest_of_a_word_that_everybody_tries_is_faulty(tmp_path: Path) -> None:
    of_guest = "84983c60f7daadc1cb8698621f802c0d9f9a3c3c295c810748fb048115c186ec"

    assert fault_of_digest(of_guest)
    assert fault_of_digest("0" * 64) is None


def test_what_the_set_up_draws_is_never_faulty(tmp_path: Path) -> None:
    for number in range(50):
        secrets = Secrets.kept_in(tmp_path / f"{number}.json")
        drawn = {**secrets.rabbit, **secrets.mongo}
        assert not any(fault_of_account(f"amqp://{u}:{p}@host/app") for u, p in drawn.items())
        assert fault_of_key(secrets.keyring_key) is None
        assert fault_of_key(secrets.link_key) is None


def ended(service: str, folder: Path, **changed: str) -> subprocess.CompletedProcess[str]:
    """Start a service on settings that are all right but for those changed."""
    secrets = Secrets.kept_in(folder / "secrets.json")
    (folder / "staff.json").write_text('{"staff": []}')
    place = Place(
        rabbit_url=f"amqp://{service}:{secrets.rabbit[service]}@127.0.0.1:1/app",
        mongo_url=f"mongodb://{service}:{secrets.mongo[service]}@127.0.0.1:1/",
        host="127.0.0.1",
        port=1,
        public_url="http://localhost:8080",
        smtp_host="localhost",
        smtp_port=25,
        smtp_tls="none",
        publishers_file=folder / "publishers.json",
        staff_file=folder / "staff.json",
    )
    own = service_environment(service, place, secrets) | {
        f"{service.upper()}_{name}": value for name, value in changed.items()
    }
    return subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-m", f"services.{service}.main"],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **own},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_refuses_to_start_and_names_the_variable(service: str, tmp_path: Path) -> None:
    weak = ended(
        service,
        tmp_path,
        RABBIT_URL="amqp://guest:guest@127.0.0.1:1/app",
        MONGO_URL=f"mongodb://{service}:hunter2@127.0.0.1:1/",
    )

    said = weak.stderr.splitlines()
    assert weak.returncode == 1
    assert [line.split()[0] for line in said] == [
        f"{service.upper()}_RABBIT_URL",
        f"{service.upper()}_MONGO_URL",
    ]
    assert all(f"{service.upper()}_DEVELOPMENT=true" in line for line in said)
    assert "hunter2" not in weak.stderr
