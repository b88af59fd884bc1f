"""A person asks for a copy of what is held on them: when, until when it is due, when it is met."""

from dataclasses import replace
from datetime import date, timedelta

from services.console.ports import AccessRequest, Knowledge
from services.console.use_cases.audit import noted
from services.console.use_cases.people import find_person
from services.console.use_cases.sign_in import Visitor
from shared.changes import NOTHING, Changes
from shared.contracts.participants import ParticipantStatus
from shared.deadlines import answer_due, bank_holidays, today
from shared.errors import MalformedError, NotFoundError
from shared.facts import Facts

NO_DAY = "Enter the day such as 2026-11-20"
NOT_YET = "The day cannot be after today"
LONG_AGO = "This is more than two years ago. Check the year"
LONGEST_AGO = timedelta(days=2 * 366)


async def note_request(
    participant_id: str, received: str, staff: Visitor, known: Knowledge, facts: Facts
) -> Changes:
    """Note the day on which a request came. Raises NotFoundError, MalformedError."""
    person = await find_person(participant_id, staff, known)
    if person.status is ParticipantStatus.ERASED:
        raise NotFoundError("this person was erased")
    received_on = _day_of(received, today(facts.now()))
    before = await known.access_requests.get(person.id)
    request = AccessRequest(
        id=person.id,
        hub=person.hub,
        received_on=received_on,
        due_on=answer_due(received_on, bank_holidays()),
        version=before.version if before else 0,
    )
    return _stored("access_request_noted", request, staff, known, facts)


async def note_answered(
    participant_id: str, staff: Visitor, known: Knowledge, facts: Facts
) -> Changes:
    """Note that the person has their copy; said twice, it is as once. Raises NotFoundError."""
    person = await find_person(participant_id, staff, known)
    request = await known.access_requests.get(person.id)
    if request is None or request.answered_on:
        return NOTHING
    answered = replace(request, answered_on=today(facts.now()))
    return _stored("access_request_answered", answered, staff, known, facts)


def _stored(
    what: str, request: AccessRequest, staff: Visitor, known: Knowledge, facts: Facts
) -> Changes:
    row = noted(
        known.audit, facts, who=staff.username, what=what, about=request.id, hub=request.hub
    )
    return Changes((known.access_requests.keep(request),)) + row


def _day_of(text: str, latest: date) -> date:
    """Return the day that is meant. Raises MalformedError with what is wrong."""
    try:
        day = date.fromisoformat(text.strip())
    except ValueError as error:
        raise MalformedError(NO_DAY) from error
    if day > latest:
        raise MalformedError(NOT_YET)
    if day < latest - LONGEST_AGO:
        raise MalformedError(LONG_AGO)
    return day
