"""People leave and are forgotten."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from services.intake.domain.consents import BY_THEMSELVES, Ledger, Said, taken_back
from services.intake.domain.people import ACTIVE, ERASED, LEFT, KnownAs, Participant
from services.intake.domain.person_rules import INVOLVEMENT
from services.intake.domain.recognition import REFERENCE, kind_of
from services.intake.ports import Desk
from services.intake.use_cases.cases import Case, Effect
from services.intake.use_cases.erasure_cases import case_opened
from services.intake.use_cases.keeping import quarantine_dropped, second_look_dropped
from services.intake.use_cases.ledgers import ledger_of, stored
from services.intake.use_cases.states import person_event
from shared.changes import NOTHING, Changes, Due, Write
from shared.contracts.own_details import ReplyErasureAsked
from shared.contracts.participants import ParticipantErased, ParticipantLeft, ParticipantUpdated
from shared.contracts.sessions import ReplyLeft
from shared.errors import NotFoundError
from shared.facts import Header
from shared.forgetting import LOOKS, confirmed, headed

ERASURES = "erasures"


async def take_withdrawal(case: Case) -> Effect | None:
    """Let a person leave."""
    person = await case.person()
    if person is None or case.report.faults:
        return None
    news = case.news()
    said = Said(case.arrival.publisher.name, case.orders_from or case.desk.facts.now())
    if person.status != ACTIVE:
        case.report.note("This person had left already.")
        after = person.having_heard(news)
        return Effect(person.id, await still_away(person, after, said, case.desk))
    if not _still_leaves(person, news):
        case.overtaken(person.id)
        return Effect(person.id, await noted(person, INVOLVEMENT, said, case.head(), case.desk))
    after = person.having_heard(news)
    return Effect(person.id, await leave(after, said, case.head(), case.desk))


def _still_leaves(person: Participant, news: KnownAs) -> bool:
    """Whether a withdrawal counts: overtaken by other news it does, but not by newer consent."""
    if not (person.is_later_than(news) and news.stated_at):
        return True
    return not _consented_since(person, news.stated_at)


def _consented_since(person: Participant, left_at: datetime) -> bool:
    consent = person.profile.consents.get(INVOLVEMENT)
    return consent is not None and consent.given_at > left_at


async def let_go(event: ReplyLeft, desk: Desk) -> Changes:
    """Let a person leave who said so by their own link, and has not consented anew since.

    Raises NotFoundError.
    """
    person = await desk.participants.get(str(event.data.participant_id))
    if person is None:
        raise NotFoundError("nobody has this participant id")
    said = Said(BY_THEMSELVES, event.time)
    if person.status != ACTIVE:
        return await still_away(person, person, said, desk)
    if _consented_since(person, event.time):
        return await noted(person, INVOLVEMENT, said, desk.facts.caused_by(event), desk)
    return await leave(person, said, desk.facts.caused_by(event), desk)


async def still_away(before: Participant, after: Participant, said: Said, desk: Desk) -> Changes:
    """Note that who has left said so again, so that only newer consent brings them back.

    They left when they did so first, from which it counts until they are forgotten.
    """
    if before.status == ERASED:
        return NOTHING if after == before else Changes((desk.participants.keep(after),))
    if before.left_at and said.at < before.left_at and not _consented_since(before, said.at):
        after = replace(after, left_at=said.at)
    ledger = taken_back(before, await ledger_of(before, desk), INVOLVEMENT, said)
    return stored(after, ledger, desk) if ledger.added or after != before else NOTHING


async def noted(
    person: Participant, purpose: str, said: Said, header: Header, desk: Desk
) -> Changes:
    """Note that a consent was taken back, where nothing else follows from it."""
    ledger = taken_back(person, await ledger_of(person, desk), purpose, said)
    if not ledger.added:
        return NOTHING
    told = person_event(person, {**header, "hub": person.hub}, ledger)
    return stored(person, ledger, desk) + Changes(events=(ParticipantUpdated(**told),))


async def leave(person: Participant, said: Said, header: Header, desk: Desk) -> Changes:
    """Let the person leave as of when they said so; the consent known by now is at an end too."""
    consent = person.profile.consents.get(INVOLVEMENT)
    ends_at = max(said.at, consent.given_at) if consent else said.at
    ledger = taken_back(person, await ledger_of(person, desk), INVOLVEMENT, said)
    after = replace(person, status=LEFT, left_at=ends_at)
    event = ParticipantLeft(**person_event(after, {**header, "hub": person.hub}, ledger))
    return stored(after, ledger, desk) + Changes(events=(event,))


async def take_erasure(case: Case) -> Effect | None:
    """Forget a person: what is stored now, their key right after, what lies sealed too."""
    person = await case.person()
    if person is None or case.report.faults:
        return None
    if person.status == ERASED:
        case.report.note("This person was forgotten already.")
        return Effect(person.id)
    return Effect(person.id, await _forgotten(person, case.head(), case.desk))


async def forget_by_own_wish(event: ReplyErasureAsked, desk: Desk) -> Changes:
    """Forget a person who asked for it by their own link. Raises NotFoundError."""
    person = await desk.participants.get(str(event.data.participant_id))
    if person is None:
        raise NotFoundError("nobody has this participant id")
    if person.status == ERASED:
        return NOTHING
    return await _forgotten(person, {**desk.facts.caused_by(event), "hub": person.hub}, desk)


def to_be_forgotten(collection: str, people: Sequence[str], desk: Desk) -> Changes:
    """Ask for people who left long ago to be forgotten, each as a piece of work of its own."""
    now = desk.facts.now()
    return Changes(tuple(Due(collection, each, now) for each in people))


async def forget_who_left(person_id: str, kept: timedelta, desk: Desk) -> Changes:
    """Forget a person who left so long ago, exactly as if they had asked for it.

    Who has come back meanwhile stays.
    """
    person, now = await desk.participants.get(person_id), desk.facts.now()
    if person is None or person.status != LEFT or not person.left_at:
        return NOTHING
    if person.left_at + kept > now:
        return NOTHING
    return await _forgotten(person, desk.facts.started(person.hub), desk)


async def _forgotten(person: Participant, header: Header, desk: Desk) -> Changes:
    handles = _references_only(person)
    after = Participant(
        id=person.id,
        hub=person.hub,
        references=(KnownAs("", "", handles),),
        status=ERASED,
        ledger=person.ledger,
        version=person.version,
    )
    writes: tuple[Write, ...] = (
        desk.participants.keep(after),
        *await _without_what_names(handles, desk),
        Due(ERASURES, person.id, desk.facts.now(), _about(header)),
    )
    erased = ParticipantErased(**person_event(after, header, Ledger()))
    return Changes(writes, (erased,)) + await case_opened(after, header, desk)


def _about(header: Header) -> dict[str, Any]:
    return {
        "hub": header["hub"],
        "correlation_id": header["correlationid"],
        "caused_by": header["causationid"],
    }


async def _without_what_names(handles: tuple[str, ...], desk: Desk) -> tuple[Write, ...]:
    """Drop what is quarantined, and what nobody will judge any more by itself."""
    rejected = await desk.quarantine.about(handles)
    unjudged = await desk.second_looks.given_up_about(handles)
    return (
        *(write for each in rejected for write in quarantine_dropped(each, desk)),
        *(write for digest in unjudged for write in second_look_dropped(digest, desk)),
    )


def _references_only(person: Participant) -> tuple[str, ...]:
    """Return what must be kept so that a list sent every night does not bring the person back."""
    return tuple(sorted(handle for handle in person.handles if kind_of(handle) == REFERENCE))


async def forget_key(person_id: str, about: Mapping[str, Any], desk: Desk) -> Changes:
    """Make every sealed copy of who the person is unreadable, wherever it is, and confirm it.

    What was computed before the erasure may still make a key, or quarantine what names the person:
    both are looked for once more.
    """
    await desk.keys.forget(UUID(person_id))
    if "hub" not in about:  # asked for by a version that confirmed nothing
        return NOTHING
    if "again" in about:
        return await _what_came_late(person_id, desk)
    again = Due(ERASURES, person_id, desk.facts.now() + LOOKS[-1], {**about, "again": True})
    counted = {"participants": 1, "keys": 1}
    return Changes((again,), (confirmed(person_id, counted, headed(about, desk.facts)),))


async def _what_came_late(person_id: str, desk: Desk) -> Changes:
    person = await desk.participants.get(person_id)
    return Changes(await _without_what_names(_references_only(person), desk)) if person else NOTHING
