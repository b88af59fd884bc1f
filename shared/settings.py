"""The settings every service has; each adds its own under its own prefix."""

import base64
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, AmqpDsn, Field, FilePath, MongoDsn, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from shared.links import OPEN_AFTER_THE_LAST_SESSION
from shared.passwords import KEY_BYTES, fault_of_account, fault_of_digest, fault_of_key

FIELD = re.compile(r'field "(\w+)"')
SECRETS_DIR = "/run/secrets"
NOT_A_KEY = f"must be {KEY_BYTES} bytes in base64; make one with: openssl rand -base64 {KEY_BYTES}"
KeptDays = Annotated[int, Field(ge=1, le=36_500)]
FOR_ALL = "WLC_"
"""How a variable begins that is one for all services."""
LINKS_END_DAYS = OPEN_AFTER_THE_LAST_SESSION.days
"""What a link to an invitation shows is kept until it ends, so long after the last session."""


class ServiceSettings(BaseSettings):
    """Where the servers are, where to listen, how much to do at once.

    `prefetch` is how many messages are in hand at once, `group_size` how many of them one
    transaction takes: at least twice as many are kept in hand, so that the next group fills
    while the last one is committed. While more than `outbox_limit` events wait to be published,
    nothing more is taken in by HTTP. What a crash left is looked for every `sweep_seconds`, and is
    taken over `lease_seconds` after it was stored. A service stops within `stop_seconds`. Secrets
    may also lie in files of `/run/secrets`. Who comes from one of `proxy_addresses` (addresses or
    networks, with commas between) is believed whom it speaks for. The operator's addresses open to
    the token of `operator_token_sha256`; while that is not set, to nobody. What is held on a person
    opens besides to a permit of the console's, which `permits_checked_by` tells from others. With
    `tls_file`, which holds a certificate and its key, it is reached by HTTPS alone. Secrets that
    can be guessed are refused, but with `development`. What is about people in an engagement is
    kept until `kept_engagement_days` after it ended: one variable (`WLC_…`) sets it for all
    services.
    """

    model_config = SettingsConfigDict(
        frozen=True,
        hide_input_in_errors=True,
        populate_by_name=True,
        secrets_dir=SECRETS_DIR if Path(SECRETS_DIR).is_dir() else None,
    )

    rabbit_url: AmqpDsn
    mongo_url: MongoDsn
    database: Annotated[str, Field(min_length=1)]
    host: str = "127.0.0.1"
    proxy_addresses: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)]
    prefetch: Annotated[int, Field(ge=1, le=2000)] = 250
    group_size: Annotated[int, Field(ge=1, le=500)] = 100
    outbox_limit: Annotated[int, Field(ge=1)] = 20_000
    sweep_seconds: Annotated[float, Field(gt=0)] = 1.0
    lease_seconds: Annotated[float, Field(gt=0)] = 15.0
    stop_seconds: Annotated[float, Field(gt=0)] = 20.0
    log_level: str = "INFO"
    development: bool = False
    tls_file: FilePath | None = None
    kept_engagement_days: int = Field(
        730, gt=LINKS_END_DAYS, le=36_500, validation_alias=FOR_ALL + "KEPT_ENGAGEMENT_DAYS"
    )
    operator_token_sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None
    permits_checked_by: Annotated[str, Field(pattern=r"^[A-Za-z0-9+/]{43}=$")] | None = None

    @classmethod
    def read(cls) -> Self:
        """Return the settings of this process; ends it where they are wrong, naming every fault."""
        try:
            settings = cls()
        except ValidationError as error:
            raise SystemExit("\n".join(cls._faults(error))) from None
        except SettingsError as error:  # its cause holds what was set
            found = FIELD.search(str(error))
            name = found.group(1).upper() if found else "*"
            raise SystemExit(f"{cls._prefix()}{name}: must be JSON") from None
        if not settings.development and (faults := list(settings.guessable())):
            raise SystemExit("\n".join(faults))
        return settings

    def guessable(self) -> Iterator[str]:
        """Yield a sentence for each secret that can be guessed, by the variable that names it."""
        prefix = self._prefix()
        allowed = f"{prefix}DEVELOPMENT=true takes it where only its developer gets at it."
        for name, value in self:
            if fault := _fault_of(name, value):
                yield f"{prefix}{name.upper()} {fault}; {allowed}"

    @classmethod
    def unknown(cls) -> list[str]:
        """Return the variables that look like settings of this service and are none."""
        prefix = cls._prefix()
        known = {f"{prefix}{name}".upper() for name in cls.model_fields}
        return sorted(each for each in os.environ if each.startswith(prefix) and each not in known)

    @classmethod
    def _prefix(cls) -> str:
        return str(cls.model_config["env_prefix"]).upper()

    @classmethod
    def _faults(cls, error: ValidationError) -> Iterator[str]:
        """Yield a line a fault, by the variable that is to be set; no line holds what was set."""
        for fault in error.errors(include_input=False, include_url=False, include_context=False):
            first, *within = map(str, fault["loc"] or ("*",))
            place = "".join(f"[{each}]" for each in within)
            what = fault["msg"].removeprefix("Value error, ")
            is_ours = first in cls.model_fields or first == "*"  # else the variable's whole name
            yield f"{cls._prefix() if is_ours else ''}{first.upper()}{place}: {what}"


def checked_key(value: SecretStr) -> SecretStr:
    """Return a key that is one. Raises ValueError."""
    try:
        length = len(base64.b64decode(value.get_secret_value(), validate=True))
    except ValueError:
        length = 0
    if length != KEY_BYTES:
        raise ValueError(NOT_A_KEY)
    return value


KeySecret = Annotated[SecretStr, AfterValidator(checked_key)]
"""A key of 32 bytes, in base64."""


def _fault_of(name: str, value: object) -> str | None:
    """Say what is wrong with a secret of ours; what others gave us is theirs to choose."""
    match value:
        case tuple() if name.endswith("_keys"):
            return next(filter(None, (_fault_of("_key", each) for each in value)), None)
        case SecretStr() if name.endswith("_keys"):
            several = map(
                SecretStr, filter(None, map(str.strip, value.get_secret_value().split(",")))
            )
            return next(filter(None, (_fault_of("_key", each) for each in several)), None)
        case SecretStr() if name.endswith("_key"):
            return fault_of_key(value.get_secret_value())
        case str() if name.endswith("_token_sha256"):
            return fault_of_digest(value)
        case AmqpDsn() | MongoDsn():
            return fault_of_account(str(value))
        case _:
            return None
