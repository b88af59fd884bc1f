"""Which of two things that one publisher said is the newer."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Said:
    """When something was said, and the publisher's own count of it, where it carried them."""

    stated_at: datetime | None = None
    sequence: int | None = None

    def is_before(self, other: "Said") -> bool:
        """Whether the other was said later; the publisher's own count goes before the time."""
        if self.sequence is not None and other.sequence is not None:
            return self.sequence < other.sequence
        if self.stated_at is not None and other.stated_at is not None:
            return self.stated_at < other.stated_at
        return False


NEVER = Said()
"""The place of what came without time and count: neither before nor after anything."""
