"""People take back what they agreed to, by what a publisher says or by their own link."""

from dataclasses import replace
from datetime import datetime

from services.intake.domain.consents import BY_THEMSELVES, Ledger, Said, taken_back
from services.intake.domain.people import ACTIVE, ERASED, Participant, Profile
from services.intake.domain.person_rules import INVOLVEMENT, MONITORING
from services.intake.ports import Desk
from services.intake.use_cases.cases import Case, Effect
from services.intake.use_cases.leaving import leave, still_away
from services.intake.use_cases.ledgers import ledger_of, stored
from services.intake.use_cases.states import person_event
from shared.changes import NOTHING, Changes
from shared.contracts.own_details import ReplyConsentWithdrawn
from shared.contracts.participants import ParticipantUpdated
from shared.errors import NotFoundError
from shared.facts import Header

GIVEN_SINCE = "This person gave consent to this anew since, so that it stands."
NOT_GIVEN = "No consent to this was known; that it was taken back is noted."
TAKEN_BACK = (
    "This person took back their consent to {} after it was given, so it does not stand until it is"
    " given anew."
)


async def take_consent_withdrawal(case: Case) -> Effect | None:
    """Take a consent back that a publisher says is taken back."""
    person = await case.person()
    if person is None or case.report.faults:
        return None
    purpose, at = case.form.text("purpose"), case.orders_from or case.desk.facts.now()
    consent = person.profile.consents.get(purpose)
    if consent is None:
        case.report.note(NOT_GIVEN)
    elif consent.given_at > at:
        case.report.note(GIVEN_SINCE)
    said = Said(case.arrival.publisher.name, at)
    return Effect(person.id, await withdrawn(person, purpose, said, case.head(), case.desk))


async def hear_consent_withdrawal(event: ReplyConsentWithdrawn, desk: Desk) -> Changes:
    """Take a consent back that the person themselves takes back. Raises NotFoundError."""
    person = await desk.participants.get(str(event.data.participant_id))
    if person is None:
        raise NotFoundError("nobody has this participant id")
    said = Said(BY_THEMSELVES, event.time)
    return await withdrawn(person, event.data.purpose, said, desk.facts.caused_by(event), desk)


async def withdrawn(
    person: Participant, purpose: str, said: Said, header: Header, desk: Desk
) -> Changes:
    """Return what follows: without `involvement` they leave, without `monitoring` answers go.

    What was given anew since stands. Of who has left nobody is told.
    """
    if person.status == ERASED:
        return NOTHING
    consent = person.profile.consents.get(purpose)
    is_newer = consent is not None and consent.given_at > said.at
    if purpose == INVOLVEMENT and person.status != ACTIVE:
        return await still_away(person, person, said, desk)
    if purpose == INVOLVEMENT and not is_newer:
        return await leave(person, said, header, desk)
    ledger = taken_back(person, await ledger_of(person, desk), purpose, said)
    stands = person.profile if is_newer else _without(person.profile, purpose)
    after = replace(person, profile=stands)
    if after == person and not ledger.added:
        return NOTHING
    if person.status != ACTIVE:
        return stored(after, ledger, desk)
    told = person_event(after, {**header, "hub": person.hub}, ledger)
    return stored(after, ledger, desk) + Changes(events=(ParticipantUpdated(**told),))


def still_given(case: Case, ledger: Ledger, profile: Profile) -> Profile:
    """Return what is said of the person without consents that they have taken back since.

    Of `involvement` that is said as a fault: see `left-since`.
    """
    for purpose, consent in profile.consents.items():
        if purpose != INVOLVEMENT and ledger.withdrawn_since(purpose, consent.given_at):
            case.report.note(TAKEN_BACK.format(purpose))
            profile = _without(profile, purpose)
    return profile


def left_since(person: Participant, ledger: Ledger, given_at: datetime) -> bool:
    """Whether somebody left after a consent that was given then, or said so again."""
    left = person.left_at is not None and given_at <= person.left_at
    return left or ledger.withdrawn_since(INVOLVEMENT, given_at)


def _without(profile: Profile, purpose: str) -> Profile:
    consents = {name: each for name, each in profile.consents.items() if name != purpose}
    monitoring = {} if purpose == MONITORING else profile.monitoring
    return replace(profile, consents=consents, monitoring=monitoring)
