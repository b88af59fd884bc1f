"""Matching as a whole, on records in memory."""

import pytest

from tests.fakes.matching_service import Matching


@pytest.fixture
def matching() -> Matching:
    return Matching()
