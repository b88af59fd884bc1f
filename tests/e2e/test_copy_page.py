"""The copy of what is held on a person can be read, on a large and on a small screen."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from playwright.async_api import Browser

from cli.subject_access.bundle import Copy, write
from shared.holding import HeldOn

ME = UUID("0f9c1a52-6a5b-4a55-9d0a-1f0a5f1f5a11")
NARROWEST = """() => Math.min(...[...document.querySelectorAll('li, dd')].map(
  each => each.getBoundingClientRect().width))"""
LETTERS = 8 * 19
"""Eight ems of the page in pixels: a word of most lines has room."""


def a_copy() -> Copy:
    days = [{"day": day, "start": "09:30:00", "end": "17:00:00"} for day in ("tue", "wed")]
    row: dict[str, Any] = {
        "status": "active",
        "profile": {
            "age_band": "45-64",
            "consents": {"involvement": {"version": "3", "how": "paper"}},
            "availability": {"weekly": days, "away": [], "of_before": {"given": {"weekly": days}}},
        },
    }
    holding = {"collection": "participants", "says": "Who you are", "rows": [row]}
    words = {"purpose": "to know you", "ground": "your consent", "kept": "until you ask"}
    held = {"service": "intake", "participant_id": ME, "read_at": datetime.now(UTC), "words": {}}
    seen = {"looked_in": ["participants"], "of_nobody": {"inbox": "ids of messages"}}
    told = HeldOn.model_validate({**held, **seen, "holdings": [{**holding, **words}]})
    return Copy(ME, date(2026, 11, 20), datetime.now(UTC), [told])


@pytest.mark.parametrize("width", [320, 768, 1100])
async def test_no_line_of_it_stands_one_letter_below_the_other(
    browser: Browser, tmp_path: Path, width: int
) -> None:
    file, _ = write(a_copy(), tmp_path)
    page = await browser.new_page(viewport={"width": width, "height": 800})
    await page.goto(file.as_uri())

    narrowest = await page.evaluate(NARROWEST)
    across = await page.evaluate("document.documentElement.scrollWidth")

    assert narrowest >= LETTERS
    assert across <= width
