"""Several providers of one channel, and which of them is to be tried now.

Who gets a message is decided and stored before it is handed over, by the use case: nothing here
turns to another provider within a call.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import TypeVar

import structlog
from prometheus_client import Gauge

from services.notification.domain import (
    Channel,
    HandedOver,
    NotItsKindError,
    Parcel,
    Receipt,
    RefusedError,
)
from services.notification.ports import Carrier
from shared.errors import UnavailableError

log = structlog.get_logger()

T = TypeVar("T")

HEALTHY = Gauge(
    "wlc_provider_healthy", "Whether a provider is used, or rests.", ["channel", "provider"]
)

FAILURES_BEFORE_REST = 3
REST_SECONDS = 60.0


@dataclass(slots=True)
class Health:
    """How a provider has answered of late; what it refuses, it answered."""

    failures: int = 0
    rests_until: float | None = None
    next_try: float = 0.0


class Watched:
    """A carrier whose answers are counted. See ports.Carrier."""

    def __init__(self, carrier: Carrier, channel: Channel, clock: Callable[[], float]) -> None:
        self._carrier = carrier
        self._clock = clock
        self._health = Health()
        self._healthy = HEALTHY.labels(channel, carrier.name)
        self._healthy.set(1)

    @property
    def name(self) -> str:
        """See ports.Carrier."""
        return self._carrier.name

    async def find(self, key: str) -> HandedOver | None:
        """See ports.Carrier."""
        return await self._counted(self._carrier.find(key), settles=False)

    async def hand_over(self, parcel: Parcel) -> HandedOver:
        """See ports.Carrier."""
        return await self._counted(self._carrier.hand_over(parcel), settles=True)

    async def receipt(self, reference: str) -> Receipt:
        """See ports.Carrier."""
        return await self._counted(self._carrier.receipt(reference), settles=False)

    @property
    def rests_until(self) -> float:
        """When it may be tried again, by the clock; a time that is over for one that is well."""
        return self._health.rests_until or float("-inf")

    def is_to_be_tried(self) -> bool:
        """Tell whether it may be used now; of one whose rest is over, this is the one try."""
        if self._health.rests_until is None:
            return True
        if self._clock() < max(self._health.rests_until, self._health.next_try):
            return False
        self._health.next_try = self._clock() + REST_SECONDS
        return True

    async def _counted(self, answer: Awaitable[T], *, settles: bool) -> T:
        """Count what fails; that a question is answered does not say that a message is taken."""
        try:
            found = await answer
        except NotItsKindError:
            raise
        except UnavailableError:
            self._failed()
            raise
        except RefusedError:
            self._answered()
            raise
        if settles:
            self._answered()
        return found

    def _failed(self) -> None:
        health = self._health
        health.failures += 1
        if health.failures < FAILURES_BEFORE_REST:
            return
        if health.rests_until is None:
            log.warning("provider_rests", provider=self.name, count=health.failures)
            self._healthy.set(0)
        health.rests_until = self._clock() + REST_SECONDS

    def _answered(self) -> None:
        if self._health.rests_until is not None:
            log.info("provider_recovered", provider=self.name, count=self._health.failures)
            self._healthy.set(1)
        self._health = Health()


class FailOver:
    """The providers of one channel, in the order in which they are wanted.

    After three failures in a row a provider rests for a minute; then it gets one message, and what
    becomes of that decides.
    """

    def __init__(
        self,
        channel: Channel,
        carriers: Sequence[Carrier],
        *,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        if not carriers:
            raise ValueError("a channel needs a provider")
        self._clock = clock
        self._carriers = [Watched(carrier, channel, clock) for carrier in carriers]

    def in_order(self) -> Sequence[Carrier]:
        """Return all: those to be tried now, then those that rest, whose rest is over first."""
        now = [carrier for carrier in self._carriers if carrier.is_to_be_tried()]
        resting = [carrier for carrier in self._carriers if carrier not in now]
        return [*now, *sorted(resting, key=lambda carrier: carrier.rests_until)]

    def is_resting(self, name: str) -> bool:
        """Tell whether it failed three times in a row, less than a minute ago."""
        found = self.named(name)
        return found is not None and found.rests_until > self._clock()

    def named(self, name: str) -> Watched | None:
        """Return the provider that was used before, whether or not it rests.

        None when it is no longer one of ours.
        """
        return next((carrier for carrier in self._carriers if carrier.name == name), None)
