"""A private RabbitMQ: the distribution's server as a child, in its own folder."""

import os
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import quote

from pydantic import JsonValue

from deploy.embedded.definitions import PROBE, Definitions
from deploy.embedded.errors import EmbeddedError
from deploy.embedded.folders import claimed, write_private
from deploy.embedded.ports import LOOPBACK, is_free
from deploy.embedded.probe import serves
from deploy.embedded.processes import Child
from deploy.embedded.remembered import Memory
from deploy.embedded.tls import Tls

PROGRAM = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")  # the wrapper in /usr/sbin changes user
_START_SECONDS = 120.0
_NOT_STARTED = "RabbitMQ is not running here; start it first."
# A channel that breaks is reported at level error, with the message that it had in hand: with who
# a person is.
CONFIGURATION = """\
listeners.{kind}.local = {address}:{port}
load_definitions = {definitions}
max_message_size = 1048576
consumer_timeout = 86400000
disk_free_limit.absolute = 256MB
vm_memory_high_watermark.absolute = 1GB
raft.wal_max_size_bytes = 67108864
log.file.level = critical
"""
_WITH_TLS = """\
listeners.tcp = none
ssl_options.cacertfile = {authority}
ssl_options.certfile = {file}
ssl_options.keyfile = {file}
ssl_options.verify = verify_none
ssl_options.fail_if_no_peer_cert = false
ssl_options.versions.1 = tlsv1.3
ssl_options.versions.2 = tlsv1.2
"""


class Rabbit:
    """The broker of one folder, with the Erlang port mapper that its node needs; no plugins."""

    def __init__(
        self,
        folder: Path,
        definitions: Mapping[str, JsonValue],
        *,
        program: Path = PROGRAM,
        tls: Tls | None = None,
    ) -> None:
        self.folder = folder.absolute()
        self._definitions = definitions
        self._program = program
        self._tls = tls
        self._claim = ExitStack()
        self._children: list[Child] = []
        self._memory: Memory | None = None

    @property
    def port(self) -> int:
        return self._identity.ports[0]

    @property
    def pid(self) -> int:
        return self._broker.pid

    def url(self, user: str, password: str, vhost: str) -> str:
        """Return the AMQP address for that user."""
        who, secret, where = (quote(part, safe="") for part in (user, password, vhost))
        at = f"{who}:{secret}@{LOOPBACK}:{self.port}/{where}"
        return f"amqps://{at}?cafile={self._tls.authority}" if self._tls else f"amqp://{at}"

    async def start(self) -> None:
        """Start it on what the folder holds, apply the definitions, wait until it authenticates."""
        if not os.access(self._program, os.X_OK):
            sentence = (
                f"RabbitMQ is not installed ({self._program} is missing); run deploy/setup.sh, "
                "or set WLC_RABBIT_URL to a broker that runs elsewhere."
            )
            raise EmbeddedError(sentence)
        self._claim.enter_context(claimed(self.folder))
        self._memory = Memory.of(self.folder, ports=3)
        applied = self._write_configuration()
        await self._start_port_mapper()
        broker = await self._start_child("rabbitmq-server", [str(self._program)])
        await broker.until(lambda: self._serves(applied), within_seconds=_START_SECONDS)

    async def ended(self) -> str:
        """Wait until it ends, wanted or not, and say so in a sentence."""
        code = await self._broker.ended()
        return f"rabbitmq-server ended with code {code}"

    async def stop(self) -> None:
        """End the broker, then the port mapper; safe before, during and after a start."""
        while self._children:
            await self._children.pop().stop()
        self._claim.close()

    @property
    def _identity(self) -> Memory:
        if self._memory is None:
            raise EmbeddedError(_NOT_STARTED)
        return self._memory

    @property
    def _broker(self) -> Child:
        if not self._children:
            raise EmbeddedError(_NOT_STARTED)
        return self._children[-1]

    async def _serves(self, applied: Definitions) -> bool:
        if is_free(self.port):  # aiormq would log each refused connection as an error
            return False
        url = self.url(PROBE, self._identity.secret_for(PROBE), applied.first_vhost)
        return await serves(url, applied)

    def _write_configuration(self) -> Definitions:
        kept = self.folder / "definitions.json"
        definitions = Definitions.model_validate(self._definitions)
        known = Definitions.model_validate_json(kept.read_bytes()) if kept.exists() else None
        applied = definitions.without_strangers(known).with_probe(self._identity.secret_for(PROBE))
        write_private(kept, applied.model_dump_json())
        kind = "ssl" if self._tls else "tcp"
        configuration = CONFIGURATION.format(
            kind=kind, address=LOOPBACK, port=self.port, definitions=kept
        )
        if self._tls:
            configuration += _WITH_TLS.format(file=self._tls.file, authority=self._tls.authority)
        write_private(self.folder / "rabbitmq.conf", configuration)
        write_private(self.folder / "enabled_plugins", "[].\n")
        cookie = self.folder / ".erlang.cookie"
        write_private(cookie, self._identity.secret_for("cookie"))
        cookie.chmod(0o400)
        return applied

    async def _start_port_mapper(self) -> None:
        # Started by us, in the foreground: Erlang would leave a daemon of its own behind.
        mapper = ["epmd", "-port", str(self._identity.ports[1]), "-address", LOOPBACK]
        child = await self._start_child("epmd", mapper)
        await child.until(self._mapper_listens, within_seconds=_START_SECONDS)

    async def _mapper_listens(self) -> bool:
        return not is_free(self._identity.ports[1])

    async def _start_child(self, name: str, command: Sequence[str]) -> Child:
        log = self.folder / f"{name}.log"
        child = await Child.start(name, command, environment=self._environment(), log=log)
        self._children.append(child)
        return child

    def _environment(self) -> dict[str, str]:
        inside = self.folder
        return {
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "LANG": "C.UTF-8",
            "HOME": str(inside),
            "ERL_CRASH_DUMP_SECONDS": "0",
            "ERL_EPMD_ADDRESS": LOOPBACK,
            "ERL_EPMD_PORT": str(self._identity.ports[1]),
            "RABBITMQ_NODENAME": f"{self._identity.name}@localhost",
            "RABBITMQ_DIST_PORT": str(self._identity.ports[2]),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
            "RABBITMQ_CONFIG_FILE": str(inside / "rabbitmq.conf"),
            "RABBITMQ_CONFIG_FILES": str(inside / "conf.d"),
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(inside / "advanced.config"),
            "RABBITMQ_CONF_ENV_FILE": str(inside / "rabbitmq-env.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(inside / "enabled_plugins"),
            "RABBITMQ_MNESIA_BASE": str(inside / "data"),
            "RABBITMQ_LOG_BASE": str(inside / "log"),
            "RABBITMQ_GENERATED_CONFIG_DIR": str(inside / "generated"),
            "RABBITMQ_SCHEMA_DIR": str(inside / "schema"),
            "RUNNING_UNDER_SYSTEMD": "true",  # the script becomes the server: one process, one pid
        }
