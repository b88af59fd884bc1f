"""The systems of hubs that hear what their staff are told, in memory."""

from services.notification.domain import HandedOver, Match, Message, RefusedError, Session
from shared.errors import UnavailableError


class InMemoryHook:
    """See ports.StaffHook. `hubs` have a system; it refuses all, or is away, when that is set."""

    def __init__(self, *hubs: str) -> None:
        self.hubs = set(hubs)
        self.told: list[str] = []
        self.refuses = False
        self.is_away = False

    async def tell(self, message: Message, subject: Match | Session) -> HandedOver | None:  # noqa: ARG002 - the port's
        if message.hub not in self.hubs:
            return None
        if self.is_away:
            raise UnavailableError("the hub's system did not answer")
        if self.refuses:
            raise RefusedError("the hub's system refused the message")
        self.told.append(message.id)
        return HandedOver("webhook", message.id)
