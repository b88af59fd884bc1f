"""Intake's entities as other services hear of them."""

from collections.abc import Sequence
from typing import TypedDict
from uuid import UUID

from services.intake.domain.availability import Availability as Times
from services.intake.domain.availability import WeeklySlot as Slot
from services.intake.domain.consents import Ledger
from services.intake.domain.contact_preference import LONDON
from services.intake.domain.contact_preference import ContactPreference as Preference
from services.intake.domain.engagements import Engagement
from services.intake.domain.people import ERASED, Identity, Participant, Profile, Sealed
from services.intake.domain.people import StaysAwayFrom as Words
from services.intake.domain.submissions import Submission
from services.intake.ports import Cipher
from shared.contracts.engagements import EngagementState, EngagementStatus
from shared.contracts.participants import (
    Availability,
    Channel,
    ConsentEntry,
    ConsentGiven,
    ConsentStep,
    Contact,
    ContactCard,
    ContactPreference,
    DateRange,
    Day,
    Exclusions,
    Language,
    ParticipantContactChanged,
    ParticipantState,
    ParticipantStatus,
    Reference,
    ReminderTime,
    SealedContact,
    StaysAwayFrom,
    WeeklySlot,
)
from shared.contracts.submissions import Fault, SubmissionState, SubmissionStatus
from shared.facts import Header


class Neighbourhood(TypedDict):
    """Where a person lives, roughly."""

    borough: str | None
    easting: int | None
    northing: int | None


class PersonEvent(Header):
    """The fields of an event about a participant."""

    subject: str
    sequence: int
    data: ParticipantState


def person_event(person: Participant, header: Header, ledger: Ledger) -> PersonEvent:
    """Return what an event says of a person who is about to be stored."""
    return PersonEvent(
        **header,
        subject=person.id,
        sequence=person.version + 1,
        data=participant_state(person, ledger),
    )


def participant_state(person: Participant, ledger: Ledger) -> ParticipantState:
    """Return the person's public state: nothing of who they are."""
    profile = person.stands
    return ParticipantState(
        participant_id=UUID(person.id),
        status=ParticipantStatus(person.status),
        references=_references(person),
        age_from=profile.age_from,
        age_to=profile.age_to,
        age_band=profile.age_band,
        travel_km=profile.travel_km,
        online=profile.online,
        in_person=profile.in_person,
        languages=_languages(profile),
        needs=person.needs,
        lived_experience=profile.lived_experience,
        interests=profile.interests,
        availability=_availability(person.availability),
        exclusions=Exclusions(digests=profile.avoids),
        monitoring=dict(profile.monitoring),
        consents=_consents(profile),
        preferred_channel=Channel(profile.preferred_channel),
        one_paid_activity_a_week=profile.one_paid_activity_a_week,
        reminders=_reminders(person),
        contact_preference=_contact_preference(profile.contact_preference),
        consent_ledger=() if person.status == ERASED else _told(ledger),
        **_neighbourhood(profile),
    )


def _neighbourhood(profile: Profile) -> Neighbourhood:
    return Neighbourhood(
        borough=profile.borough, easting=profile.easting, northing=profile.northing
    )


def _languages(profile: Profile) -> tuple[Language, ...]:
    return tuple(Language(code=x.code, interpreter=x.interpreter) for x in profile.languages)


def _references(person: Participant) -> tuple[Reference, ...]:
    return tuple(
        Reference(publisher=known.publisher, reference=known.reference)
        for known in person.references
        if known.publisher
    )


def _consents(profile: Profile) -> dict[str, ConsentGiven]:
    return {
        purpose: ConsentGiven(version=each.version, given_at=each.given_at)
        for purpose, each in profile.consents.items()
    }


def _told(ledger: Ledger) -> tuple[ConsentEntry, ...]:
    return tuple(
        ConsentEntry(
            purpose=each.purpose,
            step=ConsentStep(each.step),
            version=each.version,
            at=each.at,
            by=each.by,
            again=each.again,
        )
        for each in ledger.told()
    )


def _availability(times: Times) -> Availability:
    return Availability(
        weekly=_slots(times.weekly),
        away=tuple(DateRange(start=days.start, end=days.end) for days in times.away),
        hard=_slots(times.hard),
        term_time_only=times.term_time_only,
    )


def _reminders(person: Participant) -> tuple[ReminderTime, ...] | None:
    if person.reminders is None:
        return None
    return tuple(ReminderTime(days_before=x.days_before, at=x.at) for x in person.reminders)


def _contact_preference(said: Preference) -> ContactPreference:
    return ContactPreference(
        times=_slots(said.times or ()),
        time_zone=said.time_zone or LONDON,
        news=said.news is not False,
        discreet=said.discreet is True,
    )


def _slots(slots: Sequence[Slot]) -> tuple[WeeklySlot, ...]:
    return tuple(WeeklySlot(day=Day(x.day), start=x.start, end=x.end) for x in slots)


def contact_card(identity: Identity) -> ContactCard:
    """Return who the person is, for their own key to seal."""
    return ContactCard(
        display_name=identity.display_name,
        address_as=identity.address_as,
        contacts=tuple(
            Contact(channel=Channel(each.channel), value=each.value, preferred=each.preferred)
            for each in identity.contacts
        ),
        postcode=identity.postcode,
        stays_away_from=words_avoided(identity.stays_away_from),
    )


def words_avoided(words: Words) -> StaysAwayFrom | None:
    """Return the words as a card has them; None where there are none."""
    if not words.partners and not words.sites:
        return None
    return StaysAwayFrom(partners=words.partners, sites=words.sites)


def card_digest(card: ContactCard, hub: str, cipher: Cipher) -> str:
    """Return by what it is told whether a card changed; one without such words as ever."""
    words = None if card.stays_away_from else {"stays_away_from"}
    return cipher.digest("card", hub, card.model_dump_json(exclude=words))


def kept_sealed(told: SealedContact) -> Sealed:
    """Return a sealed card as it is stored with its person."""
    return Sealed(told.nonce, told.ciphertext, told.key)


def told_sealed(person_id: str, kept: Sealed) -> SealedContact:
    """Return a sealed card as events carry it."""
    return SealedContact(
        participant_id=UUID(person_id), nonce=kept.nonce, ciphertext=kept.ciphertext, key=kept.key
    )


def contact_changed(
    person: Participant, header: Header, sealed: SealedContact
) -> ParticipantContactChanged:
    """Return what is said of a person about to be stored who is reached otherwise than before."""
    return ParticipantContactChanged(
        **header, subject=person.id, sequence=person.version + 1, data=sealed
    )


def engagement_state(engagement: Engagement) -> EngagementState:
    """Return what a partner asks for, as it stands now."""
    state = EngagementState.model_validate(engagement.state)
    return state.model_copy(update={"status": EngagementStatus(engagement.status)})


def submission_state(submission: Submission) -> SubmissionState:
    """Return the answer to a publisher."""
    return SubmissionState(
        submission_id=submission.id,
        event_id=submission.event_id,
        publisher=submission.publisher,
        type=submission.type,
        status=SubmissionStatus(submission.status),
        aggregate_id=submission.aggregate_id,
        faults=faults_said(submission.faults),
        notes=submission.notes,
    )


def faults_said(faults: Sequence[object]) -> tuple[Fault, ...]:
    """Return faults in the form of the contract."""
    return tuple(Fault.model_validate(fault, from_attributes=True) for fault in faults)
