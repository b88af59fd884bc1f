"""The supervisor as a process of its own: its plan on stdin, its reports in JSON lines."""

import os
import sys

from deploy.local.foreground import Report, run_until_stopped
from deploy.local.plan import Plan
from deploy.local.state import Run


def main() -> int:
    """Run until told to stop; what happens after it is ready is read in its log."""
    plan = Plan.model_validate_json(sys.stdin.read())

    def tell(sentence: str) -> None:
        _send(Report(progress=sentence))

    def on_ready(run: Run) -> None:
        _send(Report(ready=run))
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())

    failure = run_until_stopped(plan, tell=tell, on_ready=on_ready)
    if failure is not None:
        _send(Report(failure=failure))
    return 0 if failure is None else 1


def _send(report: Report) -> None:
    sys.stdout.write(f"{report.model_dump_json(exclude_none=True)}\n")
    sys.stdout.flush()


sys.exit(main())
