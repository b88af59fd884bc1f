"""The servers and providers that carry messages, as an operator names them."""

import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, HttpUrl, SecretStr

UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
NOTIFY_KEY = re.compile(rf".+-{UUID}-{UUID}")
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
    ca_file: Path | None = None


class NotifySettings(Provider):
    """A service of GOV.UK Notify: texts by a template with one place, `message`; PDF letters."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
    api_key: Annotated[SecretStr, AfterValidator(_notify_key)]
    url: HttpUrl = NOTIFY_URL
    text_template: str | None = None
    letters: bool = False


class HookSettings(Provider):
    """A hub's own system that hears what staff are to hear."""

    url: HttpUrl
    secret: SecretStr
