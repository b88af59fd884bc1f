"""The console's read models, accounts and audit trail in MongoDB."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from pymongo import ASCENDING, DESCENDING, IndexModel

from services.console.ports import (
    AnnouncedView,
    Asked,
    ChangeView,
    ContactView,
    DetailsView,
    DrawView,
    EngagementView,
    ErasureView,
    FigureView,
    FilmView,
    Group,
    InvitationView,
    Invited,
    Knowledge,
    LastSignIn,
    MatchRow,
    MatchView,
    MessageView,
    OneTimeCodes,
    QuotaAnswers,
    SessionView,
    TimesView,
    View,
)
from services.console.store import search
from services.console.store.accounts import (
    ACCOUNT_INDEXES,
    MongoBrowsers,
    MongoCalendarLinks,
    MongoStaff,
    MongoTries,
    mongo_half_signed_in,
)
from services.console.store.chain import CHAIN_INDEXES, MongoAuditChain
from services.console.store.draws import (
    CHANCE_INDEXES,
    WHAT_IF_INDEXES,
    MongoChances,
    MongoWhatIfs,
)
from services.console.store.messages import (
    ASKING_INDEXES,
    GROUP_INDEXES,
    PREVIEW_INDEXES,
    MongoAskings,
    MongoPreviews,
)
from services.console.store.outside import (
    OUTREACH_INDEXES,
    REFUSAL_INDEXES,
    MongoOutreach,
    MongoRefusals,
)
from services.console.store.people import (
    INVITED,
    PEOPLE_INDEXES,
    MongoAccessRequests,
    MongoPeople,
    invited,
)
from services.console.store.rows import (
    HELD_INDEX,
    MATCH_ROW,
    SESSION_ROW_INDEXES,
    MongoOverview,
    match_row,
)
from services.console.store.search import keep_findable
from services.console.store.together import Together
from services.console.store.traces import (
    AUDIT_INDEXES,
    NEWEST_FIRST,
    TRACE_INDEXES,
    MongoAuditTrail,
    MongoTrace,
)
from shared.changes import Put
from shared.contracts.messages import MessageStatus
from shared.mongo import Collection, Database, stored_time

__all__ = ["INDEXES", "keep_findable", "mongo_knowledge"]

V = TypeVar("V", bound=View)

IN_MATCH = ("state.panel.participant_id", "state.reserves.participant_id")
IN_SESSION = ("state.attendees.participant_id", "state.cannot_come.participant_id")
IN_STATE = ("state.participant_id",)
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
    "matches": [*_listing(*IN_MATCH), search.INDEX, HELD_INDEX],
    "announced": _listing(),
    "draws": _listing(),
    "changes": [
        IndexModel([("state.engagement_id", ASCENDING)]),
        IndexModel([("state.participant_id", ASCENDING)]),
    ],
    "sessions": [*_listing(*IN_SESSION), search.INDEX, *SESSION_ROW_INDEXES],
    "invitations": _listing(*IN_STATE),
    "engagements": [*_listing(), search.INDEX, IndexModel([("state.reference", ASCENDING)])],
    "messages": [*_listing(*IN_STATE), CALLS_TO_MAKE],
    "people": PEOPLE_INDEXES,
    "contacts": [],
    "times": [],
    "trace": TRACE_INDEXES,
    **ACCOUNT_INDEXES,
    "details": [],
    "erasures": [],
    "access_requests": [
        IndexModel([("hub", ASCENDING), ("answered_on", ASCENDING), ("due_on", ASCENDING)])
    ],
    "figures": _listing(),
    "previews": PREVIEW_INDEXES,
    "films": [],
    "chances": CHANCE_INDEXES,
    "what_ifs": WHAT_IF_INDEXES,
    "askings": ASKING_INDEXES,
    "groups": GROUP_INDEXES,
    "audit": AUDIT_INDEXES,
    "audit_chain": CHAIN_INDEXES,
    "outreach": OUTREACH_INDEXES,
    "quota_answers": [],
    "refusals": REFUSAL_INDEXES,
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

    def keep(self, entity: V) -> Put:
        """See Collection; what finds the view is kept beside it."""
        return search.findable(super().keep(entity), entity)

    async def how_many(self, asked: Asked, *, at_most: int | None = None) -> int:
        return await self.count(self._query(asked), at_most)

    async def about_person(self, participant_id: str) -> list[V]:
        return await self.find({"$or": [{path: participant_id} for path in self._people]})

    def _query(self, asked: Asked) -> dict[str, Any]:
        query: dict[str, Any] = {"hub": {"$in": list(asked.hubs)}}
        query |= search.beginning_with(asked.words)
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


class MongoMatches(MongoViews[MatchView]):
    """Matches."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, "matches", MatchView, people=IN_MATCH)
        self._together = Together(database)

    async def rows(self, asked: Asked) -> list[MatchRow]:
        order = ASCENDING if asked.oldest_first else DESCENDING
        stages: list[dict[str, Any]] = [
            {"$match": self._query(asked)},
            {"$sort": {"at": order, "_id": order}},
            {"$skip": asked.skip},
            {"$limit": asked.limit},
            {"$project": MATCH_ROW},
        ]
        return [match_row(each) for each in await self._together.ask(self.name, stages)]

    async def with_answers_inside(self, limit: int) -> list[MatchView]:
        inside = {"$elemMatch": {"features": {"$exists": True, "$ne": {}}}}
        named = [{f"state.{people}": inside} for people in ("panel", "reserves")]
        return await self.find({"$or": named}, limit=limit)


class MongoInvitations(MongoViews[InvitationView]):
    """Invitations."""

    def __init__(self, database: Database) -> None:
        name, kind = "invitations", InvitationView
        super().__init__(database, name, kind, people=IN_STATE, status="state.answer")

    async def invited_to(self, engagement_id: str, hub: str) -> list[Invited]:
        query = {"hub": hub, "state.engagement_id": engagement_id}
        return [invited(each) for each in await self.find_fields(query, INVITED)]


def mongo_knowledge(database: Database) -> Knowledge:
    """Return everything stored in the console's database."""
    return Knowledge(
        matches=MongoMatches(database),
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
        details=Collection(database, "details", DetailsView),
        erasures=Collection(database, "erasures", ErasureView),
        access_requests=MongoAccessRequests(database),
        figures=MongoViews(database, "figures", FigureView),
        trace=MongoTrace(database),
        staff=MongoStaff(database),
        browsers=MongoBrowsers(database),
        half_signed_in=mongo_half_signed_in(database),
        last_sign_ins=Collection(database, "last_sign_ins", LastSignIn),
        one_time_codes=Collection(database, "one_time_codes", OneTimeCodes),
        failed_sign_ins=MongoTries(database),
        calendar_links=MongoCalendarLinks(database),
        previews=MongoPreviews(database),
        films=Collection(database, "films", FilmView),
        chances=MongoChances(database),
        what_ifs=MongoWhatIfs(database),
        askings=MongoAskings(database),
        groups=Collection(database, "groups", Group),
        quota_answers=Collection(database, "quota_answers", QuotaAnswers),
        outreach=MongoOutreach(database),
        refusals=MongoRefusals(database),
        overview=MongoOverview(database),
        audit=MongoAuditTrail(database),
        chain=MongoAuditChain(database),
    )
