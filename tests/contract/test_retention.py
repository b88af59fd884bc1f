"""Every collection has a period, and what each service stores is ended by it, and nothing else."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from deploy.accounts import SERVICES
from services.console import retention as of_console
from services.console.handlers import build_handlers
from services.console.ports import Acceptance, AccessRequest, Knowledge
from services.console.queries.months import Period
from services.console.queries.over_time import over_time
from services.console.queries.reach import reach_of
from services.console.store import mongo_knowledge
from services.intake import retention as of_intake
from services.intake import store as intake_store
from services.intake.clients.ciphers import KeyedCipher
from services.intake.domain.engagements import Attendance, Engagement, Feedback
from services.intake.domain.people import ACTIVE, ERASED, LEFT, Participant
from services.intake.domain.submissions import ACCEPTED, Submission
from services.matching import retention as of_matching
from services.matching.domain.attendance import Attendance as Came
from services.matching.domain.chances import Draw
from services.matching.domain.engagements import Session
from services.matching.domain.matches import Match, Member, Opportunity, Status
from services.matching.domain.staff_changes import Change, StaffChange
from services.notification.domain import Kind
from services.notification.domain import Status as Stands
from services.notification.store import MongoRecords
from services.scheduling import retention as of_scheduling
from services.scheduling.domain.calendar import Days
from services.scheduling.domain.resources.absences import Absence, Absences
from services.scheduling.domain.resources.bookings import empty_day
from services.scheduling.domain.sessions.session import Session as Meeting
from services.scheduling.store import mongo_diary
from shared.changes import Changes, Due
from shared.contracts.base import Event
from shared.contracts.engagements import EngagementPublished
from shared.contracts.matches import MatchApproved, MatchChangeRequested, MatchProposed
from shared.contracts.messages import NotificationSent
from shared.contracts.sessions import InvitationAccepted, SessionAnnounced
from shared.facts import Facts
from shared.mongo import Collection, Database
from shared.retention import Run
from shared.transaction import Transaction
from tests.builders import matching as matching_builders
from tests.builders import notification as notification_builders
from tests.builders import scheduling as scheduling_builders
from tests.builders.decided import ADDED, CHANGED, PAUSES
from tests.builders.events import an_event
from tests.builders.exclusions import EXCLUSIONS
from tests.builders.matching_records import on_mongo
from tests.builders.sweeping import NOW, periods_of, swept

AGES = {"old": 4 * 365, "new": 100}
"""Of whatever there are two, in days."""
RUNS = "retention_runs"
CIPHER = KeyedCipher(b"f" * 32, b"q" * 32)


def ago(age: str) -> datetime:
    return NOW - timedelta(days=AGES[age])


@pytest.mark.parametrize("service", SERVICES)
def test_every_collection_has_a_period_or_a_reason_why_no_time_ends_it(service: str) -> None:
    periods = periods_of(service)

    assert periods.keys() == CHANGED[service] | ADDED.get(service, set()) | {PAUSES}
    for kept in periods.values():
        assert bool(kept.setting) == ("{}" in kept.says)
        assert kept.setting or not (kept.since or kept.engagement)


@pytest.mark.parametrize("service", SERVICES)
def test_what_may_only_be_added_is_ended_by_no_service(service: str) -> None:
    assert not any(periods_of(service)[name].setting for name in ADDED.get(service, ()))


async def kept_in(database: Database, *puts: Any) -> None:
    await Transaction(database).run([str(uuid4())], puts, [])


async def left_in(database: Database, service: str) -> dict[str, set[str]]:
    """Return the ids of what there is, by each collection that the sweep ends."""
    ended = [name for name, kept in periods_of(service).items() if kept.setting and name != RUNS]
    return {name: {row["_id"] async for row in database[name].find()} for name in ended}


def all_ended(service: str) -> set[str]:
    return {name for name, kept in periods_of(service).items() if kept.setting}


async def an_old_run(database: Database) -> None:
    runs = Collection(database, RUNS, Run)
    await kept_in(
        database, *(runs.keep(Run(ago(age).date().isoformat(), ago(age), {})) for age in AGES)
    )


async def test_intake_forgets_who_left_long_ago_and_drops_what_is_old(database: Database) -> None:
    people = intake_store.MongoParticipants(database, EXCLUSIONS, CIPHER)
    await an_old_run(database)
    asked: list[str] = []

    async def ask(ids: Iterable[str]) -> Changes:
        asked.extend(ids)
        return Changes(tuple(Due(of_intake.LEAVERS, each, NOW) for each in ids))

    statuses = {LEFT: ago, ACTIVE: lambda _: None, ERASED: lambda _: None}
    for age in AGES:
        window = {"from": ago(age).date(), "to": ago(age).date()}
        published = an_event(EngagementPublished, data={"window": window})
        await kept_in(
            database,
            *(
                people.keep(Participant(f"{age} {status}", "h", (), status, left_at=left(age)))
                for status, left in statuses.items()
            ),
            intake_store.MongoEngagements(database).keep(
                Engagement(age, "h", "p", "r", published.data.model_dump(mode="json"))
            ),
            intake_store.MongoAttendances(database).keep(Attendance(age, "h", age)),
            intake_store.MongoFeedbacks(database).keep(
                Feedback(age, "h", age, None, "involve", ago(age))
            ),
            intake_store.MongoSubmissions(database).keep(
                Submission(age, "p", "e", "t", "h", "d", ACCEPTED, ago(age))
            ),
        )

    ended = await swept(database, "intake", {"participants": ask})
    again = await swept(database, "intake", {"participants": ask})

    assert ended.keys() == all_ended("intake")
    assert set(ended.values()) == {1}
    assert again == {"participants": 1}
    assert asked == [f"old {LEFT}"] * 2
    left = await left_in(database, "intake")
    assert len(left.pop("participants")) == 3 * len(AGES)
    assert left == {name: {"new"} for name in left}


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


async def test_notification_drops_old_invitations_and_messages_that_do_not_wait(
    database: Database,
) -> None:
    records = MongoRecords(database)
    await an_old_run(database)
    for age in AGES:
        session = notification_builders.a_session(ago(age))
        await kept_in(
            database,
            records.invitations.keep(
                notification_builders.an_invitation(id=age, answer_by=ago(age), sessions=(session,))
            ),
            *(
                records.messages.keep(
                    notification_builders.a_message(
                        Kind.INVITATION, id=f"{age} {status}", at=ago(age), status=status
                    )
                )
                for status in (Stands.SENT, Stands.QUEUED)
            ),
        )
    series = (
        notification_builders.a_session(ago("old")),
        notification_builders.a_session(ago("new")),
    )
    await kept_in(
        database,
        records.invitations.keep(
            notification_builders.an_invitation(id="series", answer_by=ago("old"), sessions=series)
        ),
    )

    ended = await swept(database, "notification", {})

    assert (ended.keys(), set(ended.values())) == (all_ended("notification"), {1})
    assert await left_in(database, "notification") == {
        "invitations": {"new", "series"},
        "messages": {"old queued", "new sent", "new queued"},
    }
    assert await swept(database, "notification", {}) == {}


class Console:
    """The console on MongoDB, which hears of two engagements: an old one and a new one."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.known: Knowledge = mongo_knowledge(database)
        self.handlers = build_handlers(self.known, Facts("console", now=lambda: NOW))

    async def hear(self, *events: Event) -> None:
        for event in events:
            changes = await self.handlers._of_event[event.TYPE](event)
            writes = [each for each in changes.writes if not isinstance(each, Due)]
            await kept_in(self.database, *writes)

    async def hears_of(self, age: str, *, decided: bool = True) -> dict[str, str]:
        """Tell all that happens in an engagement; return the ids."""
        at, ids = ago(age), {name: str(uuid4()) for name in ("engagement", "match", "session")}
        of = {"engagement_id": ids["engagement"], "match_id": ids["match"]}
        window = {"from": at.date(), "to": at.date()}
        published = {"engagement_id": ids["engagement"], "window": window}
        invited = an_event(InvitationAccepted).data.model_dump(mode="json")
        sessions = [
            {**each, "starts_at": at, "ends_at": at + timedelta(hours=1)}
            for each in invited["sessions"]
        ]
        mine = {"invitation_id": str(uuid4()), "participant_id": str(uuid4())}
        met = {"session_id": ids["session"], "starts_at": at, "ends_at": at + timedelta(hours=1)}
        proposed = an_event(MatchProposed, data=of, subject=ids["match"], time=at)
        match = {**proposed.data.model_dump(mode="json"), "status": "approved"}
        decision = {"match": match, "match_sequence": proposed.sequence, "decided_at": at}
        approved = an_event(MatchApproved, data=decision, subject=ids["match"], time=at, sequence=2)
        await self.hear(
            an_event(EngagementPublished, data=published, subject=ids["engagement"], time=at),
            proposed,
            *((approved,) if decided else ()),
            an_event(MatchChangeRequested, data=of, subject=str(uuid4()), time=at),
            an_event(SessionAnnounced, data=of | met, subject=ids["session"], time=at),
            an_event(
                InvitationAccepted,
                data=of | mine | {"sessions": sessions},
                subject=mine["invitation_id"],
                time=at,
            ),
            an_event(
                NotificationSent,
                data={"message_id": str(uuid4()), "at": at},
                subject=str(uuid4()),
                time=at,
            ),
        )
        view = await self.known.sessions.get(ids["session"])
        assert view is not None
        wrote = Acceptance(needs=("441092009",), wording="Ann agreed", by="staff", at=at)
        request = AccessRequest(
            id=f"asked {uuid4()}",
            hub="h",
            received_on=at.date(),
            due_on=at.date(),
            answered_on=at.date(),
        )
        await kept_in(
            self.database,
            self.known.sessions.keep(replace(view, acceptances=(wrote,))),
            self.known.access_requests.keep(request),
        )
        return ids


