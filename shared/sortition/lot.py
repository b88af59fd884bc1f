"""The lot itself: one panel of a lottery, then who of each profile is on it.

Everything is decided by SHA-256 of the seed, so that anybody can repeat it with any tool.
"""

from collections.abc import Iterable
from hashlib import sha256
from itertools import accumulate

from shared.sortition.lottery import Lottery
from shared.sortition.pools import Counts, Pool

PANEL = "panel"
"""What is hashed after the seed to choose the panel; a person's id to choose people."""

Left = list[list[str]]
"""Who may still be drawn, by profile."""


class Lot:
    """What a seed decides."""

    def __init__(self, seed: str | int) -> None:
        self._seed = str(seed)

    def panel_of(self, lottery: Lottery) -> int:
        """Return the place of the panel drawn: the first whose weights up to it pass the number.

        The number, from 0 to below 1, is the first 16 hexadecimal digits of the hash over 16^16.
        """
        number = int(self._hash(PANEL)[:16], 16) / 16**16
        passed = (place for place, sum_ in enumerate(accumulate(lottery.weights)) if sum_ > number)
        return next(passed, len(lottery.weights) - 1)

    def in_order(self, people: Iterable[str]) -> list[str]:
        """Return people in the order in which they are drawn: by their hashes."""
        return sorted(people, key=self._hash)

    def _hash(self, word: str) -> str:
        return sha256(f"{self._seed}\n{word}".encode(errors="surrogatepass")).hexdigest()


def by_lot(pool: Pool, lottery: Lottery, lot: Lot) -> tuple[Counts, list[str], Left]:
    """Draw a panel, then people of each profile; return both, and who is left.

    Everybody of a profile has the same chance. Whoever shares a home with somebody drawn is not
    among those left.
    """
    panel = lottery.panels[lot.panel_of(lottery)]
    left = [lot.in_order(ids) for ids in pool.people]
    drawn: list[str] = []
    for profile, count in enumerate(panel.tolist()):
        for _ in range(count):
            drawn.append(left[profile][0])
            take_out(pool, left, profile, drawn[-1])
    return panel, drawn, left


def take_out(pool: Pool, left: Left, profile: int, person: str) -> None:
    """Take somebody, and who shares their home, out of those left."""
    left[profile].remove(person)
    home = pool.homes.get(person)
    if home is None:
        return
    kind = pool.profiles[profile].home
    for other, ids in zip(pool.profiles, left, strict=True):
        if other.home == kind:
            ids[:] = [each for each in ids if pool.homes[each] != home]
