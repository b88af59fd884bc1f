"""Console's settings, from `CONSOLE_*` and secret files."""

import base64
from typing import Annotated

from pydantic import BaseModel, Field, FilePath, HttpUrl, SecretStr, field_validator
from pydantic_settings import SettingsConfigDict

from services.console.ports import Role, Roles, StaffMember
from shared.settings import ServiceSettings

KEY_BYTES = 32


class Settings(ServiceSettings):
    """Where the console is reached, its secrets, and how long staff stay signed in.

    In `named_before_yes_hubs` pages name people by reference before they said yes.
    `secure_cookies` is off only where the console is served without HTTPS. `staff_file` is JSON:
    `{"staff": [{"username", "password_hash" (argon2), "roles": {hub: [role]}, "token_sha256"}]}`.
    An account of before there were roles names `hubs` instead; it is coordinator there.
    """

    model_config = SettingsConfigDict(env_prefix="CONSOLE_")

    public_url: HttpUrl
    link_key: Annotated[SecretStr, Field(min_length=16)]
    keyring_database: Annotated[str, Field(min_length=1)] = "keyring"
    keyring_key: SecretStr
    staff_file: FilePath
    secure_cookies: bool = True
    named_before_yes_hubs: frozenset[str] = frozenset()
    idle_minutes: Annotated[int, Field(ge=1, le=240)] = 30
    help_text: str = "Reply to the message that brought you here, or ring the number on it."

    @field_validator("keyring_key")
    @classmethod
    def _is_a_key(cls, value: SecretStr) -> SecretStr:
        if len(base64.b64decode(value.get_secret_value())) != KEY_BYTES:
            raise ValueError("must be 32 bytes in base64")
        return value

    @property
    def origin(self) -> str:
        """The public address as browsers name it in `Origin`."""
        return str(self.public_url).rstrip("/")

    @property
    def keyring_master(self) -> bytes:
        """The master key that wraps each person's key."""
        return base64.b64decode(self.keyring_key.get_secret_value())

    def staff(self) -> list[StaffMember]:
        """Read the accounts, as the file has them now. Raises OSError, ValueError."""
        rows = _StaffFile.model_validate_json(self.staff_file.read_bytes()).staff
        return [
            StaffMember(
                id=row.username,
                password_hash=row.password_hash,
                roles=row.all_roles,
                token_sha256=row.token_sha256,
            )
            for row in rows
        ]


class _StaffRow(BaseModel, hide_input_in_errors=True):
    username: Annotated[str, Field(min_length=1, max_length=200)]
    password_hash: Annotated[str, Field(pattern=r"^\$argon2")]
    roles: dict[str, Annotated[tuple[Role, ...], Field(min_length=1)]] = Field(default_factory=dict)
    hubs: tuple[str, ...] = ()
    token_sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None

    @property
    def all_roles(self) -> Roles:
        return dict.fromkeys(self.hubs, (Role.COORDINATOR,)) | self.roles


class _StaffFile(BaseModel, hide_input_in_errors=True):
    staff: list[_StaffRow]
