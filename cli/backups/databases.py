"""All databases at one moment of MongoDB's clock, read as they are stored, and put back so."""

from collections.abc import Iterable, Mapping
from typing import Any, cast

import bson
from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument
from pymongo import AsyncMongoClient
from pymongo.asynchronous.client_session import AsyncClientSession

from cli.backups.archive import Writer
from cli.backups.letters import COLLECTION, DOCUMENTS, Counts
from deploy.accounts import SERVICES
from deploy.rights import KEYRING
from shared.mongo import documents_in
from shared.pause import PAUSES

Client = AsyncMongoClient[Mapping[str, Any]]

DATABASES = (*SERVICES, KEYRING)
AT_ONCE = 1000
RAW: CodecOptions[RawBSONDocument] = CodecOptions(document_class=RawBSONDocument)


async def collections_of(client: Client, database: str) -> list[str]:
    """Name what is kept in a database; a pause is no part of what it says."""
    names = await client[database].list_collection_names()
    return sorted(name for name in names if name != PAUSES and not name.startswith("system."))


async def pin(client: Client, session: AsyncClientSession) -> None:
    """Fix the moment that everything read in the session is of."""
    await client[SERVICES[0]]["inbox"].find_one({}, {"_id": 1}, session=session)


async def copy_database(
    client: Client, session: AsyncClientSession, database: str, writer: Writer, counts: Counts
) -> None:
    """Write down each document of a database as it was at the moment of the session."""
    for name in await collections_of(client, database):
        writer.add(COLLECTION, bson.encode({"database": database, "collection": name}))
        batches = client[database][name].find_raw_batches({}, session=session, batch_size=AT_ONCE)
        async for batch in batches:
            written = cast("bytes", batch)  # the driver's types say documents
            writer.add(DOCUMENTS, written)
            counts.documents[f"{database}.{name}"] += len(list(documents_in(written)))


async def put_documents(
    client: Client, database: str, collection: str, documents: Iterable[bytes]
) -> int:
    """Store documents as they are; return how many."""
    raw = [RawBSONDocument(each, RAW) for each in documents]
    if raw:
        where = client[database].get_collection(collection, codec_options=RAW)
        await where.insert_many(raw, ordered=False)
    return len(raw)


async def filled_collections(client: Client) -> list[str]:
    """Name collections in which anything is stored."""
    filled = []
    for database in DATABASES:
        filled += [
            f"{database}.{name}"
            for name in await collections_of(client, database)
            if await client[database][name].find_one({}, {"_id": 1}) is not None
        ]
    return filled
