"""Whom a hub reaches, and whom it fails to reach: counts of people, never people."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass

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
    counted = await known.askings.counted(hub, begins(period.start), begins(period.end))
    by_feature = _by_feature(counted)
    total = by_feature[EVERYBODY].get(NONE, NOBODY)
    tables = (_table(feature, by_feature[feature], total) for feature in FEATURES)
    everybody = tuple(map(disclosure.shown, total))
    return Reach(hub, period, everybody, () if everybody[0] is None else tuple(tables))


def _by_feature(counted: Sequence[Counted]) -> Mapping[str, dict[str, tuple[int, ...]]]:
    found: dict[str, dict[str, tuple[int, ...]]] = defaultdict(dict)
    for each in counted:
        found[each.feature][each.value] = astuple(each.counts)
    return found


def _table(
    feature: str, values: Mapping[str, tuple[int, ...]], total: tuple[int, ...]
) -> ReachTable:
    """Return one table, its rows by name: their order must not tell how large they are."""
    rows = sorted((value, cells) for value, cells in values.items() if value)
    rest = values.get(NONE, NOBODY)
    if feature in QUESTIONS:
        answered = [cells for _, cells in rows]
        rest = tuple(all_ - sum(given) for all_, *given in zip(total, *answered, strict=True))
    if rest[0]:
        rows.append((NONE, rest))
    return ReachTable(feature, disclosure.table(total, rows).rows)
