"""Following an erasure until every service has confirmed it; who does not is asked again."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from services.intake.domain.consents import Ledger
from services.intake.domain.erasures import ErasureCase
from services.intake.domain.people import Participant
from services.intake.ports import Desk
from services.intake.use_cases.states import person_event
from shared import topology
from shared.changes import NOTHING, Changes, Due, Undue
from shared.contracts.erasures import ErasureConfirmed
from shared.contracts.participants import ParticipantErased
from shared.errors import RuleError
from shared.facts import Header

ERASURE_CHECKS = "erasure_checks"
CHECKS = (timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6), timedelta(days=1))
"""How long after each asking it is looked who has confirmed; after the last, staff are to look."""


async def case_opened(person: Participant, header: Header, desk: Desk) -> Changes:
    """Note that a person is to be forgotten, and when to look who has done so."""
    known = await desk.erasure_cases.get(person.id)
    case = ErasureCase(person.id, person.hub, header["time"], version=known.version if known else 0)
    about = {"asked": 1, "hub": person.hub, "correlation_id": header["correlationid"]}
    return Changes((desk.erasure_cases.keep(case), _check(person.id, 0, about, desk)))


async def note_confirmation(event: ErasureConfirmed, desk: Desk) -> Changes:
    """Note which service has forgotten a person; when all have, nobody is asked again."""
    said = event.data
    person_id = str(said.participant_id)
    known = await desk.erasure_cases.get(person_id)
    case = known or ErasureCase(person_id, event.hub, event.time)
    after = case.confirmed_by(said.service, event.time, topology.ROUTES)
    done = (Undue(ERASURE_CHECKS, person_id),) if after.done_at else ()
    return Changes((desk.erasure_cases.keep(after), *done))


async def look_who_confirmed(person_id: str, about: Mapping[str, Any], desk: Desk) -> Changes:
    """Say again that a person is forgotten, while some service has not confirmed it.

    Raises RuleError after the last time, so that an operator sees it.
    """
    case, person = await desk.erasure_cases.get(person_id), await desk.participants.get(person_id)
    if case is None or person is None or case.done_at:
        return NOTHING
    asked = int(about["asked"])
    if asked == len(CHECKS):
        raise RuleError("a service has not confirmed an erasure, however often it was asked")
    header = desk.facts.started(about["hub"], correlation_id=about["correlation_id"])
    as_stored = replace(person, version=person.version - 1)
    event = ParticipantErased(**person_event(as_stored, header, Ledger()))
    return Changes((_check(person_id, asked, {**about, "asked": asked + 1}, desk),), (event,))


def _check(person_id: str, number: int, about: Mapping[str, Any], desk: Desk) -> Due:
    return Due(ERASURE_CHECKS, person_id, desk.facts.now() + CHECKS[number], about)
