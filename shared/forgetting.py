"""How a service tells that it has forgotten a person, and looks for what came too late.

What was computed from before the mark that a person is erased can be stored after it, for as long
as a transaction is tried. So a service looks again: first when nearly all of it has come, which it
confirms, and once more when nothing can come any more.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from shared.changes import Changes, Due, Put, Remove
from shared.contracts.base import Event
from shared.contracts.erasures import ErasureConfirmed, Forgotten
from shared.due import DueWork
from shared.facts import Facts, Header

LOOKS = (timedelta(seconds=5), timedelta(minutes=1))
"""How long after the mark; the last is longer than a transaction is tried."""


def looked_for_again(
    collection: str, event: Event, done: Changes, facts: Facts, **about_it: object
) -> Due:
    """Ask for the first look after what an event of an erasure had done; looks know `about_it`."""
    about = {
        "hub": event.hub,
        "correlation_id": event.correlationid,
        "caused_by": event.id,
        "changed": changed(done),
        "look": 0,
        **about_it,
    }
    return Due(collection, event.subject, facts.now() + LOOKS[0], about)


def looked(collection: str, work: DueWork, found: Changes, facts: Facts) -> Changes:
    """Return what a look found, confirmed; it is followed by the next one."""
    about = work.about
    if "hub" not in about:  # asked for by a version that confirmed nothing
        return found
    look, counted = int(about["look"]), Counter(about["changed"]) + Counter(changed(found))
    result = found
    if look == 0 or found.writes:
        result += Changes(events=(confirmed(work.id, counted, headed(about, facts)),))
    if look + 1 == len(LOOKS):
        return result
    at = facts.now() + LOOKS[look + 1] - LOOKS[look]
    later = {**about, "changed": dict(counted), "look": look + 1}
    return result + Changes((Due(collection, work.id, at, later),))


def confirmed(participant_id: str, counted: Mapping[str, int], header: Header) -> ErasureConfirmed:
    """Return the confirmation of the service whose facts headed it."""
    data = Forgotten(
        participant_id=UUID(participant_id), service=header["source"], changed=dict(counted)
    )
    return ErasureConfirmed(**header, subject=participant_id, data=data)


def headed(about: Mapping[str, Any], facts: Facts) -> Header:
    """Head an event of an erasure by what was noted when it was asked for."""
    return facts.started(
        about["hub"], correlation_id=about["correlation_id"], causation_id=about["caused_by"]
    )


def changed(changes: Changes) -> dict[str, int]:
    """Count the documents that change, by collection."""
    return Counter(each.collection for each in changes.writes if isinstance(each, Put | Remove))
