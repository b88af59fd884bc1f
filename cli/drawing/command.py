"""`wlc match`: draw a panel from two plain files, settle a draw beforehand, verify a record."""

import secrets
from pathlib import Path
from time import perf_counter
from typing import Annotated
from uuid import UUID

import typer

from cli.console import read_console
from cli.drawing.files import Asked, read_asked
from cli.drawing.records import read_record, write_record
from cli.drawing.refusal import refuse
from cli.drawing.result import result_of, tell
from cli.errors import REFUSED, CommandError, in_lines
from cli.places import DEFAULT_FOLDER, DataOption, Places
from cli.terminal import JsonOption, say, show, show_json
from shared.sortition.lottery import Lottery, Method, fair_lottery
from shared.sortition.pools import Pool, pool_of
from shared.sortition.record import drawn, faults, settled
from shared.sortition.solver import USUAL_SECONDS, Clock, OutOfTimeError, SolverFailedError

SEED_BITS = 64
LEAST_SECONDS = 0.1
MOST_SECONDS = 100_000
MOST_PLACES = 1_000_000

PeopleArgument = Annotated[
    Path,
    typer.Argument(metavar="PEOPLE", help="CSV: a row a person, an id and a column a feature."),
]
QuotasArgument = Annotated[
    Path, typer.Argument(metavar="QUOTAS", help="CSV: feature,value,min,max[,min_flex,max_flex].")
]


def _size(value: int) -> int:
    if not 1 <= value <= MOST_PLACES:
        raise typer.BadParameter(f"{value}; give a whole number from 1 to {MOST_PLACES}.")
    return value


def _seconds(value: float) -> float:
    if not LEAST_SECONDS <= value <= MOST_SECONDS:
        raise typer.BadParameter(f"{value:g}; give from {LEAST_SECONDS} to {MOST_SECONDS}.")
    return value


SizeOption = Annotated[
    int, typer.Option("--size", callback=_size, help="How many people the panel has.")
]
SeedOption = Annotated[
    str | None, typer.Option("--seed", help="Any text; the same one draws the same panel.")
]
MethodOption = Annotated[
    Method,
    typer.Option(
        "--method",
        help="What is made largest: the smallest chance and then the next (leximin), only the "
        "smallest (maximin), or the product of all (nash).",
    ),
]
IdOption = Annotated[str | None, typer.Option("--id", help="The column with the people's ids.")]
HouseholdOption = Annotated[
    list[str] | None,
    typer.Option("--household", help="A column of the address: at most one person of each."),
]
SecondsOption = Annotated[
    float,
    typer.Option("--seconds", callback=_seconds, help="After so long, take the best found."),
]

RecordOption = Annotated[
    Path | None, typer.Option("--record", help="Write the public record of the draw: no names.")
]
FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help="What --record wrote.")]

verbs = typer.Typer(
    no_args_is_help=True, help="Draw a fair panel from plain files; check how a panel was drawn."
)


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
    seconds: SecondsOption = USUAL_SECONDS,
    record: RecordOption = None,
    as_json: JsonOption = False,
) -> None:
    """Draw a panel by lot, so that everybody's chance is as large as the quotas allow.

    The smallest chance is made as large as it can be, then the next smallest, and so on. People
    without an answer take part and count for none of that feature's quotas. Ends with 1 where no
    panel meets the quotas, and says which stand in the way and what would have to give; and where
    the time ran out before the fairest draw was found, with the best one so far.

    Both files may also be Excel. min_flex and max_flex say how far a quota may give way; the
    older heading category,feature,min,max is read too. docs/fairness.md explains the method.

    Example: `wlc match draw people.csv quotas.csv --size 24 --seed "lottery of 2 May: 4 17 23"`
    """
    if seed is not None and not (seed.strip() and seed.isprintable()):
        raise CommandError("--seed is empty or cannot be printed; give a text, or leave it out.")
    asked = _read(people, quotas, id_column, household)
    pool = pool_of(asked.people, asked.quotas, homes=asked.homes)
    started = perf_counter()
    lottery = _lottery(pool, asked, size, method, seconds, as_json=as_json)
    told = str(secrets.randbits(SEED_BITS)) if seed is None else seed
    result = result_of(pool, asked.quotas, lottery, seed=told, started=started)
    if record is not None:
        write_record(record, drawn(settled(pool, asked.quotas, size, lottery, method), told))
    tell(result, asked, as_json=as_json)
    if not lottery.in_time:
        raise typer.Exit(REFUSED)


