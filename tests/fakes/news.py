"""News that a test tells, as the database would."""

import asyncio
from collections.abc import AsyncIterator

from services.console.ports import News
from shared.errors import UnavailableError


class InMemoryNews:
    """See ports.NewsSource; `break_off` ends the stream as an outage would."""

    def __init__(self) -> None:
        self._told: asyncio.Queue[News | UnavailableError | None] = asyncio.Queue()
        self._told.put_nowait(None)

    def tell(self, news: News) -> None:
        self._told.put_nowait(news)

    def break_off(self) -> None:
        self._told.put_nowait(UnavailableError("away"))

    async def news(self) -> AsyncIterator[News | None]:
        while True:
            told = await self._told.get()
            if isinstance(told, UnavailableError):
                raise told
            yield told
