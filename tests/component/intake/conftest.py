"""An intake in memory, and who sends to its HTTP door."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from services.intake.api import add_problems, build_router
from tests.builders.intake import OTHER_KEY, intake, publisher
from tests.builders.intake_door import Sender


@pytest.fixture
async def sender() -> AsyncIterator[Sender]:
    found = intake(
        publisher(),
        publisher("borough-of-brent", key=OTHER_KEY, types=frozenset({"wlc.outcome.recorded.v1"})),
    )
    app = FastAPI()
    sender = Sender(found)
    app.include_router(
        build_router(found.desk, found.publishers, found.commits, sender.check_outbox)
    )
    add_problems(app)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://intake") as client:
        sender.client = client
        yield sender
