"""Whom a hub reaches, and whom it fails to reach: counts of people, never people."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from itertools import accumulate

from services.console.ports import Counted, Knowledge
from services.console.queries.months import Period, begins
from shared import disclosure

EVERYBODY, CHANNEL, NEED = "all", "channel", "need"
QUESTIONS = ("age_band", "borough", "ethnicity", "sex", "disability")
FEATURES = (CHANNEL, NEED, *QUESTIONS)
NONE = ""
"""The value of who has none: no message yet, no need, no answer."""
NOBODY = (0, 0, 0, 0)

Cells = tuple[int | None, ...]
Running = Mapping[str, Mapping[str, tuple[int, ...]]]
"""How many there were until a moment: asked, told, reached, answered, by feature and value."""


@dataclass(frozen=True, slots=True)
class ReachTable:
    """How far invitations came, by one feature; without rows all of them are too small."""

    feature: str
    rows: tuple[disclosure.Row, ...]


@dataclass(frozen=True, slots=True)
class Reach:
    """How many of a hub's people were asked, told, reached and answered; None: not to be shown.

    There are no tables of fewer people than may be shown.
    """

    hub: str
    period: Period
    everybody: Cells
    tables: tuple[ReachTable, ...]


async def reach_of(hub: str, period: Period, known: Knowledge) -> Reach:
    """Return the figures of one hub: of several together, the small ones could be worked out."""
    moments = (begins(period.start), begins(period.end))
    before, until = map(running, await known.askings.counted(hub, moments))
    total = came(before, until, EVERYBODY, NONE)
    everybody = tuple(map(disclosure.shown, total))
    tables = (_table(feature, before, until, total) for feature in FEATURES)
    return Reach(hub, period, everybody, () if everybody[0] is None else tuple(tables))


def running(counted: Sequence[Counted]) -> Running:
    """Return counts by feature and value; who gave no answer to a question is a value of it."""
    found: dict[str, dict[str, tuple[int, ...]]] = defaultdict(dict)
    for each in counted:
        found[each.feature][each.value] = astuple(each.counts)
    total = found[EVERYBODY].get(NONE, NOBODY)
    for question in QUESTIONS:
        answered = found[question].values()
        rest = tuple(all_ - sum(given) for all_, *given in zip(total, *answered, strict=True))
        if rest[0]:
            found[question][NONE] = rest
    return found


def came(before: Running, until: Running, feature: str, value: str) -> tuple[int, ...]:
    """Return how many there were between two moments, as may be told; each part of the last."""
    ends = (each.get(feature, {}).get(value, NOBODY) for each in (before, until))
    return tuple(accumulate(map(disclosure.added, *ends), min))


def _table(feature: str, before: Running, until: Running, total: tuple[int, ...]) -> ReachTable:
    """Return one table, its rows by name: their order must not tell how large they are.

    A value that anybody ever had is in it: that a row is missing would tell that there was nobody.
    """
    values = sorted(until.get(feature, {}), key=lambda value: (value == NONE, value))
    rows = [(value, came(before, until, feature, value)) for value in values]
    return ReachTable(feature, disclosure.table(total, rows).rows)
