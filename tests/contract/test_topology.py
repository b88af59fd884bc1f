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
from shared.definitions import BrokerUser, definitions
from shared.topology import EVENTS, INBOUND, RETRY, ROUTES, holding_queue, structure

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


def rights_of_the_operator() -> dict[str, str]:
    operator = BrokerUser("operator", "secret")
    [rights] = definitions(services=[], publishers=[], operator=operator)["permissions"]
    return dict(rights)


def test_the_operator_may_make_and_replace_what_the_topology_names_and_nothing_else() -> None:
    ours = structure({"nwl-trust": ["west-london"]})
    queues = [each["name"] for each in ours.queues]
    named = [*queues, *map(holding_queue, queues), *(each["name"] for each in ours.exchanges)]

    configure = re.compile(rights_of_the_operator()["configure"])

    assert [name for name in named if not configure.search(name)] == []
    assert not any(map(configure.search, ("amq.gen-1", "amq.topic", "another", "events2", "")))


def test_the_operator_says_nothing_as_a_service_or_a_publisher() -> None:
    write = re.compile(rights_of_the_operator()["write"])

    assert not any(map(write.search, (EVENTS, INBOUND, RETRY, "")))


def test_what_is_put_back_reaches_every_queue_by_its_own_name() -> None:
    ours = structure({"nwl-trust": ["west-london"]})

    keys = {
        each["routing_key"]: each["destination"]
        for each in ours.bindings
        if each["source"] == "requeue"
    }

    assert keys == {each["name"]: each["name"] for each in ours.queues}
