"""Records of draws as files: written before and after the draw, read to be verified."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from cli.errors import CommandError, in_lines
from shared.sortition.lottery import Method
from shared.sortition.record import FORMAT, Record

MOST_BYTES = 200 << 20
MOST_SHOWN = 10
UNCHANGED = "give the file as --record or `wlc match record` wrote it."


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _Quota(_Model):
    feature: str
    value: str
    min: int
    max: int
    min_flex: int
    max_flex: int | None


class _Type(_Model):
    values: dict[str, str]
    had: float
    home: list[tuple[list[str], float]] = Field(strict=False)
    people: int = Field(ge=1, le=10**8)
    chance: float


class _Panel(_Model):
    weight: float
    panel: list[tuple[int, int]] = Field(strict=False)


class _Record(_Model):
    format: str = Field(pattern=f"^{FORMAT}$")
    method: Method = Field(strict=False)
    places: int = Field(ge=1)
    quotas: list[_Quota]
    pool: list[_Type] = Field(min_length=1)
    portfolio: list[_Panel] = Field(min_length=1)
    sha256: str
    seed: str | None = None
    drawn: int | None = None
    nonce: str | None = None
    commitment: str | None = None


def write_record(file: Path, record: Record) -> None:
    """Write it, as people read it. Raises CommandError."""
    try:
        file.write_text(f"{json.dumps(record, indent=1, ensure_ascii=False)}\n", encoding="utf-8")
    except OSError as error:
        raise CommandError(
            f"{file} cannot be written: {_reason(error)}; check its folder."
        ) from error


def read_record(file: Path) -> Record:
    """Read a record of the form that `--record` writes. Raises CommandError naming each fault."""
    try:
        if file.stat().st_size > MOST_BYTES:
            raise CommandError(f"{file} is larger than {MOST_BYTES >> 20} MB, which no record is.")
        text = file.read_text(encoding="utf-8")
        found: Record = json.loads(text)
        _Record.model_validate_json(text)
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {_reason(error)}; check the name.") from error
    except ValidationError as error:
        raise _no_record(file, map(_said, error.errors())) from error
    except (ValueError, RecursionError) as error:
        raise CommandError(f"{file} is no JSON; {UNCHANGED}") from error
    misfits = list(_misfits(found))
    if misfits:
        raise _no_record(file, misfits)
    return found


def _no_record(file: Path, faults: Iterable[str]) -> CommandError:
    told = list(faults)
    more = [f"and {len(told) - MOST_SHOWN} more."] if len(told) > MOST_SHOWN else []
    head = f"{file} is no record of a draw; {UNCHANGED}"
    return CommandError(in_lines(head, *told[:MOST_SHOWN], *more))


def _said(fault: ErrorDetails) -> str:
    """Say where a part of the file is not as a record has it, and how it should be."""
    place = "/".join(map(str, fault["loc"])) or "the whole"
    match fault["type"]:
        case "missing":
            return f"{place} is missing."
        case "extra_forbidden":
            return f"{place} is nothing that a record has."
        case "string_pattern_mismatch":
            return f"{place} should be {FORMAT}."
    return f"{place} should be{fault['msg'].partition('should be')[2] or ' otherwise'}."


def _misfits(record: Record) -> Iterator[str]:
    """Say of panels that they have types which there are not, of types that values are missing."""
    features, types = {quota["feature"] for quota in record["quotas"]}, len(record["pool"])
    for number, each in enumerate(record["portfolio"]):
        places = [place for place, _ in each["panel"]]
        if not all(0 <= place < types for place in places):
            yield f"portfolio/{number}/panel names a type beside the {types} of the pool."
        if len(set(places)) != len(places):
            yield f"portfolio/{number}/panel names a type twice."
    for number, each in enumerate(record["pool"]):
        if features != set(each["values"]):
            yield f"pool/{number}/values are not of the features that the quotas are about."


def _reason(error: OSError) -> str:
    reason = error.strerror or "it does not answer"
    return reason[:1].lower() + reason[1:]
