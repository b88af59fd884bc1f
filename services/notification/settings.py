"""Notification's settings, from `NOTIFICATION_*` and secret files."""

import base64
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import EmailStr, Field, HttpUrl, SecretStr, field_validator
from pydantic_settings import SettingsConfigDict

from services.notification.domain import Hub, Letterhead
from shared.settings import ServiceSettings

KEY_BYTES = 32


class Settings(ServiceSettings):
    """The mail server, who writes, what letters link to, and the keys to links and contact cards.

    `staff_email`, `hub_name` and `hub_phone` map a hub to what its letters show (JSON objects).
    """

    model_config = SettingsConfigDict(env_prefix="NOTIFICATION_")

    public_url: HttpUrl
    link_key: Annotated[SecretStr, Field(min_length=16)]
    keyring_database: Annotated[str, Field(min_length=1)] = "keyring"
    keyring_key: SecretStr
    sender: EmailStr
    staff_email: Mapping[str, EmailStr] = Field(default_factory=dict)
    hub_name: Mapping[str, str] = Field(default_factory=dict)
    hub_phone: Mapping[str, str] = Field(default_factory=dict)
    smtp_host: Annotated[str, Field(min_length=1)]
    smtp_port: Annotated[int, Field(ge=1, le=65535)]
    smtp_tls: Literal["none", "starttls", "tls"] = "starttls"
    smtp_user: str | None = None
    smtp_password: SecretStr | None = None
    smtp_timeout_seconds: Annotated[float, Field(gt=0, le=60)] = 20.0
    smtp_connections: Annotated[int, Field(ge=1, le=50)] = 8

    @field_validator("keyring_key")
    @classmethod
    def _is_a_key(cls, value: SecretStr) -> SecretStr:
        if len(base64.b64decode(value.get_secret_value())) != KEY_BYTES:
            raise ValueError("must be 32 bytes in base64")
        return value

    @property
    def keyring_master(self) -> bytes:
        """The master key that wraps each person's key."""
        return base64.b64decode(self.keyring_key.get_secret_value())

    @property
    def letterhead(self) -> Letterhead:
        """Who writes to the people of each hub."""
        hubs = {*self.staff_email, *self.hub_name, *self.hub_phone}
        return Letterhead(
            sender=self.sender,
            public_url=str(self.public_url).rstrip("/"),
            hubs={name: self._hub(name) for name in hubs},
        )

    def _hub(self, name: str) -> Hub:
        shown = self.hub_name.get(name) or name.replace("-", " ").title()
        return Hub(shown, self.staff_email.get(name), self.hub_phone.get(name))
