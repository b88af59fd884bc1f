"""Whom invitations reach, in words: the features of people and their values."""

from collections.abc import Mapping

FEATURES: Mapping[str, str] = {
    "channel": "By channel of the first message",
    "need": "By need (a person may have several)",
    "age_band": "By age",
    "borough": "By borough",
    "ethnicity": "By ethnic group",
    "sex": "By sex",
    "disability": "By disability",
}
NONE: Mapping[str, str] = {"channel": "No message yet", "need": "No needs given"}
CAUSES: Mapping[str, str] = {
    "outside": "outside the limits",
    "trend": "the last of 7 or more months that rise or fall one after the other",
    "two_in_three": "one of two in three months that are far from the mean, on the same side",
    "run": "the last of 7 or more months on the same side of the mean",
}
"""Why a month stands out."""
NOT_GIVEN = "Not given, or rather not said"
ANSWERS: Mapping[tuple[str, str], str] = {
    ("disability", "yes"): "Disabled",
    ("disability", "no"): "Not disabled",
}
