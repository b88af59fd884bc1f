"""The browser of tests that look at pages."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser

from tests.builders.gateway import a_browser


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Chromium, for one test."""
    async with a_browser() as browser:
        yield browser
