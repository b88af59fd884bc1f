"""Which services have confirmed an erasure, as staff see it."""

from dataclasses import replace
from datetime import UTC

from services.console.ports import Confirmation, ErasureView, Kept
from shared.changes import NOTHING, Changes
from shared.contracts.erasures import ErasureConfirmed
from shared.contracts.participants import ParticipantErased


async def know_erasure(event: ParticipantErased, erasures: Kept[ErasureView]) -> Changes:
    """Note when services were told first; told again, it is as once."""
    stored = await erasures.get(event.subject)
    if stored and stored.asked_at:
        return NOTHING
    view = stored or ErasureView(id=event.subject, hub=event.hub)
    return Changes((erasures.keep(replace(view, asked_at=event.time.astimezone(UTC))),))


async def know_confirmation(event: ErasureConfirmed, erasures: Kept[ErasureView]) -> Changes:
    """Note what a service has forgotten; it may be heard of before the erasure itself."""
    said = event.data
    person_id = str(said.participant_id)
    view = await erasures.get(person_id) or ErasureView(id=person_id, hub=event.hub)
    known = view.confirmed.get(said.service)
    at = event.time.astimezone(UTC)
    if known and known.at >= at:
        return NOTHING
    confirmed = {**view.confirmed, said.service: Confirmation(at=at, changed=said.changed)}
    return Changes((erasures.keep(replace(view, confirmed=confirmed)),))
