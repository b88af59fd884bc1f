"""What the start page asks: what needs somebody now, in the hubs in which they may see to it."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from services.console.ports import (
    AccessRequest,
    CallRow,
    DeadLetters,
    Knowledge,
    MatchRow,
    OutreachRow,
    Overview,
    Right,
    Roles,
    SessionRow,
    Some,
    hubs_with,
)
from services.console.queries import ABOUT_SILENCE, WEEK

SHOWN = 5
"""How many rows of each kind; the rest is a list of its own."""
UNKNOWN_HUB = "unknown"
"""The hub of a submission that named none of its publisher's."""


@dataclass(frozen=True, slots=True)
class CopyAsked:
    """A request for a copy of what is held on somebody, whom staff know by reference."""

    request: AccessRequest
    reference: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """All that needs somebody; nothing of what they may not see to.

    `dead` counts dead letters by service. `is_dark`: RabbitMQ cannot be asked for them.
    """

    to_decide: Some[MatchRow]
    held: Some[MatchRow]
    short: Some[MatchRow]
    sought: Some[OutreachRow]
    in_need: Some[SessionRow]
    unplaced: Some[SessionRow]
    coming: Some[SessionRow]
    calls: Some[CallRow]
    failed: int
    engagements: int
    refused: Mapping[str, int]
    copies: Sequence[CopyAsked] = ()
    dead: Mapping[str, int] = field(default_factory=dict)
    is_dark: bool = False

    @property
    def missing(self) -> int:
        """How many matches look for people."""
        return self.sought.total + self.short.total

    @property
    def is_quiet(self) -> bool:
        """Whether nothing needs anybody."""
        lists = (
            self.to_decide,
            self.held,
            self.short,
            self.sought,
            self.in_need,
            self.unplaced,
            self.calls,
        )
        counts = (self.failed, sum(self.refused.values()), sum(self.dead.values()), self.is_dark)
        return not any((*(each.total for each in lists), *counts, self.copies))


async def what_needs_me(
    known: Knowledge, dead_letters: DeadLetters, roles: Roles, now: datetime
) -> Start:
    """Return what needs whoever has these roles; all is asked side by side."""
    overview = known.overview
    look, identify, operate = (
        hubs_with(right, roles) for right in (Right.LOOK, Right.IDENTIFY, Right.OPERATE)
    )
    (
        (to_decide, held, short, sought),
        (in_need, unplaced, coming),
        (calls, failed),
        (refused, dead),
        engagements,
        copies,
    ) = await asyncio.gather(
        _matches(overview, look),
        _sessions(overview, look, now),
        _messages(overview, identify, now),
        _troubles(overview, dead_letters, operate),
        overview.open_engagements(look),
        _copies(known, identify),
    )
    return Start(
        to_decide=to_decide,
        held=held,
        short=short,
        sought=sought,
        in_need=in_need,
        unplaced=unplaced,
        coming=coming,
        calls=calls,
        failed=failed,
        engagements=engagements,
        refused=refused,
        copies=copies,
        dead={name: count for name, count in (dead or {}).items() if count},
        is_dark=bool(operate) and dead is None,
    )


async def _matches(
    overview: Overview, hubs: tuple[str, ...]
) -> tuple[Some[MatchRow], Some[MatchRow], Some[MatchRow], Some[OutreachRow]]:
    """Return what waits for a decision, and who is missing; a match that looks for people once."""
    looked_for, to_decide, held, sought = await asyncio.gather(
        overview.looked_for(hubs),
        overview.to_decide(hubs, SHOWN),
        overview.held(hubs, SHOWN),
        overview.sought(hubs, SHOWN),
    )
    return to_decide, held, await overview.short(hubs, looked_for, SHOWN), sought


async def _sessions(
    overview: Overview, hubs: tuple[str, ...], now: datetime
) -> tuple[Some[SessionRow], Some[SessionRow], Some[SessionRow]]:
    return await asyncio.gather(
        overview.in_need(hubs, now, SHOWN),
        overview.unplaced(hubs, SHOWN),
        overview.ahead(hubs, now, now + WEEK, SHOWN),
    )


async def _messages(
    overview: Overview, hubs: tuple[str, ...], now: datetime
) -> tuple[Some[CallRow], int]:
    if not hubs:
        return Some(), 0
    return await asyncio.gather(
        overview.calls(hubs, ABOUT_SILENCE, SHOWN), overview.failed_since(hubs, now - WEEK)
    )


async def _copies(known: Knowledge, hubs: tuple[str, ...]) -> list[CopyAsked]:
    """Return requests that are not answered, the one that is due first at first."""
    asked = await known.access_requests.open_in(hubs) if hubs else []
    people = await known.people.standings([each.id for each in asked])
    return [
        CopyAsked(each, people[each.id].reference if each.id in people else None) for each in asked
    ]


async def _troubles(
    overview: Overview, dead_letters: DeadLetters, hubs: tuple[str, ...]
) -> tuple[dict[str, int], Mapping[str, int] | None]:
    if not hubs:
        return {}, None
    return await asyncio.gather(overview.refused((*hubs, UNKNOWN_HUB)), dead_letters.counted())
