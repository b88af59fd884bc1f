"""Running a supervisor until a signal, and starting one that lives on by itself."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable

from pydantic import BaseModel, ConfigDict, ValidationError

from deploy.accounts import PUT_BACK
from deploy.embedded import EmbeddedError
from deploy.local.plan import Plan
from deploy.local.state import Run
from deploy.local.supervisor import Supervisor, Tell


class Report(BaseModel):
    """What a detached supervisor says while it starts: one line of JSON each."""

    model_config = ConfigDict(frozen=True)

    progress: str | None = None
    ready: Run | None = None
    failure: str | None = None


def run_until_stopped(plan: Plan, *, tell: Tell, on_ready: Callable[[Run], None]) -> str | None:
    """Run the installation until SIGINT or SIGTERM; return the sentence that says why it failed."""
    supervisor = Supervisor(plan, tell=tell, on_ready=on_ready)
    try:
        asyncio.run(_run_until_signal(supervisor, tell))
    except EmbeddedError as error:
        return str(error)
    except ValidationError:
        return f"a file in {plan.folder} is damaged; {PUT_BACK}"
    return None


async def _run_until_signal(supervisor: Supervisor, tell: Tell) -> None:
    task = asyncio.ensure_future(supervisor.run())
    loop = asyncio.get_running_loop()

    def stop() -> None:
        if not task.cancelling():
            tell("stopping")
            task.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup asks to live on
        loop.add_signal_handler(signal.SIGHUP, stop)
    await asyncio.wait([task])
    if not task.cancelled():
        task.result()


def start_detached(plan: Plan, *, tell: Tell) -> Run:
    """Start a supervisor that outlives this process; return when it is ready.

    Raises EmbeddedError when it cannot start.
    """
    plan.logs.mkdir(mode=0o700, parents=True, exist_ok=True)
    log = os.open(plan.logs / "supervisor.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    process = subprocess.Popen(
        [sys.executable, "-m", "deploy.local"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=log,
        start_new_session=True,
    )
    os.close(log)
    try:
        return _until_ready(process, plan, tell)
    except BaseException:
        process.terminate()
        process.wait()
        raise


def _until_ready(process: subprocess.Popen[bytes], plan: Plan, tell: Tell) -> Run:
    if process.stdin is None or process.stdout is None:
        raise AssertionError("both were asked for")
    process.stdin.write(plan.model_dump_json().encode())
    process.stdin.close()
    for line in process.stdout:
        report = Report.model_validate_json(line)
        if report.ready is not None:
            return report.ready
        if report.failure is not None:
            raise EmbeddedError(report.failure)
        tell(report.progress or "")
    log = plan.logs / "supervisor.log"
    raise EmbeddedError(f"the supervisor ended while starting; read the end of {log}.")
