"""What pages ask of the chances that a person had."""

from services.console.ports import ChanceView, Knowledge
from shared.contracts.participants import ParticipantStatus


async def chances_of(participant_id: str, known: Knowledge) -> list[ChanceView]:
    """Return a person's chance in each approved draw that they were in, the newest first.

    While somebody has left there is nothing to show: it is there again when they come back.
    """
    person = await known.people.get(participant_id)
    if person and person.status is not ParticipantStatus.ACTIVE:
        return []
    return await known.chances.about_person(participant_id)
