"""The diary keeps what it is given, in memory as in MongoDB."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import date, time
from typing import Any
from uuid import uuid4

import pytest

from services.scheduling.domain.calendar import Days, Hours, Meeting, Period
from services.scheduling.domain.engagements.choosing import Choice, Chosen
from services.scheduling.domain.engagements.panels import Quota, Waiver
from services.scheduling.domain.invitations.invitation import Answer
from services.scheduling.domain.invitations.reminders import ReminderTime
from services.scheduling.domain.people.attendants import Commitment
from services.scheduling.domain.planning.slots import Alternative
from services.scheduling.domain.planning.slots import Choice as SlotChoice
from services.scheduling.domain.planning.staffing import Role, Support
from services.scheduling.domain.resources.absences import Absence, Absences
from services.scheduling.domain.resources.bookings import empty_day
from services.scheduling.domain.resources.busy import ResourceCalendar
from services.scheduling.domain.resources.venues import WorkerKind
from services.scheduling.domain.sessions.session import (
    Absentee,
    Attendee,
    Hindrance,
    Session,
    SessionStatus,
)
from services.scheduling.domain.settling.expectation import Expectation
from services.scheduling.domain.settling.offers import Offers
from services.scheduling.domain.settling.situation import Situation
from services.scheduling.ports import Diary
from services.scheduling.store import INDEXES, mongo_diary
from shared.changes import Changes
from shared.errors import ConflictError
from shared.mongo import Database
from shared.transaction import Transaction
from tests.builders.exclusions import EXCLUSIONS, digests
from tests.builders.scheduling import (
    ENGAGEMENT,
    HUB,
    MATCH,
    NOW,
    a_member,
    a_panel,
    a_venue,
    an_attendant,
    an_engagement,
    days,
    person_id,
    rules,
    terms,
    weekly,
)
from tests.fakes.scheduling import in_memory_diary


@dataclass(frozen=True)
class Kept:
    """A diary, and what makes changes to it true."""

    diary: Diary
    commit: Callable[..., Awaitable[None]]


@pytest.fixture(params=["memory", "mongo"])
async def kept(request: pytest.FixtureRequest, database: Database) -> Kept:
    """An empty diary of either kind."""
    if request.param == "memory":
        diary, store = in_memory_diary()

        async def commit_in_memory(*writes: Any) -> None:
            store.commit(Changes(writes))

        return Kept(diary, commit_in_memory)
    for name, models in INDEXES.items():
        await database.create_collection(name)
        if models:
            await database[name].create_indexes(list(models))
    transaction = Transaction(database)

    async def commit_in_mongo(*writes: Any) -> None:
        await transaction.run([uuid4().hex], writes, [])

    return Kept(mongo_diary(database, EXCLUSIONS), commit_in_mongo)


def a_session(number: int = 1) -> Session:
    """An announced session with everything in it."""
    return Session(
        id=f"session-{number}",
        hub=HUB,
        correlation_id="trace",
        engagement_id=str(ENGAGEMENT),
        engagement_reference="E-1",
        match_id=str(MATCH),
        title="Leaving the ward",
        partner="Trust",
        number=number,
        places=3,
        status=SessionStatus.ANNOUNCED,
        starts_at=NOW + days(number),
        ends_at=NOW + days(number),
        venue=a_venue(),
        attendees=(Attendee(person_id("ada"), "ref-ada", "i", Answer.ACCEPTED),),
        missing=1,
        reasons=("Hall lacks a hearing loop",),
        support=(Support("bsl-1", "BSL 1", Role(WorkerKind.PROFESSIONAL, "bsl")),),
        unmet=("hearing loop",),
        waived=(Waiver("low noise", "staff"),),
        choice=SlotChoice(2, 3, 0, 11, 0, (Alternative((a_meeting(),), a_venue(), 1, 3),)),
        cannot_come=(Absentee(person_id("ben"), Hindrance.AWAY),),
    )


def a_meeting() -> Meeting:
    """A Monday morning."""
    return Meeting(date(2027, 1, 11), Hours(time(9), time(10, 30)))


def everything(diary: Diary) -> list[tuple[Any, Any]]:
    """One entity of each kind, as full as it can be, beside where it is kept."""
    period = Period(NOW, NOW + days(1))
    person = an_attendant(
        "ada",
        interpreted=("so",),
        needs=("1108191000000103",),
        weekly=weekly(0, 4),
        away=(Days(date(2027, 1, 1), date(2027, 1, 3)),),
        hard=weekly(1, 2),
        reminders=(ReminderTime(2, time(18, 30)), ReminderTime(0, time(8))),
        commitments=(Commitment("e", (period,)),),
    )
    drawn = Chosen(Choice.LOT, 0.25, ("sex",), follows_population=True)
    panel = a_panel(
        replace(a_member("ada", sex="f"), chosen=drawn),
        reserves=[a_member("ben", sex="m")],
        quotas=(Quota("sex", "f", 0, 1),),
        arranged_for=terms(),
        to_place=True,
        moves={"session-1": 2},
        waivers=(Waiver("low noise", "staff"),),
    )
    situation = Situation(
        NOW, an_engagement(), panel, {person.id: replace(person, weekly=())}, (a_session(),), {}, {}
    )
    [invitation] = Offers(situation, Expectation(situation, rules()), None).settled({}).values()
    absence = Absence(NOW, NOW + days(1), sequence=1)
    day = empty_day("hall", date(2027, 1, 11)).booked("e", [Hours(time(9), time(10, 30))])
    return [
        (diary.attendants, person),
        (diary.engagements, an_engagement()),
        (diary.panels, panel),
        (diary.sessions, a_session()),
        (diary.invitations, invitation),
        (diary.booked_days, day),
        (diary.absences, Absences("bsl-1", {"session-1": absence})),
    ]


async def test_what_is_kept_is_read_back_the_same_one_version_on(kept: Kept) -> None:
    pairs = everything(kept.diary)

    await kept.commit(*(where.keep(entity) for where, entity in pairs))

    for where, entity in pairs:
        assert await where.get(entity.id) == replace(entity, version=1)


async def test_of_two_who_book_one_room_at_once_one_has_to_look_again(kept: Kept) -> None:
    days_ = kept.diary.booked_days
    free = empty_day("hall", date(2027, 1, 11))
    await kept.commit(days_.keep(free.booked("a", [Hours(time(9), time(10))])))

    with pytest.raises(ConflictError):
        await kept.commit(days_.keep(free.booked("b", [Hours(time(9), time(10))])))

    stored = await days_.get(free.id)
    assert stored is not None
    assert [each.engagement_id for each in stored.bookings] == ["a"]


async def test_the_sessions_of_an_engagement_come_by_number(kept: Kept) -> None:
    sessions = kept.diary.sessions
    stranger = replace(a_session(3), id="other", engagement_id="another")
    await kept.commit(*map(sessions.keep, (a_session(2), a_session(1), stranger)))

    found = await sessions.of_engagement(str(ENGAGEMENT))

    assert [each.number for each in found] == [1, 2]


async def test_invitations_are_found_by_engagement_and_by_person(kept: Kept) -> None:
    invitations = kept.diary.invitations
    invitation = next(e for where, e in everything(kept.diary) if where is invitations)
    other = replace(invitation, id="other", engagement_id="another")
    await kept.commit(invitations.keep(invitation), invitations.keep(other))

    of_person = await invitations.of_person(person_id("ada"))
    of_engagement = await invitations.of_engagement("another")

    assert {each.id for each in of_person} == {invitation.id, "other"}
    assert [each.id for each in of_engagement] == ["other"]


async def test_a_panel_is_found_by_everybody_who_is_was_or_may_be_on_it(kept: Kept) -> None:
    panels = kept.diary.panels
    panel = a_panel(a_member("ada"), a_member("ben"), reserves=[a_member("cy")])
    await kept.commit(panels.keep(panel.without({person_id("ben")})))

    for name in ("ada", "ben", "cy"):
        assert [each.id for each in await panels.with_person(person_id(name))] == [panel.id]
    assert await panels.with_person(person_id("dee")) == []


async def test_the_panels_of_a_hub_that_wait_for_times_are_found(kept: Kept) -> None:
    panels = kept.diary.panels
    waiting = a_panel(a_member("ada"), to_place=True)
    elsewhere = replace(waiting, id="other", hub="lambeth")
    placed = replace(waiting, id="placed", to_place=False)
    await kept.commit(*map(panels.keep, (waiting, elsewhere, placed)))

    found = await panels.to_place(HUB)

    assert [each.id for each in found] == [waiting.id]


async def test_the_sessions_are_found_at_which_somebody_works(kept: Kept) -> None:
    sessions = kept.diary.sessions
    await kept.commit(*map(sessions.keep, (a_session(1), replace(a_session(2), support=()))))

    found = await sessions.worked_by("bsl-1")

    assert [each.number for each in found] == [1]


async def test_the_announced_sessions_of_a_hub_are_found_that_lack_something(kept: Kept) -> None:
    sessions = kept.diary.sessions
    whole = replace(a_session(2), reasons=(), waived=())
    waived, elsewhere = replace(a_session(3), reasons=()), replace(a_session(4), hub="lambeth")
    undated = a_session(5).unscheduled(("no room",), ("hearing loop",))
    await kept.commit(*map(sessions.keep, (a_session(1), whole, waived, elsewhere, undated)))

    found = await sessions.lacking(HUB)

    assert {each.number for each in found} == {1, 3}


async def test_sessions_are_found_that_say_of_somebody_that_they_cannot_come(kept: Kept) -> None:
    sessions = kept.diary.sessions
    await kept.commit(*map(sessions.keep, (a_session(1), replace(a_session(2), cannot_come=()))))

    found = await sessions.naming(person_id("ben"))

    assert [each.number for each in found] == [1]


async def test_booked_days_are_found_by_the_days_both_ends_included(kept: Kept) -> None:
    venue_days = kept.diary.booked_days
    january = [empty_day("hall", date(2027, 1, n)) for n in (9, 10, 12, 13)]
    await kept.commit(*map(venue_days.keep, january))

    found = await venue_days.within(Days(date(2027, 1, 10), date(2027, 1, 12)))

    assert {each.day.day for each in found} == {10, 12}


async def test_what_was_kept_before_it_was_known_how_people_were_chosen_is_read(
    database: Database,
) -> None:
    diary = mongo_diary(database, EXCLUSIONS)
    pairs = [each for each in everything(diary) if each[0] in (diary.panels, diary.invitations)]

    for where, entity in pairs:
        put = where.keep(entity)
        before = without("chosen", put.document)
        assert before != put.document
        await database[put.collection].insert_one({**before, "_id": put.id, "version": 1})

    panel, invitation = [await where.get(entity.id) for where, entity in pairs]
    assert [each.chosen for each in (*panel.members, invitation)] == [None, None]


async def test_where_somebody_stays_away_from_is_read_as_digests_where_it_lies_in_words(
    database: Database,
) -> None:
    diary = mongo_diary(database, EXCLUSIONS)
    put = diary.attendants.keep(an_attendant("ada"))
    before = without("avoids", put.document) | {"avoided_sites": ["Old Ward"]}
    await database[put.collection].insert_one({**before, "_id": put.id, "version": 1})

    found = await diary.attendants.get(put.id)

    assert found is not None
    assert found.avoids == digests(sites=("Old Ward",))
    assert "Old Ward" not in str(diary.attendants.keep(found).document)


def without(name: str, node: Any) -> Any:
    """A document without what stands under a name, at any depth."""
    if isinstance(node, list):
        return [without(name, each) for each in node]
    if not isinstance(node, dict):
        return node
    return {key: without(name, value) for key, value in node.items() if key != name}


async def test_sessions_ahead_are_those_not_begun_and_those_without_a_time(kept: Kept) -> None:
    begun = replace(a_session(1), starts_at=NOW - days(1))
    undated = replace(a_session(3), status=SessionStatus.UNSCHEDULED, starts_at=None)
    off = replace(a_session(4), status=SessionStatus.CANCELLED)
    sessions = kept.diary.sessions
    await kept.commit(*(sessions.keep(each) for each in (begun, a_session(2), undated, off)))

    found = await sessions.ahead(NOW)

    assert sorted(each.number for each in found) == [2, 3]


async def test_a_calendar_that_was_read_is_kept_and_forgotten(kept: Kept) -> None:
    calendar = ResourceCalendar("hall").read([Period(NOW, NOW + days(1))], '"one"', NOW)
    await kept.commit(kept.diary.calendars.keep(calendar))

    [stored] = await kept.diary.calendars.everything()
    await kept.commit(kept.diary.calendars.drop(stored))

    assert stored == replace(calendar, version=1)
    assert await kept.diary.calendars.everything() == []
