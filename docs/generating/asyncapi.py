"""The AsyncAPI 3.0 document: exchanges and queues as channels, who sends and receives what.

Built from the models and the topology, since each service consumes one queue of raw CloudEvents,
of which FastStream's own generator sees no types.
"""

from collections.abc import Iterable, Sequence
from importlib.metadata import version
from typing import Any

from generating.routes import hearers_of, hearers_of_submissions, publishers_of
from generating.schemas import shared_schemas, submission_model
from shared import topology
from shared.contracts import ALL_EVENTS
from shared.contracts.base import CONTENT_TYPE, Event
from shared.contracts.outreach import OutreachNews
from shared.contracts.submissions import SUBMISSIONS, SubmissionAnswer

Json = dict[str, Any]

BINDING_VERSION = "0.3.0"
ANSWERS = tuple(event for event in ALL_EVENTS if issubclass(event, SubmissionAnswer))
OUTREACH = tuple(event for event in ALL_EVENTS if issubclass(event, OutreachNews))
FACTS = tuple(event for event in ALL_EVENTS if event not in {*ANSWERS, *OUTREACH})

PUBLISHER: Json = {
    "description": "The publisher's name, given with its key.",
    "examples": ["nwl-trust"],
}
HUB: Json = {"description": "The hub that looks for people.", "examples": ["west-london"]}


def document() -> Json:
    """Return the whole document."""
    return {
        "asyncapi": "3.0.0",
        "info": _info(),
        "defaultContentType": CONTENT_TYPE,
        "servers": {"broker": _server()},
        "channels": _channels(),
        "operations": _operations(),
        "components": {
            "schemas": shared_schemas(),
            "messages": _messages(),
            "securitySchemes": {
                "account": {
                    "type": "userPassword",
                    "description": "The AMQP account that each publisher and service has.",
                }
            },
        },
    }


def _info() -> Json:
    return {
        "title": "West London Collaborative gateway",
        "version": version("wlc-gateway"),
        "description": (
            "CloudEvents 1.0 in structured JSON over RabbitMQ. Other systems write to the exchange "
            f"`{topology.INBOUND}` and read, from queues of their own, their answers and whom "
            "their hubs look for; all else goes between the services, over the exchange "
            f"`{topology.EVENTS}`."
        ),
        "license": {
            "name": "Apache-2.0",
            "url": "https://www.apache.org/licenses/LICENSE-2.0",
        },
    }


def _server() -> Json:
    return {
        "host": "{host}:{port}",
        "pathname": f"/{topology.VHOST}",
        "protocol": "amqp",
        "protocolVersion": "0.9.1",
        "variables": {"host": {"default": "localhost"}, "port": {"default": "5672"}},
        "security": [{"$ref": "#/components/securitySchemes/account"}],
    }


def _channels() -> Json:
    queues = {
        f"{service}Queue": _queue(topology.queue(service), f"All that {service} hears.", names)
        for service, names in _heard().items()
    }
    answers = topology.answer_queue("{publisher}")
    looked_for = topology.outreach_queue("{publisher}")
    return {
        "inbound": _exchange(topology.INBOUND, "{type}", SUBMISSIONS, {"type": _type(SUBMISSIONS)}),
        "events": _exchange(
            topology.EVENTS, "{type}", _names(FACTS), {"type": _type(_names(FACTS))}
        ),
        "answers": _exchange(
            topology.EVENTS,
            "{type}.{publisher}",
            _names(ANSWERS),
            {"type": _type(_names(ANSWERS)), "publisher": PUBLISHER},
        ),
        "answerQueue": {
            **_queue(answers, "The answers to one publisher.", _names(ANSWERS)),
            "parameters": {"publisher": PUBLISHER},
        },
        "outreach": _exchange(
            topology.EVENTS,
            "{type}.{hub}",
            _names(OUTREACH),
            {"type": _type(_names(OUTREACH)), "hub": HUB},
        ),
        "outreachQueue": {
            **_queue(looked_for, "Whom the hubs of one publisher look for.", _names(OUTREACH)),
            "parameters": {"publisher": PUBLISHER},
        },
        **queues,
    }


