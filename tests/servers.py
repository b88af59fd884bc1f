"""Real servers for tests: those named in the environment, else private ones."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.accounts import Secrets, broker_definitions, mongo_users
from deploy.embedded import Servers, servers
from shared import topology


@dataclass(frozen=True, slots=True)
class TestServers:
    """A RabbitMQ with the project's topology and a MongoDB replica set.

    `rabbit` maps an account to its URL; `mongo_url` is an account that may do everything.
    """

    __test__ = False

    rabbit: dict[str, str]
    mongo_url: str
    secrets: Secrets


@asynccontextmanager
async def started(folder: Path) -> AsyncIterator[TestServers]:
    """Offer TEST_RABBIT_URL (with `{user}`, `{password}`) and TEST_MONGO_URL, else our own."""
    secrets = Secrets.kept_in(folder / "secrets.json")
    rabbit_url, mongo_url = os.environ.get("TEST_RABBIT_URL"), os.environ.get("TEST_MONGO_URL")
    if rabbit_url and mongo_url:
        known = Secrets.model_validate_json(Path(os.environ["TEST_SECRETS_FILE"]).read_bytes())
        urls = {u: rabbit_url.format(user=u, password=p) for u, p in known.rabbit.items()}
        yield TestServers(urls, mongo_url, known)
        return
    async with private(folder, secrets) as (_, ours):
        yield ours


@asynccontextmanager
async def private(folder: Path, secrets: Secrets) -> AsyncIterator[tuple[Servers, TestServers]]:
    """Start servers of our own; offer them as processes, and as what is told of any servers."""
    async with servers(folder, broker_definitions(secrets), mongo_users(secrets)) as running:
        urls = {
            user: running.rabbit.url(user, password, topology.VHOST)
            for user, password in secrets.rabbit.items()
        }
        yield running, TestServers(urls, running.mongo.root_url, secrets)
