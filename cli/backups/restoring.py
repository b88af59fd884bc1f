"""Putting a backup back into servers that hold nothing, with whoever was forgotten since left out.

Their key is not put back, so nobody can read who they were. Intake is told once more that they ask
to be forgotten, as the last message of its queue: it blanks what the backup knew and tells the
others. Whom the backup does not know yet becomes a mark, so that what waits brings nobody back.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

import bson
from aio_pika.abc import AbstractChannel
from aiormq import spec

from cli.backups.databases import Client, filled_collections, put_documents
from cli.backups.erased import ERASED, INTAKE, PARTICIPANTS, Forgotten, now
from cli.backups.letters import DATA, KEYRING
from cli.backups.queues import depths_of, put_back
from cli.backups.reading import Backup, Batch
from cli.backups.taking import Tell, mongo, rabbit
from cli.errors import REFUSED, CommandError
from deploy.accounts import HUBS, OPERATOR
from deploy.rights import CONSOLE
from shared.changes import Due
from shared.contracts.base import CONTENT_TYPE
from shared.failures import ORIGIN, USER
from shared.mongo import documents_in, stored_time
from shared.topology import EVENTS, queue
from shared.transaction import due_row


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back."""

    documents: int
    messages: int
    forgotten_again: int
    keys_left_out: int

    def as_json(self) -> dict[str, int]:
        """Return it for scripts."""
        return {
            "documents": self.documents,
            "messages": self.messages,
            "forgotten_again": self.forgotten_again,
            "keys_left_out": self.keys_left_out,
        }


@dataclass(slots=True)
class People:
    """Whom the backup knows: the state of each, and by what they are recognised."""

    status: dict[str, str] = field(default_factory=dict)
    handles: set[str] = field(default_factory=set)

    def note(self, batch: Batch) -> None:
        """Note who is among the documents."""
        if batch.name != f"{INTAKE}.{PARTICIPANTS}":
            return
        for each in documents_in(batch.documents):
            row = bson.decode(each)
            self.status[row["_id"]] = row["status"]
            self.handles.update(h for known in row["references"] for h in known["handles"])

    @property
    def erased(self) -> set[str]:
        return {each for each, status in self.status.items() if status == ERASED}


async def restore_into(
    mongo_url: str,
    rabbit_url: str,
    backup: Backup,
    forgotten: dict[str, Forgotten],
    tell: Tell,
) -> Restored:
    """Fill both servers. Raises CommandError where one holds anything, before a write."""
    async with mongo(mongo_url) as client, rabbit(rabbit_url) as connection:
        channel = await connection.channel()
        await _refuse_filled(client, channel)
        return await _Restoring(client, channel, backup, forgotten, tell).run()


async def _refuse_filled(client: Client, channel: AbstractChannel) -> None:
    filled = [*await filled_collections(client), *await depths_of(channel)]
    if filled:
        named = ", ".join(filled[:3])
        raise CommandError(
            f"there is something here already (in {named}{' and others' if filled[3:] else ''}); "
            "a backup is restored only where there is nothing.",
            REFUSED,
        )


class _Restoring:
    def __init__(
        self,
        client: Client,
        channel: AbstractChannel,
        backup: Backup,
        forgotten: dict[str, Forgotten],
        tell: Tell,
    ) -> None:
        self._client = client
        self._channel = channel
        self._backup = backup
        self._forgotten = forgotten
        self._tell = tell
        self._people = People()

    async def run(self) -> Restored:
        documents = 0
        for batch in self._backup.batches(DATA):
            self._people.note(batch)
            documents += await self._put(batch, list(documents_in(batch.documents)))
        keys, left_out = await self._put_keys()
        self._tell(f"put back {documents + keys} documents")
        messages = await put_back(self._channel, self._backup.messages())
        self._tell(f"put back {messages} messages")
        again = await self._forget_again(now())
        await self._note(now())
        return Restored(documents + keys, messages, again, left_out)

    async def _note(self, at: datetime) -> None:
        """Add a row to the audit trail, and ask the console to seal it into the chain."""
        row = self._row(at)
        seal = Due("audit_seals", str(row["_id"]), at, together="audit")
        asked = {"_id": seal.id, **due_row(seal)}
        await put_documents(self._client, CONSOLE, "audit", [bson.encode(row)])
        await put_documents(self._client, CONSOLE, seal.collection, [bson.encode(asked)])

    def _row(self, at: datetime) -> dict[str, object]:
        """Return what the audit trail says of it; the console, which adds rows, does not run."""
        return {
            "_id": str(uuid4()),
            "who": OPERATOR,
            "what": "restored",
            "about": self._backup.folder.name,
            "hub": None,
            "at": stored_time(at),
            "hubs": list(HUBS),
            "version": 1,
        }

    async def _put(self, batch: Batch, documents: list[bytes]) -> int:
        return await put_documents(self._client, batch.database, batch.collection, documents)

    async def _put_keys(self) -> tuple[int, int]:
        """Put back the key of everybody who is not forgotten; count them, and those left out."""
        gone, put, all_there = self._forgotten.keys() | self._people.erased, 0, 0
        for batch in self._backup.batches(KEYRING):
            documents = list(documents_in(batch.documents))
            kept = [each for each in documents if bson.decode(each)["_id"] not in gone]
            put += await self._put(batch, kept)
            all_there += len(documents)
        return put, all_there - put

    async def _forget_again(self, at: datetime) -> int:
        """Have everybody forgotten who was forgotten after the backup; return how many."""
        people = self._people
        since = [self._forgotten[each] for each in self._forgotten.keys() - people.erased]
        unknown = [each for each in since if str(each.participant_id) not in people.status]
        marks = [bson.encode(each.tombstone(people.handles)) for each in unknown]
        await put_documents(self._client, INTAKE, PARTICIPANTS, marks)
        known = (each for each in since if str(each.participant_id) in people.status)
        return len(unknown) + await put_back(self._channel, _wishes(known, at))


def _wishes(people: Any, at: datetime) -> Iterator[bytes]:
    """Write the wish of each as a message of intake's queue."""
    for person in people:
        event = person.asked_again(at)
        properties = spec.Basic.Properties(
            content_type=CONTENT_TYPE,
            correlation_id=event.correlationid,
            delivery_mode=2,
            headers={ORIGIN: EVENTS, USER: ""},
            message_id=event.id,
            message_type=event.TYPE,
        )
        body = event.model_dump_json(exclude_none=True).encode()
        yield bson.encode(
            {"queue": queue(INTAKE), "properties": properties.marshal(), "body": body}
        )
