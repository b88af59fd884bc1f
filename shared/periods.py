"""How long each kind of data is kept: one table a service, `services/*/retention.py`.

What the documents and a person's copy say, and the nightly sweep does (`shared.retention`), is read
from there.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

RETENTION = "retention"
RUNS = "retention_runs"
DAYS_OF_A_YEAR = 365
ENGAGEMENT_DAYS = "kept_engagement_days"
LEFT_DAYS = 2 * DAYS_OF_A_YEAR
"""How long who left is kept, unless the controller says otherwise; they are told so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """How long rows of a collection are kept; `{}` in `says` is the period of `setting`, in days.

    It is over when all times at `since` are so long ago, and one is there; or when the engagement
    whose id is at `engagement` ended so long ago. Without a setting nothing is done by the sweep.
    Only rows that `where` finds are looked at: of what is blanked, those that are not yet.
    """

    says: str
    setting: str = ""
    since: tuple[str, ...] = ()
    engagement: str = ""
    where: Mapping[str, Any] = field(default_factory=dict)

    def words(self, days: Mapping[str, int]) -> str:
        """Return how long, in words."""
        return self.says.format(span(days[self.setting])) if self.setting else self.says


Periods = Mapping[str, Kept]
"""By collection: every collection of a service has one."""

UNTIL_FORGOTTEN = Kept(says="until the person is forgotten")
WHILE_TAKING_PART = Kept(says="while the person takes part")
ONE_DAY = Kept(says="1 day, then the database deletes it")
WORK = Kept(says="until its work is done")
OF_ALL_SERVICES: Periods = {
    "inbox": Kept(says="30 days, then the database deletes it"),
    "outbox": Kept(says="until the broker has confirmed it"),
    "pauses": Kept(says="for good: one row, of nobody"),
    RETENTION: WORK,
    RUNS: Kept(says="{} after the night", setting=ENGAGEMENT_DAYS, since=("at",)),
}


def for_good(because: str) -> Kept:
    """Say why no time ends it."""
    return Kept(says=f"for good: {because}")


def dated(*since: str, setting: str, after: str, where: Mapping[str, Any] | None = None) -> Kept:
    """End rows so long after their own times."""
    return Kept(says=f"{{}} after {after}", setting=setting, since=since, where=where or {})


def with_engagement(path: str, where: Mapping[str, Any] | None = None, left: str = "") -> Kept:
    """End rows so long after their engagement ended; `left` is what stays of them."""
    says = "{} after the engagement ended" + (f"; then {left}" if left else "")
    return Kept(says=says, setting=ENGAGEMENT_DAYS, engagement=path, where=where or {})


def span(days: int) -> str:
    """Return a number of days as people say it."""
    years, rest = divmod(days, DAYS_OF_A_YEAR)
    count, unit = (years, "year") if years and not rest else (days, "day")
    return f"{count} {unit}{'' if count == 1 else 's'}"


def days_of(periods: Periods, settings: object) -> dict[str, int]:
    """Return the periods that are set, by the name of the setting."""
    names = {each.setting for each in periods.values() if each.setting}
    return {name: int(getattr(settings, name)) for name in names}


def words_of(periods: Periods, settings: object) -> dict[str, str]:
    """Return how long each collection is kept, in words."""
    days = days_of(periods, settings)
    return {name: each.words(days) for name, each in periods.items()}