def _exchange(name: str, address: str, types: Iterable[str], parameters: Json) -> Json:
    exchange = {"name": name, "type": "topic", "durable": True, "vhost": topology.VHOST}
    return {
        "address": address,
        "title": f"Exchange {name}",
        "description": f"Topic exchange `{name}`; the address is the routing key.",
        "parameters": parameters,
        "messages": _channel_messages(types),
        "bindings": {
            "amqp": {
                "is": "routingKey",
                "exchange": {**exchange, "autoDelete": False},
                "bindingVersion": BINDING_VERSION,
            }
        },
    }


def _queue(name: str, description: str, types: Iterable[str]) -> Json:
    # The binding wants a literal name: of a queue per publisher there is only the address.
    named = {} if "{" in name else {"name": name}
    queue = {**named, "durable": True, "exclusive": False, "autoDelete": False}
    return {
        "address": name,
        "title": f"Queue {name}",
        "description": description,
        "messages": _channel_messages(types),
        "bindings": {
            "amqp": {
                "is": "queue",
                "queue": {**queue, "vhost": topology.VHOST},
                "bindingVersion": BINDING_VERSION,
            }
        },
    }


def _type(types: Iterable[str]) -> Json:
    return {"description": "The event's type.", "enum": list(types)}


def _channel_messages(types: Iterable[str]) -> Json:
    return {name: {"$ref": f"#/components/messages/{name}"} for name in types}


def _operations() -> Json:
    operations = {
        "submit": {
            **_operation("receive", "inbound", SUBMISSIONS, "What other systems may submit."),
            "reply": {
                "channel": {"$ref": "#/channels/answers"},
                "messages": _references("answers", _names(ANSWERS)),
            },
        },
        "answer": _operation(
            "send", "answers", _names(ANSWERS), "Each submission is answered, to its publisher."
        ),
        "askForPeople": _operation(
            "send", "outreach", _names(OUTREACH), "Who is missing, to the publishers of the hub."
        ),
    }
    for service, names in _said().items():
        summary = f"What {service} tells the others."
        operations[f"{service}Publishes"] = _operation("send", "events", names, summary)
    for service, names in _heard().items():
        summary = f"What {service} acts on."
        operations[f"{service}Hears"] = _operation("receive", f"{service}Queue", names, summary)
    return operations


def _operation(action: str, channel: str, types: Iterable[str], summary: str) -> Json:
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{channel}"},
        "summary": summary,
        "messages": _references(channel, types),
    }


def _references(channel: str, types: Iterable[str]) -> list[Json]:
    return [{"$ref": f"#/channels/{channel}/messages/{name}"} for name in types]


def _messages() -> Json:
    facts = {event.TYPE: _message(event.TYPE, event) for event in ALL_EVENTS}
    return facts | {name: _message(name, submission_model(name)) for name in SUBMISSIONS}


def _message(event_type: str, model: type[Any]) -> Json:
    return {
        "name": event_type,
        "title": model.__name__,
        "summary": " ".join((model.__doc__ or "").split()),
        "contentType": CONTENT_TYPE,
        "correlationId": {"location": "$message.payload#/correlationid"},
        "payload": {"$ref": f"#/components/schemas/{model.__name__}"},
        "bindings": {"amqp": {"messageType": event_type, "bindingVersion": BINDING_VERSION}},
    }


def _said() -> dict[str, list[str]]:
    return {
        service: [event.TYPE for event in FACTS if service in publishers_of(event.TYPE)]
        for service in topology.ROUTES
    }


def _heard() -> dict[str, list[str]]:
    submitted = {service: list(SUBMISSIONS) for service in hearers_of_submissions()}
    return {
        service: [
            *(event.TYPE for event in ALL_EVENTS if service in hearers_of(event.TYPE)),
            *submitted.get(service, []),
        ]
        for service in topology.ROUTES
    }


def _names(events: Sequence[type[Event]]) -> list[str]:
    return [event.TYPE for event in events]
