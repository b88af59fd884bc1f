"""What staff are told of sessions."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from services.notification.domain import Session
from tests.builders.notification import HUB, TITLE


def a_staff_session(**fields: Any) -> Session:
    values = {
        "id": str(uuid4()),
        "sequence": 1,
        "hub": HUB,
        "match_id": str(uuid4()),
        "engagement_id": str(uuid4()),
        "title": TITLE,
        "partner": "North West London Trust",
        "status": "announced",
        "starts_at": datetime(2026, 3, 3, 10, tzinfo=UTC),
        "places": 12,
        "missing": 2,
        "reasons": ("No interpreter is free.",),
        "coming": 3,
        "quorum": 6,
        "at_risk": True,
        **fields,
    }
    return Session(**values)
