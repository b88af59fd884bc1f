"""The supervisor as a process of its own: its plan on stdin, its reports in JSON lines."""

import os
import sys
from datetime import UTC, datetime

from deploy.local.foreground import Report, run_until_stopped
from deploy.local.plan import Plan
from deploy.local.state import Run


class Reporter:
    """Speaks to whoever starts the supervisor until it is ready, and always to its log."""

    def __init__(self) -> None:
        self._starting = True

    def tell(self, sentence: str) -> None:
        """Say what happens."""
        sys.stderr.write(f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} {sentence}\n")
        self._send(Report(progress=sentence))

    def on_ready(self, run: Run) -> None:
        """Hand over the addresses; whoever waited goes its own way."""
        self._send(Report(ready=run))
        self._starting = False
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())

    def fail(self, sentence: str) -> None:
        """Say why it cannot go on."""
        sys.stderr.write(f"{sentence}\n")
        self._send(Report(failure=sentence))

    def _send(self, report: Report) -> None:
        if self._starting:
            sys.stdout.write(f"{report.model_dump_json(exclude_none=True)}\n")
            sys.stdout.flush()


def main() -> int:
    """Run until told to stop."""
    plan, reporter = Plan.model_validate_json(sys.stdin.read()), Reporter()
    failure = run_until_stopped(plan, tell=reporter.tell, on_ready=reporter.on_ready)
    if failure is None:
        return 0
    reporter.fail(failure)
    return 1


sys.exit(main())
