"""People join, change, leave and are forgotten."""

from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

from services.intake.domain.availability import read_availability
from services.intake.domain.people import (
    ACTIVE,
    ERASED,
    LEFT,
    Identity,
    KnownAs,
    Participant,
    Profile,
    Sealed,
)
from services.intake.domain.person_rules import INVOLVEMENT, read_person
from services.intake.domain.places import compact
from services.intake.domain.recognition import (
    REFERENCE,
    SENTENCES,
    Recognised,
    folded,
    kind_of,
    may_be_another,
    recognise,
    traits,
)
from services.intake.ports import Desk
from services.intake.use_cases.cases import Case, Effect
from services.intake.use_cases.states import contact_card, participant_state
from shared.changes import NOTHING, Changes, Due, Write
from shared.contracts.base import Event
from shared.contracts.participants import (
    ParticipantContactChanged,
    ParticipantErased,
    ParticipantLeft,
    ParticipantRegistered,
    ParticipantState,
    ParticipantUpdated,
    SealedContact,
)
from shared.contracts.sessions import ReplyLeft
from shared.errors import NotFoundError
from shared.facts import Header

ERASURES = "erasures"

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


class PersonEvent(Header):
    """The fields of an event about a participant."""

    subject: str
    sequence: int
    data: ParticipantState


async def take_participant(case: Case) -> Effect | None:
    """Register a person, or update the one who is recognised."""
    key = compact(case.form.text("postcode"))
    spot = await case.desk.places.find(key) if key else None
    identity, profile = read_person(
        case.form, spot, needs=case.desk.needs, now=case.desk.facts.now(), report=case.report
    )
    known_as, recognised = await _recognise(case, identity)
    person = recognised.person
    is_late = person is not None and person.is_later_than(known_as)
    if not is_late:
        _check_may_join(case, person, profile)
    if case.report.faults:
        return None
    if person is None:
        newcomer = case.arrival.new_id("participant")
        after = Participant(newcomer, case.arrival.hub, (known_as,), profile=profile)
        return await _told(case, None, after, identity)
    if recognised.by != REFERENCE:
        case.report.note(KNOWN_BY.format(SENTENCES[recognised.by]))
    if is_late:
        return _overtaken(case, person)
    if may_be_another(known_as, _name(case, person, identity), person):
        return _doubted(case, person, known_as)
    after = _joined(person, known_as, profile, recognised.others)
    return await _told(case, person, after, identity)


async def _recognise(case: Case, identity: Identity) -> tuple[KnownAs, Recognised]:
    reference = case.form.text("reference")
    handle = case.handle(reference)
    handles = [
        case.desk.cipher.digest(kind, case.arrival.hub, text) for kind, text in traits(identity)
    ]
    known = await case.desk.participants.known_by((handle, *handles))
    known_as = KnownAs(
        case.arrival.publisher.name, reference, (handle, *handles), case.stated_at, case.sequence
    )
    return known_as, recognise(handle, handles, known)


def _check_may_join(case: Case, person: Participant | None, profile: Profile) -> None:
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
    if consent and person.left_at and consent.given_at <= person.left_at:
        sentence = "This person has left since; to join again they must give consent anew."
        case.report.fault(f"/data/consent/{INVOLVEMENT}/given_at", "left-since", sentence)


def _overtaken(case: Case, person: Participant) -> Effect:
    case.report.note("What was sent later is known already, so nothing was changed.")
    return Effect(person.id)


def _doubted(case: Case, person: Participant, known_as: KnownAs) -> Effect:
    """Leave all that is known of the person as it is; only the reference is theirs from now on."""
    case.report.note(DOUBT)
    if any(known_as.is_same_as(known) for known in person.references):
        return Effect(person.id)
    bare = replace(known_as, handles=(case.handle(known_as.reference),))
    return _updated(case, replace(person, references=(*person.references, bare)))


def _joined(
    person: Participant, known_as: KnownAs, profile: Profile, others: Iterable[Participant]
) -> Participant:
    """Return the person with the newest statement standing; no handle is taken from another."""
    taken = {handle for other in others for handle in other.handles}
    own = replace(known_as, handles=tuple(h for h in known_as.handles if h not in taken))
    kept = tuple(own if known.is_same_as(own) else known for known in person.references)
    references = kept if own in kept else (*kept, own)
    return replace(person, status=ACTIVE, left_at=None, references=references, profile=profile)


def _name(case: Case, person: Participant, identity: Identity) -> str:
    return case.desk.cipher.digest("name", person.id, folded(identity.display_name))


