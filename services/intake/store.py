"""Intake's collections in MongoDB."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.errors import PyMongoError

from services.intake.domain.consents import Line, version_to_tell
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
from services.intake.ports import Cipher
from services.intake.use_cases.keeping import SECOND_LOOKS
from shared.errors import UnavailableError
from shared.exclusions import ExclusionKey
from shared.loader import Loader
from shared.mongo import Collection, Database, Document

AVOIDS = "profile.avoids"
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

    def __init__(self, database: Database, key: ExclusionKey, cipher: Cipher) -> None:
        super().__init__(database, "participants", Participant)
        self._key, self._cipher = key, cipher
        self._by_handle = Loader(self._load_known)

    async def known_by(self, handles: Sequence[str]) -> list[Participant]:
        """Return everybody who has one of the handles; what is asked in one turn is one query."""
        found = await self._by_handle.get_all(handles)
        return list({person.id: person for person in found.values()}.values())

    async def with_a_ledger_of_before(self) -> list[Participant]:
        """Return some whose ledger lies in their own record."""
        return await self.find({"ledger.0": {"$exists": True}}, limit=SOME)

    async def of_before(self, after: str, limit: int) -> list[Participant]:
        """See ports.Participants; a row without digests was last written before there were any."""
        by_another_key = {"$not": {"$regex": f"^{self._key.name}:"}}
        ways: list[Document] = [
            {AVOIDS: {"$exists": False}},
            {AVOIDS: {"$elemMatch": by_another_key}},
            *({f"profile.of_before.{kind}.0": {"$exists": True}} for kind in ("partners", "sites")),
        ]
        query = {"_id": {"$gt": after}, "$or": ways}
        return await self.find(query, sort=[("_id", ASCENDING)], limit=limit)

    def _entity(self, document: Document) -> Participant:
        profile = document["profile"]
        if "avoids" in profile:
            return super()._entity(document)
        return super()._entity(_of_now(document, self._key, self._cipher))

    async def _load_known(self, handles: list[str]) -> dict[str, Participant]:
        found = await self.find({"references.handles": {"$in": handles}})
        return {handle: person for person in found for handle in person.handles}


def _of_now(document: Document, key: ExclusionKey, cipher: Cipher) -> Document:
    """Return a row of before, with digests of what lies in words: see `staying_away`."""

    def told(consent: Document) -> Document:
        return {**consent, "version": version_to_tell(consent["version"], cipher.digest)}

    profile = document["profile"]
    words = {kind: profile.get(f"excluded_{kind}", ()) for kind in ("partners", "sites")}
    consents = {name: told(each) for name, each in profile.get("consents", {}).items()}
    now = {"avoids": key.digests(**words), "of_before": words, "consents": consents}
    ledger = [told(each) for each in document.get("ledger", ())]
    return {**document, "profile": {**profile, **now}, "ledger": ledger}


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
