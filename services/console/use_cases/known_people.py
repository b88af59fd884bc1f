"""What staff need to know of a person, and their sealed contact: the newest is kept."""

from services.console.ports import ContactView, Kept, PersonView
from services.console.use_cases.envelope import told_by
from shared.changes import NOTHING, Changes
from shared.contracts import participants

MONITORING = "monitoring"
"""The purpose without which no answer about equality is kept or counted."""
AnyPerson = (
    participants.ParticipantRegistered
    | participants.ParticipantUpdated
    | participants.ParticipantLeft
)


async def know_person(event: AnyPerson, known: Kept[PersonView]) -> Changes:
    """Keep what staff need before they speak to a person; someone erased stays erased."""
    person, stored = event.data, await known.get(str(event.data.participant_id))
    if event.is_old(stored) or (stored and stored.status == participants.ParticipantStatus.ERASED):
        return NOTHING
    view = PersonView(
        id=str(person.participant_id),
        reference=person.references[0].reference if person.references else "",
        references=person.references,
        status=person.status,
        preferred_channel=person.preferred_channel,
        languages=tuple(language.code for language in person.languages),
        interpreter=any(language.interpreter for language in person.languages),
        needs=person.needs,
        consents=person.consents,
        consent_ledger=person.consent_ledger,
        contact_preference=person.contact_preference,
        **told_by(event, stored),
    )
    return Changes((known.keep(view),))


async def know_contact(
    event: participants.ParticipantContactChanged, known: Kept[ContactView]
) -> Changes:
    """Keep the sealed contact as it came; nothing comes back after an erasure."""
    participant_id = str(event.data.participant_id)
    stored = await known.get(participant_id)
    if event.is_old(stored) or (stored and stored.sealed is None):
        return NOTHING
    view = ContactView(id=participant_id, sealed=event.data, **told_by(event, stored))
    return Changes((known.keep(view),))
