"""Every service is stopped and comes back, one after the other, while others send."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.soak.audit import Auditor, until_quiet
from tests.soak.faults import SERVICES
from tests.soak.history import History
from tests.soak.installation import Installation
from tests.soak.sending import Ledger, Sender

PATIENCE_SECONDS = 120
SENDERS = 4


@pytest.fixture
async def installation(tmp_path: Path) -> AsyncIterator[Installation]:
    installation = Installation(tmp_path)
    await installation.up()
    yield installation
    await installation.down()


async def restarted(installation: Installation, service: str) -> None:
    """Stop a service as an operator does, and wait until its successor is ready."""
    before = installation.pids()[service]
    os.kill(before, signal.SIGTERM)
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            is_new = installation.pids().get(service, before) != before
            if is_new and (await installation.status())[service]["ready"]:
                return
            await asyncio.sleep(0.5)


async def test_a_rolling_restart_under_load_loses_and_doubles_nothing(
    installation: Installation,
) -> None:
    history, ledger, stopping = History(7), Ledger(), asyncio.Event()
    histories = history.events()

    async def send() -> None:
        sender = Sender(installation.addresses, ledger)
        while not stopping.is_set():
            events, last = next(histories)
            await sender.by_http(events)
            for event in last:
                await sender.when_known(event)
        await sender.close()

    sending = [asyncio.create_task(send()) for _ in range(SENDERS)]
    for service in SERVICES:
        await restarted(installation, service)
    stopping.set()
    await asyncio.gather(*sending)
    await until_quiet(installation)

    auditor = Auditor(installation, history, ledger.accepted)
    findings = await auditor.findings()
    auditor._mongo.close()
    assert ledger.refused == []
    assert len(ledger.accepted) > 100
    assert [finding for finding in findings if finding.lost or finding.doubled] == []
    assert await installation.dead_letters() == []
