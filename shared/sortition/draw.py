"""The draw: a panel by lot, and its reserves, repeatable from the pool and the seed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from shared.errors import RuleError
from shared.sortition.lot import Lot, by_lot
from shared.sortition.lottery import Lottery, fair_lottery
from shared.sortition.outreach import Wanted, wanted_people
from shared.sortition.pools import Counts, Pool, pool_of
from shared.sortition.quotas import Features, Quotas
from shared.sortition.relaxation import Shortfall, relaxed, too_few
from shared.sortition.reserves import choose_reserves

DIGITS = 6


@dataclass(frozen=True, slots=True)
class Chosen:
    """A person, and the chance they had of being on the panel (0 to 1)."""

    id: str
    chance: float


@dataclass(frozen=True, slots=True)
class QuotaFit:
    """A quota as it was asked for, beside what the panel has."""

    feature: str
    value: str
    min: int
    max: int
    selected: int


@dataclass(frozen=True, slots=True)
class Basis:
    """What a draw was made from, and with: all that is needed to make it again."""

    pool: Pool
    quotas: Quotas
    places: int
    lottery: Lottery
    seed: str | int


@dataclass(frozen=True, slots=True)
class Drawn:
    """A panel and its reserves; `unmet` is empty when all that was asked is met.

    `wanted` are the fewest people who would make a panel possible. `basis` is None where all of the
    pool, or nobody, is on the panel, as there is no lot.
    """

    panel: tuple[Chosen, ...]
    reserves: tuple[Chosen, ...]
    quotas: tuple[QuotaFit, ...]
    unmet: tuple[Shortfall, ...]
    wanted: tuple[Wanted, ...] = ()
    basis: Basis | None = field(default=None, compare=False, repr=False)


def draw(
    people: Mapping[str, Features], quotas: Quotas, places: int, *, reserves: int, seed: str | int
) -> Drawn:
    """Draw a panel from people given by id. The same people and seed give the same panel."""
    return draw_from(pool_of(people, quotas), quotas, places, reserves=reserves, seed=seed)


def draw_from(pool: Pool, quotas: Quotas, places: int, *, reserves: int, seed: str | int) -> Drawn:
    """Draw a panel from a pool made for these quotas.

    Where no panel meets the quotas, the panel drawn meets them as nearly as one can.
    """
    if places < 1:
        return Drawn((), (), _fits(pool, quotas, pool.sizes * 0), ())
    if pool.total < places:
        everybody = tuple(Chosen(person, 1.0) for ids in pool.people for person in ids)
        unmet = too_few(pool, quotas, places)
        fits = _fits(pool, quotas, pool.sizes)
        return Drawn(everybody, (), fits, unmet, wanted_people(pool, quotas, places))
    lottery = fair_lottery(pool, quotas, places)
    if lottery is not None:
        unmet = () if lottery.in_time else (_out_of_time(lottery, places),)
        basis = Basis(pool, quotas, places, lottery, seed)
        return _by_lot(basis, wanted=(quotas, unmet, reserves))
    try:
        kept, unmet = relaxed(pool, quotas, places)
    except RuleError:
        return Drawn((), (), _fits(pool, quotas, pool.sizes * 0), (_beyond_flex(pool, places),))
    lottery = fair_lottery(pool, kept, places)
    if lottery is None:
        raise RuleError("no panel was found for the relaxed quotas")
    basis = Basis(pool, kept, places, lottery, seed)
    drawn = _by_lot(basis, wanted=(quotas, unmet, reserves))
    return replace(drawn, wanted=wanted_people(pool, quotas, places))


def draw_beside(
    held: Sequence[Features],
    pool: Pool,
    quotas: Quotas,
    *,
    places: int,
    reserves: int,
    seed: str | int,
) -> Drawn:
    """Draw who is to join those who hold a place, within what these leave of quotas and places.

    The quotas returned are those asked for, beside the whole panel; `unmet` is about who is drawn.
    """
    have = [sum(each.get(quota.feature) == quota.value for each in held) for quota in quotas]
    left = tuple(quota.beside(count) for quota, count in zip(quotas, have, strict=True))
    drawn = draw_from(pool, left, places - len(held), reserves=reserves, seed=seed)
    fits = tuple(
        QuotaFit(asked.feature, asked.value, asked.min, asked.max, fit.selected + count)
        for asked, fit, count in zip(quotas, drawn.quotas, have, strict=True)
    )
    return replace(drawn, quotas=fits)


def _by_lot(basis: Basis, *, wanted: tuple[Quotas, tuple[Shortfall, ...], int]) -> Drawn:
    asked, unmet, reserves = wanted
    pool, lot = basis.pool, Lot(basis.seed)
    panel, drawn, left = by_lot(pool, basis.lottery, lot)
    stand_by = choose_reserves(pool, basis.quotas, panel, left=left, wanted=reserves, lot=lot)
    chance = basis.lottery.by_person(pool, DIGITS)
    return Drawn(
        tuple(Chosen(person, chance[person]) for person in drawn),
        tuple(Chosen(person, chance[person]) for person in stand_by),
        _fits(pool, asked, panel),
        unmet,
        basis=basis,
    )


def _beyond_flex(pool: Pool, places: int) -> Shortfall:
    """Say that there is no panel at all, even with all that the quotas may give way."""
    sentence = (
        "No panel is possible, even where every quota gives way as far as it may: together they "
        "ask for more, or for fewer, people than there are places or people."
    )
    return Shortfall("quotas", "", places, pool.total, sentence)


def _out_of_time(lottery: Lottery, places: int) -> Shortfall:
    """Say that the draw is not the fairest, so that nobody approves it unawares."""
    sentence = (
        "The time ran out before the fairest draw was found: some people have a smaller chance "
        f"than they need to have. Nobody's could be above {lottery.bound:.2%} for all."
    )
    return Shortfall("time", "", places, places, sentence)


def _fits(pool: Pool, quotas: Quotas, panel: Counts) -> tuple[QuotaFit, ...]:
    return tuple(
        QuotaFit(each.feature, each.value, each.min, each.max, int(panel[pool.of(each)].sum()))
        for each in quotas
    )
