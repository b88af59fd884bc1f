"""What an engagement lacks is what all sessions of its series lack, in whatever order they tell."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.matching.use_cases.places import SessionEvent
from shared.contracts.sessions import (
    SessionAnnounced,
    SessionCancelled,
    SessionRescheduled,
    SessionStatus,
    SessionUnscheduled,
    SessionUpdated,
)
from tests.builders.matching import (
    a_person,
    approved,
    changed,
    later,
    published,
    registered,
    session_updated,
)
from tests.fakes.matching_service import Matching

ENGAGEMENT = published(places=2)
HELD, AHEAD = later(-60), later(7 * 86_400)
DATED = (SessionAnnounced, SessionUpdated, SessionRescheduled)
UNDATED: dict[type[SessionEvent], SessionStatus] = {
    SessionUnscheduled: SessionStatus.UNSCHEDULED,
    SessionCancelled: SessionStatus.CANCELLED,
}

missing = st.integers(0, 2)
told = st.one_of(
    st.tuples(st.sampled_from(DATED), missing, st.sampled_from([HELD, AHEAD])),
    st.tuples(st.sampled_from([*UNDATED]), missing, st.just(AHEAD)),
)
histories = st.lists(st.lists(told, max_size=4), min_size=1, max_size=3)


@settings(max_examples=60, deadline=timedelta(seconds=5))
@given(histories, st.data())
def test_in_any_order_an_engagement_is_short_while_a_session_ahead_lacks_people(
    series: list[list[Any]], data: st.DataObject
) -> None:
    events = [_told(number, history) for number, history in enumerate(series)]
    flat = [event for history in events for event in history]
    order = data.draw(st.permutations(flat + flat[:2]))

    short = asyncio.run(_short_after(order))

    newest = [history[-1] for history in events if history]
    assert short == any(_lacks_people(event) for event in newest)


async def test_a_late_older_update_does_not_override_a_newer_one(matching: Matching) -> None:
    await _panel_approved(matching)
    await matching.hears(session_updated(ENGAGEMENT, missing=0, sequence=3))
    matching.kept.store.due.clear()

    await matching.hears(session_updated(ENGAGEMENT, missing=1, sequence=2))

    assert not _is_short(matching)
    assert matching.kept.store.due == {}


async def test_what_one_session_has_got_another_of_the_series_still_lacks(
    matching: Matching,
) -> None:
    await _panel_approved(matching)
    await matching.hears(session_updated(ENGAGEMENT, number=2, missing=1))

    await matching.hears(session_updated(ENGAGEMENT, number=1, missing=0))

    assert _is_short(matching)


async def test_a_session_that_is_called_off_lacks_nobody(matching: Matching) -> None:
    await _panel_approved(matching)
    await matching.hears(session_updated(ENGAGEMENT, number=2, missing=1))
    gone = {"status": SessionStatus.CANCELLED, "kind": SessionCancelled}

    await matching.hears(session_updated(ENGAGEMENT, number=2, missing=1, sequence=3, **gone))

    assert not _is_short(matching)


async def test_what_sessions_lack_outlives_a_change_of_the_engagement(matching: Matching) -> None:
    await _panel_approved(matching)
    await matching.hears(session_updated(ENGAGEMENT, number=2, missing=1))
    await matching.hears(changed(ENGAGEMENT, title="Leaving the ward"))

    await matching.hears(session_updated(ENGAGEMENT, number=1, missing=0))

    assert _is_short(matching)


@pytest.mark.parametrize("kind", [SessionAnnounced, SessionRescheduled])
async def test_a_session_that_is_announced_without_enough_people_is_drawn_for(
    matching: Matching, kind: type[SessionEvent]
) -> None:
    await _panel_approved(matching)
    matching.kept.store.due.clear()

    await matching.hears(session_updated(ENGAGEMENT, missing=1, kind=kind))

    assert list(matching.kept.store.due) == [("draws", f"{ENGAGEMENT.subject}:places")]


def _told(number: int, history: Sequence[Any]) -> list[SessionEvent]:
    return [
        session_updated(
            ENGAGEMENT,
            number=number,
            sequence=sequence,
            kind=kind,
            missing=lacking,
            starts_at=starts_at,
            status=UNDATED.get(kind, SessionStatus.ANNOUNCED),
        )
        for sequence, (kind, lacking, starts_at) in enumerate(history, start=1)
    ]


def _lacks_people(event: SessionEvent) -> bool:
    state = event.data
    if state.status is SessionStatus.UNSCHEDULED:
        return state.missing > 0
    dated = state.status is SessionStatus.ANNOUNCED and state.starts_at == AHEAD
    return dated and state.missing > 0


async def _short_after(events: Sequence[SessionEvent]) -> bool:
    matching = Matching()
    await _panel_approved(matching)
    await matching.hears(*events)
    return _is_short(matching)


async def _panel_approved(matching: Matching) -> None:
    await matching.hears(registered(a_person()), registered(a_person()), ENGAGEMENT)
    await matching.draws()
    await matching.hears(approved(matching.state_of(ENGAGEMENT), sequence=1))


def _is_short(matching: Matching) -> bool:
    return matching.kept.engagements.entities[ENGAGEMENT.subject].short
