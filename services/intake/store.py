"""Intake's collections in MongoDB."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.errors import PyMongoError

from services.intake.domain.consents import Line
from services.intake.domain.engagements import (
    Attendance,
    Engagement,
    Feedback,
    Outcome,
    Session,
)
from services.intake.domain.erasures import ErasureCase
from services.intake.domain.people import Participant
from services.intake.domain.publishers import PublisherRecord
from services.intake.domain.submissions import Quarantined, Submission
from services.intake.use_cases.keeping import SECOND_LOOKS
from shared.errors import UnavailableError
from shared.loader import Loader
from shared.mongo import Collection, Database

INDEXES: Mapping[str, Sequence[IndexModel]] = {
    "participants": (IndexModel([("references.handles", ASCENDING)], unique=True),),
    "consents": (IndexModel([("participant_id", ASCENDING)]),),
    "engagements": (),
    "sessions": (),
    "attendances": (),
    "feedbacks": (),
    "outcomes": (),
    "submissions": (),
    "erasure_cases": (),
    "publishers": (),
    "key_uses": (),
    "quarantine": (
        IndexModel([("publisher", ASCENDING), ("received_at", DESCENDING)]),
        IndexModel([("about", ASCENDING)], sparse=True),
    ),
}

SOME = 100


class MongoParticipants(Collection[Participant]):
    """Participants; the unique index keeps one person from being stored twice."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, "participants", Participant)
        self._by_handle = Loader(self._load_known)

    async def known_by(self, handles: Sequence[str]) -> list[Participant]:
        """Return everybody who has one of the handles; what is asked in one turn is one query."""
        found = await self._by_handle.get_all(handles)
        return list({person.id: person for person in found.values()}.values())

    async def with_a_ledger_of_before(self) -> list[Participant]:
        """Return some whose ledger lies in their own record."""
        return await self.find({"ledger.0": {"$exists": True}}, limit=SOME)

    async def _load_known(self, handles: list[str]) -> dict[str, Participant]:
        found = await self.find({"references.handles": {"$in": handles}})
        return {handle: person for person in found for handle in person.handles}


class MongoConsents(Collection[Line]):
    """The ledger of consents; the service may add lines, and change none."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, "consents", Line)
        self._by_person = Loader(self._load_about)

    async def about(self, participant_id: str) -> Sequence[Line]:
        """Return the lines about a person; what is asked in one turn is one query."""
        return await self._by_person.get(participant_id) or ()

    async def _load_about(self, ids: list[str]) -> dict[str, list[Line]]:
        found: dict[str, list[Line]] = defaultdict(list)
        for each in await self.find({"participant_id": {"$in": ids}}):
            found[each.participant_id].append(each)
        return found


class MongoEngagements(Collection[Engagement]):
    """Engagements."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, "engagements", Engagement)


class MongoAttendances(Collection[Attendance]):
    """Attendances, by session."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, "attendances", Attendance)


class MongoSessions(Collection[Session]):
    """Whose each session is."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, "sessions", Session)


class MongoFeedbacks(Collection[Feedback]):
    """What participants thought of engagements."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, "feedbacks", Feedback)


class MongoOutcomes(Collection[Outcome]):
    """Figures of outcome series."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, "outcomes", Outcome)


class MongoSubmissions(Collection[Submission]):
    """The answers given."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, "submissions", Submission)


class MongoQuarantine(Collection[Quarantined]):
    """What was rejected."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, "quarantine", Quarantined)

    async def sent_by(self, publisher: str, *, skip: int, limit: int) -> list[Quarantined]:
        """Return a page of what one publisher sent, newest first."""
        newest_first = [("received_at", DESCENDING), ("_id", ASCENDING)]
        return await self.find({"publisher": publisher}, sort=newest_first, skip=skip, limit=limit)

    async def about(self, handles: Sequence[str]) -> list[Quarantined]:
        """Return what names a person by one of these handles."""
        return await self.find({"about": {"$in": list(handles)}})


class MongoErasureCases(Collection[ErasureCase]):
    """Erasures, by participant."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, "erasure_cases", ErasureCase)


class MongoSecondLooks:
    """See ports.SecondLooks; the rows are those of due work."""

    def __init__(self, database: Database) -> None:
        self._rows = database[SECOND_LOOKS]

    async def given_up_about(self, handles: Sequence[str]) -> list[str]:
        """Return digests. Raises UnavailableError."""
        query = {"failed": {"$ne": None}, "about.handles": {"$in": list(handles)}}
        try:
            rows = await self._rows.find(query, {"_id": 1}).to_list(None)
        except PyMongoError as error:
            raise UnavailableError("MongoDB did not answer a query") from error
        return [row["_id"] for row in rows]


class MongoPublishers(Collection[PublisherRecord]):
    """Publishers as the operator set them."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, "publishers", PublisherRecord)

    async def everyone(self) -> list[PublisherRecord]:
        return await self.find({})


class MongoKeyUses:
    """When keys were last used. Nothing follows from it, so it is written beside the committer."""

    def __init__(self, database: Database) -> None:
        self._rows = database["key_uses"]

    async def note(self, used: Mapping[tuple[str, str], datetime]) -> None:
        try:
            for (publisher, key), at in used.items():
                key_id = {"_id": f"{publisher}/{key}"}
                await self._rows.update_one(key_id, {"$max": {"at": at}}, upsert=True)
        except PyMongoError as error:
            raise UnavailableError("MongoDB did not take when keys were used") from error

    async def last(self) -> dict[tuple[str, str], datetime]:
        try:
            rows = await self._rows.find({}).to_list(None)
        except PyMongoError as error:
            raise UnavailableError("MongoDB did not tell when keys were used") from error
        named = ((row["_id"].partition("/"), row["at"]) for row in rows)
        return {(publisher, key): at for (publisher, _, key), at in named}
