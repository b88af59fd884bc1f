"""Telling the pages that are open what has changed: one source, a listener for each browser."""

import asyncio
from collections import Counter, deque
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from time import time

import structlog

from services.console.ports import News, NewsSource
from shared.errors import RuleError, UnavailableError

log = structlog.get_logger()

PER_ACCOUNT = 12
PER_PROCESS = 500
MOST_PENDING = 200
"""Of a browser that has not taken so many, no more is kept than that it missed something."""
REMEMBERED = 500
RETRY_SECONDS = 2.0
OVERLAP = 1_000
"""Clocks of replicas differ: what is a little older than was asked for is told as well."""
ABOUT_PEOPLE = frozenset({"message"})
"""Kinds that only who may know people hears of."""


class TooManyListenersError(RuleError):
    """The account, or the process, has as many open connections for news as it may."""

    code = "too-many-live"


@dataclass(slots=True, eq=False)
class Listener:
    """One browser: what it may hear, what it has not taken yet, and whether it is over.

    `missed`: something may have been lost that it should have heard.
    """

    account: str
    look: Collection[str]
    identify: Collection[str]
    pending: dict[tuple[str, str], tuple[int, News]] = field(default_factory=dict)
    missed: bool = False
    is_over: bool = False
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def may_hear(self, news: News) -> bool:
        """Tell whether it is news of the visitor's hubs."""
        return news.hub in (self.identify if news.kind in ABOUT_PEOPLE else self.look)

    def hear(self, stamp: int, news: News) -> None:
        """Keep the newest of each thing until it is taken."""
        if not self.may_hear(news):
            return
        self.pending.pop((news.kind, news.id), None)
        self.pending[news.kind, news.id] = (stamp, news)
        if len(self.pending) > MOST_PENDING:
            self.pending.clear()
            self.missed = True
        self.changed.set()

    def take(self) -> list[tuple[int, News]]:
        """Return what it has not taken yet, the oldest first."""
        taken, self.pending = list(self.pending.values()), {}
        self.changed.clear()
        return taken

    def end(self) -> None:
        """Tell it that it is over."""
        self.is_over = True
        self.changed.set()


class LiveFeed:
    """Fans news out to listeners, and remembers the last of it for who comes again.

    Times are milliseconds since 1970; they are the ids of what is told.
    """

    def __init__(self, *, clock: Callable[[], float] = time) -> None:
        self._clock = clock
        self._listeners: set[Listener] = set()
        self._remembered: deque[tuple[int, News]] = deque()
        self._complete_since: int | None = None
        self._last = 0
        self._is_over = False

    async def follow(self, source: NewsSource) -> None:
        """Tell what a source says, for ever; one that breaks off is asked again."""
        is_told = False
        while True:
            try:
                async for news in source.news():
                    if is_told:
                        log.info("live_news_back")
                        is_told = False
                    self.tell(news)
            except UnavailableError as error:
                if not is_told:
                    cause = type(error.__cause__ or error).__name__
                    log.warning("live_news_lost", error_type=cause)
                is_told = True
            await asyncio.sleep(RETRY_SECONDS)

    def tell(self, news: News | None) -> None:
        """Tell everybody whom it concerns; None: that something may have been lost."""
        stamp = self._stamp()
        if news is None:
            self._remembered.clear()
            self._complete_since = stamp
            for each in self._listeners:
                each.missed = True
                each.changed.set()
            return
        self._remembered.append((stamp, news))
        if len(self._remembered) > REMEMBERED:
            self._complete_since, _ = self._remembered.popleft()
        for each in self._listeners:
            each.hear(stamp, news)

    def listen(
        self, account: str, look: Collection[str], identify: Collection[str], since: int | None
    ) -> Listener:
        """Let somebody hear, with all that was told since. Raises TooManyListenersError."""
        held = Counter(each.account for each in self._listeners)
        if self._is_over or held[account] >= PER_ACCOUNT or held.total() >= PER_PROCESS:
            raise TooManyListenersError("as many connections as may be")
        listener = Listener(account, look, identify)
        if since is not None:
            self._catch_up(listener, since)
        self._listeners.add(listener)
        return listener

    def leave(self, listener: Listener) -> None:
        """Forget a listener."""
        self._listeners.discard(listener)

    def end(self) -> None:
        """End all, for the service stops."""
        self._is_over = True
        for each in self._listeners:
            each.end()

    @property
    def listening(self) -> int:
        """How many listen."""
        return len(self._listeners)

    def _catch_up(self, listener: Listener, since: int) -> None:
        if self._complete_since is None or since < self._complete_since:
            listener.missed = True
            listener.changed.set()
            return
        for stamp, news in self._remembered:
            if stamp > since - OVERLAP:
                listener.hear(stamp, news)

    def _stamp(self) -> int:
        self._last = max(self._last + 1, int(self._clock() * 1000))
        return self._last
