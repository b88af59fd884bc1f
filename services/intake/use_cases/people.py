"""People join, and change."""

from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

from services.intake.domain.consents import (
    Ledger,
    Said,
    given,
    not_repeated,
    repeated_again,
)
from services.intake.domain.people import (
    ACTIVE,
    ERASED,
    Identity,
    KnownAs,
    Participant,
    Profile,
)
from services.intake.domain.person_rules import INVOLVEMENT
from services.intake.domain.recognition import (
    REFERENCE,
    SENTENCES,
    Recognised,
    folded,
    may_be_another,
    recognise,
    traits,
)
from services.intake.domain.references import looks_like_a_person
from services.intake.use_cases import own_details
from services.intake.use_cases.cases import Case, Effect
from services.intake.use_cases.consents import left_since, still_given
from services.intake.use_cases.ledgers import ledger_of, stored
from services.intake.use_cases.stated import read_stated
from services.intake.use_cases.states import (
    card_digest,
    contact_card,
    contact_changed,
    kept_sealed,
    person_event,
    told_sealed,
)
from services.intake.use_cases.staying_away import with_words
from services.intake.use_cases.times import IN_THEIR_OWN_WORDS, kept
from shared.changes import Changes
from shared.contracts.base import Event
from shared.contracts.participants import (
    ParticipantRegistered,
    ParticipantUpdated,
    SealedContact,
)

KNOWN_BY = (
    "This person was known already by {}; they stay one participant, to whom this reference was"
    " added."
)
DOUBT = (
    "Name or date of birth differ from what is known of this person, so all that was known stays as"
    " it is; staff should check. Who a person is can be changed only under the reference that"
    " registered them. If these are two people who share a contact, send this one under a new"
    " reference, with a contact of their own."
)

LIKE_A_PERSON = (
    "A reference goes everywhere in clear, so it must not be a name, an e-mail address, a phone"
    " number or an NHS number. Send the person under an id of your own that says nothing of them."
)
LATER_TIMES = (
    "What was sent later of when this person can come is known already, so only that stayed as it"
    " is."
)
ONLY_ADDED = (
    "Another publisher registered this person, so their contacts stay as they are, and what guards"
    " them, such as what they stay away from, was added to, not replaced."
)
GUARDED_LATE = (
    "What was sent later is known already, so of this only how the person wants to hear was taken,"
    " as far as nothing was said of it later or it guards them."
)


async def take_participant(case: Case) -> Effect | None:
    """Register a person, or update the one who is recognised."""
    identity, profile = await read_stated(case)
    known_as, recognised = await _recognise(case, identity)
    person, said = recognised.person, profile.consents
    ledger = await ledger_of(person, case.desk) if person else Ledger()
    profile = still_given(case, ledger, profile)
    is_late = person is not None and person.is_later_than(known_as)
    if not is_late:
        _check_may_join(case, person, profile, identity, ledger)
    if case.report.faults:
        return None
    person_id = person.id if person else case.arrival.new_id("participant")
    heard = ledger.having(*given(person_id, said, case.arrival.publisher.name))
    if person is None:
        after = Participant(person_id, case.arrival.hub, (known_as,), profile=profile)
        return await _told(case, None, after, identity, heard)
    if recognised.by != REFERENCE:
        case.report.note(KNOWN_BY.format(SENTENCES[recognised.by]))
    if is_late:
        return await _overtaken(case, person, known_as, profile, identity, heard)
    if may_be_another(known_as, _name(case, person, identity), person):
        return _doubted(case, person, known_as, ledger)
    profile = _without_older_times(case, person, known_as, profile)
    if known_as.publisher != person.references[0].publisher:
        return await _added_to(case, person, known_as, profile, identity, heard)
    stated = profile.said_after(person.profile)
    after = _joined(person, known_as, stated, recognised.others)
    return await _told(case, person, after, identity, heard)


def _without_older_times(
    case: Case, person: Participant, known_as: KnownAs, profile: Profile
) -> Profile:
    if person.own_details:
        case.report.note(own_details.IN_THEIR_OWN_WORDS)
    if person.goes_by_own_times and case.form.is_stated("availability"):
        case.report.note(IN_THEIR_OWN_WORDS)
    if not person.has_later_times_than(known_as):
        return profile
    case.report.note(LATER_TIMES)
    return replace(profile, availability=person.profile.availability)


async def _recognise(case: Case, identity: Identity) -> tuple[KnownAs, Recognised]:
    reference = case.form.text("reference")
    handle = case.handle(reference)
    handles = [
        case.desk.cipher.digest(kind, case.arrival.hub, text) for kind, text in traits(identity)
    ]
    known = await case.desk.participants.known_by((handle, *handles))
    known_as = KnownAs(
        case.arrival.publisher.name, reference, (handle, *handles), case.orders_from, case.sequence
    )
    return known_as, recognise(handle, handles, known)


def _check_may_join(
    case: Case, person: Participant | None, profile: Profile, identity: Identity, ledger: Ledger
) -> None:
    if person is None and looks_like_a_person(case.form.text("reference"), identity):
        case.report.fault("/data/reference", "reference-looks-like-a-person", LIKE_A_PERSON)
    if person is None or person.status == ACTIVE:
        return
    if person.status == ERASED:
        sentence = (
            "This person asked to be forgotten. Should they join again, send a new reference with"
            " the consent that they give now."
        )
        case.report.fault("/data/reference", "erased", sentence)
        return
    consent = profile.consents.get(INVOLVEMENT)
    if consent and left_since(person, ledger, consent.given_at):
        sentence = "This person has left since; to join again they must give consent anew."
        case.report.fault(f"/data/consent/{INVOLVEMENT}/given_at", "left-since", sentence)


