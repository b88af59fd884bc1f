"""A person's request for a copy of what is held on them, as staff noted it."""

from dataclasses import dataclass
from datetime import date

SOON_DAYS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessRequest:
    """The newest request of a person, by their id, and nothing else of them."""

    id: str
    hub: str
    received_on: date
    due_on: date
    answered_on: date | None = None
    version: int = 0

    def days_left(self, today: date) -> int:
        """Return how many days there are still; less than none where it is late."""
        return (self.due_on - today).days

    def is_pressing(self, today: date) -> bool:
        """Whether it is to be answered within days, or is late."""
        return self.days_left(today) <= SOON_DAYS
