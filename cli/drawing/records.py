"""Records of draws as files: written before and after the draw, read to be verified."""

import json
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from cli.errors import CommandError
from shared.sortition.lottery import Method
from shared.sortition.record import FORMAT, Record

MOST_BYTES = 200 << 20


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
        raise CommandError(f"{file} cannot be written: {error.strerror}.") from error


def read_record(file: Path) -> Record:
    """Read a record of the form that `--record` writes. Raises CommandError naming each fault."""
    try:
        if file.stat().st_size > MOST_BYTES:
            raise CommandError(f"{file} is larger than {MOST_BYTES >> 20} MB, which no record is.")
        text = file.read_text(encoding="utf-8")
        found: Record = json.loads(text)
        _Record.model_validate_json(text)
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}; check the name.") from error
    except ValidationError as error:
        places = ("/".join(map(str, fault["loc"])) or "it" for fault in error.errors())
        raise CommandError(
            f"{file} is no record of a draw; wrong or missing: {', '.join(places)}."
        ) from error
    except (ValueError, RecursionError) as error:
        raise CommandError(f"{file} is no JSON; give the file that --record wrote.") from error
    if not _fits_together(found):
        raise CommandError(f"{file} is no record of a draw; its parts do not fit together.")
    return found


def _fits_together(record: Record) -> bool:
    """Whether panels are of types that there are, and each type has a value for every feature."""
    features = {quota["feature"] for quota in record["quotas"]}
    return all(_is_of(each["panel"], len(record["pool"])) for each in record["portfolio"]) and all(
        features == set(each["values"]) for each in record["pool"]
    )


def _is_of(panel: list[list[int]], types: int) -> bool:
    places = [place for place, _ in panel]
    return len(set(places)) == len(places) and all(0 <= place < types for place in places)
