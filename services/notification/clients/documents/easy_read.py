"""Easy Read letters: one idea a line, a picture beside each."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.notification.clients.documents.pdf import Page, printed, shown
from services.notification.clients.documents.pictures import picture

SMALLEST = 16
"""In points: no Easy Read letter has a smaller type."""


@dataclass(frozen=True, slots=True)
class Step:
    """One idea: a picture of `PICTURES` (none beside a heading), and words as clean inline HTML.

    `alternative` says the picture in the letter's language, where that is not English.
    """

    picture: str
    words: str
    is_heading: bool = False
    alternative: str = ""


def easy_read(page: Page, steps: Sequence[Step]) -> bytes:
    """Return the letter as tagged PDF. The steps stand in place of the page's own body."""
    first = next((number for number, step in enumerate(steps) if step.is_heading), None)
    body = "\n".join(_row(step, is_first=number == first) for number, step in enumerate(steps))
    return printed(page, body, max(SMALLEST, page.point_size))


def _row(step: Step, *, is_first: bool) -> str:
    words = shown(step.words)
    if step.is_heading:
        level = "h1" if is_first else "h2"
        return f"<{level}>{words}</{level}>"
    drawing = picture(step.picture, step.alternative) if step.picture else ""
    beside = f'<div class="words"><p>{words}</p></div>'
    return f'<div class="step"><div class="picture">{drawing}</div>{beside}</div>'
