"""Matching and scheduling end what an old engagement left, and nothing of one that is not over."""

from dataclasses import replace
from datetime import timedelta

from services.matching import retention as of_matching
from services.matching.domain.attendance import Attendance as Came
from services.matching.domain.chances import Draw
from services.matching.domain.engagements import Session
from services.matching.domain.matches import Match, Member, Opportunity, Status
from services.matching.domain.staff_changes import Change, StaffChange
from services.scheduling import retention as of_scheduling
from services.scheduling.domain.calendar import Days
from services.scheduling.domain.resources.absences import Absence, Absences
from services.scheduling.domain.resources.bookings import empty_day
from services.scheduling.domain.sessions.session import Session as Meeting
from services.scheduling.store import mongo_diary
from shared.facts import Facts
from shared.mongo import Database
from tests.builders import matching as matching_builders
from tests.builders import scheduling as scheduling_builders
from tests.builders.exclusions import EXCLUSIONS
from tests.builders.matching_records import on_mongo
from tests.builders.retention import AGES, ago, all_ended, an_old_run, kept_in, left_in
from tests.builders.sweeping import NOW, swept


async def test_matching_leaves_id_and_chance_of_who_was_in_an_old_match(
    database: Database,
) -> None:
    kept = await on_mongo(database)
    await an_old_run(database)
    for age in AGES:
        day = ago(age).date()
        people = (Member(f"{age} a", "ref", 0.25, ("lives in Brent",), {"sex": "female"}),)
        session = Session(age, 1, 0, ago(age), None, ends_at=ago(age), cannot_come=frozenset({"x"}))
        engagement = matching_builders.an_engagement(
            id=age, window_start=day, window_end=day, sessions=(session,)
        )
        await kept.keep(
            engagement,
            Match(
                id=age,
                hub="h",
                engagement_id=age,
                engagement_reference="r",
                title="t",
                partner="p",
                status=Status.APPROVED,
                places=1,
                seed=1,
                panel=people,
                reserves=(Member(f"{age} b", "", 0.5, features={"sex": "male"}),),
            ),
            Opportunity(age, age, "a", "accepted", 1, until=day),
            StaffChange(age, age, "a", Change.PIN, 0, 1),
            Came(age, 1, {"a": True}, engagement_id=age),
            Draw(age, "h", age, ago(age), "", (), ""),
        )
    before = await kept.records.matches.get("old")

    ended = await swept(database, "matching", of_matching.ends(kept.records))
    again = await swept(database, "matching", of_matching.ends(kept.records))

    assert (ended.keys(), set(ended.values())) == (all_ended("matching"), {1})
    assert again == {}
    left = await left_in(database, "matching")
    assert {left.pop(name) == set(AGES) for name in ("matches", "engagements")} == {True}
    assert left == {name: {"new"} for name in left}
    match, engagement_ = (
        await kept.records.matches.get("old"),
        await kept.records.engagements.get("old"),
    )
    assert match is not None
    assert before is not None
    assert engagement_ is not None
    assert match == replace(before.forgetting(before.named), version=2)
    assert [(each.participant_id, each.chance) for each in (*match.panel, *match.reserves)] == [
        ("old a", 0.25),
        ("old b", 0.5),
    ]
    assert not engagement_.sessions[0].cannot_come


async def test_an_engagement_with_a_late_session_has_not_ended(database: Database) -> None:
    kept = await on_mongo(database)
    day = ago("old").date()
    session = Session("s", 1, 0, ago("new"), None, ends_at=ago("new"))
    await kept.keep(
        matching_builders.an_engagement(
            id="e", window_start=day, window_end=day, sessions=(session,)
        ),
        StaffChange("c", "e", "a", Change.PIN, 0, 1),
    )

    assert await swept(database, "matching", of_matching.ends(kept.records)) == {}


async def test_scheduling_drops_engagements_that_ended_unless_a_session_came_later(
    database: Database,
) -> None:
    diary, facts = mongo_diary(database, EXCLUSIONS), Facts("scheduling", now=lambda: NOW)
    await an_old_run(database)
    late = "late"
    for age in (*AGES, late):
        at = ago("old" if age == late else age)
        window = Days(at.date(), at.date())
        ends_at = ago("new") if age == late else at
        meeting = Meeting(age, "h", "c", age, "r", "m", "t", "p", 1, 3, ends_at=ends_at)
        absence = Absence(at, at + timedelta(hours=1), 1)
        await kept_in(
            database,
            diary.engagements.keep(
                scheduling_builders.an_engagement(
                    id=age, terms=scheduling_builders.terms(window=window)
                )
            ),
            diary.panels.keep(scheduling_builders.a_panel(id=age)),
            diary.sessions.keep(meeting),
            diary.invitations.keep(
                scheduling_builders.an_invitation(
                    id=age, engagement_id=age, participant_id=f"of {age}"
                )
            ),
            diary.booked_days.keep(empty_day(age, at.date())),
            diary.absences.keep(Absences(age, {"s": absence})),
        )
    kept_days = 730

    ended = await swept(
        database, "scheduling", of_scheduling.ends(diary, facts, kept_days=kept_days)
    )
    again = await swept(
        database, "scheduling", of_scheduling.ends(diary, facts, kept_days=kept_days)
    )

    assert ended.keys() == all_ended("scheduling")
    assert again == {}
    left = await left_in(database, "scheduling")
    assert left.pop("absences") == {*AGES, late}
    assert {len(left.pop("venue_days"))} == {1}
    assert left == {name: {"new", late} for name in left}
    found = [await diary.absences.get(each) for each in AGES]
    assert [bool(each and each.of_session) for each in found] == [False, True]