async def test_the_console_blanks_old_engagements_and_no_figure_changes(
    database: Database,
) -> None:
    console = Console(database)
    ids = {age: await console.hears_of(age) for age in AGES}
    undecided = await console.hears_of("old", decided=False)
    assert await console.known.quota_answers.get(undecided["match"])
    await an_old_run(database)
    hub = an_event(MatchProposed).hub
    years = Period(date(2022, 11, 1), date(2026, 12, 1))

    async def figures() -> Any:
        over = await over_time(hub, years, console.known, NOW)
        return over, await reach_of(hub, years, console.known)

    before, was = await figures(), await console.known.matches.get(ids["old"]["match"])

    ended = await swept(database, "console", of_console.ends(console.known))

    assert before[0].fairness.draws == len(AGES)
    assert ended.keys() == all_ended("console")
    assert await figures() == before
    match = await console.known.matches.get(ids["old"]["match"])
    session = await console.known.sessions.get(ids["old"]["session"])
    assert was is not None
    assert match is not None
    assert session is not None
    told = match.state.model_dump_json() + session.state.model_dump_json()
    for person in (*was.state.panel, *was.state.reserves):
        assert person.participant_reference not in told
        assert not any(reason in told for reason in person.reasons)
    assert [each.chance for each in match.state.panel] == [each.chance for each in was.state.panel]
    assert [each.participant_id for each in match.state.panel] == [
        each.participant_id for each in was.state.panel
    ]
    assert session.acceptances == ()
    assert await console.known.quota_answers.get(undecided["match"]) is None
    new = await console.known.matches.get(ids["new"]["match"])
    assert new is not None
    assert all(each.participant_reference != "erased" for each in new.state.panel)
    left = await left_in(database, "console")
    assert {name: len(rows) for name, rows in left.items() if name != "trace"} == {
        "matches": 3,
        "sessions": 3,
        "changes": 1,
        "invitations": 1,
        "messages": 1,
        "access_requests": 1,
    }
    assert await swept(database, "console", of_console.ends(console.known)) == {}
