"""A provider of text messages or letters, in memory."""

from collections.abc import Sequence

from services.notification.domain import (
    HandedOver,
    NotReachedError,
    Parcel,
    Receipt,
    RefusedError,
)
from services.notification.ports import Carrier
from shared.errors import UnavailableError


class InMemoryCarrier:
    """See ports.Carrier.

    `is_away`: nothing reaches it. `is_full`: it answers, and takes nothing. `cuts` is how often it
    takes a parcel without saying so. `refused` are keys that it will not take, with `refuses` any;
    `receipts` say by key what became of what it took.
    """

    def __init__(self, name: str = "memory") -> None:
        self.name = name
        self.taken: list[Parcel] = []
        self.refused: set[str] = set()
        self.receipts: dict[str, Receipt] = {}
        self.is_away = self.is_full = self.refuses = False
        self.cuts = 0

    async def find(self, key: str) -> HandedOver | None:
        self._check_it_is_there()
        is_taken = any(parcel.key == key for parcel in self.taken)
        return HandedOver(self.name, key) if is_taken else None

    async def hand_over(self, parcel: Parcel) -> HandedOver:
        self._check_it_is_there()
        if self.is_full:
            raise NotReachedError("the provider has nothing of it")
        if self.refuses or parcel.key in self.refused:
            raise RefusedError("the provider refused the parcel")
        self.taken.append(parcel)
        if self.cuts:
            self.cuts -= 1
            raise UnavailableError("the provider did not answer")
        return HandedOver(self.name, parcel.key)

    async def receipt(self, reference: str) -> Receipt:
        self._check_it_is_there()
        return self.receipts.get(reference, Receipt.UNDER_WAY)

    @property
    def keys(self) -> list[str]:
        """What it took, as often as it took it."""
        return [parcel.key for parcel in self.taken]

    def _check_it_is_there(self) -> None:
        if self.is_away:
            raise NotReachedError("the provider was not reached")


class InMemoryCarriers:
    """See ports.Carriers."""

    def __init__(self, *carriers: InMemoryCarrier) -> None:
        self.carriers = carriers
        self.resting: set[str] = set()

    def in_order(self) -> Sequence[Carrier]:
        return self.carriers

    def is_resting(self, name: str) -> bool:
        return name in self.resting

    def named(self, name: str) -> Carrier | None:
        return next((each for each in self.carriers if each.name == name), None)
