"""Where a backup is restored: a new folder of `wlc up`, or the containers of a new composition."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from time import monotonic
from typing import Protocol

from pymongo.errors import PyMongoError

from cli.backups.installation import KEPT_FILES, SECRETS_FILE, Kept, is_empty
from cli.backups.reading import Backup
from cli.backups.taking import mongo, rabbit
from cli.broker import AWAY
from cli.errors import REFUSED, CommandError
from cli.places import MONGO_URL, RABBIT_URL, named_address
from cli.terminal import say
from deploy.accounts import OPERATOR, Secrets
from deploy.certificates import AUTHORITY
from deploy.compose.installation import Installation
from deploy.embedded import Mongo, running
from deploy.embedded.folders import claimed, write_private
from deploy.embedded.replica import ROOT
from deploy.local.plan import Plan, mongo_url_for, names_account, rabbit_url_for
from deploy.local.servers import Backbone
from deploy.local.supervisor import prepare_folder

WAIT_SECONDS = 120.0
PAUSE_SECONDS = 2.0
Urls = tuple[str, str]
"""Of MongoDB, by an account that may write everything, and of RabbitMQ, by the operator's."""


class Target(Protocol):
    """A place for a backup."""

    def check(self, backup: Backup) -> None:
        """Raise CommandError, before anything is read, where it is not empty."""
        ...

    def servers(self, files: Mapping[str, str]) -> AbstractAsyncContextManager[Urls]:
        """Put the files in place, and run or find both servers."""
        ...


def target_at(folder: Path) -> Target:
    """Return what the folder is of: in containers it lies beside the volume of the accounts."""
    volumes = folder.parent
    return Containers(volumes) if (volumes / KEPT_FILES[SECRETS_FILE]).is_dir() else Local(folder)


class Local:
    """A folder in which nothing is; its servers run for as long as it takes, without services."""

    def __init__(self, folder: Path) -> None:
        self._plan = Plan(
            folder=folder, rabbit_url=named_address(RABBIT_URL), mongo_url=named_address(MONGO_URL)
        )

    def check(self, _backup: Backup) -> None:
        """See Target."""
        self._check_empty()
        if self._plan.mongo_url is not None and not names_account(self._plan.mongo_url):
            raise CommandError(
                f"{MONGO_URL} is to name an account that may write every database, for this once."
            )

    @asynccontextmanager
    async def servers(self, files: Mapping[str, str]) -> AsyncIterator[Urls]:
        """See Target. What is half done is taken away again, where the folder is ours alone.

        Another restore may have filled it since it was found empty.
        """
        folder = self._plan.folder
        with claimed(folder):
            self._check_empty()
            try:
                for name, text in files.items():
                    write_private(folder / name, text)
                backbone = Backbone(self._plan, prepare_folder(self._plan))
                say("starting the servers")
                async with running(*backbone.children.values()):
                    yield self._mongo_url(backbone), backbone.rabbit_url(OPERATOR)
            except BaseException:
                shutil.rmtree(folder, ignore_errors=True)
                raise

    def _check_empty(self) -> None:
        if not is_empty(self._plan.folder):
            raise CommandError(
                f"{self._plan.folder} is not empty; a backup is restored only where there is "
                "nothing: name a new folder by --data.",
                REFUSED,
            )

    def _mongo_url(self, backbone: Backbone) -> str:
        server = backbone.children.get("mongod")
        return server.root_url if isinstance(server, Mongo) else str(self._plan.mongo_url)


class Containers:
    """A new composition: first its accounts are put in place, then its servers are filled."""

    def __init__(self, volumes: Path) -> None:
        self._volumes = volumes
        self._kept = Kept(volumes / "operator")

    def check(self, backup: Backup) -> None:
        """See Target; where there are no accounts yet, put in place those of the backup and end."""
        files = backup.files()
        if not self._kept.path(SECRETS_FILE).exists():
            for name, text in files.items():
                write_private(self._volumes / KEPT_FILES[name] / name, text)
            raise CommandError(
                "the accounts are in place; start the servers with `docker compose up -d "
                "mongo-setup rabbitmq`, and run this again.",
                REFUSED,
            )
        if self._keys(self._kept.secrets()) != self._keys(_secrets(files)):
            raise CommandError(
                "there are accounts here that are not those of the backup; a backup is restored "
                "only where there is nothing: take the volumes away with `docker compose down -v`.",
                REFUSED,
            )

    @asynccontextmanager
    async def servers(self, _files: Mapping[str, str]) -> AsyncIterator[Urls]:
        """See Target."""
        installation = Installation(self._volumes)
        root = installation.mongo_memory().secret_for(ROOT)
        operator = installation.secrets.rabbit[OPERATOR]
        authority = installation.certificates / AUTHORITY
        urls = (
            mongo_url_for(installation.mongo(authority), ROOT, root),
            rabbit_url_for(installation.rabbit(authority), OPERATOR, operator),
        )
        await until_there(urls)
        yield urls

    @staticmethod
    def _keys(secrets: Secrets) -> set[str]:
        """Return what opens the data: it is not made anew for an account that came later."""
        return {secrets.keyring_key, secrets.fingerprint_key, secrets.link_key}


async def until_there(urls: Urls) -> None:
    """Wait for servers that were started a moment ago; raise what they still raise at the end."""
    mongo_url, rabbit_url = urls
    ends = monotonic() + WAIT_SECONDS
    say("waiting until the servers answer")
    while True:
        try:
            async with mongo(mongo_url) as client, rabbit(rabbit_url):
                await client.admin.command("ping")
                return
        except (PyMongoError, *AWAY):
            if monotonic() > ends:
                raise
        await asyncio.sleep(PAUSE_SECONDS)


def _secrets(files: Mapping[str, str]) -> Secrets:
    return Secrets.model_validate_json(files[SECRETS_FILE])
