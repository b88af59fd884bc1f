"""Panels of two on which one person holds a place, and another gave theirs up."""

from uuid import UUID

from shared.contracts.engagements import EngagementPublished
from shared.contracts.participants import ParticipantState
from shared.contracts.sessions import Answer
from tests.builders.matching import answered, approved, registered
from tests.fakes.matching_service import Matching


async def approved_and_answered(
    matching: Matching, people: list[ParticipantState], engagement: EngagementPublished
) -> tuple[UUID, UUID]:
    """Have a panel of two approved; return who holds a place, and who gave theirs up."""
    await matching.hears(*map(registered, people), engagement)
    await matching.draws()
    await matching.hears(approved(matching.state_of(engagement), sequence=1))
    return await two_answer(matching, people, engagement)


async def two_answer(
    matching: Matching, people: list[ParticipantState], engagement: EngagementPublished
) -> tuple[UUID, UUID]:
    if engagement.subject not in matching.kept.engagements.entities:
        await matching.hears(*map(registered, people), engagement)
        await matching.draws()
    chosen = [UUID(each.participant_id) for each in matching.match_of(engagement).panel]
    stays, gone = (
        next(each for each in people if each.participant_id == person) for person in chosen
    )
    await matching.hears(
        answered(stays, engagement, Answer.INVITED),
        answered(gone, engagement, Answer.INVITED),
        answered(stays, engagement, Answer.ACCEPTED, sequence=2),
        answered(gone, engagement, Answer.DECLINED, sequence=2),
    )
    return stays.participant_id, gone.participant_id
