"""What matching needs kept for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from services.matching.domain.attendance import Attendance
from services.matching.domain.candidates import Candidate
from services.matching.domain.chances import Draw
from services.matching.domain.eligibility import Step
from services.matching.domain.engagements import Engagement
from services.matching.domain.matches import Match, Opportunity
from services.matching.domain.staff_changes import StaffChange
from shared.changes import Put, Remove
from shared.exclusions import ExclusionKey


@dataclass(frozen=True, slots=True)
class Field:
    """Those who may be looked at closely for an engagement, and how the field narrowed to them.

    Everybody who meets all requirements is among them, and hardly anybody else. Their reach may
    be left out: keep them `whole()`.
    """

    candidates: Sequence[Candidate]
    steps: tuple[Step, ...]


class Candidates(Protocol):
    """Everybody who may be asked."""

    async def get(self, candidate_id: str, /) -> Candidate | None: ...
    def keep(self, candidate: Candidate, /) -> Put: ...
    async def field_for(self, engagement: Engagement, /) -> Field: ...


class Engagements(Protocol):
    """What partners ask for."""

    async def get(self, engagement_id: str, /) -> Engagement | None: ...
    def keep(self, engagement: Engagement, /) -> Put: ...
    async def still_short(self, hub: str, /) -> Sequence[Engagement]:
        """Return the open ones of a hub whose match lacks people, as of a second ago at most."""
        ...


class Matches(Protocol):
    """Who was selected."""

    async def get(self, match_id: str, /) -> Match | None: ...
    def keep(self, match: Match, /) -> Put: ...
    async def naming(self, participant_id: str, /) -> Sequence[Match]:
        """Return those with the person on the panel or among the reserves."""
        ...


class Opportunities(Protocol):
    """Which invitations people have had."""

    async def get(self, invitation_id: str, /) -> Opportunity | None: ...
    def keep(self, opportunity: Opportunity, /) -> Put: ...
    def drop(self, opportunity: Opportunity, /) -> Remove: ...
    async def of_engagement(self, engagement_id: str, /) -> Sequence[Opportunity]: ...
    async def of_session(self, session_id: str, /) -> Sequence[Opportunity]:
        """Return those of the people who were invited to a session."""
        ...

    async def lately(self, hub: str, since: date, /) -> Sequence[Opportunity]:
        """Return those of a hub of which anything happens on that day or later."""
        ...


class Attendances(Protocol):
    """Who came to which session."""

    async def get(self, session_id: str, /) -> Attendance | None: ...
    def keep(self, attendance: Attendance, /) -> Put: ...


class Draws(Protocol):
    """How panels were drawn."""

    async def get(self, draw_id: str, /) -> Draw | None: ...
    def keep(self, draw: Draw, /) -> Put: ...
    def drop(self, draw: Draw, /) -> Remove: ...
    async def of_match(self, match_id: str, /) -> Sequence[Draw]: ...
    async def being_noted(self, hub: str, /) -> bool:
        """Whether chances of a draw of the hub are still being remembered."""
        ...


class StaffChanges(Protocol):
    """What staff want of whom."""

    async def get(self, change_id: str, /) -> StaffChange | None: ...
    def keep(self, change: StaffChange, /) -> Put: ...
    def drop(self, change: StaffChange, /) -> Remove: ...
    async def of_engagement(self, engagement_id: str, /) -> Sequence[StaffChange]: ...
    async def of_person(self, participant_id: str, /) -> Sequence[StaffChange]: ...


@dataclass(frozen=True, slots=True)
class Records:
    """All that matching keeps, and the key by which it tells what people stay away from."""

    candidates: Candidates
    engagements: Engagements
    matches: Matches
    opportunities: Opportunities
    draws: Draws
    changes: StaffChanges
    attendances: Attendances
    exclusions: ExclusionKey
