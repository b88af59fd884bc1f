"""The console's read models, accounts and audit trail in MongoDB."""

from collections.abc import Collection as Objects
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from pymongo import ASCENDING, DESCENDING, IndexModel

from services.console.ports import (
    AnnouncedView,
    Asked,
    AuditAsked,
    AuditRow,
    CalendarLink,
    ChangeView,
    ContactView,
    DrawView,
    EngagementView,
    FailedSignIns,
    FilmView,
    Group,
    InvitationView,
    Invited,
    Knowledge,
    MatchView,
    MessageView,
    SessionView,
    SignedIn,
    StaffMember,
    TimesView,
    TraceEntry,
    View,
)
from services.console.store.draws import CHANCE_INDEXES, MongoChances
from services.console.store.messages import (
    ASKING_INDEXES,
    GROUP_INDEXES,
    PREVIEW_INDEXES,
    MongoAskings,
    MongoPreviews,
)
from services.console.store.people import INVITED, REFERENCES, MongoPeople, invited
from shared.changes import Put
from shared.contracts.messages import MessageStatus
from shared.mongo import Collection, Database, stored_time

V = TypeVar("V", bound=View)

IN_MATCH = ("state.panel.participant_id", "state.reserves.participant_id")
IN_SESSION = ("state.attendees.participant_id", "state.cannot_come.participant_id")
IN_STATE = ("state.participant_id",)
TRACE_LIMIT = 5_000
NEWEST_FIRST = [("at", DESCENDING), ("_id", DESCENDING)]
TIMELINE_LIMIT = 20_000
CALLS_TO_MAKE = IndexModel(
    [("hub", ASCENDING), ("done_by", ASCENDING), ("at", ASCENDING)],
    name="calls_to_make",
    partialFilterExpression={"state.status": MessageStatus.TO_CALL.value},
)


def _listing(*people: str) -> list[IndexModel]:
    """Return indexes in the whole order of a list: nothing is sorted to show its first page."""
    return [
        IndexModel([("hub", ASCENDING), ("state.status", ASCENDING), *NEWEST_FIRST]),
        IndexModel([("hub", ASCENDING), *NEWEST_FIRST]),
        IndexModel([("state.engagement_id", ASCENDING)]),
        *(IndexModel([(path, ASCENDING)]) for path in people),
    ]


INDEXES: Mapping[str, Sequence[IndexModel]] = {
    "matches": _listing(*IN_MATCH),
    "announced": _listing(),
    "draws": _listing(),
    "changes": [
        IndexModel([("state.engagement_id", ASCENDING)]),
        IndexModel([("state.participant_id", ASCENDING)]),
    ],
    "sessions": _listing(*IN_SESSION),
    "invitations": _listing(*IN_STATE),
    "engagements": [*_listing(), IndexModel([("state.reference", ASCENDING)])],
    "messages": [*_listing(*IN_STATE), CALLS_TO_MAKE],
    "people": [
        IndexModel([("hub", ASCENDING), (reference, ASCENDING)]) for reference in REFERENCES
    ],
    "contacts": [],
    "times": [],
    "trace": [
        IndexModel([("correlation_id", ASCENDING), ("at", ASCENDING)]),
        IndexModel([("subject", ASCENDING), ("at", ASCENDING)]),
        IndexModel([("engagement_id", ASCENDING), ("at", DESCENDING)]),
        IndexModel([("at", DESCENDING)]),
    ],
    "staff": [IndexModel([("token_sha256", ASCENDING)])],
    "browsers": [IndexModel([("username", ASCENDING)])],
    "failed_sign_ins": [],
    "calendar_links": [IndexModel([("shown.hub", ASCENDING)])],
    "previews": PREVIEW_INDEXES,
    "films": [],
    "chances": CHANCE_INDEXES,
    "askings": ASKING_INDEXES,
    "groups": GROUP_INDEXES,
    "audit": [
        IndexModel([(field, ASCENDING), ("at", DESCENDING)]) for field in ("hub", "who", "about")
    ],
}


class MongoViews(Collection[V]):
    """Read models that are listed by hub, status, engagement and time."""

    def __init__(
        self,
        database: Database,
        name: str,
        kind: type[V],
        *,
        people: tuple[str, ...] = (),
        status: str = "state.status",
    ) -> None:
        super().__init__(database, name, kind)
        self._people = people
        self._status = status

    async def listed(self, asked: Asked) -> list[V]:
        order = ASCENDING if asked.oldest_first else DESCENDING
        return await self.find(
            self._query(asked),
            sort=[("at", order), ("_id", order)],
            limit=asked.limit,
            skip=asked.skip,
        )

    async def how_many(self, asked: Asked, *, at_most: int | None = None) -> int:
        return await self.count(self._query(asked), at_most)

    async def about_person(self, participant_id: str) -> list[V]:
        return await self.find({"$or": [{path: participant_id} for path in self._people]})

    def _query(self, asked: Asked) -> dict[str, Any]:
        query: dict[str, Any] = {"hub": {"$in": list(asked.hubs)}}
        if asked.statuses:
            query[self._status] = {"$in": list(asked.statuses)}
        if asked.undone:
            query["done_by"] = None
        if asked.engagement_id:
            query["state.engagement_id"] = asked.engagement_id
        if asked.reference is not None:
            query["state.reference"] = asked.reference
        bounds = {"$gte": asked.start, "$lt": asked.end}
        at = {bound: stored_time(moment) for bound, moment in bounds.items() if moment}
        return {**query, "at": at} if at else query


