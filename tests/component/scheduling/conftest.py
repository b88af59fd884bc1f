"""The stage on which most of these tests begin."""

import pytest

from tests.builders.scheduling import NOW, engagement, participant, rules
from tests.fakes.scheduling import PEOPLE, Stage


@pytest.fixture
async def stage() -> Stage:
    """Six people and an engagement are known; nothing is approved."""
    stage = Stage(rules(), NOW)
    await stage.hear(*(participant(name) for name in PEOPLE), engagement())
    return stage
