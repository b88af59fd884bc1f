"""`wlc reach`: the figures as a table and as they are."""

import json
from typing import Any

from tests.builders.commands import wlc
from tests.fakes.cli import FakeServices


def a_row(value: str = "", asked: int | None = 40, answered: int | None = 10) -> dict[str, Any]:
    counts = {"value": value, "asked": asked, "told": asked, "reached": asked, "answered": answered}
    return {**counts, "told_percent": 100, "reached_percent": 100, "answered_percent": 25}


FIGURES = {
    "hub": "west-london",
    "from": "2025-12-01",
    "to": "2026-11-01",
    "everybody": a_row(),
    "by": [
        {"feature": "sex", "rows": [a_row("female"), a_row("", None, None)]},
        {"feature": "borough", "rows": []},
    ],
}


def test_figures_are_shown_hub_by_hub_with_what_is_hidden(services: FakeServices) -> None:
    services.pages["/v1/reach"] = [FIGURES]

    ended = wlc("reach")

    lines = [" ".join(line.replace("│", " ").split()) for line in ended.stdout.splitlines()]
    assert "west-london, 2025-12 to 2026-11" in lines[0]
    assert "everybody 40 40 (100%) 40 (100%) 10 (25%)" in lines
    assert "sex not given * * * *" in lines
    assert "borough all too few to be shown" in lines


def test_a_hub_and_months_are_asked_for_and_scripts_get_the_figures(services: FakeServices) -> None:
    services.pages["/v1/reach?hub=west-london&from=2026-04&to=2026-06"] = [FIGURES]

    ended = wlc("reach", "--hub", "west-london", "--from", "2026-04", "--to", "2026-06", "--json")

    assert json.loads(ended.stdout) == [FIGURES]
