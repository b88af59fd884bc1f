"""People in MongoDB, and where many of them stand at once.

Of 200 people of a match, whole documents are 300 kB, of which a page needs a twentieth.
"""

from collections.abc import Collection as Ids
from uuid import UUID

from pymongo import ASCENDING

from services.console.ports import Invited, PersonView, Standing
from shared.contracts.participants import ParticipantStatus
from shared.contracts.sessions import Answer
from shared.mongo import Collection, Database, Document

INVITED = (
    *(f"state.{each}" for each in ("participant_id", "participant_reference", "answer", "asked")),
    "said",
    "left",
)
REFERENCES = ("reference", "references.reference")
"""The first of a person's references, and all: of who was kept before these, there is only one."""


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
