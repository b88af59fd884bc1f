"""The settings of a service that opens keys: where the keyring is, and by which masters."""

import base64
import ssl
from typing import Annotated, Self

import httpx
from pydantic import Field, FilePath, HttpUrl, SecretStr, field_validator, model_validator

from shared.master_keys import MasterKeys, SecretMasterKeys, SeveralMasterKeys
from shared.settings import KeySecret, ServiceSettings, checked_key
from shared.transit import Engine, TransitMasterKeys


class KeyringSettings(ServiceSettings):
    """The masters that wrap the keys in `keyring_database`: 32 bytes in base64, or a KMS's.

    `keyring_key` wraps, and `keyring_other_keys` (with commas between) only unwrap: the ones of
    before, or the next one. With `keyring_kms_url` the key `keyring_kms_key` of a Transit engine
    wraps, and a `keyring_key` that is still set only unwraps.
    """

    keyring_database: Annotated[str, Field(min_length=1)] = "keyring"
    keyring_key: KeySecret | None = None
    keyring_other_keys: SecretStr = SecretStr("")
    keyring_kms_url: HttpUrl | None = None
    keyring_kms_token: SecretStr | None = None
    keyring_kms_key: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,100}$")] = "wlc"
    keyring_kms_mount: Annotated[str, Field(pattern=r"^[A-Za-z0-9_./-]{1,100}$")] = "transit"
    keyring_kms_ca_file: FilePath | None = None

    @field_validator("keyring_other_keys")
    @classmethod
    def _are_keys(cls, value: SecretStr) -> SecretStr:
        for each in _several(value):
            checked_key(SecretStr(each))
        return value

    @model_validator(mode="after")
    def _has_a_master(self) -> Self:
        if self.keyring_kms_url is None and self.keyring_key is None:
            raise ValueError("KEYRING_KEY is missing, or KEYRING_KMS_URL")
        if self.keyring_kms_url and self.keyring_kms_token is None:
            raise ValueError("KEYRING_KMS_URL needs KEYRING_KMS_TOKEN")
        if self.keyring_kms_url and self.keyring_kms_url.scheme != "https" and not self.development:
            raise ValueError("KEYRING_KMS_URL must be https: people's keys go there")
        return self

    def master_keys(self) -> MasterKeys:
        """Return the masters, the one that wraps first."""
        texts = [self.keyring_key.get_secret_value()] if self.keyring_key else []
        keys = [base64.b64decode(text) for text in (*texts, *_several(self.keyring_other_keys))]
        secret = [SecretMasterKeys(*keys)] if keys else []
        if self.keyring_kms_url is None or self.keyring_kms_token is None:
            return secret[0]
        engine = Engine(
            str(self.keyring_kms_url),
            self.keyring_kms_token.get_secret_value(),
            self.keyring_kms_mount,
            self._tls(),
        )
        return SeveralMasterKeys(TransitMasterKeys(engine, key=self.keyring_kms_key), *secret)

    def _tls(self) -> ssl.SSLContext:
        file = self.keyring_kms_ca_file
        return ssl.create_default_context(cafile=file) if file else httpx.create_ssl_context()


def _several(value: SecretStr) -> list[str]:
    return [each.strip() for each in value.get_secret_value().split(",") if each.strip()]
