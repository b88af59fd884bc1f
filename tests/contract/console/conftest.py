"""What the console knows, on whatever it is stored."""

import pytest

from shared.mongo import Database
from tests.builders.console_knowledge import Subject, in_memory, on_mongo


@pytest.fixture
async def subject(place: Database | None) -> Subject:
    return in_memory() if place is None else await on_mongo(place)
