"""Many short pieces of bytes, of which any may stand in much content, looked for in one pass.

Two hundred people have some ten thousand pieces, and an installation gigabytes: to look for one
piece after the other takes hours. Where a piece may begin is told by its first four bytes, for all
positions at once; only there it is looked at.
"""

from collections import defaultdict
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

HEAD = 4
TABLE_BITS = 22
SPREAD = np.uint32(2654435761)
"""Knuth's multiplier, by which heads that are alike lie apart in the table."""
SHIFT = np.uint32(32 - TABLE_BITS)

Heads = NDArray[np.uint32]
ByLength = dict[int, set[bytes]]


class Needles:
    """Pieces of at least four bytes; shorter ones are left out, since they stand everywhere."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self.pieces = tuple(sorted({each for each in pieces if len(each) >= HEAD}))
        self._by_head: defaultdict[bytes, ByLength] = defaultdict(lambda: defaultdict(set))
        for piece in self.pieces:
            self._by_head[piece[:HEAD]][len(piece)].add(piece)
        self._may_begin = np.zeros(1 << TABLE_BITS if self.pieces else 0, dtype=bool)
        self._may_begin[_places(np.frombuffer(b"".join(self._by_head), "<u4"))] = True

    @property
    def longest(self) -> int:
        """How many bytes the longest of them has."""
        return max(map(len, self.pieces), default=0)

    def are_in(self, content: bytes) -> bool:
        """Tell whether any of them stands in these bytes."""
        return bool(self.pieces) and any(
            self._begin(content, offset) for offset in range(min(HEAD, len(content) - HEAD + 1))
        )

    def _begin(self, content: bytes, offset: int) -> bool:
        """Tell whether one of them begins at that place, or at any fourth one after it."""
        heads: Heads = np.frombuffer(content, "<u4", (len(content) - offset) // HEAD, offset)
        perhaps = np.flatnonzero(self._may_begin[_places(heads)])
        return any(self._begins(content, offset + HEAD * at) for at in perhaps.tolist())

    def _begins(self, content: bytes, at: int) -> bool:
        known = self._by_head.get(content[at : at + HEAD])
        return known is not None and any(
            content[at : at + length] in pieces for length, pieces in known.items()
        )


def _places(heads: Heads) -> Heads:
    return (heads * SPREAD) >> SHIFT
