"""What an operator reads when settings are wrong."""

import pytest

from services.notification.settings import Settings

WRONG = {
    "NOTIFICATION_QUIET_HOURS": "late",
    "NOTIFICATION_KEYRING_KEY": "secret-words",
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
    } <= named
    assert "secret-words" not in said


def test_what_is_no_json_is_named_and_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTIFICATION_HOOKS", "{secret-words")

    with pytest.raises(SystemExit, match="hooks") as ended:
        Settings.read()

    assert "secret-words" not in str(ended.value)


def test_a_variable_that_is_misspelt_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTIFICATION_QUITE_HOURS", "none")
    monkeypatch.setenv("NOTIFICATION_QUIET_HOURS", "none")

    assert Settings.unknown() == ["NOTIFICATION_QUITE_HOURS"]
