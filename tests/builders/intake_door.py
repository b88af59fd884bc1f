"""Another system that sends to the HTTP door of an intake in memory."""

import json
from typing import Any

import httpx

from shared.errors import UnavailableError
from tests.builders.intake import KEY
from tests.fakes.intake import Intake

SINGLE = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"


class Sender:
    """Another system with a publisher's key."""

    client: httpx.AsyncClient

    def __init__(self, to: Intake) -> None:
        self.intake = to
        self.is_full = False

    async def check_outbox(self) -> None:
        if self.is_full:
            raise UnavailableError("too many events wait to be published")

    async def post(
        self, body: Any, *, kind: str = SINGLE, key: str = KEY, to: str = "/v1/events"
    ) -> httpx.Response:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"content-type": kind, "authorization": f"Bearer {key}"}
        return await self.client.post(to, content=content, headers=headers)

    async def get(self, path: str, *, key: str = KEY) -> httpx.Response:
        return await self.client.get(path, headers={"authorization": f"Bearer {key}"})


def faults(answer: httpx.Response) -> dict[str, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    return {fault["pointer"]: fault["code"] for fault in answer.json()["faults"]}
