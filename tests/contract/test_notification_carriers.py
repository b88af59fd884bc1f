"""The contract of carriers: in memory, over Notify's published API, and in a print folder."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.notification.domain import NotReachedError, Receipt, RefusedError
from shared.errors import UnavailableError
from tests.builders.carriers import FarWorld, World, a_world
from tests.builders.parcels import a_text
from tests.fakes.carriers import InMemoryCarrier

RECEIPTS = (Receipt.UNDER_WAY, Receipt.DELIVERED, Receipt.UNKNOWN_ADDRESS)
"""What every carrier may say."""


@pytest.fixture(params=["memory", "text", "letter", "folder"])
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    """Each carrier there is."""
    async with a_world(request.param, tmp_path) as found:
        yield found


@pytest.fixture(params=["memory", "text", "letter"])
async def far(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[FarWorld]:
    """Each carrier whose provider is elsewhere."""
    async with a_world(request.param, tmp_path) as found:
        assert isinstance(found, FarWorld)
        yield found


async def test_what_was_never_handed_over_is_not_found(world: World) -> None:
    await world.carrier.hand_over(world.a_parcel())

    found = await world.carrier.find(world.a_parcel().key)

    assert found is None


async def test_what_was_taken_once_is_found_by_its_key(world: World) -> None:
    parcel = world.a_parcel()

    handed = await world.carrier.hand_over(parcel)

    assert handed.provider == world.carrier.name
    assert await world.carrier.find(parcel.key) == handed
    assert world.count(parcel.key) == 1


@pytest.mark.parametrize("receipt", RECEIPTS)
async def test_a_receipt_tells_what_became_of_it(world: World, receipt: Receipt) -> None:
    handed = await world.carrier.hand_over(world.a_parcel())

    world.settle(handed, receipt)

    assert await world.carrier.receipt(handed.reference) is receipt


@pytest.mark.parametrize("receipt", RECEIPTS)
async def test_whatever_became_of_it_it_was_handed_over(world: World, receipt: Receipt) -> None:
    parcel = world.a_parcel()
    handed = await world.carrier.hand_over(parcel)

    world.settle(handed, receipt)

    assert await world.carrier.find(parcel.key) == handed


async def test_what_was_taken_before_the_connection_broke_is_found(far: FarWorld) -> None:
    parcel = far.a_parcel()
    far.break_after_taking()

    with pytest.raises(UnavailableError) as broken:
        await far.carrier.hand_over(parcel)

    assert not isinstance(broken.value, NotReachedError)
    assert await far.carrier.find(parcel.key) is not None
    assert far.count(parcel.key) == 1


async def test_what_is_refused_was_not_taken(far: FarWorld) -> None:
    with pytest.raises(RefusedError):
        await far.carrier.hand_over(far.refused)

    assert far.count(far.refused.key) == 0


async def test_a_refusal_harms_no_other_parcel(far: FarWorld) -> None:
    parcel = far.a_parcel()
    with pytest.raises(RefusedError):
        await far.carrier.hand_over(far.refused)

    await far.carrier.hand_over(parcel)

    assert far.count(parcel.key) == 1


async def test_a_provider_that_is_away_certainly_has_nothing() -> None:
    carrier = InMemoryCarrier()
    carrier.is_away = True

    with pytest.raises(NotReachedError):
        await carrier.hand_over(a_text())
    with pytest.raises(UnavailableError):
        await carrier.find("a key")
