"""What would be drawn were one person left out: the very draw that would follow, and no trace."""

import asyncio
import copy
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.matching.domain.matches import Match, match_id
from services.matching.use_cases.what_ifs import WHAT_IFS
from shared.contracts.draws import (
    DrawnAs,
    MatchWhatIfAnswered,
    MatchWhatIfAsked,
    WhatIfFault,
    WhatIfState,
)
from shared.contracts.engagements import EngagementPublished
from shared.contracts.matches import MatchFellShort, MatchProposed, PersonChange
from shared.contracts.participants import ParticipantState
from shared.contracts.sessions import Answer
from shared.errors import NotYetError
from tests.builders.events import an_event
from tests.builders.matching import (
    HUB,
    a_person,
    answered,
    approved,
    change_requested,
    closed,
    due,
    erased,
    left,
    published,
    registered,
    sent_back,
    session_updated,
)
from tests.fakes.matching_service import Matching

PIN, EXCLUDE, ASK_AGAIN = PersonChange.PIN, PersonChange.EXCLUDE, PersonChange.ASK_AGAIN
WOMEN_AND_MEN = {"sex": {"female": {"min": 1, "max": 2}, "male": {"min": 1, "max": 2}}}


def some(count: int, sex: str = "female") -> list[ParticipantState]:
    return [a_person(monitoring={"sex": sex}) for _ in range(count)]


async def drawn(matching: Matching, *people: ParticipantState, **asked: Any) -> EngagementPublished:
    engagement = published(**asked)
    await matching.hears(*map(registered, people), engagement)
    await matching.draws()
    return engagement


def question(
    matching: Matching, engagement: EngagementPublished, who: object, **changes: Any
) -> MatchWhatIfAsked:
    match = matching.kept.matches.entities.get(match_id(engagement.subject))
    what_if = uuid4()
    data = {
        "what_if_id": what_if,
        "match_id": match_id(engagement.subject),
        "engagement_id": engagement.subject,
        "participant_id": who,
        "match_sequence": match.told if match else 1,
        **changes,
    }
    return an_event(MatchWhatIfAsked, data=data, subject=str(what_if), time=matching.now, hub=HUB)


async def answers(matching: Matching) -> None:
    """Do what is asked of what-ifs, and nothing else that is due."""
    asked = [each for each in matching.kept.store.due.values() if each.collection == WHAT_IFS]
    for work in asked:
        del matching.kept.store.due[work.collection, work.id]
        matching.kept.store.commit(await matching.handlers.of_due[WHAT_IFS](due(work)))


async def asked(
    matching: Matching, engagement: EngagementPublished, who: object, **changes: Any
) -> WhatIfState:
    """Ask, and return the answer."""
    await matching.hears(question(matching, engagement, who, **changes))
    await answers(matching)
    answer: WhatIfState = matching.said(MatchWhatIfAnswered)[-1].data
    return answer


def who_is(match: Match) -> dict[str, DrawnAs]:
    panel = {each.participant_id: DrawnAs.PANEL for each in match.panel}
    return panel | {each.participant_id: DrawnAs.RESERVE for each in match.reserves}


def moved(before: Match, answer: WhatIfState) -> dict[str, DrawnAs]:
    """Return who would be what, by what was said of the moves."""
    became = who_is(before) | {str(each.participant_id): each.after for each in answer.moves}
    return {who: each for who, each in became.items() if each is not DrawnAs.NOT_DRAWN}


def holds_of(answer: WhatIfState, match: Match) -> None:
    """Hold the answer against the match that was drawn."""
    assert answer.after is not None
    assert answer.after.eligible == match.eligible
    assert (answer.after.panel, answer.after.reserves) == (len(match.panel), len(match.reserves))
    assert [q.model_dump() for q in answer.after.quotas] == [
        {name: getattr(q, name) for name in type(answer.after.quotas[0]).model_fields}
        for q in match.quotas
    ]
    assert [each.sentence for each in answer.after.unmet] == [s.sentence for s in match.unmet]
    told, kept = answer.after.evenness, match.evenness
    assert (told is None) == (kept is None)
    if told and kept:
        assert (told.minimum, told.gini) == (kept.minimum, kept.gini)


