"""The communication and access needs that may be stated, by their SNOMED CT code."""

import csv
from importlib.resources import files


def known_needs() -> frozenset[str]:
    """Return the codes of the allow-list."""
    return frozenset(words_of_needs())


def words_of_needs() -> dict[str, str]:
    """Return what each code of the allow-list means."""
    text = (files("services.intake") / "reference/needs.csv").read_text("utf-8")
    return {row["code"]: row["words"] for row in csv.DictReader(text.splitlines())}
