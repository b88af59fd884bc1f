"""`wlc up` and `wlc down`: a whole installation on this machine."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from cli.errors import UNREACHABLE, WRONG_USAGE, CommandError
from cli.places import DEFAULT_FOLDER, MONGO_URL, RABBIT_URL, DataOption, named_address
from cli.terminal import JsonOption, say, show, show_json
from deploy.embedded import EmbeddedError
from deploy.local.foreground import run_until_stopped, start_detached
from deploy.local.plan import Plan, names_account
from deploy.local.state import Addresses, Run, forget_run, read_run

DEVELOPMENT = "WLC_DEVELOPMENT"
CONSOLE_PORT = 8080
INTAKE_PORT = 8081
WISHED = "in ./.wlc when it is free, else a free one"
STOP_SECONDS = 60.0
CHILD_STOP_SECONDS = 10.0

ConsolePort = Annotated[
    int | None, typer.Option(min=1, max=65535, show_default=f"{CONSOLE_PORT} {WISHED}")
]
IntakePort = Annotated[
    int | None, typer.Option(min=1, max=65535, show_default=f"{INTAKE_PORT} {WISHED}")
]
DetachOption = Annotated[
    bool, typer.Option("--detach", help="Return when all is ready; `wlc down` stops it.")
]


def up(
    *,
    data: DataOption = DEFAULT_FOLDER,
    detach: DetachOption = False,
    as_json: JsonOption = False,
    console_port: ConsolePort = None,
    intake_port: IntakePort = None,
) -> None:
    """Start RabbitMQ, MongoDB and all services, and keep them running.

    The servers are private to the folder, unless WLC_RABBIT_URL or WLC_MONGO_URL name others,
    without an account: each service signs in as its own.
    Ctrl-C stops everything; what was stored is there again at the next start.

    Examples: `wlc up` · `wlc up --data /srv/wlc --detach --json`
    """
    plan = _plan(data, {"console": console_port, "intake": intake_port})
    _refuse_if_running(plan)
    if detach:
        _show_ready(_start_detached(plan), as_json=as_json)
        return
    failure = run_until_stopped(
        plan, tell=say, on_ready=lambda run: _show_ready(run, as_json=as_json)
    )
    if failure is not None:
        raise CommandError(failure, UNREACHABLE)


def down(*, data: DataOption = DEFAULT_FOLDER) -> None:
    """Stop what `wlc up` started on the folder; also when it is half dead.

    Example: `wlc down --data /srv/wlc`
    """
    run = read_run(data)
    if run is None:
        say(f"nothing runs on {data}")
        return
    run.supervisor.stop(grace_seconds=STOP_SECONDS)
    for process in run.children.values():
        process.stop(grace_seconds=CHILD_STOP_SECONDS)
    forget_run(data)
    say("stopped")


def access(*, as_json: JsonOption = False, data: DataOption = DEFAULT_FOLDER) -> None:
    """Print again what `wlc up` told: addresses, publishers' keys, the first sign-in.

    Example: `wlc access --json | jq -r '.publishers[0].key'`
    """
    run = read_run(data)
    ended = run is not None and run.children and not run.supervisor.is_alive
    if run is None or run.addresses is None or ended:
        sentence = f"nothing runs on {data}; start it with `wlc up`, or name its folder by --data."
        raise CommandError(sentence, UNREACHABLE)
    _show_ready(run, as_json=as_json)
    if not as_json:
        for publisher in run.addresses.publishers:
            show(f"            {publisher.name}  {publisher.key}  {publisher.amqp_url}")


def _plan(folder: Path, ports: dict[str, int | None]) -> Plan:
    if folder.exists() and not folder.is_dir():
        raise CommandError(f"{folder} is no folder; name one with --data, or one to be made.")
    usual = folder.absolute() == DEFAULT_FOLDER.absolute()
    return Plan(
        folder=folder.absolute(),
        demanded={name: port for name, port in ports.items() if port is not None},
        wished={"console": CONSOLE_PORT, "intake": INTAKE_PORT} if usual else {},
        rabbit_url=_server(RABBIT_URL),
        mongo_url=_server(MONGO_URL),
        development=_is_development(),
    )


def _server(variable: str) -> str | None:
    """Return the address of a server of somebody else's; each service is to have its own account.

    Raises CommandError where one account would serve all.
    """
    named = named_address(variable)
    if named and names_account(named) and not _is_development():
        raise CommandError(
            f"{variable} names an account, which all services would share; leave it out, so that "
            f"each signs in as its own, or set {DEVELOPMENT}=true where only you get at it.",
            WRONG_USAGE,
        )
    return named


def _is_development() -> bool:
    return os.environ.get(DEVELOPMENT, "").lower() in {"1", "true", "yes"}


def _refuse_if_running(plan: Plan) -> None:
    run = read_run(plan.folder)
    if run is not None and run.supervisor.is_alive:
        raise CommandError(
            f"it runs on {plan.folder} already (process {run.supervisor.pid}); "
            "`wlc status` shows how it is, `wlc access --json` prints its addresses and keys, "
            "`wlc down` stops it.",
            WRONG_USAGE,
        )


def _start_detached(plan: Plan) -> Run:
    try:
        return start_detached(plan, tell=say)
    except EmbeddedError as error:
        raise CommandError(str(error), UNREACHABLE) from error
    except KeyboardInterrupt:
        say("stopped")
        sys.exit(0)


def _show_ready(run: Run, *, as_json: bool) -> None:
    if run.addresses is None:
        raise AssertionError("a run that is ready has addresses")
    if as_json:
        found = run.addresses.model_dump(mode="json")
        show_json({**found, "pids": run.pids})
        return
    _show_addresses(run.addresses)


def _show_addresses(found: Addresses) -> None:
    show("ready", "bold green")
    show(f"  console   {found.console_url}")
    show(f"  sign in   {found.staff.user} / {found.staff.password}")
    show(f"  intake    {found.intake_url}/v1/events")
    show(f"  mail      {found.mail_dir}")
    show(f"  publisher {', '.join(publisher.name for publisher in found.publishers)}")
