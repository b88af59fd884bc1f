"""What lies sealed for a while, and when that ends: the quarantine, and what waits to be judged."""

from services.intake.domain.submissions import kept_until
from services.intake.ports import Desk
from shared.changes import NOTHING, Changes, Due, Undue, Write

EXPIRIES = "expiries"
"""When quarantined submissions, and second looks that were never had, are dropped."""
SECOND_LOOKS = "second_looks"


def end_of_second_look(digest: str, desk: Desk) -> Due:
    """Ask for it to be dropped when it was not judged by the time that quarantine ends."""
    return Due(EXPIRIES, _end_of(digest), kept_until(desk.facts.now()))


def second_look_had(digest: str) -> Changes:
    """Say that it was judged, so that nothing is left to drop."""
    return Changes((Undue(EXPIRIES, _end_of(digest)),))


def second_look_dropped(digest: str) -> tuple[Write, ...]:
    """Drop it unjudged."""
    return Undue(SECOND_LOOKS, digest), Undue(EXPIRIES, _end_of(digest))


async def expire(work_id: str, desk: Desk) -> Changes:
    """Drop what lay sealed for its time."""
    kind, _, digest = work_id.partition("/")
    if kind == SECOND_LOOKS:
        return Changes(second_look_dropped(digest))
    found = await desk.quarantine.get(work_id)
    if found is None or found.until > desk.facts.now():
        return NOTHING
    return Changes((desk.quarantine.drop(found),))


def _end_of(digest: str) -> str:
    return f"{SECOND_LOOKS}/{digest}"
