"""Making `mongod` a replica set of one with users; every step may be repeated."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from pymongo import AsyncMongoClient
from pymongo.errors import ConnectionFailure, OperationFailure

from deploy.embedded.ports import LOOPBACK
from deploy.embedded.remembered import Memory
from deploy.embedded.tls import tls_options

REPLICA_SET = "wlc"
ROOT = "root"
_AUTHENTICATION_FAILED = 18
_ALREADY_INITIALISED = 23
_NOT_YET_INITIALISED = 94

Document = dict[str, object]


@dataclass(frozen=True, slots=True)
class Privilege:
    """What may be done to a collection; to any of the database where `collection` is empty."""

    database: str
    collection: str
    actions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MongoUser:
    """Who may sign in, with which roles on which databases: `(("readWrite", "intake"),)`.

    `privileges` are for whom no role of MongoDB's own is narrow enough.
    """

    name: str
    password: str = field(repr=False)
    roles: tuple[tuple[str, str], ...] = ()
    privileges: tuple[Privilege, ...] = ()

    @property
    def own_role(self) -> str:
        """The role that has the privileges."""
        return f"{self.name}-own"


class Replica:
    """The administration of one `mongod`, over connections closed at the end of its context."""

    def __init__(self, memory: Memory, folder: Path, authority: Path | None = None) -> None:
        self._memory = memory
        self._authority = authority
        self._folder = folder
        self._port = memory.ports[0]
        self._stranger = self._client()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stranger.close()

    async def answers(self) -> bool:
        """Tell whether it talks at all."""
        return await self._greeting() is not None

    async def takes_writes(self) -> bool:
        """Tell whether it is the primary."""
        greeting = await self._greeting()
        return greeting is not None and bool(greeting.get("isWritablePrimary"))

    async def is_formed(self) -> bool:
        """Make it a replica set, or tell the set its new port; false while it still loads."""
        if self._memory.replica_port == self._port:
            return True
        formed = await (self._initiate() if self._memory.replica_port is None else self._move())
        if formed:
            self._memory.model_copy(update={"replica_port": self._port}).keep(self._folder)
        return formed

    async def set_users(self, users: Sequence[MongoUser]) -> None:
        """Make root and exactly those users, with those passwords and roles."""
        await self._ensure_root()
        async with self._as_root() as root:
            listed = await root.admin.command("usersInfo", 1)
            present = {str(user["user"]) for user in listed["users"]}
            for user in users:
                await self._set_role(user, root)
                verb = "updateUser" if user.name in present else "createUser"
                await root.admin.command({verb: user.name, **credentials_of(user)})
            for stranger in present - {user.name for user in users} - {ROOT}:
                await root.admin.command("dropUser", stranger)

    async def _set_role(self, user: MongoUser, root: AsyncMongoClient[Document]) -> None:
        """Make the role of somebody's own, which is empty where they have no privileges."""
        present = (await root.admin.command("rolesInfo", user.own_role))["roles"]
        verb = "updateRole" if present else "createRole"
        await root.admin.command({verb: user.own_role, **role_of(user)})

    def _as_root(self) -> AsyncMongoClient[Document]:
        return self._client(ROOT, self._memory.secret_for(ROOT))

    def _client(
        self, username: str | None = None, password: str | None = None
    ) -> AsyncMongoClient[Document]:
        return AsyncMongoClient(
            LOOPBACK,
            self._port,
            directConnection=True,
            serverMonitoringMode="poll",  # nothing else connects that a close would leak
            serverSelectionTimeoutMS=1000,
            username=username,
            password=password,
            **tls_options(self._authority),
        )

    async def _greeting(self) -> Document | None:
        try:
            return await self._stranger.admin.command("hello")
        except ConnectionFailure:
            return None

    async def _initiate(self) -> bool:
        try:
            await self._stranger.admin.command("replSetInitiate", self._configuration(version=1))
        except OperationFailure as exc:
            if exc.code != _ALREADY_INITIALISED:
                raise
        return True

    async def _move(self) -> bool:
        try:
            async with self._as_root() as root:
                shown = await root.admin.command("replSetGetConfig")
                moved = self._configuration(int(shown["config"]["version"]) + 1)
                await root.admin.command("replSetReconfig", moved, force=True)
        except OperationFailure as exc:
            if exc.code != _NOT_YET_INITIALISED:
                raise
            return False
        return True

    def _configuration(self, version: int) -> Document:
        member = {"_id": 0, "host": f"{LOOPBACK}:{self._port}"}
        return {"_id": REPLICA_SET, "version": version, "members": [member]}

    async def _ensure_root(self) -> None:
        try:
            async with self._as_root() as root:
                await root.admin.command("ping")
        except OperationFailure as exc:
            if exc.code != _AUTHENTICATION_FAILED:
                raise
            # Until there is a user, MongoDB lets a local connection make the first one.
            first = MongoUser(ROOT, self._memory.secret_for(ROOT), (("root", "admin"),))
            await self._stranger.admin.command({"createUser": ROOT, **credentials_of(first)})


def role_of(user: MongoUser) -> Document:
    """Return what `createRole` and `updateRole` are told of somebody's own role."""
    return {
        "privileges": [
            {
                "resource": {"db": each.database, "collection": each.collection},
                "actions": list(each.actions),
            }
            for each in user.privileges
        ],
        "roles": [],
    }


def credentials_of(user: MongoUser) -> Document:
    """Return what `createUser` and `updateUser` are told."""
    return {
        "pwd": user.password,
        "roles": [
            {"role": role, "db": database}
            for role, database in (
                *user.roles,
                *((user.own_role, "admin"),) * bool(user.privileges),
            )
        ],
        "mechanisms": ["SCRAM-SHA-256"],
    }
