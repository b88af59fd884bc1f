"""What matching keeps in MongoDB, the indexes that find it, and the census figures."""

from collections.abc import Mapping, Sequence
from typing import Any

from pymongo import ASCENDING, IndexModel

from services.matching.store.candidates import BY_EXPERIENCE, BY_HOME, HOME, REACH, MongoCandidates
from services.matching.store.census import read_census
from services.matching.store.records import (
    MongoAttendances,
    MongoDraws,
    MongoEngagements,
    MongoMatches,
    MongoOpportunities,
    MongoStaffChanges,
)

__all__ = [
    "INDEXES",
    "MongoAttendances",
    "MongoCandidates",
    "MongoDraws",
    "MongoEngagements",
    "MongoMatches",
    "MongoOpportunities",
    "MongoStaffChanges",
    "read_census",
]


def _index(name: str, *fields: str, **options: Any) -> IndexModel:
    return IndexModel([(field, ASCENDING) for field in fields], name=name, **options)


INDEXES: Mapping[str, Sequence[IndexModel]] = {
    "attendances": (),
    "candidates": (
        _index(BY_HOME, "hub", "active", *HOME, *REACH),
        _index(BY_EXPERIENCE, "hub", "active", "lived_experience", *HOME, *REACH),
    ),
    "engagements": (_index("short", "hub", partialFilterExpression={"short": True}),),
    "matches": (
        _index("panel", "panel.participant_id"),
        _index("reserves", "reserves.participant_id"),
    ),
    "opportunities": (
        _index("over", "engagement_id", "answer"),
        _index("lately", "hub", "until"),
        _index("invited_to", "sessions"),
    ),
    "drawn": (_index("for", "match_id"), _index("noting", "hub", "taken")),
    "staff_changes": (_index("for", "engagement_id"), _index("of", "participant_id")),
}
"""Every requirement that an index holds is a range or a set of values of its fields, so that a
document is read only when all of them are met."""
