"""The communication and access needs that may be stated, by their SNOMED CT code."""

import csv
from importlib.resources import files


def known_needs() -> frozenset[str]:
    """Return the codes of the allow-list."""
    text = (files("services.intake") / "reference/needs.csv").read_text("utf-8")
    return frozenset(row["code"] for row in csv.DictReader(text.splitlines()))
