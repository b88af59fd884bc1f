"""A child process in a session of its own, logged to a file, that ends with its parent."""

import asyncio
import ctypes
import os
import resource
import signal
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self

from deploy.embedded.errors import EmbeddedError

_LIBC = ctypes.CDLL(None)
_PR_SET_PDEATHSIG = 1
_LOG_BYTES_KEPT = 10 << 20
_POLL_SECONDS = 0.05


class Child:
    """A running program.

    Its own session keeps Ctrl-C at the terminal from reaching it before its parent has closed what
    uses it. Start it from a thread that outlives it: Linux ties the parent-death signal to that.
    """

    def __init__(self, name: str, process: asyncio.subprocess.Process, log: Path) -> None:
        self._name = name
        self._process = process
        self._log = log

    @classmethod
    async def start(
        cls, name: str, command: Sequence[str], *, environment: Mapping[str, str], log: Path
    ) -> Self:
        """Start it with that environment only, nothing inherited."""
        with _opened(log) as output:
            process = await asyncio.create_subprocess_exec(
                *command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=environment,
                cwd=log.parent,
                start_new_session=True,
                preexec_fn=_end_with(os.getpid()),
            )
        return cls(name, process, log)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def has_ended(self) -> bool:
        return self._process.returncode is not None

    async def ended(self) -> int:
        """Wait for its end, wanted or not, and return its exit code."""
        return await self._process.wait()

    async def until(
        self, is_ready: Callable[[], Awaitable[bool]], *, within_seconds: float
    ) -> None:
        """Wait for readiness; fail at once when the child has ended instead."""
        try:
            async with asyncio.timeout(within_seconds):
                while not await is_ready():
                    self._fail_if_ended()
                    await asyncio.sleep(_POLL_SECONDS)
        except TimeoutError as exc:
            sentence = (
                f"{self._name} was not ready within {within_seconds:.0f} s; "
                f"read {self._log}, then start again."
            )
            raise EmbeddedError(sentence) from exc

    async def stop(self, grace_seconds: float = 20.0) -> None:
        """Ask it to end; after the grace, or with what it left behind in its session, insist."""
        if not self.has_ended:
            with suppress(ProcessLookupError):
                self._process.terminate()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._process.wait(), grace_seconds)
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        await self._process.wait()

    def _fail_if_ended(self) -> None:
        if self.has_ended:
            sentence = (
                f"{self._name} ended with code {self._process.returncode} while starting; "
                f"read the end of {self._log}, put right what it says and start again."
            )
            raise EmbeddedError(sentence)


@contextmanager
def _opened(log: Path) -> Iterator[int]:
    if log.exists() and log.stat().st_size > _LOG_BYTES_KEPT:
        log.replace(log.with_name(f"{log.name}.1"))
    handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        yield handle
    finally:
        os.close(handle)


def _end_with(parent: int) -> Callable[[], None]:
    """Return what a fork runs first: when the parent dies, even by kill -9, so does the child.

    SIGKILL, because nobody would be left to insist; both servers recover from their journals what
    they confirmed. Of a child that crashes no dump is kept: it would hold who a person is.
    """

    def in_child() -> None:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        _LIBC.prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL))
        if os.getppid() != parent:
            os._exit(1)

    return in_child
