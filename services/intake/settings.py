"""Intake's settings, from `INTAKE_*` and the secrets' folder."""

import base64
from pathlib import Path

from pydantic import SecretStr, field_validator
from pydantic_settings import SettingsConfigDict

from shared.settings import ServiceSettings

KEY_BYTES = 32


class Settings(ServiceSettings):
    """The three keys are 32 bytes each, in base64.

    `keyring_key` wraps the participants' own keys, which lie in `keyring_database`;
    `fingerprint_key` makes the digests by which people are recognised: changed, nobody is;
    `quarantine_key` seals what was rejected.
    """

    model_config = SettingsConfigDict(env_prefix="INTAKE_")

    publishers_file: Path
    keyring_database: str = "keyring"
    keyring_key: SecretStr
    fingerprint_key: SecretStr
    quarantine_key: SecretStr

    @field_validator("keyring_key", "fingerprint_key", "quarantine_key")
    @classmethod
    def _is_a_key(cls, value: SecretStr) -> SecretStr:
        try:
            length = len(base64.b64decode(value.get_secret_value(), validate=True))
        except ValueError:
            length = 0
        if length != KEY_BYTES:
            message = f"must be {KEY_BYTES} bytes in base64; make one with: openssl rand -base64 32"
            raise ValueError(message)
        return value


def key_bytes(secret: SecretStr) -> bytes:
    """Return a key as its bytes."""
    return base64.b64decode(secret.get_secret_value())
