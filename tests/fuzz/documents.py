"""Documents of every contract: as published, marked in each text, and broken in every manner."""

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

from shared.contracts import ALL_EVENTS
from shared.contracts.submissions import SUBMISSIONS
from tests.builders.events import sample_text
from tests.unit.intake.json_values import JSON, SECRET

Json = Any
Path = tuple[str | int, ...]

FEW = settings(max_examples=settings().max_examples // 4)
"""For what takes a broker, a database and a process each time."""

EVENT_TYPES = tuple(event.TYPE for event in ALL_EVENTS)
SUBMISSION_TYPES = tuple(SUBMISSIONS)
FREE_TEXT = frozenset(
    {"subject", "reference", "display", "address_as", "title", "description", "partner"}
    | {"decision_owner", "how", "version", "partners", "sites"}
)
LONGEST_NUMBER = 10**400
ODD = (
    *(None, True, 0, -1, 1.5, 2**63, LONGEST_NUMBER, float("nan"), float("inf"), 1e308),
    *("", " ", "\0", "\ud800", "\udfff\ud800", "2026-13-45", "x" * 10_000, "é" * 10_000, "$set"),
    *([], {}, [None], [[]], {"": ""}, {"$set": SECRET}, {"\ud800": 1}, {"a\0b": 1}, ["x"] * 600),
    {SECRET: SECRET},
)
ODD_NAMES = st.sampled_from(
    [SECRET, "colour", "", "$where", "a.b", "__class__", "\0", "\ud800", "x" * 10_000]
)


def sample(event_type: str) -> Json:
    """Return the published document of a type."""
    return json.loads(sample_text(event_type))


def marked(document: Json) -> Json:
    """Return it still valid, with the secret in each text that may be any text."""
    return _marked(document, "")


def written(document: Json) -> bytes:
    """Return its JSON, whatever is in it."""
    return json.dumps(document).encode()


def places(document: Json, at: Path = ()) -> Iterator[Path]:
    """Name every place of a document but the whole."""
    inner = document.items() if isinstance(document, dict) else ()
    for name, value in enumerate(document) if isinstance(document, list) else inner:
        yield (*at, name)
        yield from places(value, (*at, name))


@st.composite
def broken(draw: st.DrawFn, document: Json) -> Json:
    """Break a document in one to three places."""
    changed = json.loads(json.dumps(document))
    for _ in range(draw(st.integers(1, 3))):
        if found := [*places(changed)]:
            _break(draw, changed, found[draw(st.integers(0, len(found) - 1))])
    return changed


def submissions() -> st.SearchStrategy[Json]:
    """What another system may send: events as they should be, and broken ones."""
    types = st.sampled_from(SUBMISSION_TYPES)
    valid = st.builds(lambda each, new: marked(sample(each)) | {"id": str(new)}, types, st.uuids())
    return valid | valid.flatmap(broken) | JSON


def _break(draw: st.DrawFn, document: Json, path: Path) -> None:
    holder = document
    for step in path[:-1]:
        holder = holder[step]
    how = draw(st.sampled_from(["without", "odd", "odd", "odd", "extra", "any"]))
    if how == "without":
        del holder[path[-1]]
    elif how == "extra" and isinstance(holder, dict):
        holder[draw(ODD_NAMES)] = SECRET
    else:
        holder[path[-1]] = deepcopy(draw(JSON if how == "any" else st.sampled_from(ODD)))


def _marked(value: Json, name: str) -> Json:
    if isinstance(value, dict):
        return {key: _marked(each, key) for key, each in value.items()}
    if isinstance(value, list):
        return [_marked(each, name) for each in value]
    return f"{SECRET} {name}" if name in FREE_TEXT and isinstance(value, str) else value
