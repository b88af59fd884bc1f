"""Intake's records, on whatever they are kept."""

import pytest

from shared.mongo import Database
from tests.builders.intake_records import Records, in_memory, on_mongo


@pytest.fixture
async def records(place: Database | None) -> Records:
    return in_memory() if place is None else await on_mongo(place)
