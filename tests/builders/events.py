"""Events and submissions as published in `docs/events/samples`, changed where a test cares."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

from pydantic_core import to_jsonable_python

from shared.contracts.base import Event

SAMPLES = Path(__file__).resolve().parents[2] / "docs" / "events" / "samples"

E = TypeVar("E", bound=Event)


def an_event(event: type[E], *, data: Mapping[str, Any] | None = None, **envelope: Any) -> E:
    """Build an event from its sample, with an id of its own.

    `data` replaces fields of the sample's data, each as a whole, by the names they have in JSON;
    a value may be a model. `subject` is not made to follow: name it where it matters.
    """
    return event.model_validate(_changed(event.TYPE, data, envelope))


def a_submission(
    event_type: str, *, data: Mapping[str, Any] | None = None, **envelope: Any
) -> dict[str, Any]:
    """Build what another system sends, as JSON; a field that is None is left out."""
    return _without_none(_changed(event_type, data, envelope))


def sample_text(event_type: str) -> str:
    """Return the published sample of a type."""
    return (SAMPLES / f"{event_type}.json").read_text(encoding="utf-8")


def _changed(
    event_type: str, data: Mapping[str, Any] | None, envelope: Mapping[str, Any]
) -> dict[str, Any]:
    sample = json.loads(_cached(event_type))
    changes = to_jsonable_python(dict(data or {}))
    return {
        **sample,
        "id": str(uuid4()),
        **to_jsonable_python(dict(envelope)),
        "data": sample["data"] | changes,
    }


def _without_none(document: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in document.items() if value is not None}
    kept["data"] = {name: value for name, value in kept["data"].items() if value is not None}
    return kept


_cached = cache(sample_text)
