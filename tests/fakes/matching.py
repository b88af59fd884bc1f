"""Matching's records in memory."""

from collections.abc import Sequence
from datetime import date

from services.matching.domain.attendance import Attendance
from services.matching.domain.candidates import Candidate
from services.matching.domain.chances import Draw
from services.matching.domain.eligibility import Step, holds, wide_requirements
from services.matching.domain.engagements import Engagement
from services.matching.domain.matches import Match, Opportunity
from services.matching.domain.staff_changes import StaffChange
from services.matching.ports import Field, Records
from tests.builders.exclusions import EXCLUSIONS
from tests.fakes.store import InMemoryCollection, InMemoryStore


class InMemoryCandidates(InMemoryCollection[Candidate]):
    """Candidates, found by looking at each."""

    async def field_for(self, engagement: Engagement) -> Field:
        left, steps = list(self.entities.values()), list[Step]()
        for requirement in wide_requirements(engagement):
            left = [each for each in left if holds(requirement, each, engagement)]
            steps.append(Step(requirement, len(left)))
        return Field(left, tuple(steps))


class InMemoryEngagements(InMemoryCollection[Engagement]):
    """Engagements."""

    async def still_short(self, hub: str) -> Sequence[Engagement]:
        return await self.where(lambda each: each.hub == hub and each.short and each.open)


class InMemoryMatches(InMemoryCollection[Match]):
    """Matches."""

    async def naming(self, participant_id: str) -> Sequence[Match]:
        return await self.where(
            lambda match: any(
                each.participant_id == participant_id for each in match.panel + match.reserves
            )
        )


class InMemoryOpportunities(InMemoryCollection[Opportunity]):
    """Opportunities."""

    async def of_engagement(self, engagement_id: str) -> Sequence[Opportunity]:
        return await self.where(lambda each: each.engagement_id == engagement_id)

    async def of_session(self, session_id: str) -> Sequence[Opportunity]:
        return await self.where(lambda each: session_id in each.sessions)

    async def lately(self, hub: str, since: date) -> Sequence[Opportunity]:
        return await self.where(lambda each: each.hub == hub and each.until >= since)


class InMemoryDraws(InMemoryCollection[Draw]):
    """Draws."""

    async def of_match(self, match_id: str) -> Sequence[Draw]:
        return await self.where(lambda each: each.match_id == match_id)

    async def being_noted(self, hub: str) -> bool:
        return bool(await self.where(lambda each: each.hub == hub and each.taken))


class InMemoryStaffChanges(InMemoryCollection[StaffChange]):
    """What staff want of whom."""

    async def of_engagement(self, engagement_id: str) -> Sequence[StaffChange]:
        return await self.where(lambda each: each.engagement_id == engagement_id)

    async def of_person(self, participant_id: str) -> Sequence[StaffChange]:
        return await self.where(lambda each: each.participant_id == participant_id)


class InMemoryMatching:
    """Records, and a store that makes changes to them true."""

    def __init__(self) -> None:
        self.candidates = InMemoryCandidates("candidates")
        self.engagements = InMemoryEngagements("engagements")
        self.matches = InMemoryMatches("matches")
        self.opportunities = InMemoryOpportunities("opportunities")
        self.drawn = InMemoryDraws("drawn")
        self.changes = InMemoryStaffChanges("staff_changes")
        self.attendances = InMemoryCollection[Attendance]("attendances")
        kinds = (
            self.candidates,
            self.engagements,
            self.matches,
            self.opportunities,
            self.drawn,
            self.changes,
            self.attendances,
        )
        self.store = InMemoryStore(*kinds)
        self.records = Records(*kinds, EXCLUSIONS)
