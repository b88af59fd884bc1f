"""The calendars of rooms and staff: those that scheduling could not read for a while."""

from datetime import UTC, datetime
from typing import Any

from pymongo import MongoClient

from cli.doctoring.checks import Check
from cli.errors import REFUSED

NAME = "calendar of "


def check_calendars(client: "MongoClient[dict[str, Any]]") -> list[Check]:
    """Say of each that cannot be read since when, and what stands in the way."""
    calendars = client["scheduling"]["resource_calendars"]
    rows = calendars.find({"fault": {"$ne": ""}}, sort=[("_id", 1)])
    return [Check(f"{NAME}{row['_id']}", _said(row), REFUSED) for row in rows]


def _said(row: dict[str, Any]) -> str:
    since = f"not read since {_moment(row['read_at'])}" if row.get("read_at") else "never read"
    return f"{since} ({row['fault']}); check its address in the calendars file of scheduling."


def _moment(text: str) -> str:
    return f"{datetime.fromisoformat(text).astimezone(UTC):%Y-%m-%d %H:%M} UTC"
