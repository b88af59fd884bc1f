"""The console ends what it knows of old engagements, and its figures stay."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from services.console import retention as of_console
from services.console.handlers import build_handlers
from services.console.ports import Acceptance, AccessRequest, Knowledge
from services.console.queries.months import Period
from services.console.queries.over_time import over_time
from services.console.queries.reach import reach_of
from services.console.store import mongo_knowledge
from shared.changes import Due
from shared.contracts.base import Event
from shared.contracts.engagements import EngagementPublished
from shared.contracts.matches import MatchApproved, MatchChangeRequested, MatchProposed
from shared.contracts.messages import NotificationSent
from shared.contracts.sessions import InvitationAccepted, SessionAnnounced
from shared.facts import Facts
from shared.mongo import Database
from tests.builders.events import an_event
from tests.builders.retention import AGES, ago, all_ended, an_old_run, kept_in, left_in
from tests.builders.sweeping import NOW, swept


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
