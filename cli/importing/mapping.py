"""What the columns of a spreadsheet mean: a TOML file, or headings that are the fields' names.

The format is described in `deploy/demo/README.md`.
"""

import re
import tomllib
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails

from cli.errors import CommandError
from cli.importing.tables import Table, heading_key
from shared.contracts.participants import Channel

CHANNELS = tuple(channel.value for channel in Channel)
LISTS = {
    "languages": r"[\n;,]",
    "languages.interpreter": r"[\n;,]",
    "needs": r"[\n;,]",
    "lived_experience": r"[\n;,]",
    "interests": r"[\n;,]",
    "availability.weekly": r"[\n;,]",
    "availability.except": r"[\n;,]",
    "availability.hard": r"[\n;,]",
    "reminders": r"[\n;,]",
    "contact_preference.times": r"[\n;,]",
    "exclusions.partners": r"[\n;]",
    "exclusions.sites": r"[\n;]",
}
"""The fields that hold several values, and what parts them where the mapping does not say."""

DATES = re.compile(r"date_of_birth|availability\.except|consent\.[^.]+\.given_at")
ANSWERS = re.compile(r"monitoring\.[a-z0-9_-]+|consent\.[a-z0-9_-]+\.(version|given_at|how)")
PLAIN = (
    "reference",
    "name.display",
    "name.address_as",
    *(f"contacts.{channel}" for channel in CHANNELS),
    "contacts.preferred",
    "postcode",
    "age_band",
    "date_of_birth",
    "travel_km",
    "online",
    "in_person",
    "one_paid_activity_a_week",
    "availability.term_time_only",
    "contact_preference.time_zone",
    "contact_preference.news",
    "contact_preference.discreet",
)
FIELDS = (*PLAIN, *LISTS)
FLAGS = frozenset(
    {
        "online",
        "in_person",
        "one_paid_activity_a_week",
        "availability.term_time_only",
        "contact_preference.news",
        "contact_preference.discreet",
    }
)
WORDS: dict[str, str | bool] = {"yes": True, "no": False, "true": True, "false": False}

FAULTS = {
    "missing": "is missing",
    "too_short": "is empty",
    "extra_forbidden": "has no meaning here",
}
OTHERWISE = "does not have the form that is asked for"
DEEPEST = 3
"""A word of a column of `[values]` is as deep as a mapping goes."""


class Dates(BaseModel):
    """How dates are written in cells of text."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: str = "%Y-%m-%d"

    @property
    def shown(self) -> str:
        """Return the format as people write it down."""
        shown = self.format
        for sign, meant in (("%d", "DD"), ("%m", "MM"), ("%Y", "YYYY"), ("%y", "YY")):
            shown = shown.replace(sign, meant)
        return shown


class Mapping(BaseModel):
    """Heading to field, separator of lists, and what words in cells mean."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    columns: dict[str, str] = Field(min_length=1)
    lists: dict[str, str] = {}
    dates: Dates = Dates()
    values: dict[str, dict[str, str | bool]] = {}

    @model_validator(mode="after")
    def _is_about_known_fields(self) -> Self:
        for heading, field in self.columns.items():
            if field not in FIELDS and not ANSWERS.fullmatch(field):
                raise ValueError(f"{heading!r} is mapped to {field!r}, which is no field")
        for heading in (*self.lists, *self.values):
            if heading not in self.columns:
                raise ValueError(f"{heading!r} is not in [columns]")
        for field in ("reference", "name.display", "postcode"):
            if field not in self.columns.values():
                raise ValueError(f"no column is mapped to {field!r}, which every person needs")
        return self

    def parts(self, heading: str, text: str) -> list[str]:
        """Take a cell of several values apart."""
        separator = self.lists.get(heading)
        pattern = re.escape(separator) if separator else LISTS[self.columns[heading]]
        return [part.strip() for part in re.split(pattern, text) if part.strip()]

    def meaning(self, heading: str, word: str) -> str | bool:
        """Return what a word stands for; itself, where the mapping does not say."""
        return self._meanings(heading).get(word.casefold(), word)

    def words(self, heading: str) -> tuple[str, ...]:
        """Return the words that mean something in a column."""
        return tuple(self.values.get(heading, ()))

    def _meanings(self, heading: str) -> dict[str, str | bool]:
        usual = WORDS if self.columns[heading] in FLAGS else {}
        named = self.values.get(heading, {})
        return usual | {word.casefold(): meant for word, meant in named.items()}

    def for_table(self, file: Path, table: Table) -> "Mapping":
        """Return the mapping in the table's own spelling of its headings.

        Raises CommandError when a heading is missing or unknown.
        """
        spelt = {heading_key(heading): heading for heading in table.headings}
        wanted = {heading_key(heading): heading for heading in self.columns}
        missing = [heading for key, heading in wanted.items() if key not in spelt]
        unknown = [heading for key, heading in spelt.items() if key not in wanted]
        if missing or unknown:
            raise CommandError(
                f"{file} does not fit the mapping: {_listed('no column', missing)}"
                f"{' and ' if missing and unknown else ''}{_listed('no meaning for', unknown)}; "
                "correct the headings or the mapping."
            )
        return self.model_copy(
            update={
                "columns": {spelt[k]: self.columns[h] for k, h in wanted.items()},
                "lists": {spelt[heading_key(h)]: sign for h, sign in self.lists.items()},
                "values": {spelt[heading_key(h)]: words for h, words in self.values.items()},
            }
        )


def read_mapping(file: Path) -> Mapping:
    """Read a mapping from TOML. Raises CommandError naming what is wrong with it."""
    try:
        return Mapping.model_validate(tomllib.loads(file.read_text("utf-8")))
    except OSError as error:
        reason = (error.strerror or "it cannot be read").lower()
        raise CommandError(f"{file} cannot be read: {reason}; check --mapping.") from error
    except UnicodeDecodeError as error:
        sentence = f"{file} is not UTF-8 at byte {error.start}; save it as UTF-8."
        raise CommandError(sentence) from error
    except tomllib.TOMLDecodeError as error:
        raise CommandError(f"{file} is not TOML: {error}; correct it there.") from error
    except ValidationError as error:
        said = _fault_of(error.errors(include_url=False)[0])
        raise CommandError(f"{file} is no mapping: {said}; correct it there.") from error


def _fault_of(error: ErrorDetails) -> str:
    """Say what is wrong with a mapping in our own words."""
    if error["type"] == "value_error":
        return str(error["ctx"]["error"])
    *tables, name = (str(part) for part in error["loc"][:DEEPEST])
    inside = f"{name!r} in [{'.'.join(tables)}]" if tables else f"[{name}]"
    return f"{inside} {FAULTS.get(error['type'], OTHERWISE)}"


def mapping_by_names(headings: tuple[str, ...]) -> Mapping:
    """Take headings for field names; what is none is refused later, by name."""
    named = {heading: heading_key(heading) for heading in headings}
    return Mapping.model_construct(
        columns={h: f for h, f in named.items() if f in FIELDS or ANSWERS.fullmatch(f)},
        lists={},
        dates=Dates(),
        values={},
    )


def _listed(what: str, headings: list[str]) -> str:
    return f"{what} {', '.join(repr(heading) for heading in headings)}" if headings else ""
