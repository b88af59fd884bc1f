"""What notification keeps, in MongoDB."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from time import monotonic

from pymongo import ASCENDING, IndexModel

from services.notification.domain import (
    Contact,
    Film,
    Invitation,
    Match,
    Message,
    Participant,
    Session,
    Status,
)
from shared.loader import Loader
from shared.mongo import Collection, Database, stored_time

COUNTED_FOR_SECONDS = 1.0
MANY = 1_000
"""More than is sent while a count is kept: nearer to a limit it is counted each time."""
HANDED_OVER = {"provider": {"$type": "string"}}
FOR_STAFF = {"status": Status.QUEUED.value, "participant_id": None}

INDEXES = {
    "participants": [],
    "contacts": [],
    "invitations": [IndexModel([("participant_id", ASCENDING)])],
    "matches": [],
    "sessions": [],
    "films": [],
    "messages": [
        IndexModel([("participant_id", ASCENDING), ("status", ASCENDING)]),
        IndexModel([("invitation_id", ASCENDING)]),
        IndexModel([("match_id", ASCENDING), ("status", ASCENDING)]),
        IndexModel(
            [("hub", ASCENDING), ("handed_at", ASCENDING)], partialFilterExpression=HANDED_OVER
        ),
        IndexModel([("provider_reference", ASCENDING)], partialFilterExpression=HANDED_OVER),
        IndexModel([("hub", ASCENDING), ("status", ASCENDING), ("participant_id", ASCENDING)]),
    ],
}


class MongoInvitations(Collection[Invitation]):
    """See ports.Invitations."""

    async def of_participant(self, participant_id: str) -> Sequence[Invitation]:
        return await self.find({"participant_id": participant_id})


class MongoMessages(Collection[Message]):
    """See ports.Messages."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, "messages", Message)
        self._counted: dict[str, tuple[float, int]] = {}
        self._counting = asyncio.Lock()
        self._sent = Loader(self._load_sent)

    async def queued_for(self, participant_id: str) -> Sequence[Message]:
        return await self.find({"participant_id": participant_id, "status": Status.QUEUED.value})

    async def all_for(self, participant_id: str) -> Sequence[Message]:
        return await self.find({"participant_id": participant_id})

    async def about_invitation(self, invitation_id: str) -> Sequence[Message]:
        return await self.find({"invitation_id": invitation_id})

    async def about_match(self, match_id: str) -> Sequence[Message]:
        return await self.find({"match_id": match_id})

    async def queued_for_staff(self, hub: str) -> Sequence[Message]:
        return await self.find({"hub": hub, **FOR_STAFF})

    async def handed_over_as(self, reference: str) -> Sequence[Message]:
        return await self.find({"provider_reference": reference, **HANDED_OVER})

    async def sent_to(self, participant_id: str, since: datetime) -> Mapping[str, datetime]:
        return await self._sent.get(f"{stored_time(since)} {participant_id}") or {}

    async def how_many_sent(self, hub: str, since: datetime, at_most: int) -> int:
        async with self._counting:
            counted = self._counted.get(hub)
            is_near = counted is not None and counted[1] > at_most - MANY
            if counted is None or is_near or counted[0] < monotonic() - COUNTED_FOR_SECONDS:
                query = {"hub": hub, "handed_at": {"$gt": stored_time(since)}, **HANDED_OVER}
                counted = monotonic(), await self.count(query, at_most)
                self._counted[hub] = counted
        return counted[1]

    async def _load_sent(self, keys: list[str]) -> dict[str, dict[str, datetime]]:
        """Read at once what many ask for: they name the time and the person."""
        people = defaultdict(list)
        for key in keys:
            since, _, person = key.partition(" ")
            people[since].append(person)
        found: dict[str, dict[str, datetime]] = defaultdict(dict)
        for since, some in people.items():
            query = {"participant_id": {"$in": some}, "handed_at": {"$gt": since}, **HANDED_OVER}
            for row in await self.find_fields(query, ("participant_id", "handed_at")):
                at = datetime.fromisoformat(row["handed_at"])
                found[f"{since} {row['participant_id']}"][row["_id"]] = at
        return found


class MongoRecords:
    """See ports.Records."""

    def __init__(self, database: Database) -> None:
        self.participants = Collection(database, "participants", Participant)
        self.contacts = Collection(database, "contacts", Contact)
        self.invitations = MongoInvitations(database, "invitations", Invitation)
        self.matches = Collection(database, "matches", Match)
        self.sessions = Collection(database, "sessions", Session)
        self.messages = MongoMessages(database)
        self.films = Collection(database, "films", Film)
