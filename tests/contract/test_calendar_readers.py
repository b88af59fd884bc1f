"""What we write as iCalendar, in the hands of two calendar programmes that we did not write."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from icalendar import Timezone

from services.console.api.feeds import feed
from services.console.ports import CalendarLink, SessionView, Shown, Whose
from services.notification.domain import Kind
from shared import calendars
from shared.calendars import LONDON
from shared.contracts.sessions import SessionAnnounced, SessionStatus
from tests.builders.events import an_event
from tests.builders.letters import calendar_texts_of, written
from tests.builders.notification import a_letter, a_session
from tests.builders.readers import READERS, Reader


def wall(month: int, day: int, hour: int, minute: int = 0, *, year: int = 2027) -> datetime:
    """What a clock on the wall shows: no time zone."""
    return datetime(year, month, day, hour, minute, tzinfo=UTC).replace(tzinfo=None)


WALL_TIMES = [wall(3, 27, 10), wall(3, 29, 10), wall(10, 30, 18, 30), wall(11, 1, 18, 30)]
"""The day before and the day after each change of the clocks."""


def moment(local: datetime) -> datetime:
    return local.replace(tzinfo=LONDON)


@pytest.fixture(params=READERS)
def reader(request: pytest.FixtureRequest) -> Reader:
    return READERS[request.param]


def a_view(local: datetime, *, sequence: int = 0, **changes: object) -> SessionView:
    event = an_event(
        SessionAnnounced,
        data={
            "session_id": uuid4(),
            "starts_at": moment(local),
            "ends_at": moment(local.replace(hour=local.hour + 2)),
            "calendar_sequence": sequence,
            **changes,
        },
    )
    return SessionView(
        id=str(event.data.session_id),
        state=event.data,
        hub=event.hub,
        sequence=event.sequence,
        at=event.time,
        told_at=event.time,
        event_id=event.id,
        correlation_id=event.correlationid,
    )


def a_feed(*views: SessionView) -> str:
    shown = Shown(hub="west-london", whose=Whose.HUB, id="west-london", name="All sessions")
    made = datetime(2027, 1, 1, tzinfo=LONDON)
    return feed(CalendarLink(id="x", shown=shown, made_by="amina", made_at=made), views)


def mailed(kind: Kind, answer: str, walls: Sequence[datetime], *, sequence: int) -> list[str]:
    sessions = tuple(
        replace(a_session(moment(local)), id=f"session-{number}")
        for number, local in enumerate(walls)
    )
    letter = a_letter(kind, answer=answer, sequence=sequence, sessions=sessions)
    return calendar_texts_of(written(letter))


async def test_a_feed_has_the_right_wall_times_before_and_after_both_clock_changes(
    reader: Reader,
) -> None:
    views = [a_view(local) for local in WALL_TIMES]

    seen = await reader([a_feed(*views)])

    entries = [seen[view.id] for view in views]
    assert [entry.local for entry in entries] == WALL_TIMES
    assert [entry.utc for entry in entries] == [moment(local) for local in WALL_TIMES]
    assert {entry.ends - entry.local for entry in entries} == {timedelta(hours=2)}


async def test_a_mail_has_the_right_wall_times_before_and_after_both_clock_changes(
    reader: Reader,
) -> None:
    seen = await reader(mailed(Kind.INVITATION, "invited", WALL_TIMES, sequence=1))

    assert [entry.local for entry in seen.values()] == WALL_TIMES
    assert [entry.utc for entry in seen.values()] == [moment(local) for local in WALL_TIMES]


async def test_an_update_and_a_cancellation_by_mail_act_on_the_entry_that_is_there(
    reader: Reader,
) -> None:
    before, after = WALL_TIMES[0], WALL_TIMES[1]
    request = mailed(Kind.INVITATION, "invited", [before], sequence=1)
    update = mailed(Kind.CHANGED, "accepted", [after], sequence=2)
    cancel = mailed(Kind.CANCELLED, "cancelled", [after], sequence=3)

    moved = await reader([*request, *update])
    late = await reader([*update, *request])
    gone = await reader([*request, *update, *cancel])

    [entry] = moved.values()
    assert (entry.local, entry.status, entry.sequence) == (after, "CONFIRMED", 2)
    assert late == moved
    assert {uid: entry.status for uid, entry in gone.items()} == {entry.uid: "CANCELLED"}


async def test_a_session_that_moves_and_is_called_off_stays_one_entry_of_a_feed(
    reader: Reader,
) -> None:
    view = a_view(WALL_TIMES[2], sequence=1)
    moved_state = view.state.model_copy(
        update={
            "starts_at": moment(WALL_TIMES[3]),
            "ends_at": moment(WALL_TIMES[3].replace(hour=20)),
            "calendar_sequence": 2,
        }
    )
    moved = replace(view, state=moved_state)
    off = moved_state.model_copy(update={"status": SessionStatus.CANCELLED, "calendar_sequence": 3})
    called_off = replace(view, state=off)

    after = await reader([a_feed(view), a_feed(moved)])
    at_last = await reader([a_feed(view), a_feed(moved), a_feed(called_off)])

    assert [(e.uid, e.local, e.status) for e in after.values()] == [
        (view.id, WALL_TIMES[3], "CONFIRMED")
    ]
    assert [(e.uid, e.sequence, e.status) for e in at_last.values()] == [(view.id, 3, "CANCELLED")]


async def test_commas_and_umlauts_of_titles_and_places_arrive_as_they_are(reader: Reader) -> None:
    title = (
        "Müller; Łukasz, and \\ a title that is so long that its line has to be folded somewhere"
    )
    seen = await reader([a_feed(a_view(WALL_TIMES[0], title=title))])

    [entry] = seen.values()
    assert entry.summary == title
    assert entry.location == "Ealing Broadway Meeting Rooms, Uxbridge Road, Ealing, W5 2HL"


async def test_a_feed_without_sessions_can_be_read(reader: Reader) -> None:
    assert await reader([a_feed()]) == {}


def test_a_feed_is_the_same_text_as_long_as_nothing_changes() -> None:
    view = a_view(WALL_TIMES[0])

    assert a_feed(view) == a_feed(view)


def test_our_clock_changes_are_those_of_the_time_zone_database() -> None:
    ours = Timezone.from_ical(calendars.CLOCK_CHANGES).to_tz()

    around = [
        wall(month, day, hour, year=year)
        for year in range(2000, 2036)
        for month in (3, 10)
        for day in range(24, 32)
        for hour in (0, 3, 12)
    ]

    for each in around:
        assert each.replace(tzinfo=ours).utcoffset() == moment(each).utcoffset(), each