POOLS = st.fixed_dictionaries(
    {
        "women": st.integers(0, 6),
        "men": st.integers(0, 6),
        "places": st.integers(1, 4),
        "reserves": st.integers(0, 2),
        "quotas": st.sampled_from([{}, WOMEN_AND_MEN]),
    }
)


@settings(deadline=None)
@given(pool=POOLS, lot=st.integers(0, 20), pinned=st.none() | st.integers(0, 20))
def test_it_is_the_draw_that_follows_when_staff_leave_the_person_out(
    pool: dict[str, Any], lot: int, pinned: int | None
) -> None:
    people = some(pool.pop("women")) + some(pool.pop("men"), "male")

    async def holds() -> None:
        matching = Matching()
        engagement = await drawn(matching, *people, **pool)
        if pinned is not None:
            wanted = people[pinned % len(people)]
            await matching.hears(change_requested(engagement, wanted, PIN))
            await matching.draws()
        before, out = matching.match_of(engagement), people[lot % len(people)]

        answer = await asked(matching, engagement, out.participant_id)
        was_kept = matching.match_of(engagement) == before
        await matching.hears(change_requested(engagement, out, EXCLUDE, sequence=9))
        await matching.draws()

        match = matching.match_of(engagement)
        assert was_kept
        assert moved(before, answer) == who_is(match)
        holds_of(answer, match)

    if people:
        asyncio.run(holds())


async def test_it_stores_nothing_tells_nobody_else_and_remembers_no_chance(
    matching: Matching,
) -> None:
    people = some(6)
    engagement = await drawn(matching, *people, places=2, reserves=1)
    kept = {n: copy.copy(c.entities) for n, c in matching.kept.store.collections.items()}
    said, wanted = len(matching.kept.store.events), dict(matching.kept.store.due)

    await asked(matching, engagement, matching.match_of(engagement).panel[0].participant_id)

    assert {n: c.entities for n, c in matching.kept.store.collections.items()} == kept
    assert matching.kept.store.due == wanted
    [answer] = matching.kept.store.events[said:]
    assert isinstance(answer, MatchWhatIfAnswered)


async def test_the_answer_says_who_comes_and_goes_and_what_could_not_be_met(
    matching: Matching,
) -> None:
    [man] = men = some(1, "male")
    engagement = await drawn(matching, *some(2), *men, places=2, quotas=WOMEN_AND_MEN)

    answer = await asked(matching, engagement, man.participant_id)

    assert answer.fault is None
    assert answer.before
    assert answer.after
    assert (answer.before.unmet, answer.before.eligible) == ((), 3)
    assert [each.sentence for each in answer.after.unmet] == [
        "1 person is wanted for sex: male; 0 of those eligible are."
    ]
    first = answer.moves[0]
    assert (first.participant_id, first.before, first.after) == (
        man.participant_id,
        DrawnAs.PANEL,
        DrawnAs.NOT_DRAWN,
    )
    assert [each.after for each in answer.moves[1:]] == [DrawnAs.PANEL]


async def test_leaving_out_a_newcomer_of_a_match_that_is_drawn_for_a_free_place_is_the_same(
    matching: Matching,
) -> None:
    """Of a panel of two one is coming, one is not; who would take the place is left out."""
    people, newcomers = some(2), some(3)
    engagement = await drawn(matching, *people, places=2)
    await matching.hears(approved(matching.state_of(engagement), sequence=1))
    await matching.hears(
        answered(people[0], engagement, Answer.DECLINED),
        answered(people[1], engagement, Answer.ACCEPTED),
        *map(registered, newcomers),
        session_updated(engagement, missing=1),
    )
    await matching.draws()
    before = matching.match_of(engagement)
    [chosen] = [
        each
        for each in newcomers
        if str(each.participant_id) in {m.participant_id for m in before.panel}
    ]

    answer = await asked(matching, engagement, chosen.participant_id)
    held = await asked(matching, engagement, people[1].participant_id)
    await matching.hears(change_requested(engagement, chosen, EXCLUDE))
    await matching.draws()

    assert moved(before, answer) == who_is(matching.match_of(engagement))
    assert held.fault is WhatIfFault.PERSON_FIXED


