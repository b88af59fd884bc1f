"""People correct their own details by their own link: their word stands before any publisher's."""

from dataclasses import replace

from services.intake.domain.availability import WeeklySlot as Slot
from services.intake.domain.availability import merged
from services.intake.domain.contact_preference import UNSAID, ContactPreference
from services.intake.domain.contacts import Contact as Reached
from services.intake.domain.people import (
    ACTIVE,
    ERASED,
    Identity,
    KnownAs,
    Language,
    Neighbourhood,
    OwnDetails,
    Participant,
)
from services.intake.domain.places import rounded
from services.intake.domain.recognition import traits
from services.intake.ports import Desk
from services.intake.use_cases.ledgers import ledger_of
from services.intake.use_cases.states import (
    card_digest,
    contact_changed,
    kept_sealed,
    person_event,
)
from shared.changes import NOTHING, Changes
from shared.contact_details import compact, normal_contact, normal_name, normal_postcode
from shared.contracts import participants
from shared.contracts.base import Event
from shared.contracts.own_details import DetailsGiven, ReplyDetailsGiven
from shared.contracts.participants import Contact, ContactCard, ParticipantUpdated
from shared.errors import NotFoundError, RuleError
from shared.facts import Header

IN_THEIR_OWN_WORDS = (
    "This person said themselves, by their own link, what they are called, how to reach them and"
    " what they need: that stands. What was sent is kept beside it."
)


class UnfitDetailsError(RuleError):
    """What a person said of themselves breaks a rule that everybody's submissions keep."""

    code = "unfit-details"


async def hear_own_details(event: ReplyDetailsGiven, desk: Desk) -> Changes:
    """Keep what a person said of themselves, beside what publishers say.

    Needs that are on no list are left out: for them alone nothing else that was said is lost. It is
    kept also of who has left, who may come back; of them nobody is told. Raises NotFoundError,
    UnfitDetailsError, MalformedError.
    """
    person = await desk.participants.get(str(event.data.participant_id))
    if person is None:
        raise NotFoundError("nobody has this participant id")
    known = person.own_details
    if person.status == ERASED or (known and event.sequence <= known.sequence):
        return NOTHING
    card = await desk.keys.open(event.data.sealed)
    if card is None:
        return NOTHING
    _check(event.data, card, desk)
    own = await _own_details(event, person, card, desk)
    after = replace(person, own_details=own, references=await _recognised_by(card, person, desk))
    kept = Changes((desk.participants.keep(after),))
    if person.status != ACTIVE:
        return kept
    return kept + Changes((), await _told(event, person, after, desk))


async def _told(
    event: ReplyDetailsGiven, before: Participant, after: Participant, desk: Desk
) -> tuple[Event, ...]:
    header: Header = {**desk.facts.caused_by(event), "hub": after.hub}
    told = person_event(after, header, await ledger_of(after, desk))
    updated = ParticipantUpdated(**told)
    if after.card_that_stands == before.card_that_stands:
        return (updated,)
    again: Header = {**desk.facts.caused_by(event), "hub": after.hub}
    return updated, contact_changed(after, again, event.data.sealed)


def _check(said: DetailsGiven, card: ContactCard, desk: Desk) -> None:
    """Hold what was said against the rules for submissions; the console has normalised it."""
    is_reached = any(each.channel is said.preferred_channel for each in card.contacts)
    names = (card.display_name, card.address_as)
    preference = said.contact_preference
    is_fit = (
        said.sealed.participant_id == said.participant_id
        and is_reached
        and all(normal_name(each) == each for each in names)
        and all(_is_normal(each) for each in card.contacts)
        and (card.postcode is None or normal_postcode(card.postcode) == card.postcode)
        and (preference is None or preference.time_zone in desk.time_zones)
    )
    if not is_fit:
        raise UnfitDetailsError("what was said breaks the rules for submissions")


def _is_normal(contact: Contact) -> bool:
    return normal_contact(contact.channel.value, contact.value) == contact.value


async def _recognised_by(card: ContactCard, person: Participant, desk: Desk) -> tuple[KnownAs, ...]:
    """Return the person's references with what they say themselves to be recognised by.

    It stands under no publisher's name. What somebody else is recognised by is not taken from them.
    """
    contacts = tuple(
        Reached(each.channel.value, each.value, each.preferred) for each in card.contacts
    )
    identity = Identity(card.display_name, card.address_as, contacts, card.postcode, None)
    handles = [desk.cipher.digest(kind, person.hub, text) for kind, text in traits(identity)]
    known = await desk.participants.known_by(handles)
    taken = {handle for other in known if other.id != person.id for handle in other.handles}
    own = KnownAs("", "", tuple(dict.fromkeys(each for each in handles if each not in taken)))
    return (*(each for each in person.references if each.publisher), own)


async def _own_details(
    event: ReplyDetailsGiven, person: Participant, card: ContactCard, desk: Desk
) -> OwnDetails:
    said = event.data
    return OwnDetails(
        sequence=event.sequence,
        said_at=event.time,
        card=card_digest(card, person.hub, desk.cipher),
        sealed=kept_sealed(said.sealed),
        preferred_channel=said.preferred_channel.value,
        languages=tuple(Language(each.code, each.interpreter) for each in said.languages),
        needs=tuple(each for each in said.needs if each in desk.needs),
        needs_dropped=_taken_back(said, person),
        contact_preference=_preference(said.contact_preference),
        lives_in=await _lives_in(card, person, desk),
    )


def _taken_back(said: DetailsGiven, person: Participant) -> tuple[str, ...]:
    """Return what they took back now, and before this where they have not said since to need it."""
    own, at = person.own_details, person.needs_given_at
    before = own.needs_dropped if own else ()
    still = {each for each in before if own and own.takes_back(each, at.get(each))}
    return tuple(sorted({*said.needs_dropped} | still - {*said.needs}))


async def _lives_in(card: ContactCard, person: Participant, desk: Desk) -> Neighbourhood | None:
    """Return where the postcode lies; of one that is in no directory, what was known before."""
    spot = await desk.places.find(compact(card.postcode)) if card.postcode else None
    if spot is None:
        return person.own_details.lives_in if person.own_details else None
    return Neighbourhood(spot.borough, rounded(spot.easting), rounded(spot.northing))


def _preference(said: participants.ContactPreference | None) -> ContactPreference:
    if said is None:
        return UNSAID
    times = merged(Slot(each.day.value, each.start, each.end) for each in said.times)
    return ContactPreference(times, said.time_zone, said.news, said.discreet)
