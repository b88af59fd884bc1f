"""Console's settings, from `CONSOLE_*` and secret files."""

from collections import Counter
from enum import StrEnum
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    Field,
    FilePath,
    HttpUrl,
    SecretStr,
    field_validator,
    model_validator,
)
from pydantic_settings import SettingsConfigDict

from services.console.ports import Role, Roles, StaffMember
from shared.keyring_settings import KeyringSettings
from shared.periods import LEFT_DAYS
from shared.settings import KeptDays, KeySecret

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
OIDC = ("oidc_issuer", "oidc_client_id", "oidc_client_secret")


class OneTimeCodesWanted(StrEnum):
    """Whether staff with a password may, or must, have one-time codes."""

    OFFERED = "offered"
    REQUIRED = "required"


class Settings(KeyringSettings):
    """Where the console is reached, its secrets, and how long staff stay signed in.

    In `named_before_yes_hubs` pages name people by reference before they said yes.
    Who leaves is told that they are forgotten `kept_left_days` later: intake's own setting.
    That somebody asked for a copy of what is held is kept `kept_requests_days` after the answer.
    Staff can undo a decision on a match for `undo_seconds`; 0: it is told at once.
    `permit_key`, 32 bytes in base64, makes permits to see what services hold on somebody.
    `secure_cookies` is off only where the console is served without HTTPS. `staff_file` is JSON:
    `{"staff": [{"username", "password_hash" (argon2), "oidc", "roles": {hub: [role]},
    "token_sha256"}]}`. An account of before there were roles names `hubs` instead; it is
    coordinator there. Staff sign in through the provider of `oidc_issuer` when all three settings
    of it are there; the value of its `oidc_claim` is what `oidc` says of somebody in the file.
    """

    model_config = SettingsConfigDict(env_prefix="CONSOLE_")

    public_url: HttpUrl
    link_key: Annotated[SecretStr, Field(min_length=16)]
    permit_key: KeySecret
    staff_file: FilePath
    secure_cookies: bool = True
    named_before_yes_hubs: frozenset[str] = frozenset()
    undo_seconds: Annotated[int, Field(ge=0, le=3600)] = 20
    kept_requests_days: KeptDays = 1095
    kept_left_days: KeptDays = Field(LEFT_DAYS, validation_alias="INTAKE_KEPT_LEFT_DAYS")
    idle_minutes: Annotated[int, Field(ge=1, le=240)] = 30
    one_time_codes: OneTimeCodesWanted = OneTimeCodesWanted.OFFERED
    oidc_issuer: str | None = None
    oidc_client_id: Annotated[str, Field(min_length=1)] | None = None
    oidc_client_secret: Annotated[SecretStr, Field(min_length=1)] | None = None
    oidc_name: Annotated[str, Field(min_length=1, max_length=60)] = "your organisation's account"
    oidc_claim: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.:/-]{1,100}$")] = "sub"
    help_text: str = "Reply to the message that brought you here, or ring the number on it."

    @field_validator(*OIDC, mode="before")
    @classmethod
    def _is_there_or_not(cls, value: object) -> object:
        return value or None

    @field_validator("oidc_issuer")
    @classmethod
    def _is_an_issuer(cls, value: str | None) -> str | None:
        address = urlsplit(value or "https://none")
        local = address.scheme == "http" and address.hostname in LOOPBACK
        if not (address.hostname and (address.scheme == "https" or local)):
            raise ValueError("must be an https address")
        return value

    @model_validator(mode="after")
    def _has_all_or_nothing_of_a_provider(self) -> Self:
        missing = [name for name in OIDC if getattr(self, name) is None]
        if 0 < len(missing) < len(OIDC):
            names = " and ".join(f"CONSOLE_{name.upper()}" for name in missing)
            raise ValueError(f"of a provider all three settings are needed or none: set {names}")
        return self

    @property
    def origin(self) -> str:
        """The public address as browsers name it in `Origin`."""
        return str(self.public_url).rstrip("/")

    def staff(self) -> list[StaffMember]:
        """Read the accounts, as the file has them now. Raises OSError, ValueError."""
        rows = _StaffFile.model_validate_json(self.staff_file.read_bytes()).staff
        return [
            StaffMember(
                id=row.username,
                password_hash=row.password_hash,
                oidc=row.oidc.lower() if row.oidc and self.oidc_claim == "email" else row.oidc,
                roles=row.all_roles,
                token_sha256=row.token_sha256,
            )
            for row in rows
        ]


class _StaffRow(BaseModel, hide_input_in_errors=True):
    username: Annotated[str, Field(min_length=1, max_length=200)]
    password_hash: Annotated[str, Field(pattern=r"^\$argon2")] | None = None
    oidc: Annotated[str, Field(min_length=1, max_length=400)] | None = None
    roles: dict[str, Annotated[tuple[Role, ...], Field(min_length=1)]] = Field(default_factory=dict)
    hubs: tuple[str, ...] = ()
    token_sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None

    @property
    def all_roles(self) -> Roles:
        return dict.fromkeys(self.hubs, (Role.COORDINATOR,)) | self.roles


class _StaffFile(BaseModel, hide_input_in_errors=True):
    staff: list[_StaffRow]

    @model_validator(mode="after")
    def _names_each_once(self) -> Self:
        for of in ("username", "oidc", "token_sha256"):
            values = Counter(value for row in self.staff if (value := getattr(row, of)))
            if values and max(values.values()) > 1:
                raise ValueError(f"two accounts have the same {of}")
        return self
