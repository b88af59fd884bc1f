"""Notification as a whole, on fakes."""

import pytest

from tests.fakes.notification_service import NotificationOnFakes


@pytest.fixture
def service() -> NotificationOnFakes:
    """Nothing heard yet."""
    return NotificationOnFakes()
