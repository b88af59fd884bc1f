"""Logs hold ids and places, never what somebody sent."""

import json
import logging
import sys

import httpx
from fastapi import FastAPI

from shared.log import OfLibraries, keep_allowed
from shared.quiet import QuietFailures

SECRET = "Ada Lovelace, 07700 900123"


def test_a_key_that_is_not_on_the_list_is_dropped() -> None:
    line = keep_allowed(None, "info", {"event": "done", "name": SECRET, "outcome": "done"})

    assert line == {"event": "done", "outcome": "done"}


def test_what_a_library_logs_keeps_its_place_and_loses_its_text() -> None:
    try:
        int(SECRET)
    except ValueError:
        record = logging.LogRecord("lib", 40, "lib.py", 7, SECRET, None, sys.exc_info())

    line = json.loads(OfLibraries("intake").format(record))

    assert SECRET not in json.dumps(line)
    assert (line["logger"], line["error_type"], line["reason"]) == ("lib", "ValueError", "lib.py:7")


async def test_a_bug_behind_an_address_is_answered_without_its_text() -> None:
    app = FastAPI()
    app.add_middleware(QuietFailures)

    @app.get("/")
    async def broken() -> None:
        raise ValueError(SECRET)

    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://test"
    ) as client:
        response = await client.get("/")

    assert response.status_code == 500
    assert SECRET not in response.text
