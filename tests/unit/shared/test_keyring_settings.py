"""By which masters a service opens the keyring."""

import base64
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from services.intake.settings import Settings
from shared.master_keys import name_of

FIRST, SECOND = b"1" * 32, b"2" * 32
WEAK, STRONG = base64.b64encode(FIRST).decode(), base64.b64encode(bytes(range(7, 231, 7))).decode()


def text(key: bytes) -> str:
    return base64.b64encode(key).decode()


def settings(**changes: Any) -> Settings:
    given = {
        "rabbit_url": "amqp://intake:x@127.0.0.1:9/app",
        "mongo_url": "mongodb://127.0.0.1:9/",
        "database": "intake",
        "port": 1,
        "publishers_file": Path("publishers.json"),
        "keyring_key": text(FIRST),
        "fingerprint_key": text(b"f" * 32),
        "quarantine_key": text(b"q" * 32),
        "exclusion_key": text(b"x" * 32),
        **changes,
    }
    return Settings.model_validate({name: each for name, each in given.items() if each is not None})


async def test_one_master_wraps_and_all_that_are_set_unwrap() -> None:
    before = settings(keyring_key=text(SECOND)).master_keys()
    masters = settings(keyring_other_keys=f"{text(SECOND)}, {text(b'3' * 32)}").master_keys()

    assert await masters.current() == name_of(FIRST)
    assert masters.knows(name_of(SECOND))
    assert await masters.unwrap(await before.wrap([b"k" * 32])) == [b"k" * 32]


async def test_with_a_key_service_it_wraps_and_the_key_that_is_set_unwraps() -> None:
    kms = {"keyring_kms_url": "https://kms.example.org", "keyring_kms_token": "s.token"}
    masters, alone = settings(**kms).master_keys(), settings(**kms, keyring_key=None).master_keys()

    assert masters.knows("transit:wlc:v1")
    assert masters.knows(name_of(FIRST))
    assert not alone.knows(name_of(FIRST))


@pytest.mark.parametrize(
    ("others", "faults"), [(f"{STRONG}, {STRONG}", 0), (f"{STRONG}, {WEAK}", 1)]
)
def test_a_master_of_before_that_can_be_guessed_is_one_too_many(others: str, faults: int) -> None:
    names = [each.split()[0] for each in settings(keyring_other_keys=others).guessable()]

    assert names.count("INTAKE_KEYRING_OTHER_KEYS") == faults


def test_keys_go_to_a_key_service_in_clear_only_where_one_develops() -> None:
    kms = {"keyring_kms_url": "http://kms.example.org", "keyring_kms_token": "s.token"}

    with pytest.raises(ValidationError, match="must be https") as refused:
        settings(**kms)

    assert "s.token" not in str(refused.value)
    assert settings(**kms, development=True).keyring_kms_url


@pytest.mark.parametrize(
    "changes",
    [
        {"keyring_key": None},
        {"keyring_key": "c2hvcnQ="},
        {"keyring_other_keys": f"{text(SECOND)},c2hvcnQ="},
        {"keyring_kms_url": "https://kms.example.org"},
        {"keyring_kms_key": "no/such key"},
    ],
)
def test_masters_that_are_none_are_refused_without_repeating_them(changes: Any) -> None:
    with pytest.raises(ValidationError) as refused:
        settings(**changes)

    assert "c2hvcnQ=" not in str(refused.value)
    assert text(SECOND) not in str(refused.value)
