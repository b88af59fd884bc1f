"""A private MongoDB: `mongod` as a child, a replica set of one with users, in its own folder."""

import os
import shutil
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import quote

from pymongo.errors import PyMongoError

from deploy.embedded.errors import EmbeddedError
from deploy.embedded.folders import claimed, write_private
from deploy.embedded.ports import LOOPBACK, is_free
from deploy.embedded.processes import Child
from deploy.embedded.remembered import Memory
from deploy.embedded.replica import REPLICA_SET, ROOT, MongoUser, Replica
from deploy.embedded.tls import Tls

FETCHED = Path(__file__).parents[2] / ".cache" / "mongod" / "mongod"
_START_SECONDS = 120.0
_NOT_STARTED = "MongoDB is not running here; start it first."
OPTIONS = {
    "--bind_ip": LOOPBACK,
    "--replSet": REPLICA_SET,
    "--wiredTigerCacheSizeGB": "1",
    "--oplogSize": "990",
    # A slow operation is logged with its values, which can be about a person: none is slow enough.
    "--slowms": "2000000000",
}
PARAMETERS = {
    # A service that is killed in a transaction leaves its locks; messages wait until they expire.
    "transactionLifetimeLimitSeconds": "5",
    # A signalled primary waits this long for reads to move to other members; there are none.
    "shutdownTimeoutMillisForSignaledShutdown": "100",
    "diagnosticDataCollectionEnabled": "false",
}


def find_mongod() -> Path:
    """Return what WLC_MONGOD names, else that on the PATH, else what the set-up fetched."""
    named = os.environ.get("WLC_MONGOD")
    found = named or shutil.which("mongod") or FETCHED
    program = Path(found)
    if os.access(program, os.X_OK) and program.is_file():
        return program.absolute()
    reason = (
        f"WLC_MONGOD names {named}, which is no program" if named else "mongod is not installed"
    )
    sentence = (
        f"MongoDB cannot start: {reason}; run deploy/setup.sh, set WLC_MONGOD to a mongod, "
        "or set WLC_MONGO_URL to a server that runs elsewhere."
    )
    raise EmbeddedError(sentence)


class Mongo:
    """The database server of one folder; its users are exactly those given, and root."""

    def __init__(
        self,
        folder: Path,
        users: Sequence[MongoUser] = (),
        *,
        program: Path | None = None,
        tls: Tls | None = None,
    ) -> None:
        self.folder = folder.absolute()
        self._users = users
        self._program = program
        self._tls = tls
        self._claim = ExitStack()
        self._memory: Memory | None = None
        self._child: Child | None = None

    @property
    def port(self) -> int:
        return self._identity.ports[0]

    @property
    def pid(self) -> int:
        return self._running.pid

    @property
    def root_url(self) -> str:
        return self.url(ROOT, self._identity.secret_for(ROOT))

    def url(self, user: str, password: str, database: str = "") -> str:
        """Return the address for that user, who signs in at `admin` whatever the database."""
        who, secret = quote(user, safe=""), quote(password, safe="")
        where = f"{LOOPBACK}:{self.port}/{database}"
        safely = f"&tls=true&tlsCAFile={self._tls.authority}" if self._tls else ""
        return f"mongodb://{who}:{secret}@{where}?authSource=admin&replicaSet={REPLICA_SET}{safely}"

    async def start(self) -> None:
        """Start it on what the folder holds and set its users; return when it takes writes."""
        program = self._program or find_mongod()
        self._claim.enter_context(claimed(self.folder))
        memory = self._memory = Memory.of(self.folder, ports=1)
        self._child = child = await self._start_child(program, memory)
        try:
            await self._prepare(child, memory)
        except PyMongoError as exc:
            sentence = (
                f"MongoDB runs but could not be prepared ({type(exc).__name__}); read the end of "
                f"{self.folder / 'mongod.log'}, put right what it says and start again."
            )
            raise EmbeddedError(sentence) from exc

    async def ended(self) -> str:
        """Wait until it ends, wanted or not, and say so in a sentence."""
        code = await self._running.ended()
        return f"mongod ended with code {code}"

    async def stop(self) -> None:
        """End it; safe before, during and after a start."""
        if self._child is not None:
            await self._child.stop()
            self._child = None
        self._claim.close()

    @property
    def _identity(self) -> Memory:
        if self._memory is None:
            raise EmbeddedError(_NOT_STARTED)
        return self._memory

    @property
    def _authority(self) -> Path | None:
        return self._tls.authority if self._tls else None

    @property
    def _running(self) -> Child:
        if self._child is None:
            raise EmbeddedError(_NOT_STARTED)
        return self._child

    async def _listens(self) -> bool:
        return not is_free(self.port)

    async def _prepare(self, child: Child, memory: Memory) -> None:
        # A client closed while it still tries to connect would leak its socket (PyMongo 4).
        await child.until(self._listens, within_seconds=_START_SECONDS)
        async with Replica(memory, self.folder, self._authority) as replica:
            await child.until(replica.answers, within_seconds=_START_SECONDS)
            await child.until(replica.is_formed, within_seconds=_START_SECONDS)
            await child.until(replica.takes_writes, within_seconds=_START_SECONDS)
            await replica.set_users(self._users)

    async def _start_child(self, program: Path, memory: Memory) -> Child:
        data, key = self.folder / "data", self.folder / "replica.key"
        data.mkdir(mode=0o700, exist_ok=True)
        write_private(key, memory.secret_for("replica key"))
        options = {
            **OPTIONS,
            "--port": str(self.port),
            "--dbpath": str(data),
            "--keyFile": str(key),
        }
        if self._tls:
            options |= {
                "--tlsMode": "requireTLS",
                "--tlsCertificateKeyFile": str(self._tls.file),
                "--tlsCAFile": str(self._tls.authority),
            }
        command = [str(program), "--quiet", "--nounixsocket"]
        command += ["--tlsAllowConnectionsWithoutCertificates"] if self._tls else []
        command += [word for option in options.items() for word in option]
        for name, value in PARAMETERS.items():
            command += ["--setParameter", f"{name}={value}"]
        environment = {"LANG": "C.UTF-8", "PATH": "/usr/bin:/bin", "HOME": str(self.folder)}
        if (program.parent / "libssl.so.1.1").exists():
            environment["LD_LIBRARY_PATH"] = str(program.parent)
        log = self.folder / "mongod.log"
        return await Child.start("mongod", command, environment=environment, log=log)
