"""What staff take away as files: the columns of each, and what they mean."""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass

from services.console.api.tables import rows
from services.console.api.tables.csv_files import Row
from services.console.api.tables.rows import ROUNDED, Chosen

EXACT = "as it is"


@dataclass(frozen=True, slots=True)
class Table:
    """A file: its name in words, its columns with what they mean, and where its rows come from.

    `about_people`: its counts tell who people are, so small ones are hidden and others rounded.
    """

    title: str
    columns: Mapping[str, str]
    rows: Callable[[Chosen], AsyncIterator[Row]]
    about_people: bool = False


async def _read_me(_: Chosen) -> AsyncIterator[Row]:
    for name, table in TABLES.items():
        for column, meaning in table.columns.items():
            hides = table.about_people and meaning.startswith(PEOPLE)
            yield name, column, meaning, ROUNDED if hides else EXACT


PEOPLE = "people"
ENGAGEMENT = {
    "engagement": "the publisher's reference of the engagement",
    "title": "its title",
    "partner": "who asks",
}
TABLES: Mapping[str, Table] = {
    "engagements": Table(
        "Engagements",
        {
            **ENGAGEMENT,
            "kind": "what people are asked into",
            "ladder_step": "the step of the ladder of co-production",
            "status": "open or cancelled",
            "places": "how many people are wanted",
            "reserves": "how many more in reserve",
            "from": "first day on which it may take place",
            "to": "last day on which it may take place",
            "sessions": "how many sessions it has",
            "feedback_due": "by when the partner says what came of it",
            "changed": "when it was published, or changed last (London)",
        },
        rows.engagements,
    ),
    "matches": Table(
        "Matches: figures of the draws",
        {
            **ENGAGEMENT,
            "status": "where the match stands",
            "places": "how many people are wanted",
            "chosen": "how many are on the panel",
            "reserves": "how many are in reserve",
            "eligible": "how many could be drawn",
            "even_chance": "everybody's chance, were there no quotas (0 to 1)",
            "smallest_chance": "the smallest chance anybody had (0 to 1)",
            "geometric_mean": "the geometric mean of the chances",
            "gini": "Gini's coefficient of the chances; 0: all alike",
            "quotas": "how many quotas there were",
            "quotas_met": "whether all were met",
            "changed": "when it was drawn or decided last (London)",
        },
        rows.matches,
    ),
    "sessions": Table(
        "Sessions: places, who said yes, who came, in numbers",
        {
            **ENGAGEMENT,
            "number": "which session of the series it is",
            "status": "announced, unscheduled or cancelled",
            "starts": "when it starts (London)",
            "ends": "when it ends (London)",
            "venue": "where it is",
            "places": "how many places it has",
            "coming": "how many said yes",
            "came": "how many came; empty while nobody noted it",
            "missing": "how many are missing",
            "at_risk": "whether too few said yes",
        },
        rows.sessions,
    ),
    "reach": Table(
        "Reach: who was asked, told, reached, and answered",
        {
            "by": "what people are counted by",
            "group": "the group",
            "asked": f"{PEOPLE} who were invited",
            "told": f"{PEOPLE} to whom a message went out, or to whom staff spoke",
            "reached": f"{PEOPLE} to whom it did not come back, or who answered",
            "answered": f"{PEOPLE} who said yes, no, or another time",
            "told_percent": f"{PEOPLE} told, of a hundred asked",
            "reached_percent": f"{PEOPLE} reached, of a hundred asked",
            "answered_percent": f"{PEOPLE} who answered, of a hundred asked",
            "numbers": "how the numbers of the row were made",
        },
        rows.reached,
        about_people=True,
    ),
    "reach-over-time": Table(
        "Reach and fairness by month",
        {
            "month": "the month",
            "asked": f"{PEOPLE} who were invited",
            "told": f"{PEOPLE} to whom a message went out, or to whom staff spoke",
            "reached": f"{PEOPLE} to whom it did not come back, or who answered",
            "answered": f"{PEOPLE} who said yes, no, or another time",
            "first": f"{PEOPLE} who were asked for the first time in this hub",
            "first_percent": f"{PEOPLE} asked for the first time, of a hundred asked",
            "draws": "how many panels were approved",
            "smallest_of_even": "the smallest chance as part of the even one, median of the draws",
            "gini": "Gini's coefficient of the chances, median of the draws",
            "with_quotas": "how many of the draws had quotas",
            "met_quotas": "how many of these met all of them",
            "numbers": "how the numbers of people were made",
        },
        rows.by_month,
        about_people=True,
    ),
    "read-me": Table(
        "Read me: what each column means, and how its numbers were made",
        {
            "file": "the file",
            "column": "the column",
            "meaning": "what stands in it",
            "numbers": "how its numbers were made",
        },
        _read_me,
    ),
}
"""Each file by the name that stands in its own."""
