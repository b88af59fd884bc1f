"""A broker that confirms, or is away when told so."""

from shared.errors import UnavailableError
from shared.outbox import Envelope


class InMemoryPublisher:
    def __init__(self) -> None:
        self.confirmed: list[Envelope] = []
        self.away = False

    async def publish(self, envelope: Envelope) -> None:
        if self.away:
            raise UnavailableError("the broker is away")
        self.confirmed.append(envelope)
