"""Why there is no panel: the quotas in each other's way, and the least that would have to give."""

from typing import Any, NoReturn

from cli.errors import REFUSED, CommandError, in_lines
from cli.terminal import show_json
from shared.errors import RuleError
from shared.sortition.conflicts import conflict, in_words
from shared.sortition.pools import Pool
from shared.sortition.quotas import Quotas
from shared.sortition.relaxation import relaxed, too_few
from shared.sortition.solver import Clock


def refuse(pool: Pool, quotas: Quotas, size: int, clock: Clock, *, as_json: bool) -> NoReturn:
    """Say it. Raises CommandError, and OutOfTimeError."""
    conflicting: list[str] = []
    changes: list[dict[str, Any]] = []
    if pool.total < size:
        reasons = [
            *(short.sentence for short in too_few(pool, quotas, size)),
            "Ask for fewer with --size, or give a file with more people.",
        ]
    else:
        bounds = conflict(pool, quotas, size, clock)
        conflicting = [each.words for each in bounds]
        reasons = [in_words(bounds, pool, size)]
        changes, reason = _relaxation(pool, quotas, size, clock)
        reasons += [reason]
    if as_json:
        show_json({"panel": None, "conflict": conflicting, "relaxation": changes})
    raise CommandError(in_lines(f"no panel of {size} is possible.", *reasons), REFUSED)


def _relaxation(
    pool: Pool, quotas: Quotas, size: int, clock: Clock
) -> tuple[list[dict[str, Any]], str]:
    try:
        kept, _ = relaxed(pool, quotas, size, clock)
    except RuleError:
        return [], "Not even with all the flex that the quotas have."
    changes = [
        {"feature": new.feature, "value": new.value, "min": new.min, "max": new.max}
        for new, old in zip(kept, quotas, strict=True)
        if new != old
    ]
    told = "; ".join(f"{c['feature']}: {c['value']} {c['min']} to {c['max']}" for c in changes)
    return changes, (
        "Other quotas may stand in the way as well. "
        f"The smallest change of all that makes a panel possible: {told}."
    )
