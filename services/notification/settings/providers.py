"""The servers and providers that carry messages, as an operator names them."""

import re
from ipaddress import ip_address
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, FilePath, HttpUrl, SecretStr
from standardwebhooks import Webhook

UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
NOTIFY_KEY = re.compile(rf".+-{UUID}-{UUID}")
HOOK_SECRET_PREFIX = "whsec_"  # noqa: S105 - how every secret begins
NO_HOOK_SECRET = "must be whsec_ and base64"  # noqa: S105 - no secret
NOTIFY_URL = HttpUrl("https://api.notifications.service.gov.uk")


class Provider(BaseModel):
    """One that is named in a list or under its hub; a field that there is not is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


def _notify_key(value: SecretStr) -> SecretStr:
    """Check the form of a key: a name, the id of the service, its secret (both UUIDs)."""
    if not NOTIFY_KEY.fullmatch(value.get_secret_value()):
        raise ValueError("must be a key of GOV.UK Notify: a name and two UUIDs, with hyphens")
    return value


class SmtpSettings(Provider):
    """A mail server."""

    host: Annotated[str, Field(min_length=1)]
    port: Annotated[int, Field(ge=1, le=65535)]
    tls: Literal["none", "starttls", "tls"] = "starttls"
    user: str | None = None
    password: SecretStr | None = None
    ca_file: FilePath | None = None


class NotifySettings(Provider):
    """A service of GOV.UK Notify: texts by a template with one place, `message`; PDF letters."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
    api_key: Annotated[SecretStr, AfterValidator(_notify_key)]
    url: HttpUrl = NOTIFY_URL
    text_template: str | None = None
    letters: bool = False


def _hook_url(value: HttpUrl) -> HttpUrl:
    if value.scheme != "https" and not _is_here(value.host or ""):
        raise ValueError("must begin with https://, unless it is on this machine")
    return value


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _hook_secret(value: SecretStr) -> SecretStr:
    """Check the form of a secret of Standard Webhooks: `whsec_` and base64."""
    secret = value.get_secret_value()
    try:
        Webhook(secret)
    except Exception:  # noqa: BLE001 - whatever it cannot read; its words may hold the secret
        raise ValueError(NO_HOOK_SECRET) from None
    if not secret.startswith(HOOK_SECRET_PREFIX):
        raise ValueError(NO_HOOK_SECRET)
    return value


class HookSettings(Provider):
    """A hub's own system that hears what staff are to hear."""

    url: Annotated[HttpUrl, AfterValidator(_hook_url)]
    secret: Annotated[SecretStr, AfterValidator(_hook_secret)]
