"""Who writes: the names and addresses that a letter shows of its hub."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hub:
    """A collaborative as its letters name it; `staff_email` also takes the replies."""

    name: str
    staff_email: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Who writes, and where the pages are that letters link to."""

    sender: str
    public_url: str
    hubs: Mapping[str, Hub]

    def hub(self, name: str) -> Hub:
        """Return a hub; one without settings is named by its id."""
        return self.hubs.get(name) or Hub(name.replace("-", " ").title())
