"""JSON as it may come from outside: strict UTF-8, and nothing that two readers take differently."""

import json
import re
from collections.abc import Iterable, Iterator
from enum import Enum
from typing import Any

from services.intake.domain.faults import Fault, UnreadableError, pointer

EVENT_BYTES = 256 * 1024
BATCH_BYTES = 2 * 1024 * 1024
DEEPEST = 32
LARGEST = 2**63 - 1
LONGEST_NUMBER = 20

Json = Any
Node = tuple[tuple[str | int, ...], Json]


class Odd(Enum):
    """What stands in the tree in place of a value that is refused."""

    NOT_FINITE = ("not-finite", "NaN and infinity are not numbers that can be sent.")
    TOO_LARGE = ("too-large", "A whole number must lie between -2^63+1 and 2^63-1.")
    TWICE = ("duplicate-key", "This name is given more than once in the same object.")


SURROGATE = ("lone-surrogate", "A character here is half of a surrogate pair.")
NUL = ("nul", "The character NUL is not accepted.")
DOLLAR = ("dollar-key", "A name must not begin with a dollar sign.")
ODD_TEXT = re.compile("[\0\ud800-\udfff]")
ODD_NAMES = re.compile(f"^\\$|{ODD_TEXT.pattern}", re.MULTILINE)
LOOKED_INTO = (dict, list, Odd)


def read_json(body: bytes, *, most_bytes: int) -> Json:
    """Return the value that the body holds. Raises UnreadableError with every fault found."""
    if len(body) > most_bytes:
        sentence = f"The body is larger than {most_bytes // 1024} KiB."
        raise UnreadableError([Fault("", "body-too-large", sentence)])
    try:
        value = json.loads(
            body.decode("utf-8"),
            parse_int=_whole,
            parse_float=_fraction,
            parse_constant=lambda _name: Odd.NOT_FINITE,
            object_pairs_hook=_object,
        )
    except UnicodeDecodeError as error:
        raise _unreadable("not-utf-8", "The body is not valid UTF-8.") from error
    except RecursionError as error:
        raise _unreadable("too-deep", f"JSON may nest at most {DEEPEST} levels.") from error
    except ValueError as error:
        raise _unreadable("not-json", "The body is not JSON.") from error
    faults = [*_oddities(value)]
    if faults:
        raise UnreadableError(faults)
    return value


def canonical(value: Json) -> bytes:
    """Return the same bytes for the same JSON value, however it was written."""
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def _unreadable(code: str, sentence: str) -> UnreadableError:
    return UnreadableError([Fault("", code, sentence)])


def _whole(digits: str) -> int | Odd:
    if len(digits) > LONGEST_NUMBER or abs(number := int(digits)) > LARGEST:
        return Odd.TOO_LARGE
    return number


def _fraction(digits: str) -> float | Odd:
    number = float(digits)
    return number if abs(number) != float("inf") else Odd.NOT_FINITE


def _object(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    found: dict[str, Json] = {}
    for name, value in pairs:
        found[name] = Odd.TWICE if name in found else value
    return found


def _oddities(root: Json) -> Iterator[Fault]:
    waiting: list[Node] = [((), root)] if _may_be_odd(root) else []
    while waiting:
        path, value = waiting.pop()
        inner: Iterable[tuple[str | int, Json]]
        if isinstance(value, dict):
            yield from _oddities_of_names(path, value)
            inner = value.items()
        elif isinstance(value, list):
            inner = enumerate(value)
        else:
            kinds = [value.value] if isinstance(value, Odd) else _oddities_of_text(value)
            yield from (Fault(pointer(*path), code, sentence) for code, sentence in kinds)
            continue
        if len(path) >= DEEPEST:
            yield Fault("", "too-deep", f"JSON may nest at most {DEEPEST} levels.")
            return
        waiting += [((*path, name), each) for name, each in inner if _may_be_odd(each)]


def _may_be_odd(value: Json) -> bool:
    """Whether to look closer, at the price of its path; most of what comes is plain text."""
    if isinstance(value, str):
        return "\0" in value or not (value.isascii() or ODD_TEXT.search(value) is None)
    return isinstance(value, LOOKED_INTO)


def _oddities_of_names(path: tuple[str | int, ...], value: dict[str, Json]) -> Iterator[Fault]:
    if ODD_NAMES.search("\n".join(value)) is None:
        return
    for name in value:
        kinds = [*_oddities_of_text(name), *([DOLLAR] if name.startswith("$") else [])]
        yield from (Fault(pointer(*path), code, sentence) for code, sentence in kinds)


def _oddities_of_text(text: str) -> list[tuple[str, str]]:
    found = set(ODD_TEXT.findall(text))
    return [NUL] * ("\0" in found) + [SURROGATE] * bool(found - {"\0"})
