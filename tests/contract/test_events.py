"""The events as they are published: samples, schemas, who may say and hear them."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from services.intake.clients.postcodes import PostcodeDirectory
from shared import topology
from shared.contracts import ALL_EVENTS
from shared.contracts.base import TYPE_PREFIX, Event
from shared.contracts.submissions import SUBMISSIONS, Submission, SubmissionAnswer
from shared.outbox import envelope
from tests.builders.events import SAMPLES, a_submission, an_event, sample_text
from tests.builders.intake import intake, send
from tests.builders.published import (
    SCHEMAS,
    TYPES,
    each_event,
    each_submission,
    each_type,
    the_sample,
    the_schema,
)

STORY = (
    "wlc.participant.submitted.v1",
    "wlc.engagement.submitted.v1",
    "wlc.availability.submitted.v1",
    "wlc.attendance.recorded.v1",
    "wlc.feedback.submitted.v1",
    "wlc.outcome.recorded.v1",
    "wlc.engagement.cancelled.v1",
    "wlc.participant.withdrawn.v1",
    "wlc.consent.withdrawn.v1",
    "wlc.participant.erasure_requested.v1",
)
"""The submissions in an order in which each finds what it speaks of."""

GIVEN_BY_THE_STORY = {"wlc.engagement.closed.v1", "wlc.submission.accepted.v1"}
"""What is cancelled here was not updated before, and all submissions are accepted."""

IDS = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def values_of(name: str, node: Any) -> Iterator[Any]:
    """Every value that stands under this name, at any depth."""
    if isinstance(node, dict):
        yield from ([node[name]] if name in node else [])
        for child in node.values():
            yield from values_of(name, child)
    if isinstance(node, list):
        for child in node:
            yield from values_of(name, child)


def matches(pattern: str, routing_key: str) -> bool:
    """Whether RabbitMQ's topic exchange would route it; here a `#` only stands last."""
    words, keys = pattern.split("."), routing_key.split(".")
    if words[-1] == "#":
        words, keys = words[:-1], keys[: len(words) - 1]
    return len(words) == len(keys) and all(
        word in {"*", key} for word, key in zip(words, keys, strict=True)
    )


def without_ids(document: Any) -> Any:
    return json.loads(IDS.sub("an id", json.dumps(document)))


def may_say(service: str, routing_key: str) -> bool:
    return any(routing_key.startswith(f"{said}.") for said in topology.ROUTES[service].says)


@each_event
def test_sample_is_what_goes_over_the_wire(event: type[Event]) -> None:
    sample = event.model_validate_json(sample_text(event.TYPE))

    published = json.loads(envelope(sample).body)

    assert published == the_sample(event.TYPE)


@each_submission
def test_sample_of_a_submission_fits_its_envelope_and_its_data(event_type: str) -> None:
    sample = the_sample(event_type)

    submission = Submission.model_validate_json(json.dumps(sample), strict=True)
    data = SUBMISSIONS[event_type].model_validate_json(json.dumps(sample["data"]), strict=True)

    assert submission.type == event_type
    assert data.model_fields_set


@each_type
def test_sample_has_all_that_its_schema_requires_and_nothing_it_does_not_know(
    event_type: str,
) -> None:
    schema, sample = the_schema(event_type), the_sample(event_type)

    assert set(schema["required"]) <= set(sample) <= set(schema["properties"])
    assert schema["properties"]["type"]["const"] == sample["type"] == event_type


async def test_samples_of_submissions_lead_to_the_samples_of_events() -> None:
    gateway = intake()
    gateway.desk = replace(gateway.desk, places=PostcodeDirectory())

    answers = [await send(gateway, the_sample(event_type)) for event_type in STORY]

    assert [answer.submission.faults for answer in answers] == [()] * len(SUBMISSIONS)
    for event in gateway.store.events:
        said = json.loads(envelope(event).body)["data"]
        if event.TYPE not in GIVEN_BY_THE_STORY and "ciphertext" not in said:
            assert without_ids(said) == without_ids(the_sample(event.TYPE)["data"])


