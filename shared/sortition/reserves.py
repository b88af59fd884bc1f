"""Reserves: people who can step in for somebody on the panel with every quota still met."""

from math import comb

import numpy as np
from numpy.typing import NDArray

from shared.sortition.lot import Left, Lot, take_out
from shared.sortition.pools import Counts, Pool
from shared.sortition.quotas import Quotas

NINE_OF_TEN = 0.9
ANOTHER = 64.0
"""How much more a first replacement for a panel member counts than a second, and so on."""


def reserves_for(places: int, drop_out: float) -> int:
    """Return how many reserves are enough in nine draws of ten, if each member drops out so often.

    Of a chance of dropping out nothing else follows: nobody is ranked down for theirs.
    """
    gone, enough = 0, 0.0
    while gone < places:
        enough += comb(places, gone) * drop_out**gone * (1 - drop_out) ** (places - gone)
        if enough >= NINE_OF_TEN:
            break
        gone += 1
    return gone


def choose_reserves(
    pool: Pool, quotas: Quotas, panel: Counts, *, left: Left, wanted: int, lot: Lot
) -> list[str]:
    """Return reserves in the order in which they were chosen, taking them out of `left`.

    As many panel members as possible get one person who can replace them, then a second, and so
    on. Whoever does equally well has an equal chance. `left` has who is not on the panel, by
    profile, in the order of the lot.
    """
    members = np.flatnonzero(panel)
    fits = _replacements(pool, quotas, panel, members)
    covered = np.zeros(len(members))
    coverable = fits[:, [bool(ids) for ids in left]].any(axis=1)
    chosen: list[str] = []
    while len(chosen) < wanted and any(left):
        floor = covered[coverable].min(initial=np.inf) if coverable.any() else 0.0
        worth = (panel[members] * ANOTHER ** (floor - covered)) @ fits
        worth[[not ids for ids in left]] = -1.0
        profile, person = _first(left, worth >= worth.max() * (1 - 1e-9), lot)
        chosen.append(person)
        take_out(pool, left, profile, person)
        covered += fits[:, profile]
    return chosen


def _replacements(
    pool: Pool, quotas: Quotas, panel: Counts, members: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Return, for each profile on the panel, whether each profile can take its place."""
    fits = np.ones((len(members), len(pool.profiles)), dtype=bool)
    for feature in pool.features:
        column = pool.features.index(feature)
        values = np.array([profile.values[column] for profile in pool.profiles], dtype=object)
        may_leave, may_join = np.ones(len(values), dtype=bool), np.ones(len(values), dtype=bool)
        for quota in quotas:
            if quota.feature == feature:
                has = pool.of(quota)
                selected = int(panel[has].sum())
                may_leave[has] = selected > quota.min
                may_join[has] = selected < quota.max
        same = values[members][:, None] == values[None, :]
        fits &= same | (may_leave[members][:, None] & may_join[None, :])
    return fits


def _first(left: Left, among: NDArray[np.bool_], lot: Lot) -> tuple[int, str]:
    """Return whom the lot puts first, and of which profile they are."""
    heads = {left[each][0]: int(each) for each in np.flatnonzero(among)}
    person = lot.in_order(heads)[0]
    return heads[person], person
