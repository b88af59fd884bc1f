"""Staff look at who a participant is: written down before it is shown."""

from services.console.ports import Knowledge, PersonView
from services.console.use_cases.audit import noted, noted_of_oneself
from services.console.use_cases.sign_in import Visitor
from shared.changes import NOTHING, Changes
from shared.contracts.participants import ParticipantStatus
from shared.errors import NotFoundError
from shared.facts import Facts


async def find_person(participant_id: str, staff: Visitor, known: Knowledge) -> PersonView:
    """Return a participant of the visitor's hubs, also one who was erased. Raises NotFoundError."""
    person = await known.people.get(participant_id)
    if person is None or person.hub not in staff.hubs:
        raise NotFoundError("nobody of this hub")
    return person


def noted_of(
    person: PersonView, what: str, staff: Visitor, known: Knowledge, facts: Facts
) -> Changes:
    """Describe a row of what staff did about a person, which leads of the person's hub read."""
    return noted(known.audit, facts, who=staff.username, what=what, about=person.id, hub=person.hub)


async def look_at_participant(
    participant_id: str, staff: Visitor, known: Knowledge, facts: Facts
) -> Changes:
    """Write down that staff saw who a person is. Raises NotFoundError, also of who was erased."""
    person = await find_person(participant_id, staff, known)
    if person.status is ParticipantStatus.ERASED:
        raise NotFoundError("this person was erased")
    return noted_of(person, "looked_at_person", staff, known, facts)


async def people_called(reference: str, staff: Visitor, known: Knowledge) -> list[PersonView]:
    """Return everybody of the visitor's hubs whom a publisher calls so; nobody who was erased."""
    return [
        each for hub in sorted(staff.hubs) for each in await known.people.known_as(reference, hub)
    ]


async def look_for_people(
    reference: str, staff: Visitor, known: Knowledge, facts: Facts
) -> Changes:
    """Write down who was found by a reference, or that nobody was; never the reference."""
    found = await people_called(reference, staff, known)
    if not found:
        return await noted_of_oneself("looked_for_person", staff.username, known, facts)
    rows = (noted_of(each, "looked_for_person", staff, known, facts) for each in found)
    return sum(rows, NOTHING)


async def copy_what_is_held(
    participant_id: str, staff: Visitor, known: Knowledge, facts: Facts
) -> Changes:
    """Write down that a copy of all that is held on a person is made, also of who was erased.

    Raises NotFoundError.
    """
    person = await find_person(participant_id, staff, known)
    return noted_of(person, "subject_access_made", staff, known, facts)
