"""Samples and schemas as they are published, and the types they belong to."""

import json
from typing import Any

import pytest

from shared.contracts import ALL_EVENTS
from shared.contracts.submissions import SUBMISSIONS
from tests.builders.events import SAMPLES, sample_text

SCHEMAS = SAMPLES.parent / "schemas"
TYPES = [*(event.TYPE for event in ALL_EVENTS), *SUBMISSIONS]

each_event = pytest.mark.parametrize("event", ALL_EVENTS, ids=lambda event: event.TYPE)
each_submission = pytest.mark.parametrize("event_type", SUBMISSIONS)
each_type = pytest.mark.parametrize("event_type", TYPES)


def the_schema(event_type: str) -> dict[str, Any]:
    return dict(json.loads((SCHEMAS / f"{event_type}.json").read_text(encoding="utf-8")))


def the_sample(event_type: str) -> dict[str, Any]:
    return dict(json.loads(sample_text(event_type)))
