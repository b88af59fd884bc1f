"""Notification's settings, from `NOTIFICATION_*` and secret files."""

import re
from collections.abc import Mapping
from datetime import time, timedelta
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import (
    DirectoryPath,
    EmailStr,
    Field,
    FilePath,
    HttpUrl,
    SecretStr,
    field_validator,
    model_validator,
)
from pydantic_settings import SettingsConfigDict

from services.notification.domain import Hub, Letterhead, Pace, QuietHours
from services.notification.settings.providers import HookSettings, NotifySettings, SmtpSettings
from shared.keyring_settings import KeyringSettings
from shared.settings import KeptDays

QUIET_HOURS = "20:00-08:00"
NO_QUIET_HOURS = "none"
GATHER_SECONDS = 120.0
HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")


class Settings(KeyringSettings):
    """Who writes, by which servers and providers, at what hours, and the keys to contact cards.

    `staff_email`, `hub_name`, `hub_phone`, `staff_digest` and `hooks` map a hub to what is its own
    (JSON objects); `smtp_backups` and `notify` are lists, the first is tried first. At
    `mail_folder_at` (host:port) is a server that only keeps mail in a folder: while it is the mail
    server nobody is woken, so unless they are set there are no quiet hours and nothing is gathered.
    Where that is `mail_folder`, what was written to a person goes from there when they are erased,
    or after `kept_mail_days`. Printed letters go `kept_letters_days` after they were posted.
    """

    model_config = SettingsConfigDict(env_prefix="NOTIFICATION_")

    public_url: HttpUrl
    link_key: Annotated[SecretStr, Field(min_length=16)]
    sender: EmailStr
    staff_email: Mapping[str, EmailStr] = Field(default_factory=dict)
    hub_name: Mapping[str, str] = Field(default_factory=dict)
    hub_phone: Mapping[str, str] = Field(default_factory=dict)
    smtp_host: Annotated[str, Field(min_length=1)]
    smtp_port: Annotated[int, Field(ge=1, le=65535)]
    smtp_tls: Literal["none", "starttls", "tls"] = "starttls"
    smtp_user: str | None = None
    smtp_password: SecretStr | None = None
    smtp_ca_file: FilePath | None = None
    smtp_timeout_seconds: Annotated[float, Field(gt=0, le=60)] = 20.0
    smtp_connections: Annotated[int, Field(ge=1, le=50)] = 8
    smtp_backups: tuple[SmtpSettings, ...] = ()
    smtp_dsn: Literal["none", "failure", "all"] = "failure"
    bounce_domain: str | None = None
    bounce_host: str = "127.0.0.1"
    bounce_port: Annotated[int, Field(ge=1, le=65535)] | None = None
    notify: tuple[NotifySettings, ...] = ()
    print_folder: DirectoryPath | None = None
    hooks: Mapping[str, HookSettings] = Field(default_factory=dict)
    locale_folder: DirectoryPath | None = None
    mail_folder_at: str | None = None
    mail_folder: Path | None = None
    quiet_hours: str | None = None
    gather_seconds: Annotated[float, Field(ge=0, le=3600)] | None = None
    most_a_day: Annotated[int, Field(ge=1)] = 10
    most_an_hour: Annotated[int, Field(ge=1)] = 20_000
    staff_digest: Mapping[str, time] = Field(default_factory=dict)
    kept_letters_days: KeptDays = 14
    kept_mail_days: KeptDays = 30

    @field_validator("notify")
    @classmethod
    def _are_told_apart(cls, value: tuple[NotifySettings, ...]) -> tuple[NotifySettings, ...]:
        if len({each.name for each in value}) < len(value):
            raise ValueError("each service needs a name of its own")
        return value

    @field_validator("quiet_hours")
    @classmethod
    def _are_hours(cls, value: str | None) -> str | None:
        if value in {None, NO_QUIET_HOURS}:
            return value
        start, _, end = str(value).partition("-")
        if not HOURS.fullmatch(str(value)) or start == end:
            raise ValueError("must be such as 20:00-08:00, or none")
        return value

    @model_validator(mode="after")
    def _go_together(self) -> Self:
        if self.smtp_user and self.smtp_password is None:
            raise ValueError("SMTP_USER needs SMTP_PASSWORD")
        if self.bounce_domain and self.bounce_port is None:
            raise ValueError("BOUNCE_DOMAIN needs BOUNCE_PORT, where bounces come in")
        return self

    @property
    def smtp(self) -> tuple[SmtpSettings, ...]:
        """All mail servers, in the order in which they are tried."""
        first = SmtpSettings(
            host=self.smtp_host,
            port=self.smtp_port,
            tls=self.smtp_tls,
            user=self.smtp_user,
            password=self.smtp_password,
            ca_file=self.smtp_ca_file,
        )
        return (first, *self.smtp_backups)

    @property
    def pace(self) -> Pace:
        """How much, how soon and at what hours people are told."""
        return Pace(
            quiet=self._quiet(),
            gather=timedelta(seconds=self._gather_seconds()),
            per_person_a_day=self.most_a_day,
            per_hub_an_hour=self.most_an_hour,
            digests=self.staff_digest,
        )

    @property
    def letterhead(self) -> Letterhead:
        """Who writes to the people of each hub."""
        hubs = {*self.staff_email, *self.hub_name, *self.hub_phone}
        return Letterhead(
            sender=self.sender,
            public_url=str(self.public_url).rstrip("/"),
            hubs={name: self._hub(name) for name in hubs},
        )

    @property
    def _wakes_nobody(self) -> bool:
        return f"{self.smtp_host}:{self.smtp_port}" == self.mail_folder_at

    def _quiet(self) -> QuietHours | None:
        usual = NO_QUIET_HOURS if self._wakes_nobody else QUIET_HOURS
        hours = self.quiet_hours or usual
        if hours == NO_QUIET_HOURS:
            return None
        start, end = (time.fromisoformat(each) for each in hours.split("-"))
        return QuietHours(start, end)

    def _gather_seconds(self) -> float:
        usual = 0.0 if self._wakes_nobody else GATHER_SECONDS
        return usual if self.gather_seconds is None else self.gather_seconds

    def _hub(self, name: str) -> Hub:
        shown = self.hub_name.get(name) or name.replace("-", " ").title()
        return Hub(shown, self.staff_email.get(name), self.hub_phone.get(name))