async def test_a_question_about_a_match_that_changed_since_is_answered_as_such(
    matching: Matching,
) -> None:
    people = some(4)
    engagement = await drawn(matching, *people, places=2)
    early = question(matching, engagement, people[0].participant_id)
    await matching.hears(change_requested(engagement, people[1], EXCLUDE))
    await matching.draws()

    await matching.hears(early)
    await answers(matching)

    answer = matching.said(MatchWhatIfAnswered)[-1].data
    assert answer.fault is WhatIfFault.MATCH_MOVED_ON
    assert (answer.before, answer.after, answer.moves) == (None, None, ())


async def test_a_match_that_waits_for_no_decision_is_not_drawn_for(matching: Matching) -> None:
    people = some(4)
    engagement = await drawn(matching, *people, places=2)
    match, state = matching.match_of(engagement), matching.state_of(engagement)
    who = people[0].participant_id

    await matching.hears(sent_back(state, sequence=match.told, draw_again=True))
    to_be_drawn = await asked(matching, engagement, who)
    await matching.draws()
    sequence = matching.match_of(engagement).told
    await matching.hears(approved(matching.state_of(engagement), sequence=sequence))
    standing = await asked(matching, engagement, who)
    await matching.hears(closed(engagement))
    over = await asked(matching, engagement, who)
    unknown = await asked(matching, published(), who)

    assert to_be_drawn.fault is WhatIfFault.MATCH_MOVED_ON
    assert {each.fault for each in (standing, over, unknown)} == {WhatIfFault.MATCH_NOT_OPEN}


async def test_another_hub_learns_nothing(matching: Matching) -> None:
    people = some(3)
    engagement = await drawn(matching, *people, places=2)
    foreign = question(matching, engagement, people[0].participant_id)

    await matching.hears(foreign.model_copy(update={"hub": "lambeth"}))
    await answers(matching)

    [told] = matching.said(MatchWhatIfAnswered)
    assert (told.hub, told.data.fault) == ("lambeth", WhatIfFault.MATCH_NOT_OPEN)


async def test_it_waits_while_chances_are_added_up_as_a_draw_does(matching: Matching) -> None:
    people = some(4)
    first = await drawn(matching, *people, places=1)
    other = await drawn(matching, places=1)
    await matching.hears(approved(matching.state_of(first), sequence=1))
    await matching.hears(question(matching, other, people[0].participant_id))

    with pytest.raises(NotYetError):
        await answers(matching)


async def test_what_cannot_be_computed_is_said_and_an_old_question_is_dropped(
    matching: Matching,
) -> None:
    people = some(3)
    engagement = await drawn(matching, *people, places=2)
    await matching.hears(question(matching, engagement, people[0].participant_id))
    [work] = [each for each in matching.kept.store.due.values() if each.collection == WHAT_IFS]

    given_up = await matching.handlers.of_given_up[WHAT_IFS](due(work))
    matching.now += timedelta(days=1, seconds=1)
    await answers(matching)

    [event] = given_up.events
    assert event.data.fault is WhatIfFault.NOT_COMPUTED
    assert matching.said(MatchWhatIfAnswered) == []


async def test_who_left_or_was_erased_is_in_neither_the_pool_nor_the_answer(
    matching: Matching,
) -> None:
    people = some(5)
    engagement = await drawn(matching, *people, places=2)
    panel = [UUID(each.participant_id) for each in matching.match_of(engagement).panel]
    rest = [each for each in people if each.participant_id not in panel]

    await matching.hears(left(rest[0]), erased(rest[1]))
    answer = await asked(matching, engagement, panel[0])

    gone = {each.participant_id for each in rest[:2]}
    assert not gone & {each.participant_id for each in answer.moves}
    assert answer.after
    assert answer.after.eligible == 2


async def test_it_is_work_of_its_own_and_matches_are_drawn_before_it(matching: Matching) -> None:
    people = some(4)
    engagement = await drawn(matching, *people, places=2)
    await matching.hears(
        question(matching, engagement, people[0].participant_id),
        change_requested(engagement, people[1], ASK_AGAIN),
    )

    await matching.draws()

    assert matching.handlers.at_once[WHAT_IFS] == 1
    assert matching.match_of(engagement).followed
    assert len(matching.said(MatchProposed)) + len(matching.said(MatchFellShort)) == 2
