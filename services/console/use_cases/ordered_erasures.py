"""An operator has a person forgotten: written down, and asked of intake as the person would."""

from services.console.ports import ErasureView, Knowledge
from services.console.use_cases.own_details import ask_erasure
from services.console.use_cases.people import find_person, noted_of
from services.console.use_cases.sign_in import Visitor
from shared.changes import Changes
from shared.facts import Facts


async def order_erasure(
    participant_id: str, staff: Visitor, known: Knowledge, facts: Facts
) -> Changes:
    """Ask intake to forget somebody; intake takes it as once. Raises NotFoundError."""
    person = await find_person(participant_id, staff, known)
    row = noted_of(person, "erasure_ordered", staff, known, facts)
    return row + await ask_erasure(person.id, known, facts)


async def erasure_of(participant_id: str, staff: Visitor, known: Knowledge) -> ErasureView:
    """Return who has confirmed an erasure; of who was never erased, nobody.

    Raises NotFoundError.
    """
    person = await find_person(participant_id, staff, known)
    return await known.erasures.get(person.id) or ErasureView(id=person.id, hub=person.hub)