@verbs.command()
def prepare(
    people: PeopleArgument,
    quotas: QuotasArgument,
    *,
    size: SizeOption,
    record: Annotated[Path, typer.Option("--record", help="Where to write what is settled.")],
    method: MethodOption = Method.LEXIMIN,
    id_column: IdOption = None,
    household: HouseholdOption = None,
    seconds: SecondsOption = USUAL_SECONDS,
    as_json: JsonOption = False,
) -> None:
    """Settle a draw before its seed is known, and say the hash to be published.

    Publish the hash and where the seed will come from, such as a public lottery of a day to come.
    Then `wlc match draw` with the same files and that seed: its record has the same hash, so that
    everybody sees that nobody chose the outcome.

    Example: `wlc match prepare people.csv quotas.csv --size 24 --record settled.json`
    """
    asked = _read(people, quotas, id_column, household)
    pool = pool_of(asked.people, asked.quotas, homes=asked.homes)
    lottery = _lottery(pool, asked, size, method, seconds, as_json=as_json)
    found = settled(pool, asked.quotas, size, lottery, method)
    write_record(record, found)
    if as_json:
        show_json({"sha256": found["sha256"], "panels": len(lottery.panels)})
    else:
        show(f"sha256 {found['sha256']}")


@verbs.command("record")
def fetch_record(
    match_id: Annotated[str, typer.Argument(metavar="MATCH", help="As `wlc matches` tells.")],
    *,
    out: Annotated[Path | None, typer.Option("--out", help="Write it to this file.")] = None,
    as_json: JsonOption = False,
    data: DataOption = DEFAULT_FOLDER,
) -> None:
    """Fetch the public record of the draw of a match that was approved: it names nobody.

    It is JSON, with --json or without; with --out only its hash is printed. `wlc match verify`
    computes it anew.

    Example: `wlc match record 5b584c94-8fb4-4647-afe6-879085600dbf --out draw.json`
    """
    if not _is_id(match_id):
        raise CommandError(f"{match_id!r} is no id of a match; `wlc matches` tells them.")
    nothing = CommandError(
        f"no panel of match {match_id} was approved; see `wlc matches`.", REFUSED
    )
    found = read_console(Places(data), f"/v1/matches/{match_id}/record", nothing=nothing)
    if out is None:
        show_json(found)
        return
    write_record(out, found)
    if as_json:
        show_json({"sha256": found["sha256"]})
    else:
        show(f"sha256 {found['sha256']}")


@verbs.command()
def verify(
    file: FileArgument,
    *,
    commitment: Annotated[
        str | None, typer.Option("--commitment", help="The hash that was told before the draw.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Compute a record anew: hash, quotas, chances, fairness, and which panel the seed draws.

    That the seed was settled beforehand shows only beside the hash that was told then: give it with
    --commitment, or compare it by eye. Ends with 1 and says what does not hold.

    Example: `wlc match verify record.json --commitment 4d1f0c6b7a2e9d8c…`
    """
    record = read_record(file)
    try:
        found = faults(record)
    except (OutOfTimeError, SolverFailedError) as error:
        raise CommandError(f"it could not be computed anew: {error}.", REFUSED) from error
    told = record.get("commitment")
    if commitment is not None and commitment != told:
        found.append(_other_commitment(told))
    if as_json:
        hashes = {"sha256": record["sha256"], "commitment": told}
        show_json({"holds": not found, "faults": found, **hashes})
    elif not found:
        show(f"everything holds; sha256 {record['sha256']}", "green")
        if told and commitment is None:
            show(f"compare with the hash told before the draw: {told}")
    if found:
        raise CommandError(in_lines("the record does not hold.", *found), REFUSED)


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _other_commitment(told: str | None) -> str:
    if told is None:
        return "It has no commitment, so nothing shows that its seed was settled beforehand."
    return f"Its commitment is {told}, not the one that you gave."


def _read(people: Path, quotas: Path, id_column: str | None, household: list[str] | None) -> Asked:
    asked = read_asked(people, quotas, id_column, household or ())
    for note in asked.notes:
        say(f"note: {note}")
    return asked


def _lottery(
    pool: Pool, asked: Asked, size: int, method: Method, seconds: float, *, as_json: bool
) -> Lottery:
    say(f"drawing {size} of {pool.total} people of {len(pool.profiles)} types")
    clock = Clock(seconds)
    try:
        lottery = fair_lottery(pool, asked.quotas, size, method=method, clock=clock)
        if lottery is None:
            refuse(pool, asked.quotas, size, clock, as_json=as_json)
    except OutOfTimeError as error:
        raise CommandError(
            f"whether a panel is possible was not found out in {seconds:g} seconds; "
            "give more with --seconds.",
            REFUSED,
        ) from error
    except SolverFailedError as error:
        raise CommandError(f"{error}; please report it with both files.", REFUSED) from error
    return lottery
