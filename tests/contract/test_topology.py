"""The broker's definitions agree with what services do."""

import re
from types import SimpleNamespace
from typing import Any

import pytest

from services.intake import handlers as intake
from services.matching import handlers as matching
from services.notification import handlers as notification
from services.scheduling import handlers as scheduling
from shared.contracts import ALL_EVENTS
from shared.topology import ROUTES, BrokerUser, definitions

NOTHING: Any = None
HANDLERS = {
    "intake": intake.build_handlers(NOTHING, NOTHING),
    "matching": matching.build_handlers(NOTHING, NOTHING, NOTHING, gather_seconds=1),
    "scheduling": scheduling.build_handlers(NOTHING, NOTHING, NOTHING),
    "notification": notification.build_handlers(SimpleNamespace(records=NOTHING)),
}


@pytest.mark.parametrize("service", HANDLERS)
def test_a_service_hears_what_it_handles_and_nothing_else(service: str) -> None:
    assert set(ROUTES[service].hears) == HANDLERS[service].events


@pytest.mark.parametrize("event", ALL_EVENTS, ids=lambda event: event.TYPE)
def test_every_event_may_be_said_by_somebody(event: Any) -> None:
    saying = [
        rule["user"]
        for rule in definitions(
            services=[BrokerUser(name, "secret") for name in ROUTES],
            publishers=[],
            operator=BrokerUser("operator", "secret"),
        )["topic_permissions"]
        if rule["exchange"] == "events" and re.match(rule["write"], event.TYPE)
    ]

    assert saying
