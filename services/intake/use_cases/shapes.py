"""The shape of an event checked against the contracts, every fault in our own words.

What pydantic says would repeat the value, so only its kinds of error and its limits are taken over.
"""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails, to_json

from services.intake.domain.faults import Fault, pointer
from services.intake.domain.form import Form
from shared.contracts.submissions import Strict

Json = Any
Path = tuple[str | int, ...]

DATE = ("date", "Must be a date written as 2026-03-31.")
TIME = ("time", "Must be a local time written as 09:30.")
MOMENT = ("date-time", "Must be a date and time with its zone, such as 2026-03-31T09:30:00Z.")
OBJECT = ("wrong-type", "Must be an object.")
LIST = ("wrong-type", "Must be a list.")
UNIQUE_ID = ("uuid", "Must be a UUID.")

PLAIN: Mapping[str, tuple[str, str]] = {
    "missing": ("missing", "This field is required."),
    "extra_forbidden": ("unknown-field", "There is no field of this name here."),
    "string_type": ("wrong-type", "Must be text."),
    "int_type": ("wrong-type", "Must be a whole number."),
    "float_type": ("wrong-type", "Must be a number."),
    "bool_type": ("wrong-type", "Must be true or false."),
    "finite_number": ("not-finite", "Must be a finite number."),
    "model_type": OBJECT,
    "dict_type": OBJECT,
    "tuple_type": LIST,
    "date_type": DATE,
    "date_parsing": DATE,
    "date_from_datetime_parsing": DATE,
    "time_type": TIME,
    "time_parsing": TIME,
    "datetime_type": MOMENT,
    "datetime_parsing": MOMENT,
    "timezone_aware": MOMENT,
    "uuid_type": UNIQUE_ID,
    "uuid_parsing": UNIQUE_ID,
}
LIMITED: Mapping[str, tuple[str, str]] = {
    "string_too_short": ("too-short", "Must have at least {min_length} characters."),
    "string_too_long": ("too-long", "Must have at most {max_length} characters."),
    "too_short": ("too-few", "Must have at least {min_length} entries."),
    "too_long": ("too-many", "Must have at most {max_length} entries."),
    "greater_than": ("too-small", "Must be more than {gt}."),
    "greater_than_equal": ("too-small", "Must be at least {ge}."),
    "less_than_equal": ("too-large", "Must be at most {le}."),
    "enum": ("not-one-of", "Must be one of {expected}."),
    "literal_error": ("not-one-of", "Must be {expected}."),
}
EMPTY: Mapping[str, str] = {
    "string_too_short": "Must not be empty.",
    "too_short": "Must have at least one entry.",
}
PATTERNS: Mapping[str, str] = {
    r"^[a-z0-9][a-z0-9_-]*$": "small letters, digits, hyphens and underscores",
    r"^[a-z]{2,3}$": "an ISO 639 language code of two or three small letters",
    r"^\d{4}-(0[1-9]|1[0-2])$": "a month written as 2026-11",
    r"^[a-z][a-z0-9-]{0,39}$": "a hub's name in small letters, such as west-london",
}
OTHER = ("invalid", "This is not what is expected here.")


def check_shape(model: type[Strict], value: Json, *, at: str) -> tuple[list[Fault], Form]:
    """Return the faults of shape, and a form of all that is well-shaped. `at` is its pointer."""
    try:
        model.model_validate_json(to_json(value), strict=True)
    except ValidationError as error:
        return _faults(error, value, at)
    return [], Form(value, at)


def _faults(error: ValidationError, value: Json, at: str) -> tuple[list[Fault], Form]:
    faults: list[Fault] = []
    broken: set[str] = set()
    rest = deepcopy(value)
    details = error.errors(include_url=False, include_input=False)
    for detail in details:
        path = _path(detail, value)
        if _is_beside_the_point(detail, path, value):
            continue
        faults.append(Fault(at + pointer(*path), *_said(detail, path)))
        broken.add(at + pointer(*path))
        rest = _without(rest, path)
    return faults, Form(rest if isinstance(rest, dict) else {}, at, frozenset(broken))


def _path(detail: ErrorDetails, value: Json) -> Path:
    """Return where in the value the error is, without the names of pydantic's union branches."""
    path: list[str | int] = []
    missing = detail["type"] == "missing"
    for position, part in enumerate(detail["loc"]):
        if _has(value, part):
            value = value[part]
        elif not (missing and position == len(detail["loc"]) - 1):
            continue
        path.append(part)
    return tuple(path)


def _is_beside_the_point(detail: ErrorDetails, path: Path, value: Json) -> bool:
    """Whether pydantic only says this because of another fault, or of a union's other branch."""
    found = _at(value, path)
    if detail["type"] == "too_short" and isinstance(found, list):
        return len(found) >= int(detail["ctx"]["min_length"])
    if not _is_of_a_branch(detail, path):
        return False
    return detail["type"] == "dict_type" or isinstance(found, dict)


def _is_of_a_branch(detail: ErrorDetails, path: Path) -> bool:
    """Whether it is said of one branch of a union: a word, or else an object."""
    return detail["type"] in {"literal_error", "dict_type"} and detail["loc"][-1:] != path[-1:]


def _said(detail: ErrorDetails, path: Path) -> tuple[str, str]:
    kind, limits = detail["type"], detail.get("ctx", {})
    if _is_of_a_branch(detail, path):
        return "not-one-of", f"Must be {limits['expected']}, or an object."
    if kind in PLAIN:
        return PLAIN[kind]
    if kind == "string_pattern_mismatch":
        wanted = PATTERNS.get(str(limits["pattern"]), "another form")
        part = "The name" if detail["loc"][-1] == "[key]" else "The value"
        return "pattern", f"{part} must be {wanted}."
    if kind in LIMITED:
        code, sentence = LIMITED[kind]
        if limits.get("min_length") == 1:
            return code, EMPTY[kind]
        return code, sentence.format(**{name: _limit(each) for name, each in limits.items()})
    return OTHER


def _limit(limit: object) -> object:
    """Return a whole number as people write it, whatever its type: 10, not 10.0."""
    return int(limit) if isinstance(limit, float) and limit.is_integer() else limit


def _at(value: Json, path: Sequence[str | int]) -> Json:
    for part in path:
        if not _has(value, part):
            return None
        value = value[part]
    return value


def _has(value: Json, part: str | int) -> bool:
    if isinstance(value, list):
        return isinstance(part, int) and part < len(value)
    return isinstance(value, dict) and part in value


def _without(value: Json, path: Path) -> Json:
    """Take out what the path leads to: a name from an object, None in its place in a list."""
    if not path:
        return None
    holder = _at(value, path[:-1])
    if isinstance(holder, dict):
        holder.pop(path[-1], None)
    elif isinstance(holder, list) and isinstance(path[-1], int):
        holder[path[-1]] = None
    return value
