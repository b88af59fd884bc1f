"""News of what staff look at, as it is kept: enough to know that a page has changed."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """That something changed: no more than this is ever told, and nothing of a participant.

    `kind` is `match`, `session` or `message`; `title` the engagement's, where it lies with it;
    `by` the account of who did something of it here.
    """

    kind: str
    id: str
    hub: str
    title: str = ""
    status: str = ""
    sequence: int = 0
    by: str | None = None


class NewsSource(Protocol):
    """What is kept, by whichever replica, as it is kept."""

    def news(self) -> AsyncIterator[News | None]:
        """Yield news from now on, or from where it broke off; None where some may be lost.

        Raises UnavailableError when it breaks off; asked again, it goes on.
        """
        ...
