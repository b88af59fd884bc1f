"""Rows of lists from what is in memory, and dead letters that a test counts."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from services.console.ports import (
    CallRow,
    MatchRow,
    MatchView,
    MessageView,
    OutreachRow,
    SessionRow,
    SessionView,
    Some,
)
from shared.contracts.engagements import EngagementStatus
from shared.contracts.matches import MatchStatus
from shared.contracts.messages import MessageStatus
from shared.contracts.sessions import Answer, SessionStatus

if TYPE_CHECKING:
    from tests.fakes.console import InMemoryConsole


@dataclass
class KnownDeadLetters:
    """See ports.DeadLetters; None: RabbitMQ is away."""

    counts: dict[str, int] | None = field(default_factory=dict)

    async def counted(self) -> Mapping[str, int] | None:
        return self.counts


class InMemoryOverview:
    """See ports.Overview."""

    def __init__(self, console: "InMemoryConsole") -> None:
        self._console = console

    async def to_decide(self, hubs: tuple[str, ...], limit: int) -> Some[MatchRow]:
        return self._matches(limit, lambda v: _is(v, hubs, MatchStatus.PROPOSED) and not v.held)

    async def held(self, hubs: tuple[str, ...], limit: int) -> Some[MatchRow]:
        return self._matches(limit, lambda v: v.hub in hubs and v.held is not None)

    async def short(
        self, hubs: tuple[str, ...], beside: Collection[str], limit: int
    ) -> Some[MatchRow]:
        def is_meant(view: MatchView) -> bool:
            return _is(view, hubs, MatchStatus.SHORT) and view.id not in beside

        return self._matches(limit, is_meant)

    async def looked_for(self, hubs: tuple[str, ...]) -> frozenset[str]:
        return frozenset(row.match_id for row in (await self.sought(hubs, 0)).rows)

    async def sought(self, hubs: tuple[str, ...], limit: int) -> Some[OutreachRow]:
        found = self._of("outreach", lambda v: v.hub in hubs and v.state.wanted)
        rows = [
            OutreachRow(
                id=view.id,
                hub=view.hub,
                match_id=str(view.state.match_id),
                title=view.state.title,
                partner=view.state.partner,
                wanted=view.state.wanted,
            )
            for view in found
        ]
        return Some(rows[:limit] if limit else rows, len(rows))

    async def in_need(self, hubs: tuple[str, ...], now: datetime, limit: int) -> Some[SessionRow]:
        def is_in_need(view: SessionView) -> bool:
            state = view.state
            needs = state.at_risk or state.missing or state.unmet
            return _is(view, hubs, SessionStatus.ANNOUNCED) and view.at >= now and bool(needs)

        return self._sessions(limit, is_in_need)

    async def unplaced(self, hubs: tuple[str, ...], limit: int) -> Some[SessionRow]:
        return self._sessions(limit, lambda v: _is(v, hubs, SessionStatus.UNSCHEDULED))

    async def ahead(
        self, hubs: tuple[str, ...], start: datetime, end: datetime, limit: int
    ) -> Some[SessionRow]:
        def is_ahead(view: SessionView) -> bool:
            return _is(view, hubs, SessionStatus.ANNOUNCED) and start <= view.at < end

        return self._sessions(limit, is_ahead)

    async def calls(
        self, hubs: tuple[str, ...], about_silence: Collection[str], limit: int
    ) -> Some[CallRow]:
        def is_wanted(view: MessageView) -> bool:
            invitation = self._get("invitations", view.state.invitation_id)
            answer = invitation and (invitation.said or invitation.state.answer)
            is_open = _is(view, hubs, MessageStatus.TO_CALL) and view.done_by is None
            return is_open and (view.state.kind not in about_silence or answer is Answer.INVITED)

        rows = [self._call(view) for view in self._of("messages", is_wanted)]
        rows.sort(key=lambda row: (row.due_by is None, row.due_by or row.at))
        return Some(rows[:limit], len(rows))

    async def failed_since(self, hubs: tuple[str, ...], start: datetime) -> int:
        failed = self._of("messages", lambda v: _is(v, hubs, MessageStatus.FAILED))
        return sum(each.at >= start for each in failed)

    async def refused(self, hubs: tuple[str, ...]) -> dict[str, int]:
        found = self._of("refusals", lambda v: v.hub in hubs and not v.corrected)
        return dict(Counter(each.publisher for each in found))

    async def open_engagements(self, hubs: tuple[str, ...]) -> int:
        return len(self._of("engagements", lambda v: _is(v, hubs, EngagementStatus.OPEN)))

    def _of(self, name: str, holds: Callable[[Any], Any]) -> list[Any]:
        found = [each for each in self._console.collections[name].entities.values() if holds(each)]
        return sorted(found, key=lambda each: (each.at, each.id))

    def _get(self, name: str, entity_id: UUID | None) -> Any:
        return self._console.collections[name].entities.get(str(entity_id))

    def _call(self, view: MessageView) -> CallRow:
        state = view.state
        engagement = self._get("engagements", state.engagement_id)
        return CallRow(
            id=view.id,
            hub=view.hub,
            kind=state.kind,
            at=view.at,
            due_by=state.due_by,
            engagement_id=str(state.engagement_id) if state.engagement_id else None,
            invitation_id=str(state.invitation_id) if state.invitation_id else None,
            title=engagement.state.title if engagement else None,
        )

    def _matches(self, limit: int, holds: Callable[[MatchView], bool]) -> Some[MatchRow]:
        found = [match_row(view) for view in self._of("matches", holds)]
        return Some(found[:limit], len(found))

    def _sessions(self, limit: int, holds: Callable[[SessionView], bool]) -> Some[SessionRow]:
        found = [_session(view) for view in self._of("sessions", holds)]
        return Some(found[:limit], len(found))


def _is(view: Any, hubs: tuple[str, ...], status: str) -> bool:
    return view.hub in hubs and view.state.status == status


def match_row(view: MatchView) -> MatchRow:
    """Return a match as a row."""
    state = view.state
    return MatchRow(
        id=view.id,
        hub=view.hub,
        sequence=view.sequence,
        at=view.at,
        title=state.title,
        partner=state.partner,
        status=state.status.value,
        places=state.places,
        eligible=state.eligible,
        chosen=len(state.panel),
        decided_by=view.decided_by,
        held_choice=view.held.choice if view.held else None,
        held_by=view.held.by if view.held else None,
        goes_at=view.held.goes_at if view.held else None,
    )


def _session(view: SessionView) -> SessionRow:
    state = view.state
    return SessionRow(
        id=view.id,
        hub=view.hub,
        title=state.title,
        status=state.status.value,
        number=state.number,
        starts_at=state.starts_at,
        ends_at=state.ends_at,
        venue=state.venue.name if state.venue else None,
        places=state.places,
        coming=sum(each.answer is Answer.ACCEPTED for each in state.attendees),
        missing=state.missing,
        quorum=state.quorum,
        at_risk=state.at_risk,
        unmet=state.unmet,
        reasons=state.reasons,
    )
