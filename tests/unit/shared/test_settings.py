"""What an operator reads when settings are wrong."""

import pytest
from pydantic import ValidationError

from services.notification.settings import Settings
from services.notification.settings.providers import HookSettings

HOOK_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
WRONG = {
    "NOTIFICATION_QUIET_HOURS": "late",
    "NOTIFICATION_KEYRING_KEY": "secret-words",
    "NOTIFICATION_HOOKS": '{"west-london": {"url": "http://x.org", "secret": "secret-words"}}',
    "NOTIFICATION_SMTP_CA_FILE": "/nowhere/secret-words",
    "NOTIFICATION_NOTIFY": '[{"name": "A", "api_key": "secret-words"}]',
}


@pytest.fixture(autouse=True)
def _nothing_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.unknown() + [
        f"NOTIFICATION_{each.upper()}" for each in Settings.model_fields
    ]:
        monkeypatch.delenv(name, raising=False)


def test_every_fault_of_the_settings_is_named_by_its_variable_at_once_and_shows_no_value(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in WRONG.items():
        monkeypatch.setenv(name, value)

    with pytest.raises(SystemExit) as ended:
        Settings.read()

    said = str(ended.value)
    named = {line.partition(":")[0] for line in said.splitlines()}
    assert {
        "NOTIFICATION_SMTP_HOST",
        "NOTIFICATION_QUIET_HOURS",
        "NOTIFICATION_KEYRING_KEY",
        "NOTIFICATION_NOTIFY[0][name]",
        "NOTIFICATION_NOTIFY[0][api_key]",
        "NOTIFICATION_HOOKS[west-london][url]",
        "NOTIFICATION_HOOKS[west-london][secret]",
        "NOTIFICATION_SMTP_CA_FILE",
    } <= named
    assert "secret-words" not in said


def test_what_is_no_json_is_named_and_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTIFICATION_HOOKS", "{secret-words")

    with pytest.raises(SystemExit, match="NOTIFICATION_HOOKS: must be JSON") as ended:
        Settings.read()

    assert "secret-words" not in str(ended.value)


def test_a_variable_that_is_misspelt_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTIFICATION_QUITE_HOURS", "none")
    monkeypatch.setenv("NOTIFICATION_QUIET_HOURS", "none")

    assert Settings.unknown() == ["NOTIFICATION_QUITE_HOURS"]


@pytest.mark.parametrize(
    "url", ["http://hub.example.org/heard", "ftp://127.0.0.1/", "hub.example.org", "https://", ""]
)
def test_a_hook_that_others_could_read_stops_the_start(url: str) -> None:
    with pytest.raises(ValidationError):
        HookSettings(url=url, secret=HOOK_SECRET)


@pytest.mark.parametrize(
    "url", ["https://hub.example.org/heard", "http://127.0.0.1:9/", "http://[::1]/"]
)
def test_a_hook_by_tls_or_on_this_machine_is_taken(url: str) -> None:
    assert HookSettings(url=url, secret=HOOK_SECRET).url


@pytest.mark.parametrize("secret", ["", "a secret", "whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"])
def test_a_secret_that_is_none_stops_the_start(secret: str) -> None:
    with pytest.raises(ValidationError):
        HookSettings(url="https://hub.example.org/heard", secret=secret)
