"""Who was forgotten: a list beside the backups that every later one fills, and each restore reads.

It holds ids, and what intake keeps so that a list sent every night brings nobody back: keyed
digests of references.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

from pydantic import BaseModel, ConfigDict, ValidationError
from pymongo import AsyncMongoClient
from pymongo.asynchronous.client_session import AsyncClientSession

from cli.errors import REFUSED, CommandError
from deploy.embedded.folders import write_private
from shared.contracts.own_details import ErasureAsked, ReplyErasureAsked

LIST = "erased.jsonl"
ERASED = "erased"
INTAKE, PARTICIPANTS = "intake", "participants"
SAID_BY = "restore"


class Forgotten(BaseModel):
    """One person who was forgotten."""

    model_config = ConfigDict(frozen=True)

    participant_id: UUID
    hub: str
    handles: tuple[str, ...] = ()

    def tombstone(self, held: set[str]) -> dict[str, Any]:
        """Return what intake keeps of them, without the handles that somebody has now."""
        handles = [each for each in self.handles if each not in held]
        return {
            "_id": str(self.participant_id),
            "hub": self.hub,
            "references": [{"publisher": "", "reference": "", "handles": handles}],
            "status": ERASED,
            "version": 1,
        }

    def asked_again(self, restored_at: datetime) -> ReplyErasureAsked:
        """Return the wish as intake hears it: for this restore anew."""
        event_id = uuid5(NAMESPACE_OID, f"{self.participant_id} {restored_at.isoformat()}")
        return ReplyErasureAsked(
            id=str(event_id),
            source=SAID_BY,
            subject=str(self.participant_id),
            time=restored_at,
            hub=self.hub,
            correlationid=str(event_id),
            data=ErasureAsked(participant_id=self.participant_id),
        )


async def forgotten_in(
    client: AsyncMongoClient[Mapping[str, Any]], session: AsyncClientSession | None = None
) -> list[Forgotten]:
    """Return whom intake has forgotten."""
    rows = client[INTAKE][PARTICIPANTS].find({"status": ERASED}, session=session)
    return [_forgotten(row) async for row in rows]


def _forgotten(row: Mapping[str, Any]) -> Forgotten:
    handles = (handle for known in row["references"] for handle in known["handles"])
    return Forgotten(participant_id=UUID(row["_id"]), hub=row["hub"], handles=tuple(handles))


def keep_list(path: Path, found: Iterable[Forgotten]) -> int:
    """Add to the list whom it does not name yet; return how many it names."""
    known = {each.participant_id: each for each in read_list(path)} if path.exists() else {}
    known |= {each.participant_id: each for each in found}
    rows = (json.dumps(each.model_dump(mode="json"), sort_keys=True) for each in known.values())
    write_private(path, "".join(f"{row}\n" for row in rows))
    return len(known)


def read_list(path: Path) -> list[Forgotten]:
    """Return whom a list names. Raises CommandError."""
    try:
        lines = path.read_text().splitlines()
        return [Forgotten.model_validate_json(line) for line in lines if line]
    except OSError as error:
        raise CommandError(f"{path} cannot be read; name the list by --erased.") from error
    except (UnicodeDecodeError, ValidationError) as error:
        raise CommandError(f"{path} is no list of who was forgotten.", REFUSED) from error


def now() -> datetime:
    """Return the time, for the command."""
    return datetime.now(UTC)
