"""The reading age of every English message, by Flesch and Kincaid: `python -m tests.reading_age`.

The age is the school grade and five years. Only whole sentences count: headings, greetings and the
words of a link are shorter and would make it look better. Names, addresses, dates and links are no
words of ours: a short word stands in their place. Of several states of an invitation the hardest
one counts.

Syllables are counted by rule and by hyphenation, whichever finds more. Held against the CMU
Pronouncing Dictionary, this counts too few for none of the 323 words used in November 2026, and too
many for two (somebody, something).
"""

import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

from pyphen import Pyphen

from services.notification.clients.letters.library import STAFF_KINDS, WRITTEN_KINDS, Library
from services.notification.clients.letters.writer import Writer
from services.notification.domain import (
    ONLY_CALLED,
    Chosen,
    Hub,
    Kind,
    Letter,
    Letterhead,
    Venue,
)
from tests.builders.notification import HUB, a_letter, a_session

PAGE = Path(__file__).parent.parent / "docs" / "reading-age.md"
OLDEST = {"standard": 11.0, "Easy Read": 8.0, "text message": 11.0, "script": 11.0}
"""The highest reading age, in years, of each form."""

SAMPLE = Letterhead("a@example.org", "https://a", {HUB: Hub("us", "a@example.org", "0")})
HERE = Venue("here", "here", None, online=False, access=("step-free access",))
FIRST = replace(a_session(), venue=HERE)
STATES: tuple[dict[str, object], ...] = (
    {"chosen": Chosen("lot", 0.1), "gbp_per_hour": 15, "time_credits": 1},
    {"chosen": Chosen("reserve", 0.1), "sessions": (FIRST, FIRST)},
    {"chosen": Chosen("staff"), "gbp_per_hour": None, "answer": "accepted"},
    {"answer": "declined", "place_gone": True},
)

DAY = re.compile(r"\b[A-Z][a-z]+day \d+ [A-Z][a-z]+ \d{4}(?:, )?")
TIME = re.compile(r"\b\d+:\d\d[ap]m(?: to \d+:\d\d[ap]m)?")
LINK = re.compile(r"https?://\S+")
STEP = re.compile(r"^\d+\. ", re.MULTILINE)
END = re.compile(r"[.!?]+(?:\s|$)|\n")
WHOLE = re.compile(r"[.!?:]\s*$")
WORD = re.compile(r"[A-Za-z][A-Za-z'-]*")

VOWELS = re.compile(r"[aeiouy]+")
SILENT = re.compile(r"(?<![aeiouyl])e$|(?<=[aeiouy]l)e$|(?<![aeioutdy])ed$|(?<![aeiouyszxhcg])es$")

_hyphens = Pyphen(lang="en_GB")


@cache
def syllables(word: str) -> int:
    """Count the syllables of an English word, rather too many than too few."""
    plain = re.sub("[^a-z]", "", word.lower())
    by_rule = len(VOWELS.findall(plain)) - len(SILENT.findall(plain))
    return max(1, by_rule, len(_hyphens.positions(plain)) + 1)


def reading_age(text: str) -> float:
    """Return the age in years at which people read a text with ease."""
    lines = [line for line in text.splitlines() if WHOLE.search(line)]
    pieces = END.split("\n".join(lines))
    sentences = [found for found in map(WORD.findall, pieces) if found]
    words = [word for sentence in sentences for word in sentence]
    per_sentence = len(words) / len(sentences)
    per_word = sum(map(syllables, words)) / len(words)
    return 0.39 * per_sentence + 11.8 * per_word - 15.59 + 5


def measured() -> dict[Kind, dict[str, float]]:
    """Return the reading age of each message to participants in each form."""
    found: dict[Kind, dict[str, float]] = {}
    for kind in sorted(set(Kind) - STAFF_KINDS):
        texts: dict[str, list[float]] = {}
        for state in STATES:
            for form, text in _forms(_letter(kind, state)):
                texts.setdefault(form, []).append(reading_age(_without_data(text)))
        found[kind] = {form: max(ages) for form, ages in texts.items()}
    return found


def page() -> str:
    """Return the table as a page of the documentation."""
    rows = [
        f"| {kind} | " + " | ".join(_cell(ages.get(form)) for form in OLDEST) + " |"
        for kind, ages in measured().items()
    ]
    limits = " | ".join(f"{limit:g}" for limit in OLDEST.values())
    head = f"| message | {' | '.join(OLDEST)} |\n|---|{'---|' * len(OLDEST)}"
    about = (__doc__ or "").partition("\n")[2].strip()
    title = "# Reading age of the messages\n\nMade by `make reading-age`; a test holds it."
    table = "\n".join((head, *rows, f"| *at most* | {limits} |"))
    return f"{title}\n\n{about}\n\n{table}\n"


def _cell(age: float | None) -> str:
    return "" if age is None else f"{age:.1f}"


def _letter(kind: Kind, state: dict[str, object]) -> Letter:
    values = {"title": "it", "partner": "they", "description": "", "sessions": (FIRST,), **state}
    letter = a_letter(kind, **values)
    person = replace(letter.participant, interpreter=True, needs=("415803005",))
    return replace(letter, participant=person, film="https://a")


def _forms(letter: Letter) -> Iterator[tuple[str, str]]:
    writer = Writer(SAMPLE, Library())
    if letter.kind in WRITTEN_KINDS:
        standard, easy = writer.standard(letter), writer.easy_read(letter)
        yield "standard", f"{standard.subject}\n{standard.reading.text}"
        yield "Easy Read", f"{easy.subject}\n{easy.reading.text}"
        yield "text message", writer.text_message(letter)
    if letter.kind in WRITTEN_KINDS | ONLY_CALLED:
        yield "script", writer.script(letter)


def _without_data(text: str) -> str:
    text = STEP.sub("", LINK.sub("", text)).replace("\ue000", "you")
    return TIME.sub("then", DAY.sub("then ", text)).replace("then then", "then")


def main() -> int:
    """Write the page; with `--check` tell whether it is what the templates say."""
    text = page()
    if "--check" in sys.argv:
        return int(PAGE.read_text(encoding="utf-8") != text)
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
