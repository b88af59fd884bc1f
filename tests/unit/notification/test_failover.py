"""Several providers of one channel: who is tried now."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from services.notification.clients.failover import FAILURES_BEFORE_REST, REST_SECONDS, FailOver
from services.notification.domain import Channel, HandedOver, NotItsKindError, Parcel, RefusedError
from services.notification.ports import Carrier
from shared.errors import UnavailableError
from tests.builders.parcels import a_text
from tests.fakes.carriers import InMemoryCarrier

REST = REST_SECONDS + 1


@dataclass
class Clock:
    """Stands still until it is moved."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Two:
    """Two providers and the time."""

    near: InMemoryCarrier
    other: InMemoryCarrier
    clock: Clock
    channel: FailOver


class Choosy(InMemoryCarrier):
    """Takes no parcel of this kind."""

    async def hand_over(self, parcel: Parcel) -> HandedOver:  # noqa: ARG002 - the port's
        raise NotItsKindError("never")


@pytest.fixture
def two() -> Two:
    """Two providers that are well."""
    return a_pair(InMemoryCarrier("near"))


def a_pair(near: InMemoryCarrier) -> Two:
    other, clock = InMemoryCarrier("other"), Clock()
    return Two(near, other, clock, FailOver(Channel.SMS, (near, other), clock=clock))


async def fail(carrier: Carrier, times: int = FAILURES_BEFORE_REST) -> None:
    for _ in range(times):
        with pytest.raises(UnavailableError):
            await carrier.hand_over(a_text())


async def rested(two: Two) -> None:
    """Let the first fail until it rests."""
    two.near.is_away = True
    await fail(two.channel.in_order()[0])


def test_the_first_that_is_well_is_tried_first(two: Two) -> None:
    assert two.channel.in_order()[0].name == "near"


def test_the_next_is_tried_after_one_that_got_nothing(two: Two) -> None:
    assert [each.name for each in two.channel.in_order()] == ["near", "other"]


def test_who_had_it_before_is_found_by_name(two: Two) -> None:
    found = two.channel.named("other")

    assert found
    assert found.name == "other"
    assert two.channel.named("gone") is None


async def test_a_call_goes_to_one_provider_only(two: Two) -> None:
    two.near.is_away = True

    await fail(two.channel.in_order()[0], 1)

    assert two.other.taken == []


async def test_a_provider_that_fails_three_times_in_a_row_rests(two: Two) -> None:
    two.near.is_away = True
    await fail(two.channel.in_order()[0], FAILURES_BEFORE_REST - 1)
    before = two.channel.in_order()[0].name

    await fail(two.channel.in_order()[0], 1)

    assert before == "near"
    assert two.channel.in_order()[0].name == "other"


async def test_one_answer_between_failures_keeps_a_provider_in_use(two: Two) -> None:
    two.near.is_away = True
    await fail(two.channel.in_order()[0], FAILURES_BEFORE_REST - 1)
    two.near.is_away = False
    await two.channel.in_order()[0].hand_over(a_text())
    two.near.is_away = True

    await fail(two.channel.in_order()[0], FAILURES_BEFORE_REST - 1)

    assert two.channel.in_order()[0].name == "near"


async def test_after_its_rest_a_provider_gets_one_try(two: Two) -> None:
    await rested(two)

    two.clock.now += REST
    names = [two.channel.in_order()[0].name for _ in range(3)]

    assert names == ["near", "other", "other"]


async def test_a_provider_whose_try_fails_rests_again(two: Two) -> None:
    await rested(two)
    two.clock.now += REST

    await fail(two.channel.in_order()[0], 1)

    assert two.channel.in_order()[0].name == "other"


async def test_a_provider_whose_try_is_answered_is_back(two: Two) -> None:
    await rested(two)
    two.clock.now += REST
    two.near.is_away = False

    await two.channel.in_order()[0].hand_over(a_text())

    assert [two.channel.in_order()[0].name for _ in range(2)] == ["near", "near"]


async def test_when_all_rest_the_one_longest_at_rest_is_tried(two: Two) -> None:
    await rested(two)
    two.other.is_away = True
    two.clock.now += 1
    await fail(two.channel.in_order()[0])

    assert [each.name for each in two.channel.in_order()] == ["near", "other"]


async def test_a_provider_that_rests_can_still_be_asked_what_it_has(two: Two) -> None:
    await two.channel.in_order()[0].hand_over(text := a_text())
    await rested(two)
    two.near.is_away = False

    found = two.channel.named("near")

    assert found
    assert await found.find(text.key) is not None


async def test_what_a_provider_refuses_it_answered(two: Two) -> None:
    text = a_text()
    two.near.refused.add(text.key)

    for _ in range(FAILURES_BEFORE_REST):
        with pytest.raises(RefusedError):
            await two.channel.in_order()[0].hand_over(text)

    assert two.channel.in_order()[0].name == "near"


async def test_what_is_not_its_kind_says_nothing_of_a_provider() -> None:
    two = a_pair(Choosy("near"))

    await fail(two.channel.in_order()[0])

    assert two.channel.in_order()[0].name == "near"


async def test_a_change_of_health_is_logged_once_and_counted(two: Two) -> None:
    with capture_logs() as logs:
        await rested(two)
        await fail(two.channel.named("near") or two.near)
        resting = health_of("near")
        two.near.is_away = False
        await (two.channel.named("near") or two.near).hand_over(a_text())

    assert [(line["event"], line["provider"]) for line in logs] == [
        ("provider_rests", "near"),
        ("provider_recovered", "near"),
    ]
    assert (resting, health_of("near")) == (0, 1)


def health_of(provider: str) -> float | None:
    labels = {"channel": "sms", "provider": provider}
    return REGISTRY.get_sample_value("wlc_provider_healthy", labels)


def test_a_channel_without_a_provider_is_none() -> None:
    with pytest.raises(ValueError, match="needs a provider"):
        FailOver(Channel.SMS, ())


@given(st.lists(st.tuples(st.booleans(), st.booleans(), st.floats(0, 100)), max_size=40))
async def test_a_provider_that_is_well_is_never_passed_over(
    steps: list[tuple[bool, bool, float]],
) -> None:
    two, in_a_row = a_pair(InMemoryCarrier("near")), 0

    for near_is_away, other_is_away, passed in steps:
        two.clock.now += passed
        two.near.is_away, two.other.is_away = near_is_away, other_is_away
        used = two.channel.in_order()[0]
        assert used.name == "near" or in_a_row >= FAILURES_BEFORE_REST
        try:
            await used.hand_over(a_text())
        except UnavailableError:
            in_a_row += used.name == "near"
        else:
            in_a_row = 0 if used.name == "near" else in_a_row
