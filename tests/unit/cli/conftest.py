"""Services that answer a command, and an installation of them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builders.cli import a_run
from tests.fakes.cli import KEY, TOKEN, FakeServices, fake_services


@pytest.fixture
def services(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FakeServices]:
    monkeypatch.setenv("WLC_DATA", str(tmp_path / "nothing"))
    with fake_services() as server:
        monkeypatch.setenv("WLC_INTAKE_URL", server.url)
        monkeypatch.setenv("WLC_CONSOLE_URL", server.url)
        monkeypatch.setenv("WLC_PUBLISHER_KEY", KEY)
        monkeypatch.setenv("WLC_STAFF_TOKEN", TOKEN)
        yield server


@pytest.fixture
def installation(
    services: FakeServices, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> FakeServices:
    for name in ("INTAKE_URL", "CONSOLE_URL", "PUBLISHER_KEY", "STAFF_TOKEN"):
        monkeypatch.delenv(f"WLC_{name}")
    monkeypatch.setenv("WLC_DATA", str(tmp_path))
    a_run(services.url).write(tmp_path)
    return services
