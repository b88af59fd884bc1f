"""What each account may do is let through and everything else is refused, on the real servers."""

from collections.abc import AsyncIterator, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pytest
import pytest_asyncio
from pymongo import MongoClient

from deploy.accounts import Secrets, broker_definitions
from deploy.embedded import Servers
from deploy.rights import KEYRING, KEYS
from shared import topology
from shared.contracts import ALL_EVENTS
from shared.contracts.submissions import SUBMISSIONS
from tests.builders.broker_tries import ON_QUEUE, ON_STRANGE_STRUCTURE, ON_STRUCTURE, Tries
from tests.builders.decided import (
    ADDED,
    BROKER_ACCOUNTS,
    CHANGED,
    MONGO_ACCOUNTS,
    PAUSES,
    SAYS,
    WHOLE,
    may_in_mongo,
    may_read,
    may_say,
)
from tests.builders.mongo_tries import (
    ON_COLLECTION,
    ON_DATABASE,
    ON_SERVER,
    Client,
    was_refused,
)
from tests.servers import private

pytestmark = pytest.mark.asyncio(loop_scope="module")

OTHERS = (("admin", "system.users"), ("local", "oplog.rs"), ("config", "transactions"))
"""Where MongoDB keeps accounts, every change of every database, and what is under way."""


OWN = {"operator": {*CHANGED}, "backup": {*CHANGED}, "archivist": {"console"}}
"""Whose databases an account may read that is no service's."""
SLOW = {"out"}
"""What is tried on one collection where it is let through, and on every one where it is not."""


