"""Intake's settings, from `INTAKE_*` and the secrets' folder."""

import base64
from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from services.intake.domain.submissions import QUARANTINE_DAYS
from shared.exclusion_settings import ExclusionSettings
from shared.keyring_settings import KeyringSettings
from shared.periods import LEFT_DAYS
from shared.settings import KeptDays, KeySecret


class Settings(KeyringSettings, ExclusionSettings):
    """The keys are 32 bytes each, in base64, beside the masters of the keyring.

    `fingerprint_key` makes the digests by which people are recognised: changed, nobody is;
    `quarantine_key` seals what waits for another try or lies with the dead letters, and opens what
    was rejected before each thing had its own key. People are forgotten `kept_left_days` after they
    left, and answers to submissions `kept_submissions_days` after these came: longer than what lies
    in quarantine, which is found by its answer.
    """

    model_config = SettingsConfigDict(env_prefix="INTAKE_")

    publishers_file: Path
    kept_left_days: KeptDays = LEFT_DAYS
    kept_submissions_days: Annotated[KeptDays, Field(gt=QUARANTINE_DAYS)] = 365
    fingerprint_key: KeySecret
    quarantine_key: KeySecret


def key_bytes(secret: SecretStr) -> bytes:
    """Return a key as its bytes."""
    return base64.b64decode(secret.get_secret_value())