async def _told(
    case: Case, before: Participant | None, after: Participant, identity: Identity
) -> Effect:
    """Return what follows when the person has come to be so; nothing when nothing changed."""
    desk, card = case.desk, contact_card(identity)
    after = replace(after, name=_name(case, after, identity))
    digest = desk.cipher.digest("card", after.hub, card.model_dump_json())
    sealed: SealedContact | None = None
    if digest != after.card:
        sealed = await desk.keys.seal(UUID(after.id), card)
        after = replace(after, card=digest, sealed=Sealed(sealed.nonce, sealed.ciphertext))
    if after == before:
        return Effect(after.id)
    kind = ParticipantUpdated if before else ParticipantRegistered
    events: list[Event] = [kind(**_of(after, case.head()))]
    if sealed:
        about = {**case.head(), "subject": after.id, "sequence": after.version + 1}
        events.append(ParticipantContactChanged(**about, data=sealed))
    return Effect(after.id, Changes((desk.participants.keep(after),), tuple(events)))


def _of(person: Participant, header: Header) -> PersonEvent:
    return PersonEvent(
        **header,
        subject=person.id,
        sequence=person.version + 1,
        data=participant_state(person),
    )


async def take_availability(case: Case) -> Effect | None:
    """Note when a known person can come from now on."""
    times = read_availability(case.form.form("availability"), case.report)
    person, news = await case.person(), _news(case)
    is_late = person is not None and person.is_later_than(news)
    if person and person.status != ACTIVE and not is_late:
        sentence = "This person is no longer part of the collaborative."
        case.report.fault("/data/reference", "left", sentence)
    if person is None or case.report.faults:
        return None
    if is_late:
        return _overtaken(case, person)
    profile = replace(person.profile, availability=times)
    after = replace(person.having_heard(news), profile=profile)
    if after == person:
        return Effect(person.id)
    return _updated(case, after)


def _news(case: Case) -> KnownAs:
    """Return of whom this is news, and its place in the order of what the publisher says."""
    publisher, reference = case.arrival.publisher.name, case.form.text("reference")
    return KnownAs(publisher, reference, (), case.stated_at, case.sequence)


def _updated(case: Case, person: Participant) -> Effect:
    event = ParticipantUpdated(**_of(person, case.head()))
    return Effect(person.id, Changes((case.desk.participants.keep(person),), (event,)))


async def take_withdrawal(case: Case) -> Effect | None:
    """Let a person leave."""
    person = await case.person()
    if person is None or case.report.faults:
        return None
    if person.status != ACTIVE:
        case.report.note("This person had left already.")
        return Effect(person.id)
    news = _news(case)
    if not _still_leaves(person, news):
        return _overtaken(case, person)
    return Effect(person.id, _left(person.having_heard(news), case.head(), case.desk))


def _still_leaves(person: Participant, news: KnownAs) -> bool:
    """Whether a withdrawal counts: overtaken by other news it does, but not by newer consent."""
    consent = person.profile.consents.get(INVOLVEMENT)
    if not (person.is_later_than(news) and consent and news.stated_at):
        return True
    return consent.given_at <= news.stated_at


async def let_go(event: ReplyLeft, desk: Desk) -> Changes:
    """Let a person leave who said so by their own link. Raises NotFoundError."""
    person = await desk.participants.get(str(event.data.participant_id))
    if person is None:
        raise NotFoundError("nobody has this participant id")
    if person.status != ACTIVE:
        return NOTHING
    return _left(person, desk.facts.caused_by(event), desk)


def _left(person: Participant, header: Header, desk: Desk) -> Changes:
    after = replace(person, status=LEFT, left_at=desk.facts.now())
    event = ParticipantLeft(**_of(after, {**header, "hub": person.hub}))
    return Changes((desk.participants.keep(after),), (event,))


async def take_erasure(case: Case) -> Effect | None:
    """Forget a person: what is stored now, their key right after, what is quarantined too."""
    person = await case.person()
    if person is None or case.report.faults:
        return None
    if person.status == ERASED:
        case.report.note("This person was forgotten already.")
        return Effect(person.id)
    desk, handles = case.desk, _references_only(person)
    after = Participant(
        id=person.id,
        hub=person.hub,
        references=(KnownAs("", "", handles),),
        status=ERASED,
        version=person.version,
    )
    rejected = await desk.quarantine.about(handles)
    writes: tuple[Write, ...] = (
        desk.participants.keep(after),
        *(desk.quarantine.drop(each) for each in rejected),
        Due(ERASURES, person.id, desk.facts.now()),
    )
    event = ParticipantErased(**_of(after, case.head()))
    return Effect(person.id, Changes(writes, (event,)))


def _references_only(person: Participant) -> tuple[str, ...]:
    """Return what must be kept so that a list sent every night does not bring the person back."""
    return tuple(sorted(handle for handle in person.handles if kind_of(handle) == REFERENCE))


async def forget_key(participant_id: str, desk: Desk) -> Changes:
    """Make every sealed copy of who the person is unreadable, wherever it is."""
    await desk.keys.forget(UUID(participant_id))
    return NOTHING