class There(NamedTuple):
    """The servers with the accounts of an installation."""

    servers: Servers
    secrets: Secrets

    def client(self, account: str) -> Client:
        return MongoClient(self.servers.mongo.url(account, self.secrets.mongo[account]))

    def rabbit_url(self, account: str) -> str:
        return self.servers.rabbit.url(account, self.secrets.rabbit[account], topology.VHOST)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def there(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[There]:
    folder: Path = tmp_path_factory.mktemp("denials")
    secrets = Secrets.kept_in(folder / "secrets.json")
    async with private(folder, secrets) as (servers, _):
        _make_collections(servers)
        yield There(servers, secrets)


def collections() -> Iterator[tuple[str, str]]:
    """Every collection there is, those of MongoDB's own that would tell most among them."""
    for database, changed in CHANGED.items():
        names = changed | ADDED.get(database, set()) | {PAUSES}
        yield from ((database, name) for name in sorted(names))
    yield KEYRING, KEYS
    yield from OTHERS


def _make_collections(servers: Servers) -> None:
    with MongoClient(servers.mongo.root_url) as root:
        for database, name in collections():
            if (database, name) not in OTHERS:
                root[database][name].insert_one({"_id": "there"})


def _tried_in_mongo(client: Client, account: str) -> Iterator[str]:
    """Try everything; name what went another way than it was decided."""
    for database, name in collections():
        may = may_in_mongo(account, database, name)
        for what, try_it in ON_COLLECTION.items():
            if what in may & SLOW and name != "outbox":
                continue
            if was_refused(partial(try_it, client, database, name)) == (what in may):
                yield f"{what} {database}.{name}"
    for database in (*CHANGED, KEYRING, "admin", "local", "config"):
        may = may_in_mongo(account, database, WHOLE)
        for what, try_it in ON_DATABASE.items():
            if was_refused(partial(try_it, client, database, WHOLE)) == (what in may):
                yield f"{what} {database}"


@pytest.mark.parametrize("account", MONGO_ACCOUNTS)
async def test_an_account_of_mongodb_does_what_was_decided_and_nothing_else(
    there: There, account: str
) -> None:
    with there.client(account) as client:
        assert list(_tried_in_mongo(client, account)) == []


@pytest.mark.parametrize("account", MONGO_ACCOUNTS)
async def test_no_account_governs_the_database_server(there: There, account: str) -> None:
    with there.client(account) as client:
        let_through = [
            what
            for what, command in ON_SERVER.items()
            if not was_refused(partial(client.admin.command, dict(command)))
        ]

    assert let_through == []


@pytest.mark.parametrize("account", MONGO_ACCOUNTS)
async def test_an_account_is_shown_the_databases_that_it_may_read(
    there: There, account: str
) -> None:
    with there.client(account) as client:
        shown = client.list_database_names()

    own = OWN.get(account, {account})
    keyring = {KEYRING} & ({KEYRING} if may_in_mongo(account, KEYRING, KEYS) else set())
    assert set(shown) == own | keyring


def queues() -> list[str]:
    """Every queue of the services and of the publishers."""
    own = [queue for service in SAYS for queue in _queues_of(service)]
    publishers = [name for name in BROKER_ACCOUNTS if name not in {*SAYS, "operator"}]
    theirs = [f"{kind}.{name}.v1" for name in publishers for kind in ("publisher", "outreach")]
    return [*own, *theirs, "unrouted.v1"]


def _queues_of(service: str) -> list[str]:
    main = f"{service}.in.v1"
    return [main, f"{main}.dlq", *(f"{main}.wait.{tier}" for tier in ("5s", "30s", "5m", "30m"))]


def said() -> Iterator[tuple[str, str]]:
    """Every exchange with the keys that make a difference there."""
    events = [event.TYPE for event in ALL_EVENTS]
    yield from (("events", key) for key in [*events, "wlc.unknown.v1", "wlc", "participant", ""])
    yield from (("inbound", key) for key in [*SUBMISSIONS, *events[:3], "wlc.unknown.v1", ""])
    for service in SAYS:
        yield from (
            ("retry", f"{service}.in.v1.{tier}") for tier in (*topology.WAIT_SECONDS, "dead")
        )
    for exchange in ("requeue", "dlx", "unrouted", "", "amq.topic", "amq.direct", "amq.fanout"):
        yield from ((exchange, key) for key in ("intake.in.v1", "intake.in.v1.dlq", "another"))


@pytest.mark.parametrize("account", BROKER_ACCOUNTS)
async def test_an_account_says_what_was_decided_and_nothing_else(
    there: There, account: str
) -> None:
    async with Tries(there.rabbit_url(account)) as tries:
        surprises = [
            (exchange, key)
            for exchange, key in said()
            if await tries.is_refused_to_publish(exchange, key) == may_say(account, exchange, key)
        ]

    assert surprises == []


@pytest.mark.parametrize("account", BROKER_ACCOUNTS)
async def test_an_account_takes_from_its_own_queues_and_no_other(
    there: There, account: str
) -> None:
    async with Tries(there.rabbit_url(account)) as tries:
        surprises = [
            (what, queue)
            for queue in queues()
            for what, try_it in ON_QUEUE.items()
            if await tries.is_refused(lambda channel, on=try_it, name=queue: on(channel, name))
            == may_read(account, queue)
        ]

    assert surprises == []


@pytest.mark.parametrize("account", BROKER_ACCOUNTS)
async def test_nobody_but_the_operator_changes_where_messages_go(
    there: There, account: str
) -> None:
    own = "publisher.nwl-trust.v1" if account in {"nwl-trust", "operator"} else f"{account}.in.v1"
    names = [own, "console.in.v1", "intake.in.v1.dlq", "unrouted.v1"]
    async with Tries(there.rabbit_url(account)) as tries:
        refused = {
            (what, name): await tries.is_refused(
                lambda channel, on=try_it, name=name: on(channel, name)
            )
            for name in names
            for what, try_it in ON_STRUCTURE.items()
        }
        made = [
            what
            for what, try_it in ON_STRANGE_STRUCTURE.items()
            if not await tries.is_refused(lambda channel, on=try_it: on(channel, "strange"))
        ]

    assert set(refused.values()) == {account != "operator"}
    assert made == []


@pytest.mark.parametrize("account", [name for name in BROKER_ACCOUNTS if name != "operator"])
async def test_nobody_speaks_in_the_name_of_another(there: There, account: str) -> None:
    exchange, key = next(pair for pair in said() if may_say(account, *pair))
    another = next(name for name in BROKER_ACCOUNTS if name != account)

    async with Tries(there.rabbit_url(account)) as tries:
        assert not await tries.is_believed_to_be(another, exchange, key)
        assert await tries.is_believed_to_be(account, exchange, key)


async def test_no_account_administers_the_broker_or_enters_another_virtual_host(
    there: There,
) -> None:
    told = broker_definitions(there.secrets)

    assert {user["name"] for user in told["users"]} == set(BROKER_ACCOUNTS)
    assert all(not user["tags"] for user in told["users"])
    assert {each["vhost"] for each in told["permissions"]} == {topology.VHOST}
