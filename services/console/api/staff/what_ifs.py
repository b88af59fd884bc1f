"""What would be drawn without somebody: asked on the page of a match, shown on one of its own."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from services.console.api.access import for_staff, staff_of
from services.console.api.parts import Parts
from services.console.api.rendering import Pages
from services.console.api.staff.decisions import DecisionPages
from services.console.ports import Knowledge, MatchView, Right, WhatIfView
from services.console.queries import own
from services.console.use_cases.decisions import MAY_CHANGE
from services.console.use_cases.match_people import MatchPerson, people_of_match
from services.console.use_cases.what_ifs import ask_what_if, stage_of
from shared.contracts.draws import PanelFigures, WhatIfState
from shared.contracts.matches import ExclusionReason, PersonChange, QuotaFit
from shared.contracts.participants import ParticipantStatus
from shared.errors import NotFoundError

HAS_LEFT = "Somebody who has left"


@dataclass(frozen=True, slots=True)
class QuotaPair:
    """A quota beside what the two panels have; None where one of them was not drawn by it."""

    quota: QuotaFit
    before: int | None
    after: int | None

    def is_met(self, selected: int | None) -> bool:
        """Whether a panel with so many meets it."""
        return selected is not None and self.quota.min <= selected <= self.quota.max


class WhatIfPages:
    """`/matches/{match_id}/what-ifs` and `/what-ifs/{what_if_id}`."""

    def __init__(self, parts: Parts, pages: Pages, matches: DecisionPages) -> None:
        self._parts = parts
        self._pages = pages
        self._matches = matches

    def router(self) -> APIRouter:
        """Return the addresses, open to staff only."""
        act = for_staff(self._parts, Right.ACT)
        router = APIRouter(include_in_schema=False)
        router.add_api_route(
            "/matches/{match_id}/what-ifs", self.ask, methods=["POST"], dependencies=act
        )
        router.add_api_route("/what-ifs/{what_if_id}", self.show, methods=["GET"], dependencies=act)
        return router

    async def ask(
        self,
        request: Request,
        match_id: str,
        sequence: Annotated[int, Form()],
        person: Annotated[str, Form()],
    ) -> Response:
        """Have it drawn without a person, to see; go to where that will be shown."""
        known, facts = self._parts.known, self._parts.facts
        asked, what_if_id = self._matches.asked(request, match_id, sequence), facts.new_id()
        work = partial(ask_what_if, what_if_id, asked, person, known, facts)
        return await self._matches.done(request, match_id, work, then=f"/what-ifs/{what_if_id}")

    async def show(self, request: Request, what_if_id: UUID) -> Response:
        """Show both panels side by side, or that the second is still being drawn."""
        staff, known = staff_of(request), self._parts.known
        what_if = await known.what_ifs.get(str(what_if_id))
        if what_if is None or what_if.hub not in staff.hubs:
            raise NotFoundError("no such question")
        match = own(await known.matches.get(str(what_if.asked.match_id)), staff.hubs)
        always = match.hub in self._parts.options.named_before_yes
        names, person = await _people(what_if, match, known, always_named=always)
        is_current = _is_current(what_if, match)
        return self._pages.show(
            request,
            "staff/what_if.html",
            staff=staff,
            what_if=what_if,
            match=match,
            stage=stage_of(what_if, self._parts.facts.now()),
            names=names,
            person=person,
            quotas=_quotas(what_if.answered),
            is_current=is_current,
            may_leave_out=is_current and not match.held and PersonChange.EXCLUDE in person.may,
            reasons=tuple(ExclusionReason),
        )


async def _people(
    what_if: WhatIfView, match: MatchView, known: Knowledge, *, always_named: bool
) -> tuple[Mapping[UUID, str], MatchPerson]:
    """Return what everybody named is called, by id, and whom it is about."""
    out = what_if.asked.participant_id
    moves = what_if.answered.moves if what_if.answered else ()
    named = tuple(dict.fromkeys((out, *(each.participant_id for each in moves))))
    people, found = await asyncio.gather(
        people_of_match(match, known, always_named=always_named, beside=named),
        asyncio.gather(*(known.people.get(str(each)) for each in named)),
    )
    left = {row.id for row in found if row and row.status is ParticipantStatus.LEFT}
    persons = {each: people.everybody[each] for each in named}
    names = {each: HAS_LEFT if str(each) in left else persons[each].name for each in named}
    return names, persons[out]


def _is_current(what_if: WhatIfView, match: MatchView) -> bool:
    """Whether the match is as it was asked about, and waits for a decision."""
    is_open = match.decided_by is None and match.state.status in MAY_CHANGE
    return is_open and match.sequence == what_if.asked.match_sequence


def _quotas(answer: WhatIfState | None) -> list[QuotaPair]:
    if answer is None or answer.before is None or answer.after is None:
        return []
    before, after = _selected(answer.before), _selected(answer.after)
    quotas = {_key(each): each for each in (*answer.before.quotas, *answer.after.quotas)}
    return [QuotaPair(each, before.get(key), after.get(key)) for key, each in quotas.items()]


def _selected(panel: PanelFigures) -> dict[tuple[str, str], int]:
    return {_key(each): each.selected for each in panel.quotas}


def _key(quota: QuotaFit) -> tuple[str, str]:
    return quota.feature, quota.value
