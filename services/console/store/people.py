"""People in MongoDB: found by what publishers call them, and where many of them stand at once.

Of 200 people of a match, whole documents are 300 kB, of which a page needs a twentieth.
"""

from collections.abc import Collection as Ids
from typing import Any
from uuid import UUID

from pymongo import ASCENDING, IndexModel
from pymongo.errors import PyMongoError

from services.console.ports import AccessRequest, Invited, PersonView, Standing
from services.console.store import search
from shared.changes import Put
from shared.contracts.participants import ParticipantStatus
from shared.contracts.sessions import Answer
from shared.errors import UnavailableError
from shared.mongo import Collection, Database, Document

INVITED = (
    *(f"state.{each}" for each in ("participant_id", "participant_reference", "answer", "asked")),
    "said",
    "left",
)
REFERENCES = ("reference", "references.reference")
"""The first of a person's references, and all: of who was kept before these, there is only one."""
PEOPLE_INDEXES = (
    search.INDEX,
    *(IndexModel([("hub", ASCENDING), (reference, ASCENDING)]) for reference in REFERENCES),
)


class MongoPeople(Collection[PersonView]):
    """Participants."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, "people", PersonView)

    async def standings(self, participant_ids: Ids[str]) -> dict[str, Standing]:
        query = {"_id": {"$in": list(participant_ids)}}
        return {
            each["_id"]: Standing(
                reference=each["reference"], status=ParticipantStatus(each["status"])
            )
            for each in await self.find_fields(query, ("reference", "status"))
        }

    async def known_as(self, reference: str, hub: str) -> list[PersonView]:
        known = [
            {"hub": hub, path: reference, "status": {"$ne": ParticipantStatus.ERASED.value}}
            for path in REFERENCES
        ]
        return await self.find({"$or": known}, sort=[("_id", ASCENDING)])

    def keep(self, entity: PersonView) -> Put:
        """See Collection; what finds the person is kept beside them."""
        return search.findable(super().keep(entity), entity)

    async def called_like(
        self, beginning: str, hubs: tuple[str, ...], *, limit: int, skip: int = 0
    ) -> list[PersonView]:
        # In the order of the index: to sort by a field of many values, all would have to be read.
        found = self._documents.find(_called_like(beginning, hubs), limit=limit, skip=skip)
        try:
            documents = await found.hint(search.INDEX_NAME).to_list(None)
        except PyMongoError as error:
            raise UnavailableError("MongoDB did not answer a query") from error
        return [self._entity(each) for each in documents]

    async def how_many_called_like(
        self, beginning: str, hubs: tuple[str, ...], *, at_most: int
    ) -> int:
        return await self.count(_called_like(beginning, hubs), at_most)


def _called_like(beginning: str, hubs: tuple[str, ...]) -> dict[str, Any]:
    return {"hub": {"$in": sorted(hubs)}, **search.beginning_with([beginning])}


def invited(document: Document) -> Invited:
    """Return where a stored invitation stands."""
    state = document["state"]
    return Invited(
        participant_id=UUID(state["participant_id"]),
        participant_reference=state["participant_reference"],
        answer=Answer(document.get("said") or state["answer"]),
        asked=state.get("asked", 1),
        left=document.get("left", False),
    )


class MongoAccessRequests(Collection[AccessRequest]):
    """See ports.AccessRequests."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, "access_requests", AccessRequest)

    async def open_in(self, hubs: Ids[str]) -> list[AccessRequest]:
        """Return what is not answered. Raises UnavailableError."""
        query = {"hub": {"$in": list(hubs)}, "answered_on": None}
        return await self.find(query, sort=[("due_on", ASCENDING)])
