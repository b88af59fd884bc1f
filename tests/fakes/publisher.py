"""A broker that confirms, or is away when told so."""

from collections.abc import Sequence

from shared.outbox import Envelope


class InMemoryPublisher:
    def __init__(self) -> None:
        self.confirmed: list[Envelope] = []
        self.away = False

    async def publish(self, envelopes: Sequence[Envelope]) -> list[str]:
        if self.away:
            return []
        self.confirmed.extend(envelopes)
        return [envelope.id for envelope in envelopes]
