"""The diary in MongoDB."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from pymongo import ASCENDING, IndexModel

from services.scheduling.domain.calendar import Days
from services.scheduling.domain.engagements.engagement import Engagement
from services.scheduling.domain.engagements.panels import Panel
from services.scheduling.domain.invitations.invitation import Invitation
from services.scheduling.domain.people.attendants import Attendant
from services.scheduling.domain.resources.absences import Absences
from services.scheduling.domain.resources.bookings import BookedDay
from services.scheduling.domain.resources.busy import ResourceCalendar
from services.scheduling.domain.sessions.session import Session, SessionStatus
from services.scheduling.ports import Diary
from shared.exclusions import ExclusionKey
from shared.mongo import Collection, Database, Document, stored_time

SEATS = ("members", "reserves", "former")
NAMED = ("attendees", "cannot_come")
"""Where a session names people."""
IN_WORDS = "avoided_sites"
BOOKED_DAYS = "venue_days"
"""The name is from when only rooms were booked."""

INDEXES: Mapping[str, Sequence[IndexModel]] = {
    "attendants": (),
    "engagements": (),
    "panels": (
        *(IndexModel([(f"{seats}.participant_id", ASCENDING)]) for seats in SEATS),
        IndexModel([("hub", ASCENDING), ("to_place", ASCENDING)]),
    ),
    "sessions": (
        IndexModel([("engagement_id", ASCENDING), ("number", ASCENDING)], unique=True),
        IndexModel([("support.worker_id", ASCENDING)]),
        IndexModel([("hub", ASCENDING), ("status", ASCENDING)]),
        *(IndexModel([(f"{each}.participant_id", ASCENDING)]) for each in NAMED),
        IndexModel([("status", ASCENDING), ("starts_at", ASCENDING)]),
    ),
    "invitations": (
        IndexModel([("engagement_id", ASCENDING), ("participant_id", ASCENDING)], unique=True),
        IndexModel([("participant_id", ASCENDING)]),
    ),
    BOOKED_DAYS: (IndexModel([("day", ASCENDING)]),),
    "absences": (),
    "resource_calendars": (),
}


class MongoPanels(Collection[Panel]):
    """See ports.Panels."""

    async def with_person(self, participant_id: str) -> list[Panel]:
        """See ports.Panels."""
        return await self.find(
            {"$or": [{f"{seats}.participant_id": participant_id} for seats in SEATS]}
        )

    async def to_place(self, hub: str) -> list[Panel]:
        """See ports.Panels."""
        return await self.find({"hub": hub, "to_place": True}, sort=[("_id", ASCENDING)])


class MongoSessions(Collection[Session]):
    """See ports.Sessions."""

    async def of_engagement(self, engagement_id: str) -> list[Session]:
        """See ports.Sessions."""
        return await self.find({"engagement_id": engagement_id}, sort=[("number", ASCENDING)])

    async def worked_by(self, worker_id: str) -> list[Session]:
        """See ports.Sessions."""
        return await self.find({"support.worker_id": worker_id})

    async def lacking(self, hub: str) -> list[Session]:
        """See ports.Sessions."""
        lacks = [{f"{each}.0": {"$exists": True}} for each in ("reasons", "waived")]
        return await self.find({"hub": hub, "status": "announced", "$or": lacks})

    async def naming(self, participant_id: str) -> list[Session]:
        """See ports.Sessions."""
        return await self.find(
            {"$or": [{f"{each}.participant_id": participant_id} for each in NAMED]}
        )

    async def ahead(self, now: datetime) -> list[Session]:
        """See ports.Sessions; ISO times in UTC sort as moments do."""
        later = {"$gt": stored_time(now)}
        announced = {"status": SessionStatus.ANNOUNCED.value, "starts_at": later}
        return await self.find({"$or": [{"status": SessionStatus.UNSCHEDULED.value}, announced]})


class MongoInvitations(Collection[Invitation]):
    """See ports.Invitations."""

    async def of_engagement(self, engagement_id: str) -> list[Invitation]:
        """See ports.Invitations."""
        return await self.find({"engagement_id": engagement_id})

    async def of_person(self, participant_id: str) -> list[Invitation]:
        """See ports.Invitations."""
        return await self.find({"participant_id": participant_id})


class MongoBookedDays(Collection[BookedDay]):
    """See ports.BookedDays."""

    async def within(self, days: Days) -> list[BookedDay]:
        """See ports.BookedDays; ISO dates sort as days do."""
        bounds = {"$gte": days.first.isoformat(), "$lte": days.last.isoformat()}
        return await self.find({"day": bounds})


class MongoResourceCalendars(Collection[ResourceCalendar]):
    """See ports.ResourceCalendars."""

    async def everything(self) -> list[ResourceCalendar]:
        """See ports.ResourceCalendars."""
        return await self.find({})


class MongoAttendants(Collection[Attendant]):
    """People; which sites they stay away from lay in words before there were digests."""

    def __init__(self, database: Database, key: ExclusionKey) -> None:
        super().__init__(database, "attendants", Attendant)
        self._key = key

    def _entity(self, document: Document) -> Attendant:
        if IN_WORDS not in document:
            return super()._entity(document)
        digests = self._key.digests(sites=document[IN_WORDS])
        return super()._entity({**document, "avoids": digests})


def mongo_diary(database: Database, key: ExclusionKey) -> Diary:
    """Return the diary of a database."""
    return Diary(
        attendants=MongoAttendants(database, key),
        engagements=Collection(database, "engagements", Engagement),
        panels=MongoPanels(database, "panels", Panel),
        sessions=MongoSessions(database, "sessions", Session),
        invitations=MongoInvitations(database, "invitations", Invitation),
        booked_days=MongoBookedDays(database, BOOKED_DAYS, BookedDay),
        absences=Collection(database, "absences", Absences),
        calendars=MongoResourceCalendars(database, "resource_calendars", ResourceCalendar),
    )
