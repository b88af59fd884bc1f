"""Reading a request's body: never more of it than is permitted, then strictly."""

import asyncio
from collections.abc import Iterable
from typing import Any

from fastapi import Request

from services.intake.api.problems import ProblemError
from services.intake.domain.faults import Fault, UnreadableError
from services.intake.domain.json_text import BATCH_BYTES, EVENT_BYTES, read_json

BATCH_TYPE = "application/cloudevents-batch+json"
SINGLE_TYPES = frozenset({"application/cloudevents+json", "application/json"})
MOST_EVENTS = 1000
READ_SECONDS = 60.0

NOT_A_TYPE = Fault(
    "",
    "content-type",
    "Send one event as application/cloudevents+json, several as"
    " application/cloudevents-batch+json.",
)
NOT_A_LIST = Fault("", "wrong-type", "A batch is a list of events.")
TOO_MANY = Fault("", "too-many", f"A batch has at most {MOST_EVENTS} events.")


def is_batch(request: Request) -> bool:
    """Return whether several events come. Raises ProblemError 415."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in {BATCH_TYPE, *SINGLE_TYPES}:
        raise ProblemError(415, [NOT_A_TYPE])
    return kind == BATCH_TYPE


async def read_one(request: Request) -> Any:
    """Return the JSON of the one event of a request. Raises ProblemError 400 and 413."""
    return _json(await _body(request, EVENT_BYTES), EVENT_BYTES)


async def read_many(request: Request) -> list[Any]:
    """Return the JSON of each event of a batch. Raises ProblemError 400 and 413."""
    events = _json(await _body(request, BATCH_BYTES), BATCH_BYTES)
    if not isinstance(events, list):
        raise ProblemError(400, [NOT_A_LIST])
    if len(events) > MOST_EVENTS:
        raise ProblemError(413, [TOO_MANY])
    return events


def refuse_large(bodies: Iterable[bytes]) -> None:
    """Hold each event of a batch to the size of one. Raises ProblemError 413."""
    large = [
        Fault(f"/{index}", *_too_large(EVENT_BYTES))
        for index, body in enumerate(bodies)
        if len(body) > EVENT_BYTES
    ]
    if large:
        raise ProblemError(413, large)


async def read_any(request: Request) -> Any | None:
    """Return the JSON of a request that may have no body; None then."""
    body = await _body(request, EVENT_BYTES)
    return _json(body, EVENT_BYTES) if body else None


async def _body(request: Request, most_bytes: int) -> bytes:
    body = bytearray()
    try:
        async with asyncio.timeout(READ_SECONDS):
            async for chunk in request.stream():
                body += chunk
                if len(body) > most_bytes:
                    raise ProblemError(413, [Fault("", *_too_large(most_bytes))])
    except TimeoutError:
        raise ProblemError(408) from None
    return bytes(body)


def _json(body: bytes, most_bytes: int) -> Any:
    try:
        return read_json(body, most_bytes=most_bytes)
    except UnreadableError as error:
        raise ProblemError(400, error.faults) from error


def _too_large(most_bytes: int) -> tuple[str, str]:
    return "body-too-large", f"The body is larger than {most_bytes // 1024} KiB."
