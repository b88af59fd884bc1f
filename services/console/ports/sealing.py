"""The chain of the audit trail, as it is kept and asked for."""

from collections.abc import Collection, Sequence
from typing import Protocol

from shared.audit_chain import Block, Row
from shared.changes import Put


class AuditChain(Protocol):
    """The blocks, and the rows of the trail as they are stored. Blocks are only ever added."""

    def keep(self, block: Block, /) -> Put: ...

    async def last(self) -> Block | None:
        """Return the newest block."""
        ...

    async def asked(self) -> list[str]:
        """Return the rows that are asked to be sealed, by id."""
        ...

    async def sealed_among(self, row_ids: Collection[str], /) -> set[str]:
        """Return those of these rows that are in a block."""
        ...

    async def rows(self, row_ids: Collection[str], /) -> Sequence[Row]:
        """Return rows as they are stored, the oldest first."""
        ...

    async def after(self, row_id: str, limit: int, /) -> Sequence[Row]:
        """Return the next rows as they are stored, in the order of their ids."""
        ...
