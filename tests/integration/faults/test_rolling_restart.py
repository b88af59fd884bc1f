"""Every service is stopped and comes back, one after the other, while others send."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest

from deploy.accounts import SERVICES
from shared.mongo import connect
from tests.soak.audit import Auditor
from tests.soak.history import History
from tests.soak.installation import Installation
from tests.soak.quiet import until_quiet
from tests.soak.sending import Ledger, Sender

PATIENCE_SECONDS = 120
SENDERS = 4


@pytest.fixture
async def installation(tmp_path: Path) -> AsyncIterator[Installation]:
    installation = Installation(tmp_path)
    await installation.up(None)
    yield installation
    await installation.down()


async def restarted(installation: Installation, service: str) -> None:
    """Stop a service as an operator does, and wait until its successor is ready."""
    before = await installation.process(service)
    await installation.signal(service, signal.SIGTERM)
    async with asyncio.timeout(PATIENCE_SECONDS):
        while before.is_alive or not (await installation.status())[service]["ready"]:
            await asyncio.sleep(0.5)


@asynccontextmanager
async def load(installation: Installation, history: History) -> AsyncIterator[Ledger]:
    """Send histories for as long as the context lasts."""
    ledger, stopping, histories = Ledger(), asyncio.Event(), history.events()

    async def send() -> None:
        sender = Sender(installation.addresses, ledger)
        while not stopping.is_set():
            events, last = next(histories)
            await sender.by_http(events)
            for event in last:
                await sender.when_known(event)
        await sender.close()

    sending = [asyncio.create_task(send()) for _ in range(SENDERS)]
    yield ledger
    stopping.set()
    await asyncio.gather(*sending)


async def test_a_rolling_restart_under_load_loses_and_doubles_nothing(
    installation: Installation,
) -> None:
    history = History(7)
    async with load(installation, history) as ledger:
        for service in SERVICES:
            await restarted(installation, service)
    with closing(connect(installation.addresses["mongo_url"], name="tests")) as client:
        databases = {name: client[name] for name in SERVICES}
        under_way = await until_quiet(installation, list(databases.values()))
        auditor = Auditor(databases, Path(installation.addresses["mail_dir"]), history)
        findings = await auditor.findings(ledger.accepted)

    assert under_way == ""
    assert ledger.refused == []
    assert len(ledger.accepted) > 100
    assert [finding for finding in findings if finding.lost or finding.doubled] == []
    assert await installation.dead_letters() == []