async def _overtaken(
    case: Case,
    person: Participant,
    known_as: KnownAs,
    profile: Profile,
    identity: Identity,
    ledger: Ledger,
) -> Effect:
    """Change nothing but how the person wants to hear, which later news may have left out.

    What they agreed to is noted, whatever stands now.
    """
    preference = profile.contact_preference.added_to(person.profile.contact_preference)
    after = replace(person, profile=replace(person.profile, contact_preference=preference))
    if person.status == ERASED or may_be_another(known_as, _name(case, person, identity), person):
        return case.overtaken(person.id)
    if after == person:
        case.overtaken(person.id)
    else:
        case.report.note(GUARDED_LATE)
    return Effect(person.id, await kept(case, person, after, ledger))


def _doubted(case: Case, person: Participant, known_as: KnownAs, ledger: Ledger) -> Effect:
    """Leave all that is known of the person as it is; only the reference is theirs from now on."""
    case.report.note(DOUBT)
    if any(known_as.is_same_as(known) for known in person.references):
        return Effect(person.id)
    bare = replace(known_as, handles=(case.handle(known_as.reference),))
    return _updated(case, replace(person, references=(*person.references, bare)), ledger)


async def _added_to(
    case: Case,
    person: Participant,
    known_as: KnownAs,
    profile: Profile,
    identity: Identity,
    ledger: Ledger,
) -> Effect:
    """Take what another publisher says about the person, not how to reach them: it is no proof.

    What guards the person only grows, and they are recognised by nothing new.
    """
    added = profile.added_to(person.profile)
    if added != profile or _card(case, person, identity) != person.card:
        case.report.note(ONLY_ADDED)
    known = replace(known_as, handles=(case.handle(known_as.reference),))
    after = _joined(person, known, added, ())
    if added.avoids != person.profile.avoids:
        after = await with_words(after, identity.stays_away_from, case.desk)
    ledger = _noted(case, person, after, ledger)
    if after == person and not ledger.added:
        return Effect(person.id)
    return _updated(case, after, ledger)


def _joined(
    person: Participant, known_as: KnownAs, profile: Profile, others: Iterable[Participant]
) -> Participant:
    """Return the person with the newest statement standing; no handle is taken from another."""
    taken = {handle for other in others for handle in other.handles}
    own = replace(known_as, handles=tuple(h for h in known_as.handles if h not in taken))
    references = tuple(
        replace(known.having_heard(own), handles=own.handles) if known.is_same_as(own) else known
        for known in person.references
    )
    is_known = any(known.is_same_as(own) for known in references)
    references = references if is_known else (*references, own)
    return replace(person, status=ACTIVE, left_at=None, references=references, profile=profile)


def _noted(case: Case, before: Participant | None, after: Participant, ledger: Ledger) -> Ledger:
    """Return the ledger with what this publisher repeated, and did not repeat."""
    said = Said(case.arrival.publisher.name, case.orders_from or case.desk.facts.now())
    now = after.profile.consents
    if before:
        ledger = ledger.having(*not_repeated(before, now, ledger, said))
    return ledger.having(*repeated_again(after.id, now, ledger, said))


def _name(case: Case, person: Participant, identity: Identity) -> str:
    return case.desk.cipher.digest("name", person.id, folded(identity.display_name))


def _card(case: Case, person: Participant, identity: Identity) -> str:
    return card_digest(contact_card(identity), person.hub, case.desk.cipher)


async def _told(
    case: Case,
    before: Participant | None,
    after: Participant,
    identity: Identity,
    ledger: Ledger,
) -> Effect:
    """Return what follows when the person has come to be so; nothing when nothing changed."""
    desk, digest = case.desk, _card(case, after, identity)
    ledger = _noted(case, before, after, ledger)
    after = replace(after, name=_name(case, after, identity))
    sealed: SealedContact | None = None
    if digest != after.card:
        sealed = await desk.keys.seal(UUID(after.id), contact_card(identity))
        after = replace(after, card=digest, sealed=kept_sealed(sealed))
    if after == before and not ledger.added:
        return Effect(after.id)
    kind = ParticipantUpdated if before else ParticipantRegistered
    events: list[Event] = [kind(**person_event(after, case.head(), ledger))]
    if reached := _newly_reached(before, after, sealed):
        events.append(contact_changed(after, case.head(), reached))
    return Effect(after.id, stored(after, ledger, desk) + Changes(events=tuple(events)))


def _newly_reached(
    before: Participant | None, after: Participant, sealed: SealedContact | None
) -> SealedContact | None:
    """Return the card that others are to know from now on; what the person said stands.

    Others are told of that again when who had left comes back.
    """
    own = after.own_details
    if own is None:
        return sealed
    if before and before.status == ACTIVE:
        return None
    return told_sealed(after.id, own.sealed)


def _updated(case: Case, person: Participant, ledger: Ledger) -> Effect:
    event = ParticipantUpdated(**person_event(person, case.head(), ledger))
    return Effect(person.id, stored(person, ledger, case.desk) + Changes(events=(event,)))
