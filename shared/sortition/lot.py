"""The lot itself: one panel of a lottery, then who of each profile is on it."""

from collections import defaultdict
from random import Random

from shared.sortition.lottery import Lottery
from shared.sortition.pools import Counts, Pool

Left = list[list[str]]
"""Who may still be drawn, by profile."""


def by_lot(pool: Pool, lottery: Lottery, rng: Random) -> tuple[Counts, list[str], Left]:
    """Draw a panel, then people of each profile; return both, and who is left.

    Everybody of a profile has the same chance. Whoever shares a home with somebody drawn is not
    among those left.
    """
    [panel] = rng.choices(lottery.panels, lottery.weights)
    left = [list(ids) for ids in pool.people]
    drawn: list[str] = []
    for profile, count in enumerate(panel.tolist()):
        taken = _of_different_homes(pool, left[profile], count, rng)
        for person in taken:
            take_out(pool, left, profile, person)
        drawn += taken
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


def _of_different_homes(pool: Pool, ids: list[str], count: int, rng: Random) -> list[str]:
    if not count:
        return []
    homes: dict[tuple[str, bool], list[str]] = defaultdict(list)
    for person in ids:
        home = pool.homes.get(person)
        homes[home or person, home is not None].append(person)
    return sorted(rng.choice(homes[home]) for home in rng.sample(sorted(homes), count))
