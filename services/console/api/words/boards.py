"""What sessions need, in words for the board."""

from collections.abc import Mapping

NEEDED: Mapping[str, str] = {
    "place": "No time or place",
    "at_risk": "At risk: too few people said yes",
    "people": "People missing",
    "support": "Needs not met",
    "nothing": "Ready",
    "soon": "Today and in the next 7 days",
    "attendance": "Over, and not noted who came",
}
"""Heads a column of the board."""
