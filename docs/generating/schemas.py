"""JSON Schema 2020-12 of everything that goes over the bus, from the models that the code uses."""

from collections.abc import Mapping
from functools import cache
from typing import Any, Literal, cast

from pydantic import BaseModel, create_model
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, models_json_schema

from shared.contracts import ALL_EVENTS
from shared.contracts.base import Event
from shared.contracts.submissions import SUBMISSIONS, Submission

DIALECT = "https://json-schema.org/draft/2020-12/schema"
MODE: Literal["validation"] = "validation"

Schema = dict[str, Any]

ENVELOPE: Mapping[str, str] = {
    "specversion": "The version of CloudEvents.",
    "id": "Idempotency key: the same id from the same source has its effect once.",
    "source": "Who says it: the service, or the publisher's name.",
    "type": "What happened, with the version of its shape; also the routing key.",
    "subject": "The id of what it happened to.",
    "time": "When it happened.",
    "datacontenttype": "`data` is always JSON.",
    "hub": "The collaborative it belongs to; the people of two hubs are never mixed.",
    "sequence": "The subject's version, counting up from 1: keep the newest, drop what is older.",
    "correlationid": "The same in all that follows from one cause.",
    "causationid": "The id of the event that led to this one.",
    "traceparent": "W3C Trace Context.",
}
"""What each CloudEvents attribute means here."""


WALL_TIME = r"^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)?$"


class _Plain(GenerateJsonSchema):
    """No titles that repeat a field's name; wall times, which JSON Schema's `time` is not."""

    def field_title_should_be_set(self, _schema: Any) -> bool:
        return False

    def time_schema(self, _schema: Any) -> Schema:
        return {"type": "string", "pattern": WALL_TIME, "description": "Wall time in London."}


def event_schema(event: type[Event]) -> Schema:
    """Return the schema of one event, by itself."""
    schema = event.model_json_schema(schema_generator=_Plain, mode=MODE)
    return _published(schema, event.TYPE)


def submission_schema(event_type: str) -> Schema:
    """Return the schema of what other systems send, envelope and data."""
    model = submission_model(event_type)
    return _published(model.model_json_schema(schema_generator=_Plain, mode=MODE), event_type)


@cache
def submission_model(event_type: str) -> type[Submission]:
    """Return the envelope together with the data that belongs to a type."""
    data = SUBMISSIONS[event_type]
    words = event_type.split(".")[1:-1]
    name = "".join(word.title().replace("_", "") for word in words)
    fields = cast("Any", {"data": (data, ...)})
    return create_model(name, __base__=Submission, __doc__=data.__doc__, **fields)


def shared_schemas() -> dict[str, Schema]:
    """Return every model's schema by its name, referring to each other as an AsyncAPI document."""
    models: list[tuple[type[BaseModel], JsonSchemaMode]] = [
        *((event, MODE) for event in ALL_EVENTS),
        *((submission_model(event_type), MODE) for event_type in SUBMISSIONS),
    ]
    types = {event.__name__: event.TYPE for event in ALL_EVENTS}
    types |= {submission_model(event_type).__name__: event_type for event_type in SUBMISSIONS}
    _, found = models_json_schema(
        models, ref_template="#/components/schemas/{model}", schema_generator=_Plain
    )
    schemas: dict[str, Schema] = found["$defs"]
    for name, event_type in types.items():
        schemas[name] = _explained(schemas[name], event_type)
    return schemas


def _published(schema: Schema, event_type: str) -> Schema:
    return {
        "$schema": DIALECT,
        "$id": f"urn:wlc:schema:{event_type}",
        **_explained(schema, event_type),
    }


def _explained(schema: Schema, event_type: str) -> Schema:
    """Say what the attributes mean, that the type is this one, and that events carry it always."""
    properties: dict[str, Schema] = schema["properties"]
    for name, meaning in ENVELOPE.items():
        properties[name] = {**properties[name], "description": meaning}
    properties["type"] = {
        "const": event_type,
        "type": "string",
        "description": ENVELOPE["type"],
    }
    required = {*schema["required"], "type", "specversion"}
    return {**schema, "required": [name for name in properties if name in required]}
