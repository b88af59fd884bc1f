"""What notification keeps, in MongoDB."""

from collections.abc import Sequence

from pymongo import ASCENDING, IndexModel

from services.notification.domain import (
    Contact,
    Invitation,
    Match,
    Message,
    Participant,
    Session,
    Status,
)
from shared.mongo import Collection, Database

INDEXES = {
    "participants": [],
    "contacts": [],
    "invitations": [IndexModel([("participant_id", ASCENDING)])],
    "matches": [],
    "sessions": [],
    "messages": [
        IndexModel([("participant_id", ASCENDING), ("status", ASCENDING)]),
        IndexModel([("invitation_id", ASCENDING)]),
        IndexModel([("match_id", ASCENDING), ("status", ASCENDING)]),
    ],
}


class MongoInvitations(Collection[Invitation]):
    """See ports.Invitations."""

    async def of_participant(self, participant_id: str) -> Sequence[Invitation]:
        return await self.find({"participant_id": participant_id})


class MongoMessages(Collection[Message]):
    """See ports.Messages."""

    async def queued_for(self, participant_id: str) -> Sequence[Message]:
        return await self.find({"participant_id": participant_id, "status": Status.QUEUED.value})

    async def about_invitation(self, invitation_id: str) -> Sequence[Message]:
        return await self.find({"invitation_id": invitation_id})

    async def queued_about_match(self, match_id: str) -> Sequence[Message]:
        return await self.find({"match_id": match_id, "status": Status.QUEUED.value})


class MongoRecords:
    """See ports.Records."""

    def __init__(self, database: Database) -> None:
        self.participants = Collection(database, "participants", Participant)
        self.contacts = Collection(database, "contacts", Contact)
        self.invitations = MongoInvitations(database, "invitations", Invitation)
        self.matches = Collection(database, "matches", Match)
        self.sessions = Collection(database, "sessions", Session)
        self.messages = MongoMessages(database, "messages", Message)
