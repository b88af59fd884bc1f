"""The diary in MongoDB."""

from collections.abc import Mapping, Sequence

from pymongo import ASCENDING, IndexModel

from services.scheduling.domain.attendants import Attendant
from services.scheduling.domain.calendar import Days
from services.scheduling.domain.engagements import Engagement
from services.scheduling.domain.invitations import Invitation
from services.scheduling.domain.panels import Panel
from services.scheduling.domain.sessions import Session
from services.scheduling.domain.venues import VenueDay
from services.scheduling.ports import Diary
from shared.mongo import Collection, Database

SEATS = ("members", "reserves", "former")

INDEXES: Mapping[str, Sequence[IndexModel]] = {
    "attendants": (),
    "engagements": (),
    "panels": tuple(IndexModel([(f"{seats}.participant_id", ASCENDING)]) for seats in SEATS),
    "sessions": (IndexModel([("engagement_id", ASCENDING), ("number", ASCENDING)], unique=True),),
    "invitations": (
        IndexModel([("engagement_id", ASCENDING), ("participant_id", ASCENDING)], unique=True),
        IndexModel([("participant_id", ASCENDING)]),
    ),
    "venue_days": (IndexModel([("day", ASCENDING)]),),
}


class MongoPanels(Collection[Panel]):
    """See ports.Panels."""

    async def with_person(self, participant_id: str) -> list[Panel]:
        """See ports.Panels."""
        return await self.find(
            {"$or": [{f"{seats}.participant_id": participant_id} for seats in SEATS]}
        )


class MongoSessions(Collection[Session]):
    """See ports.Sessions."""

    async def of_engagement(self, engagement_id: str) -> list[Session]:
        """See ports.Sessions."""
        return await self.find({"engagement_id": engagement_id}, sort=[("number", ASCENDING)])


class MongoInvitations(Collection[Invitation]):
    """See ports.Invitations."""

    async def of_engagement(self, engagement_id: str) -> list[Invitation]:
        """See ports.Invitations."""
        return await self.find({"engagement_id": engagement_id})

    async def of_person(self, participant_id: str) -> list[Invitation]:
        """See ports.Invitations."""
        return await self.find({"participant_id": participant_id})


class MongoVenueDays(Collection[VenueDay]):
    """See ports.VenueDays."""

    async def within(self, days: Days) -> list[VenueDay]:
        """See ports.VenueDays; ISO dates sort as days do."""
        bounds = {"$gte": days.first.isoformat(), "$lte": days.last.isoformat()}
        return await self.find({"day": bounds})


def mongo_diary(database: Database) -> Diary:
    """Return the diary of a database."""
    return Diary(
        attendants=Collection(database, "attendants", Attendant),
        engagements=Collection(database, "engagements", Engagement),
        panels=MongoPanels(database, "panels", Panel),
        sessions=MongoSessions(database, "sessions", Session),
        invitations=MongoInvitations(database, "invitations", Invitation),
        venue_days=MongoVenueDays(database, "venue_days", VenueDay),
    )
