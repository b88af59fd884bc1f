"""Remembering who was invited, and what a place that is taken or given back means for others."""

import asyncio
from datetime import date, datetime

from services.matching.domain.candidates import Candidate
from services.matching.domain.engagements import LONDON
from services.matching.domain.matches import Opportunity, chosen_id, match_id
from services.matching.ports import Records
from services.matching.use_cases.attendance import with_attendance
from services.matching.use_cases.people import draws_joined, gathered
from services.matching.use_cases.wanted import draws_waiting
from shared.changes import NOTHING, Changes, Due, Write
from shared.contracts.sessions import (
    InvitationAccepted,
    InvitationAnotherTime,
    InvitationCancelled,
    InvitationChanged,
    InvitationDeclined,
    InvitationExpired,
    InvitationIssued,
)
from shared.facts import Facts

InvitationEvent = (
    InvitationIssued
    | InvitationAccepted
    | InvitationDeclined
    | InvitationChanged
    | InvitationExpired
    | InvitationCancelled
    | InvitationAnotherTime
)


async def record_opportunity(
    event: InvitationEvent, records: Records, facts: Facts, *, gather_seconds: float
) -> Changes:
    """Remember who was invited, and what became of it; draw anew where others wait for them.

    The person is written as read, heard of or not, so that an approval at the same moment, which
    holds their place until they are invited, makes a conflict.
    """
    stored = await records.opportunities.get(event.subject)
    if event.is_old(stored):
        return NOTHING
    opportunity = await with_attendance(opportunity_of(event, stored), records)
    person, place = await asyncio.gather(
        records.candidates.get(opportunity.participant_id),
        records.opportunities.get(chosen_id(str(event.data.match_id), opportunity.participant_id)),
    )
    held = person or Candidate(opportunity.participant_id, event.hub, sequence=0)
    writes: list[Write] = [
        records.opportunities.keep(opportunity),
        records.candidates.keep(held),
    ]
    writes += [records.opportunities.drop(place)] if place else []
    writes += await _draws_left(event, opportunity, records, facts)
    if person and person.active:
        joined = await draws_joined(event, person, records, gathered(facts, gather_seconds))
        own = opportunity.engagement_id
        writes += [each for each in joined if each.about["engagement_id"] != own]
    return Changes(tuple(writes))


def opportunity_of(event: InvitationEvent, stored: Opportunity | None) -> Opportunity:
    """Return the invitation as the ledger keeps it."""
    state = event.data
    asked_at = state.issued_at or (stored.asked_at if stored else event.time)
    starts = [_day(each.starts_at) for each in state.sessions]
    ends = [_day(each.ends_at) for each in state.sessions]
    return Opportunity(
        id=event.subject,
        engagement_id=str(state.engagement_id),
        participant_id=str(state.participant_id),
        answer=state.answer,
        sequence=event.sequence,
        asked=state.asked,
        hub=event.hub,
        asked_at=asked_at,
        starts_on=min(starts, default=None),
        ends_on=max(ends, default=None),
        until=max([_day(asked_at), *ends]),
        paid=bool(state.payment.gbp_per_hour),
        sessions=tuple(str(each.session_id) for each in state.sessions),
        version=stored.version if stored else 0,
    )


def _day(moment: datetime) -> date:
    return moment.astimezone(LONDON).date()


async def _draws_left(
    event: InvitationEvent, opportunity: Opportunity, records: Records, facts: Facts
) -> list[Due]:
    """Have panels that wait for a decision drawn again: all that name the person, and this one.

    This one may wait to complete people who hold a place, of whom the person is one, or was.
    """
    own, naming = await asyncio.gather(
        records.matches.get(match_id(opportunity.engagement_id)),
        records.matches.naming(opportunity.participant_id),
    )
    return draws_waiting((own, *naming), event, facts)
