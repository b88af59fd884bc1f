"""What a draw came to: as tables for people, as JSON for scripts."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from time import perf_counter
from typing import Any

from cli.drawing.files import Asked
from cli.terminal import say, show, show_json, show_table
from shared.sortition.figures import Figures, figures
from shared.sortition.lot import Lot, by_lot
from shared.sortition.lottery import Lottery
from shared.sortition.pools import Pool
from shared.sortition.quotas import Quotas
from shared.sortition.unanswered import Unanswered, unanswered

DIGITS = 10
PROVEN = 1e-6
"""A gap below this part of the bound is that of the arithmetic."""


@dataclass(frozen=True, slots=True)
class Result:
    """A panel drawn, and by person the chance they had of being on it."""

    panel: Sequence[str]
    probabilities: Mapping[str, float]
    figures: Figures
    lottery: Lottery
    pool: Pool
    unanswered: tuple[Unanswered, ...]
    seed: str
    seconds: float

    @property
    def without_chance(self) -> int:
        """How many people can be on none of the panels."""
        return sum(not chance for chance in self.probabilities.values())

    @property
    def gap(self) -> float:
        """By how much the smallest chance could still be larger: 0 where it is proven best."""
        found = self.lottery.bound - self.figures.minimum
        return round(found, DIGITS) if found > PROVEN * self.lottery.bound else 0.0


def result_of(pool: Pool, quotas: Quotas, lottery: Lottery, *, seed: str, started: float) -> Result:
    """Draw with a seed; `started` is when the work began, by the performance counter."""
    _, panel, _ = by_lot(pool, lottery, Lot(seed))
    by_person = lottery.by_person(pool, DIGITS)
    found = figures(lottery.chances(pool).repeat(pool.sizes))
    silent = unanswered(pool, quotas, len(panel), lottery)
    return Result(panel, by_person, found, lottery, pool, silent, seed, perf_counter() - started)


def tell(result: Result, asked: Asked, *, as_json: bool) -> None:
    """Print it."""
    if not result.lottery.in_time:
        say(
            f"the time ran out: this is not the fairest draw. {result.without_chance} people have "
            f"no chance in it; the smallest chance could be larger by up to {result.gap:.2%} (the "
            "gap). Give more with --seconds, or quotas with more room."
        )
    if as_json:
        show_json(_as_json(result))
        return
    features = list(dict.fromkeys(quota.feature for quota in asked.quotas))
    people = asked.people
    show_table(
        f"panel of {len(result.panel)}, drawn with the seed {result.seed}",
        ("id", "chance", *features),
        (
            (each, f"{result.probabilities[each]:.2%}", *(people[each][name] for name in features))
            for each in result.panel
        ),
    )
    _tell_quotas(result, asked)
    for each in result.unanswered:
        show(each.sentence)
    if result.lottery.in_time and result.without_chance:
        show(f"the quotas leave {result.without_chance} people no chance at all")
    numbers = result.figures
    show(
        f"smallest chance {numbers.minimum:.2%} (at most {result.lottery.bound:.2%} is possible), "
        f"of {len(result.panel) / result.pool.total:.2%} if all were alike; "
        f"Gini {numbers.gini:.3f}, geometric mean {numbers.geometric_mean:.2%}; "
        f"{len(result.lottery.panels)} panels, {len(result.pool.profiles)} types of people, "
        f"{result.seconds:.2f} s"
    )


def _tell_quotas(result: Result, asked: Asked) -> None:
    chosen = [asked.people[each] for each in result.panel]
    everybody = asked.people.values()
    show_table(
        "quotas",
        ("feature", "value", "min", "max", "panel", "pool"),
        (
            (
                quota.feature,
                quota.value,
                quota.min,
                quota.max,
                sum(each[quota.feature] == quota.value for each in chosen),
                sum(each[quota.feature] == quota.value for each in everybody),
            )
            for quota in asked.quotas
        ),
    )


def _as_json(result: Result) -> dict[str, Any]:
    return {
        "panel": result.panel,
        "probabilities": result.probabilities,
        **{name: round(each, DIGITS) for name, each in asdict(result.figures).items()},
        "bound": round(result.lottery.bound, DIGITS),
        "gap": result.gap,
        "panels": len(result.lottery.panels),
        "types": len(result.pool.profiles),
        "without_chance": result.without_chance,
        "seconds": round(result.seconds, 3),
        "seed": result.seed,
        "in_time": result.lottery.in_time,
        "unanswered": [asdict(each) for each in result.unanswered],
    }