class MongoInvitations(MongoViews[InvitationView]):
    """Invitations."""

    def __init__(self, database: Database) -> None:
        name, kind = "invitations", InvitationView
        super().__init__(database, name, kind, people=IN_STATE, status="state.answer")

    async def invited_to(self, engagement_id: str, hub: str) -> list[Invited]:
        query = {"hub": hub, "state.engagement_id": engagement_id}
        return [invited(each) for each in await self.find_fields(query, INVITED)]


class MongoTrace(Collection[TraceEntry]):
    """Every event that passed."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, "trace", TraceEntry)

    async def of(self, *correlation_ids: str) -> list[TraceEntry]:
        return await self._oldest_first({"correlation_id": {"$in": correlation_ids}})

    async def about(self, any_id: str) -> list[TraceEntry]:
        return await self._oldest_first({"$or": [{"_id": any_id}, {"subject": any_id}]})

    async def of_engagement(self, engagement_id: str, subjects: Objects[str]) -> list[TraceEntry]:
        either = [{"engagement_id": engagement_id}, {"subject": {"$in": list(subjects)}}]
        newest_first = [("at", DESCENDING), ("_id", DESCENDING)]
        return await self.find({"$or": either}, sort=newest_first, limit=TIMELINE_LIMIT)

    async def _oldest_first(self, query: dict[str, Any]) -> list[TraceEntry]:
        return await self.find(query, sort=[("at", ASCENDING)], limit=TRACE_LIMIT)


class MongoStaff(Collection[StaffMember]):
    """Accounts."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, "staff", StaffMember)

    async def everyone(self) -> list[StaffMember]:
        return await self.find({})

    async def by_token(self, token_sha256: str) -> StaffMember | None:
        found = await self.find({"token_sha256": token_sha256}, limit=1)
        return found[0] if found else None


class MongoBrowsers(Collection[SignedIn]):
    """Where staff are signed in."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, "browsers", SignedIn)

    async def of(self, username: str) -> list[SignedIn]:
        return await self.find({"username": username})


class MongoCalendarLinks(Collection[CalendarLink]):
    """Addresses of calendars."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, "calendar_links", CalendarLink)

    async def of_hubs(self, hubs: tuple[str, ...]) -> list[CalendarLink]:
        newest_first = [("made_at", DESCENDING), ("_id", DESCENDING)]
        return await self.find({"shown.hub": {"$in": list(hubs)}}, sort=newest_first)


class MongoAuditTrail:
    """Who did what; a row about a person in an object names both, the object first."""

    def __init__(self, database: Database) -> None:
        self._rows = Collection(database, "audit", AuditRow)

    def keep(self, row: AuditRow) -> Put:
        return self._rows.keep(row)

    async def rows(self, asked: AuditAsked) -> list[AuditRow]:
        query = _audited(asked)
        return await self._rows.find(query, sort=NEWEST_FIRST, limit=asked.limit, skip=asked.skip)

    async def how_many(self, asked: AuditAsked) -> int:
        return await self._rows.count(_audited(asked))

    async def about(self, objects: Objects[str], people_in: Objects[str] = ()) -> list[AuditRow]:
        about_people = [{"about": {"$gt": f"{each} ", "$lt": f"{each}!"}} for each in people_in]
        either = [{"about": {"$in": list(objects)}}, *about_people]
        return await self._rows.find(
            {"$or": either}, sort=[("at", DESCENDING), ("_id", DESCENDING)]
        )


def _audited(asked: AuditAsked) -> dict[str, Any]:
    in_no_hub = {"hub": None, "who": {"$in": list(asked.colleagues)}}
    query: dict[str, Any] = {"$or": [{"hub": {"$in": list(asked.hubs)}}, in_no_hub]}
    named = {"who": asked.who, "what": asked.what, "about": asked.about}
    query |= {field: value for field, value in named.items() if value is not None}
    bounds = {"$gte": asked.start, "$lt": asked.end}
    at = {bound: stored_time(moment) for bound, moment in bounds.items() if moment}
    return {**query, "at": at} if at else query


def mongo_knowledge(database: Database) -> Knowledge:
    """Return everything stored in the console's database."""
    return Knowledge(
        matches=MongoViews(database, "matches", MatchView, people=IN_MATCH),
        announced=MongoViews(database, "announced", AnnouncedView),
        draws=MongoViews(database, "draws", DrawView),
        changes=MongoViews(database, "changes", ChangeView, people=IN_STATE),
        sessions=MongoViews(database, "sessions", SessionView, people=IN_SESSION),
        invitations=MongoInvitations(database),
        engagements=MongoViews(database, "engagements", EngagementView),
        messages=MongoViews(database, "messages", MessageView, people=IN_STATE),
        people=MongoPeople(database),
        contacts=Collection(database, "contacts", ContactView),
        times=Collection(database, "times", TimesView),
        trace=MongoTrace(database),
        staff=MongoStaff(database),
        browsers=MongoBrowsers(database),
        failed_sign_ins=Collection(database, "failed_sign_ins", FailedSignIns),
        calendar_links=MongoCalendarLinks(database),
        previews=MongoPreviews(database),
        films=Collection(database, "films", FilmView),
        chances=MongoChances(database),
        askings=MongoAskings(database),
        groups=Collection(database, "groups", Group),
        audit=MongoAuditTrail(database),
    )