def test_every_sample_and_every_schema_belongs_to_a_type() -> None:
    files = {folder: {file.stem for file in folder.iterdir()} for folder in (SAMPLES, SCHEMAS)}

    assert files == {SAMPLES: set(TYPES), SCHEMAS: set(TYPES)}


@each_type
def test_type_names_a_noun_what_happened_to_it_and_a_version(event_type: str) -> None:
    assert re.fullmatch(re.escape(TYPE_PREFIX) + r"[a-z]+\.[a-z_]+\.v[1-9]", event_type)


@each_type
def test_words_to_choose_from_are_text(event_type: str) -> None:
    schema = the_schema(event_type)

    choices = [word for enum in values_of("enum", schema) for word in enum]

    assert all(isinstance(word, str) for word in [*choices, *values_of("const", schema)])


@each_event
def test_unknown_fields_of_an_event_are_ignored(event: type[Event]) -> None:
    today = the_sample(event.TYPE)
    tomorrow = {**today, "added": 1, "data": {**today["data"], "added_too": {"deep": [1]}}}

    read = event.model_validate_json(json.dumps(tomorrow))

    assert read == event.model_validate_json(json.dumps(today))


@each_submission
def test_unknown_fields_of_a_submission_are_refused_by_name(event_type: str) -> None:
    sample = a_submission(event_type)

    with pytest.raises(ValidationError) as of_envelope:
        Submission.model_validate({**sample, "added": 1})
    with pytest.raises(ValidationError) as of_data:
        SUBMISSIONS[event_type].model_validate({**sample["data"], "added_too": 1})

    assert ("added",) in {error["loc"] for error in of_envelope.value.errors()}
    assert ("added_too",) in {error["loc"] for error in of_data.value.errors()}


@each_event
def test_what_an_event_says_cannot_be_changed_after_the_fact(event: type[Event]) -> None:
    built = an_event(event)

    with pytest.raises(ValidationError):
        built.hub = "lambeth"  # type: ignore[misc]


@each_event
def test_somebody_may_say_it_and_somebody_else_hears_it(event: type[Event]) -> None:
    key = an_event(event).routing_key

    sayers = {service for service in topology.ROUTES if may_say(service, key)}
    hearers = {
        service
        for service, route in topology.ROUTES.items()
        if any(matches(pattern, key) for pattern in route.hears)
    }

    assert sayers
    assert all(hearers - {sayer} for sayer in sayers)


@each_event
def test_sample_names_a_source_that_may_say_it(event: type[Event]) -> None:
    built = an_event(event)

    assert may_say(built.source, built.routing_key)


def test_every_binding_has_an_event_to_carry() -> None:
    keys = [an_event(event).routing_key for event in ALL_EVENTS]

    idle = {
        pattern
        for route in topology.ROUTES.values()
        for pattern in route.hears
        if not any(matches(pattern, key) for key in keys)
    }

    assert idle == set()


def test_an_answer_goes_under_the_name_of_who_asked() -> None:
    answers = [an_event(event) for event in ALL_EVENTS if issubclass(event, SubmissionAnswer)]

    keys = {answer.routing_key for answer in answers}

    assert keys == {"wlc.submission.accepted.v1.nwl-trust", "wlc.submission.rejected.v1.nwl-trust"}


@each_event
def test_built_events_have_ids_of_their_own_and_keep_what_was_not_changed(
    event: type[Event],
) -> None:
    first, second = an_event(event), an_event(event, sequence=7, correlationid="c-7")

    assert first.id != second.id
    assert (second.sequence, second.correlationid) == (7, "c-7")
    assert second.data == first.data


def test_published_folder_holds_plain_json_only() -> None:
    odd = [file for folder in (SAMPLES, SCHEMAS) for file in folder.iterdir() if not _tidy(file)]

    assert odd == []


def _tidy(file: Path) -> bool:
    text = file.read_text(encoding="utf-8")
    return file.suffix == ".json" and text.endswith("}\n") and isinstance(json.loads(text), dict)
