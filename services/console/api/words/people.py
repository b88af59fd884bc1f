"""What is known about a participant, said in words."""

import calendar
from collections.abc import Mapping, Sequence

from markupsafe import Markup, escape

from services.console.api import words
from shared.contracts.participants import Day, WeeklySlot

DAYS: Mapping[str, str] = dict(zip(Day, calendar.day_name, strict=True))
PURPOSES: Mapping[str, str] = {
    "involvement": "To be asked to take part",
    "needs-sharing": "To have their needs told to those who see to them",
    "monitoring": "To have answers about equality counted",
}
"""What somebody agreed to."""
STEPS: Mapping[str, str] = {
    "given": "Agreed",
    "withdrawn": "Taken back",
    "left_out": "Not repeated by the publisher",
}
"""What became of a consent."""


def slot(each: WeeklySlot) -> str:
    """Say a stretch of every week: Monday 9am to 12pm."""
    return f"{DAYS[each.day]} {words.hour(each.start)} to {words.hour(each.end)}"


def purpose(name: str) -> str:
    """Say to staff what somebody agreed to; a purpose without words is said by its name."""
    return PURPOSES.get(name) or words.plain(name)


def consent_step(name: str) -> str:
    """Say what became of a consent."""
    return STEPS.get(name) or words.plain(name)


def sentence_list(texts: Sequence[str]) -> Markup:
    """Say each on a line of its own; all are escaped at once, for a page may have a thousand."""
    if not texts:
        return Markup("")
    lines = str(escape("\n".join(map(words.sentence, texts)))).replace("\n", "</li><li>")
    return Markup(f'<ul class="wlc-plain-list"><li>{lines}</li></ul>')  # noqa: S704 - escaped
