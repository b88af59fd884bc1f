"""What people of a match answered for its quotas, apart from all that staff see by name.

Read for one thing: a decision repeats the match as it was told. It goes with the decision.
"""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import replace
from functools import partial

import structlog

from services.console.ports import Knowledge, MatchView, QuotaAnswers
from services.console.use_cases.known_people import MONITORING, AnyPerson
from shared.changes import NOTHING, Changes
from shared.committer import Commits
from shared.contracts.matches import MatchState, MatchStatus, Member
from shared.errors import AppError
from shared.facts import Facts

log = structlog.get_logger()

WAITS = frozenset({MatchStatus.PROPOSED, MatchStatus.SHORT})
AT_ONCE = 50
SECONDS = 600.0
ByPerson = Mapping[str, Mapping[str, str]]


async def kept_apart(view: MatchView, known: Knowledge) -> Changes:
    """Keep a match without these answers, and them beside it for as long as it can be decided."""
    stored = await known.quota_answers.get(view.id)
    given = _given(view.state) if view.state.status in WAITS else {}
    blank = known.matches.keep(replace(view, state=_state(view.state, {})))
    if given:
        row = stored or QuotaAnswers(id=view.id)
        return Changes((blank, known.quota_answers.keep(replace(row, of=given))))
    return Changes((blank, *((known.quota_answers.drop(stored),) if stored else ())))


async def as_told(view: MatchView, known: Knowledge) -> MatchState:
    """Return the match as matching told it."""
    stored = await known.quota_answers.get(view.id)
    return _state(view.state, {**(stored.of if stored else {}), **_given(view.state)})


async def without_answers(
    match_ids: Collection[str], participant_id: str, known: Knowledge
) -> Changes:
    """Drop what one person answered for the quotas of some matches."""
    rows = await asyncio.gather(*(known.quota_answers.get(each) for each in match_ids))
    left = [
        replace(row, of={who: each for who, each in row.of.items() if who != participant_id})
        for row in rows
        if row and participant_id in row.of
    ]
    return Changes(tuple(known.quota_answers.keep(row) for row in left))


async def know_answers_taken_back(event: AnyPerson, known: Knowledge) -> Changes:
    """Drop the answers of who took back their consent to have them counted.

    Asked before the person is kept as they are now. What is drawn anew has them no more.
    """
    who = str(event.data.participant_id)
    person = await known.people.get(who)
    before = (person.consents or {}) if person else {}
    if event.is_old(person) or MONITORING not in before or MONITORING in event.data.consents:
        return NOTHING
    matches = await known.matches.about_person(who)
    return await without_answers([view.id for view in matches], who, known)


async def set_apart(known: Knowledge) -> Changes:
    """Set apart the answers in some of the matches that were kept with them inside."""
    found = await known.matches.with_answers_inside(AT_ONCE)
    return sum([await kept_apart(view, known) for view in found], NOTHING)


async def keep_set_apart(known: Knowledge, commits: Commits, facts: Facts) -> None:
    """Set apart what was kept before that was done, and look again later."""
    while True:
        try:
            while await known.matches.with_answers_inside(1):
                await commits.commit(f"console:{facts.new_id()}", partial(set_apart, known))
        except AppError as error:
            log.warning("answers_not_set_apart", error_type=type(error).__name__)
        await asyncio.sleep(SECONDS)


def _given(state: MatchState) -> ByPerson:
    members = (*state.panel, *state.reserves)
    return {str(each.participant_id): each.features for each in members if each.features}


def _state(state: MatchState, given: ByPerson) -> MatchState:
    def of(members: tuple[Member, ...]) -> tuple[Member, ...]:
        return tuple(
            each.model_copy(update={"features": dict(given.get(str(each.participant_id), {}))})
            for each in members
        )

    return state.model_copy(update={"panel": of(state.panel), "reserves": of(state.reserves)})
