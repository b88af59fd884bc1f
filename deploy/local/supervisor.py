"""Runs a whole installation: starts it in order, restarts what dies, stops it in reverse order."""

import asyncio
import json
import os
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

from deploy.accounts import (
    PUT_BACK,
    Secrets,
    broker_definitions,
    keep_staff_file,
    mongo_users,
    publishers_file,
)
from deploy.embedded import EmbeddedError, Mongo, Rabbit, running
from deploy.embedded.folders import claimed, write_private
from deploy.embedded.processes import Child
from deploy.local.addresses import addresses
from deploy.local.mongo_accounts import accounts_script
from deploy.local.plan import DATABASE, Plan
from deploy.local.processes import Process
from deploy.local.programs import Program, programs
from deploy.local.servers import Backbone
from deploy.local.state import Addresses, Run, forget_run

START_SECONDS = 90.0
GRACE_SECONDS = 25.0
FIRST_DELAY_SECONDS = 0.25
LONGEST_DELAY_SECONDS = 30.0
CALM_SECONDS = 60.0

Tell = Callable[[str], None]


class Supervisor:
    """One installation. `tell` hears each step in a sentence, `on_ready` the addresses, once."""

    def __init__(self, plan: Plan, *, tell: Tell, on_ready: Callable[[Run], None]) -> None:
        self._plan = plan
        self._tell = tell
        self._on_ready = on_ready
        self._run = Run(supervisor=Process.of(os.getpid()))
        self._children: dict[str, Child] = {}

    async def run(self) -> None:
        """Run until cancelled; raises EmbeddedError when something cannot be started."""
        with claimed(self._plan.folder):
            secrets = prepare_folder(self._plan)
            self._run.write(self._plan.folder)
            try:
                await self._run_everything(secrets)
            finally:
                forget_run(self._plan.folder)

    async def _run_everything(self, secrets: Secrets) -> None:
        backbone, ports = Backbone(self._plan, secrets), self._plan.ports(self._tell)
        self._tell_starting(backbone.children)
        async with running(*backbone.children.values()):
            for name, server in backbone.children.items():
                self._note(name, server.pid)
            async with self._started(programs(self._plan, ports, backbone, secrets)) as started:
                self._open(addresses(self._plan, ports, backbone, secrets))
                await self._keep(started, backbone)

    def _tell_starting(self, servers: dict[str, Rabbit | Mongo]) -> None:
        if "rabbitmq" not in servers:
            file = self._plan.definitions_file
            self._tell(f"using the broker that is named; it needs the definitions in {file}")
        if "mongod" not in servers:
            file = self._plan.mongo_accounts_file
            self._tell(f"using the MongoDB that is named; it needs the accounts in {file}")
        if servers:
            self._tell(f"starting {' and '.join(servers)}")

    @asynccontextmanager
    async def _started(self, wanted: list[Program]) -> AsyncIterator[list[Program]]:
        self._tell(f"starting {', '.join(program.name for program in wanted)}")
        try:
            await _all(self._start_until_ready(program) for program in wanted)
            yield wanted
        finally:
            stops = (child.stop(GRACE_SECONDS) for child in self._children.values())
            await asyncio.gather(*stops)

    async def _start_until_ready(self, program: Program) -> None:
        child = await self._start(program)
        began = time.monotonic()
        await child.until(program.is_ready, within_seconds=START_SECONDS)
        self._tell(f"{program.name} is ready ({time.monotonic() - began:.1f} s)")

    async def _start(self, program: Program) -> Child:
        child = self._children[program.name] = await program.start()
        self._note(program.name, child.pid)
        return child

    async def _keep(self, started: list[Program], backbone: Backbone) -> None:
        watched = [self._keep_program(program) for program in started]
        watched += [self._keep_server(name, backbone) for name in backbone.children]
        await _all(watched)

    async def _keep_program(self, program: Program) -> None:
        delay = Delay()
        while True:
            code = await self._children[program.name].ended()
            await self._pause(f"{program.name} ended with code {code}", delay)
            await self._start(program)

    async def _keep_server(self, name: str, backbone: Backbone) -> None:
        server, delay = backbone.children[name], Delay()
        while True:
            port, ended = server.port, await server.ended()
            await self._pause(ended, delay)
            await self._start_again(server, delay)
            self._note(name, server.pid)
            if server.port != port:
                raise EmbeddedError(
                    f"{name} lost its port {port} to another program; "
                    "stop that one or run `wlc down` and `wlc up` again."
                )

    async def _start_again(self, server: Rabbit | Mongo, delay: "Delay") -> None:
        """Start a server until it is ready: what keeps it from that may pass."""
        while True:
            await server.stop()
            try:
                await server.start()
            except EmbeddedError as error:
                await self._pause(str(error), delay)
            else:
                return

    async def _pause(self, happened: str, delay: "Delay") -> None:
        seconds = delay.next()
        self._tell(f"{happened}; starting it again in {seconds:g} s")
        await asyncio.sleep(seconds)

    def _note(self, name: str, pid: int) -> None:
        children = {**self._run.children, name: Process.of(pid)}
        self._run = self._run.model_copy(update={"children": children})
        self._run.write(self._plan.folder)

    def _open(self, found: Addresses) -> None:
        self._run = self._run.model_copy(update={"addresses": found})
        self._run.write(self._plan.folder)
        self._on_ready(self._run)


class Delay:
    """How long to wait before a restart: longer each time, short again after a calm while."""

    def __init__(self) -> None:
        self._seconds = FIRST_DELAY_SECONDS
        self._last = time.monotonic()

    def next(self) -> float:
        """Return the seconds to wait now."""
        now = time.monotonic()
        if now - self._last > CALM_SECONDS:
            self._seconds = FIRST_DELAY_SECONDS
        self._last = now
        waited, self._seconds = self._seconds, min(2 * self._seconds, LONGEST_DELAY_SECONDS)
        return waited


def prepare_folder(plan: Plan) -> Secrets:
    """Make the folders, the secrets and the two files of accounts.

    Raises EmbeddedError where data are there whose secrets are not: new ones would open none.
    """
    if (plan.folder / DATABASE).exists() and not plan.secrets_file.exists():
        raise EmbeddedError(f"{plan.secrets_file} is missing; {PUT_BACK}")
    for folder in (plan.logs, plan.mail_dir):
        Path(folder).mkdir(mode=0o700, exist_ok=True)
    secrets = Secrets.kept_in(plan.secrets_file)
    write_private(plan.publishers_file, publishers_file(secrets))
    keep_staff_file(plan.staff_file, secrets)
    if plan.rabbit_url is not None:
        write_private(plan.definitions_file, json.dumps(broker_definitions(secrets), indent=2))
    if plan.mongo_url is not None:
        file = plan.mongo_accounts_file
        write_private(file, accounts_script(mongo_users(secrets), file.name))
    return secrets


async def _all(steps: Iterable[Coroutine[None, None, None]]) -> None:
    try:
        async with asyncio.TaskGroup() as group:
            for step in steps:
                group.create_task(step)
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from None
