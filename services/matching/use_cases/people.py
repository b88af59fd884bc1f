"""Keeping candidates, and what a change of one of them means for matches."""

from collections.abc import Collection
from datetime import UTC, datetime

from services.matching.domain.candidates import Candidate
from services.matching.domain.eligibility import is_eligible
from services.matching.domain.matches import UNDECIDED, Match
from services.matching.ports import Records
from services.matching.use_cases.states import ParticipantEvent, candidate_of
from services.matching.use_cases.wanted import draw_wanted
from shared.changes import NOTHING, Changes, Due, Write
from shared.contracts.base import Event
from shared.contracts.participants import ParticipantErased
from shared.facts import Facts
from shared.forgetting import changed, confirmed


async def keep_candidate(
    event: ParticipantEvent, records: Records, facts: Facts, *, gather_seconds: float
) -> Changes:
    """Keep the newest of a person; draw anew for who still lacks them, or loses them.

    A newcomer is named nowhere yet, so that nothing is looked up for them; those of the same
    `gather_seconds` make one draw.
    """
    stored = await records.candidates.get(event.subject)
    if event.is_old(stored):
        return confirmed_by(event, NOTHING, facts)
    candidate = candidate_of(event, stored, records.exclusions)
    writes: list[Write] = [records.candidates.keep(candidate)]
    if candidate.active:
        at = gathered(facts, gather_seconds)
        writes += await draws_joined(event, candidate, records, at)
    if stored and (stored.active or isinstance(event, ParticipantErased)):
        silent = stored.monitoring.keys() - candidate.monitoring.keys()
        writes += await _matches_left(event, candidate, silent, records, facts)
    if isinstance(event, ParticipantErased):
        writes += await _changes_forgotten(event, records, facts)
    return confirmed_by(event, Changes(tuple(writes)), facts)


def confirmed_by(event: ParticipantEvent, done: Changes, facts: Facts) -> Changes:
    """Confirm what is done of an erasure, in the same transaction; of other events nothing.

    What is drawn holds the people as read: no draw from before the erasure is kept after it.
    """
    if not isinstance(event, ParticipantErased):
        return done
    said = confirmed(event.subject, changed(done), facts.caused_by(event))
    return done + Changes(events=(said,))


async def draws_joined(
    cause: Event, candidate: Candidate, records: Records, at: datetime
) -> list[Due]:
    """Have short matches of the hub drawn again that somebody may join.

    Each gathering has a row of its own, so that a stream of newcomers never puts it off.
    """
    return [
        draw_wanted(
            engagement.id, cause, at=at, key=f"{engagement.id}:{int(at.timestamp() * 1000)}"
        )
        for engagement in await records.engagements.still_short(cause.hub)
        if is_eligible(candidate, engagement.looking_ahead(at), records.exclusions)
    ]


async def _matches_left(
    event: ParticipantEvent,
    candidate: Candidate,
    silent: Collection[str],
    records: Records,
    facts: Facts,
) -> list[Write]:
    """Blank what matches say of who goes, and what they took back of their answers (`silent`).

    What is not decided is drawn anew without either.
    """
    writes: list[Write] = []
    for match in await records.matches.naming(event.subject):
        left = match.without_answers(event.subject, silent)
        if isinstance(event, ParticipantErased):
            left = match.forgetting({event.subject})
        if left != match or isinstance(event, ParticipantErased):
            writes.append(records.matches.keep(left))
        fits = left == match and await _still_fits(candidate, match, records)
        if match.status in UNDECIDED and not fits:
            writes.append(draw_wanted(match.engagement_id, event, at=facts.now()))
    return writes


async def _changes_forgotten(
    event: ParticipantErased, records: Records, facts: Facts
) -> list[Write]:
    """Drop what staff wanted of the person, and have drawn without it what was drawn by it."""
    writes: list[Write] = []
    for change in await records.changes.of_person(event.subject):
        writes.append(records.changes.drop(change))
        key = f"{change.engagement_id}:{change.id}"
        writes.append(draw_wanted(change.engagement_id, event, at=facts.now(), key=key))
    return writes


async def _still_fits(candidate: Candidate, match: Match, records: Records) -> bool:
    engagement = await records.engagements.get(match.engagement_id)
    return engagement is not None and is_eligible(candidate, engagement, records.exclusions)


def gathered(facts: Facts, seconds: float) -> datetime:
    """Return when what comes in these seconds is drawn for."""
    now = facts.now().timestamp()
    return datetime.fromtimestamp((now // seconds + 1) * seconds, UTC)
