"""Telling whether a process is still the one that was started, by its id and start time."""

import os
import signal
import time
from contextlib import suppress
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict

POLL_SECONDS = 0.1


class Process(BaseModel):
    """A process of this machine; an id is given out again, but not with the same start time."""

    model_config = ConfigDict(frozen=True)

    pid: int
    started: str

    @classmethod
    def of(cls, pid: int) -> Self:
        """Describe a process that runs."""
        return cls(pid=pid, started=_started(pid) or "")

    @property
    def is_alive(self) -> bool:
        return bool(self.started) and _started(self.pid) == self.started

    def stop(self, *, grace_seconds: float) -> None:
        """Ask it to end and insist after the grace; no harm when it has ended."""
        self.send(signal.SIGTERM)
        if not self.ends_within(grace_seconds):
            self.send(signal.SIGKILL)
            self.ends_within(grace_seconds)

    def ends_within(self, seconds: float) -> bool:
        """Wait for its end."""
        deadline = time.monotonic() + seconds
        while self.is_alive:
            if time.monotonic() > deadline:
                return False
            time.sleep(POLL_SECONDS)
        return True

    def send(self, number: signal.Signals) -> None:
        """Signal it; no harm when it has ended."""
        if self.is_alive:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)


def _started(pid: int) -> str | None:
    """Return the start time in the kernel's ticks; None when it has ended."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    fields = text.rpartition(")")[2].split()
    return None if fields[0] in "ZX" else fields[19]
