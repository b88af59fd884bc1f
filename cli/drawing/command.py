"""`wlc match draw`: a panel from two plain files, with everybody's chance of being on it."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Annotated, Any

import typer

from cli.drawing.files import Asked, read_asked
from cli.errors import REFUSED, CommandError
from cli.terminal import JsonOption, say, show, show_json, show_table
from shared.errors import RuleError
from shared.sortition.conflicts import conflict, in_words
from shared.sortition.figures import Figures, figures
from shared.sortition.lot import by_lot
from shared.sortition.lottery import Lottery, Method, fair_lottery
from shared.sortition.pools import Pool, pool_of
from shared.sortition.quotas import Quotas
from shared.sortition.relaxation import relaxed, too_few
from shared.sortition.solver import OutOfTimeError

SEED_BITS = 64
DIGITS = 7

PeopleArgument = Annotated[
    Path,
    typer.Argument(metavar="PEOPLE", help="CSV: a row a person, an id and a column a feature."),
]
QuotasArgument = Annotated[
    Path, typer.Argument(metavar="QUOTAS", help="CSV: feature,value,min,max[,min_flex,max_flex].")
]
SizeOption = Annotated[int, typer.Option("--size", min=1, help="How many people the panel has.")]
SeedOption = Annotated[
    str | None, typer.Option("--seed", help="Any text; the same one draws the same panel.")
]
MethodOption = Annotated[
    Method,
    typer.Option("--method", help="What is made as large as it can be."),
]
IdOption = Annotated[str | None, typer.Option("--id", help="The column with the people's ids.")]
HouseholdOption = Annotated[
    list[str] | None,
    typer.Option("--household", help="A column of the address: at most one person of each."),
]
SecondsOption = Annotated[
    float, typer.Option("--seconds", min=0.1, help="After so long, take the best that is found.")
]

verbs = typer.Typer(no_args_is_help=True, help="Draw a fair panel from plain files.")
verbs.callback()(lambda: None)


@dataclass(frozen=True, slots=True)
class Result:
    """A panel drawn, and by person the chance they had of being on it."""

    panel: Sequence[str]
    probabilities: Mapping[str, float]
    figures: Figures
    lottery: Lottery
    pool: Pool
    seed: str
    seconds: float

    @property
    def gap(self) -> float:
        """By how much the smallest chance could still be larger: 0 where it is proven best."""
        return max(round(self.lottery.bound - self.figures.minimum, DIGITS), 0.0)


@verbs.command()
def draw(
    people: PeopleArgument,
    quotas: QuotasArgument,
    *,
    size: SizeOption,
    seed: SeedOption = None,
    method: MethodOption = Method.LEXIMIN,
    id_column: IdOption = None,
    household: HouseholdOption = None,
    seconds: SecondsOption = 60.0,
    as_json: JsonOption = False,
) -> None:
    """Draw a panel by lot, so that everybody's chance is as large as the quotas allow.

    The smallest chance is made as large as it can be, then the next smallest, and so on. People
    without an answer take part and count for none of that feature's quotas. Ends with 1 where no
    panel meets the quotas, and says which stand in the way and what would have to give.

    Example: `wlc match draw people.csv quotas.csv --size 24 --seed "lottery of 2 May: 4 17 23"`
    """
    asked = read_asked(people, quotas, id_column, household or ())
    for note in asked.notes:
        say(f"note: {note}")
    pool = pool_of(asked.people, asked.quotas, homes=asked.homes)
    started = perf_counter()
    try:
        lottery = fair_lottery(pool, asked.quotas, size, method=method, seconds=seconds)
    except OutOfTimeError as error:
        raise CommandError(
            f"no panel was found in {seconds:g} seconds; give more with --seconds.", REFUSED
        ) from error
    if lottery is None:
        _refuse(pool, asked.quotas, size, as_json=as_json)
    else:
        told = seed if seed is not None else str(secrets.randbits(SEED_BITS))
        result = _result(pool, lottery, told, started)
        _tell(result, asked, as_json=as_json)


def rng_of(seed: str) -> Random:
    """Return the lot that a seed casts; a number is one, anything else is text."""
    return Random(int(seed) if seed.isdecimal() else seed)  # noqa: S311 - to be repeated from it


def _result(pool: Pool, lottery: Lottery, seed: str, started: float) -> Result:
    _, panel, _ = by_lot(pool, lottery, rng_of(seed))
    chances = lottery.chances(pool).tolist()
    by_person = {
        person: round(chances[profile], DIGITS)
        for profile, ids in enumerate(pool.people)
        for person in ids
    }
    found = figures([chances[profile] for profile, ids in enumerate(pool.people) for _ in ids])
    return Result(panel, by_person, found, lottery, pool, seed, perf_counter() - started)


def _tell(result: Result, asked: Asked, *, as_json: bool) -> None:
    if not result.lottery.in_time:
        say("the time ran out: better chances may be possible, at most by the gap that is told.")
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
        "seconds": round(result.seconds, 3),
        "seed": result.seed,
        "in_time": result.lottery.in_time,
    }


def _refuse(pool: Pool, quotas: Quotas, size: int, *, as_json: bool) -> None:
    """Say which quotas stand in the way, and the least that would have to give."""
    conflicting: list[str] = []
    changes: list[dict[str, Any]] = []
    if pool.total < size:
        reasons = [short.sentence for short in too_few(pool, quotas, size)]
    else:
        bounds = conflict(pool, quotas, size)
        conflicting = [each.words for each in bounds]
        reasons = [in_words(bounds, pool, size)]
        changes, reason = _relaxation(pool, quotas, size)
        reasons += [reason]
    if as_json:
        show_json({"panel": None, "conflict": conflicting, "relaxation": changes})
    raise CommandError("\n     ".join((f"no panel of {size} is possible.", *reasons)), REFUSED)


def _relaxation(pool: Pool, quotas: Quotas, size: int) -> tuple[list[dict[str, Any]], str]:
    try:
        kept, _ = relaxed(pool, quotas, size)
    except RuleError:
        return [], "Not even with all the flex that the quotas have."
    changes = [
        {"feature": new.feature, "value": new.value, "min": new.min, "max": new.max}
        for new, old in zip(kept, quotas, strict=True)
        if new != old
    ]
    told = "; ".join(f"{c['feature']}: {c['value']} {c['min']} to {c['max']}" for c in changes)
    return changes, f"The smallest change that makes one possible: {told}."
