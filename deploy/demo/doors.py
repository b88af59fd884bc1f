"""Sending through the doors at the same time, and comparing what intake said with what it must."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from deploy.demo.command import REFUSED, Wlc
from deploy.demo.errors import DemoError
from deploy.demo.seen import Outcome
from deploy.demo.shipment import Parcel

MOST_NAMED = 5


@dataclass
class Delivery:
    """A parcel, and what became of each submission in it so far."""

    parcel: Parcel
    outcomes: list[Outcome] = field(default_factory=list)

    @property
    def accepted(self) -> int:
        return sum(outcome.status == "accepted" for outcome in self.outcomes)

    @property
    def rejected(self) -> int:
        return sum(outcome.status == "rejected" for outcome in self.outcomes)

    @property
    def again(self) -> int:
        """The submissions accepted before, and those of a person known already."""
        return sum(o.duplicate or bool(o.notes) for o in self.outcomes if o.status == "accepted")

    @property
    def codes(self) -> Counter[str]:
        """The faults by code."""
        return Counter(fault.code for outcome in self.outcomes for fault in outcome.faults)

    def compare(self) -> None:
        """Raise DemoError unless exactly what must be refused was, for exactly those faults."""
        refused = {
            outcome.key: frozenset(fault.pointer for fault in outcome.faults)
            for outcome in self.outcomes
            if outcome.status != "accepted"
        }
        must = dict(self.parcel.must_be_refused)
        differ = sorted(key for key in refused | must if refused.get(key) != must.get(key))
        if len(self.outcomes) == self.parcel.count and not differ:
            return
        named = "; ".join(
            f"{key}: expected {sorted(must.get(key, ()))}, got {sorted(refused.get(key, ()))}"
            for key in differ[:MOST_NAMED]
        )
        raise DemoError(
            f"{self.parcel.name}: {len(self.outcomes)} of {self.parcel.count} answered, "
            f"{len(differ)} not as expected. {named}"
        )


async def send(
    wlc: Wlc, parcels: Sequence[Parcel], on_answered: Callable[[int], None]
) -> list[Delivery]:
    """Send all parcels at once; `on_answered` hears how many submissions are answered so far."""
    deliveries = [Delivery(parcel) for parcel in parcels]

    async def deliver(delivery: Delivery) -> None:
        def take(line: bytes) -> None:
            delivery.outcomes.append(Outcome.model_validate_json(line))
            on_answered(sum(len(other.outcomes) for other in deliveries))

        await wlc.run(*delivery.parcel.words, on_line=take, allowed=(0, REFUSED))

    await asyncio.gather(*(deliver(delivery) for delivery in deliveries))
    for delivery in deliveries:
        delivery.compare()
    return deliveries
