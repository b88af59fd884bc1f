"""Keeping how each person is told: newest state, sealed contact card, nothing of who is erased."""

from services.notification.domain import (
    ENGLISH,
    Contact,
    ContactPreference,
    ContactTime,
    Kind,
    Message,
    Participant,
    SealedCard,
    Standing,
    message_id,
)
from services.notification.ports import Records
from services.notification.use_cases.post import Post
from services.notification.use_cases.queue import SENDS, queued
from shared.changes import NOTHING, Changes, Undue
from shared.contracts import participants
from shared.contracts.participants import (
    ParticipantContactChanged,
    ParticipantErased,
    ParticipantLeft,
    ParticipantRegistered,
    ParticipantState,
    ParticipantUpdated,
)
from shared.due import DueWork
from shared.facts import Facts
from shared.forgetting import looked, looked_for_again

SECOND_LOOKS = "second_looks"

StateEvent = ParticipantRegistered | ParticipantUpdated | ParticipantLeft


async def keep_participant(event: StateEvent, records: Records) -> Changes:
    """Remember how the person wants to be told; whoever leaves is told goodbye."""
    person_id = str(event.data.participant_id)
    stored = await records.participants.get(person_id)
    if stored and (stored.standing is Standing.ERASED or event.is_old(stored)):
        return NOTHING
    participant = _participant(event, version=stored.version if stored else 0)
    changes = Changes((records.participants.keep(participant),))
    was_gone = stored is not None and stored.standing is Standing.LEFT
    if participant.standing is not Standing.LEFT or was_gone:
        return changes
    return changes + queued(_goodbye(event, person_id), records)


async def keep_contact(event: ParticipantContactChanged, records: Records) -> Changes:
    """Remember the sealed card; it is opened when a message is written, not before."""
    person_id = str(event.data.participant_id)
    stored = await records.contacts.get(person_id)
    if stored and (stored.card is None or event.is_old(stored)):
        return NOTHING
    card = SealedCard(event.data.nonce, event.data.ciphertext, event.data.key)
    contact = Contact(person_id, event.sequence, card, version=stored.version if stored else 0)
    return Changes((records.contacts.keep(contact),))


async def forget_participant(event: ParticipantErased, records: Records, facts: Facts) -> Changes:
    """Keep nothing but the ids: no card, no invitation, no unsent message.

    What was read before this, and is kept after it, is found by a second look, which confirms it.
    """
    person_id = str(event.data.participant_id)
    stored = await records.participants.get(person_id)
    if stored and stored.standing is Standing.ERASED:
        return Changes((looked_for_again(SECOND_LOOKS, event, NOTHING, facts),))
    contact = await records.contacts.get(person_id)
    gone = stored or Participant(person_id, event.sequence, Standing.ERASED)
    no_card = Contact(person_id, event.sequence, None, version=contact.version if contact else 0)
    marks = (
        records.participants.keep(gone.forgotten(event.sequence)),
        records.contacts.keep(no_card),
    )
    unsent = [each.id for each in await records.messages.queued_for(person_id)]
    done = Changes(marks) + await forget_what_is_left(person_id, records)
    return done + Changes((looked_for_again(SECOND_LOOKS, event, done, facts, unsent=unsent),))


async def look_again(work: DueWork, post: Post) -> Changes:
    """Drop what came after the mark of an erased person, and confirm that nothing is left.

    What was written to them goes too; so does what was on its way when it was dropped as unsent.
    """
    told = [each.id for each in await post.records.messages.all_for(work.id)]
    message_ids = {*told, *work.about.get("unsent", ())}
    for each in post.keepsakes:
        await each.forget(message_ids)
    found = await forget_what_is_left(work.id, post.records)
    return looked(SECOND_LOOKS, work, found, post.facts)


async def forget_what_is_left(person_id: str, records: Records) -> Changes:
    """Drop the invitations of an erased person, and what they were to be told."""
    unsent = await records.messages.queued_for(person_id)
    invitations = await records.invitations.of_participant(person_id)
    return Changes(
        (
            *(records.invitations.drop(invitation) for invitation in invitations),
            *(records.messages.drop(message) for message in unsent),
            *(Undue(SENDS, message.id) for message in unsent),
        )
    )


def _participant(event: StateEvent, *, version: int) -> Participant:
    state = event.data
    has_left = isinstance(event, ParticipantLeft)
    return Participant(
        id=str(state.participant_id),
        sequence=event.sequence,
        standing=Standing.LEFT if has_left else Standing(state.status.value),
        prefers=state.preferred_channel.value,
        needs=state.needs,
        reference=state.references[0].reference if state.references else None,
        language=_language(state),
        interpreter=any(each.interpreter for each in state.languages),
        preference=_preference(state.contact_preference),
        version=version,
    )


def _language(state: ParticipantState) -> str:
    """Return the language that they read: English where they use it without an interpreter."""
    codes = [each.code for each in state.languages]
    reads_english = any(each.code == ENGLISH and not each.interpreter for each in state.languages)
    return ENGLISH if reads_english or not codes else codes[0]


def _preference(said: participants.ContactPreference) -> ContactPreference:
    return ContactPreference(
        times=tuple(ContactTime(each.day.value, each.start, each.end) for each in said.times),
        time_zone=said.time_zone,
        news=said.news,
        discreet=said.discreet,
    )


def _goodbye(event: StateEvent, person_id: str) -> Message:
    return Message(
        id=message_id(event.id, Kind.GOODBYE, person_id),
        kind=Kind.GOODBYE,
        hub=event.hub,
        caused_by=event.id,
        correlation_id=event.correlationid,
        at=event.time,
        sequence=event.sequence,
        participant_id=person_id,
    )
