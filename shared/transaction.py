"""One MongoDB transaction for the inbox rows, the writes and the outbox rows of some messages.

It runs from start to end in a thread of its own, on the client that motor wraps: nothing can cancel
it half way (a cancelled motor 3.7 `with_transaction` may leave half of its writes behind), and its
six round trips do not each wait for a busy event loop.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from uuid import uuid4

import pymongo
from pymongo import (
    ASCENDING,
    DeleteOne,
    IndexModel,
    InsertOne,
    ReplaceOne,
    UpdateOne,
    WriteConcern,
)
from pymongo.client_session import ClientSession
from pymongo.errors import BulkWriteError, DuplicateKeyError, OperationFailure, PyMongoError

from shared.changes import Due, GivenUp, Put, Remove, Undue, Write
from shared.errors import ConflictError, UnavailableError, UnknownError
from shared.mongo import Database, Document

INBOX_DAYS = 30
INBOX_INDEXES = (IndexModel([("at", ASCENDING)], expireAfterSeconds=INBOX_DAYS * 24 * 3600),)
SECONDS = 10
ANSWER_SECONDS = 2
TRANSIENT_TRIES = 6
DUPLICATE_KEY = 11000
FAULTS_OF_WHAT_IS_WRITTEN = frozenset({2, 9, 14, 52, 55, 57, 121, 10334})
"""BadValue, FailedToParse, TypeMismatch, three of field names, DocumentValidationFailure, too large
(MongoDB's error_codes.yml). Any other failure is the server's, such as the second after its restart
in which it cannot read its own keys, and passes."""
NEVER = datetime(1970, 1, 1, tzinfo=UTC)

Operation = InsertOne[Document] | ReplaceOne[Document] | DeleteOne | UpdateOne


class Duplicate(Exception):  # noqa: N818 - no error: the effect is there already
    """The inbox knows this message."""


class Transaction:
    """Stores all or nothing in one service's database."""

    def __init__(self, database: Database) -> None:
        self._database: pymongo.database.Database[Document] = database.delegate
        self._thread = ThreadPoolExecutor(1, "transaction")
        self._asking: asyncio.Future[bool] | None = None

    async def run(
        self, message_ids: Sequence[str], writes: Sequence[Write], outbox: Sequence[Document]
    ) -> None:
        """Store everything. Raises Duplicate, ConflictError, UnavailableError; then nothing is.

        But for UnavailableError: where the answer to the commit was lost, all may be stored. The
        inbox tells, so that a second try finds a duplicate.
        """
        now = datetime.now(UTC)
        inbox = [{"_id": message_id, "at": now} for message_id in message_ids]
        work = partial(self._run, inbox, _by_collection(writes), outbox)
        await asyncio.get_running_loop().run_in_executor(self._thread, work)

    async def known(self, message_ids: Sequence[str]) -> set[str]:
        """Return which of these messages have had their effect. Raises UnavailableError."""
        work = partial(self._known, list(message_ids))
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    async def can_be_reached(self) -> bool:
        """Whether the database answers at all; those who ask meanwhile hear the same answer."""
        if self._asking is None or self._asking.done():
            loop = asyncio.get_running_loop()
            self._asking = loop.run_in_executor(self._thread, self._answers)
        return await asyncio.shield(self._asking)

    def _answers(self) -> bool:
        try:
            with pymongo.timeout(ANSWER_SECONDS):
                return bool(self._database.command("ping")["ok"])
        except PyMongoError:
            return False

    def close(self) -> None:
        """Let go of the thread; what it has in hand is finished first."""
        self._thread.shutdown(wait=False)

    def _known(self, message_ids: list[str]) -> set[str]:
        try:
            with pymongo.timeout(SECONDS):
                rows = self._database["inbox"].find({"_id": {"$in": message_ids}}, {"_id": 1})
                return {row["_id"] for row in rows}
        except PyMongoError as error:
            raise UnavailableError("MongoDB did not answer for the inbox") from error

    def _run(
        self,
        inbox: Sequence[Document],
        writes: Mapping[str, Sequence[Write]],
        outbox: Sequence[Document],
    ) -> None:
        for attempt in range(TRANSIENT_TRIES):
            try:
                with pymongo.timeout(SECONDS):
                    self._once(inbox, writes, outbox)
            except PyMongoError as error:
                if not _is_transient(error) or attempt == TRANSIENT_TRIES - 1:
                    raise translated(error) from error
                time.sleep(0.005 * 2**attempt)
            else:
                return

    def _once(
        self,
        inbox: Sequence[Document],
        writes: Mapping[str, Sequence[Write]],
        outbox: Sequence[Document],
    ) -> None:
        durable = WriteConcern(w="majority", j=True)
        with (
            self._database.client.start_session() as session,
            session.start_transaction(write_concern=durable),
        ):
            self._insert_inbox(inbox, session)
            for name, some in writes.items():
                self._write(name, some, session)
            if outbox:
                self._database["outbox"].insert_many(outbox, session=session)

    def _insert_inbox(self, inbox: Sequence[Document], session: ClientSession) -> None:
        try:
            self._database["inbox"].insert_many(inbox, session=session)
        except BulkWriteError as error:
            if _has_duplicate_key(error):
                raise Duplicate from error
            raise

    def _write(self, name: str, some: Sequence[Write], session: ClientSession) -> None:
        result = self._database[name].bulk_write(
            [operation for each in some for operation in _operations(each)], session=session
        )
        changed = result.inserted_count + result.matched_count + result.deleted_count
        if changed != len(some) and isinstance(some[0], Put | Remove):
            raise ConflictError(f"a document of {name} has moved on")


def _by_collection(writes: Sequence[Write]) -> Mapping[str, Sequence[Write]]:
    sorted_out: dict[str, list[Write]] = defaultdict(list)
    for write in writes:
        sorted_out[write.collection].append(write)
    return sorted_out


def _operations(write: Write) -> list[Operation]:
    ended_well: Document = {"$set": {"claim": None}}
    match write:
        case Undue(id=key, claim=str(claim)):
            return [_operation(write), UpdateOne({"_id": key, "claim": claim}, ended_well)]
        case _:
            return [_operation(write)]


def _operation(write: Write) -> Operation:
    match write:
        case Put(id=key, document=document, was=0):
            return InsertOne({**document, "_id": key, "version": 1})
        case Put(id=key, document=document, was=was):
            return ReplaceOne({"_id": key, "version": was}, {**document, "version": was + 1})
        case Remove(id=key, was=was):
            return DeleteOne({"_id": key, "version": was})
        case Undue(id=key, asked=asked):
            return DeleteOne({"_id": key} if asked is None else {"_id": key, "asked": asked})
        case Due(id=key):
            return UpdateOne({"_id": key}, {"$set": due_row(write)}, upsert=True)
        case GivenUp(id=key, asked=asked, code=code):
            failed = {"failed": code, "failed_at": datetime.now(UTC)}
            return UpdateOne({"_id": key, "asked": asked}, {"$set": failed})


def due_row(due: Due) -> Document:
    """Return the fields of work that is asked for, as a worker looks for them."""
    fresh = {"tries": 0, "lease": NEVER, "failed": None, "asked": uuid4().hex}
    return {"at": due.at, "about": dict(due.about), "together": due.together, **fresh}


def _is_transient(error: PyMongoError) -> bool:
    return error.has_error_label("TransientTransactionError")


def _has_duplicate_key(error: PyMongoError) -> bool:
    if isinstance(error, BulkWriteError):
        found = (error.details or {}).get("writeErrors", [])
        return any(each.get("code") == DUPLICATE_KEY for each in found)
    return isinstance(error, DuplicateKeyError)


def translated(error: PyMongoError) -> Exception:
    """Return what a failure of the driver means for who waits for the commit."""
    if _has_duplicate_key(error):
        return ConflictError("a unique value is taken")
    codes = _codes(error)
    if codes & FAULTS_OF_WHAT_IS_WRITTEN:
        return error
    return UnknownError(f"MongoDB did not take a transaction (codes {sorted(codes)})")


def _codes(error: PyMongoError) -> set[int]:
    """Return the server's codes; a bulk write has those of each write in its details."""
    if isinstance(error, BulkWriteError):
        return {int(each["code"]) for each in (error.details or {}).get("writeErrors", [])}
    code = error.code if isinstance(error, OperationFailure) else None
    return set() if code is None else {code}
