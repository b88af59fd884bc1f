"""The time zones that may be named."""

from zoneinfo import ZoneInfo

from services.intake.clients.time_zones import known_time_zones
from services.intake.domain.contact_preference import LONDON


def test_each_time_zone_that_may_be_named_is_one_that_can_be_used() -> None:
    zones = known_time_zones()

    assert {LONDON, "Asia/Karachi"} <= zones
    assert {ZoneInfo(name).key for name in zones} == zones
