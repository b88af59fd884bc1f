"""Structured logs: one JSON line a fact on stdout (readable text on a terminal), ids only.

Only the keys named here are written: what a careless line adds is dropped, not printed.
"""

import json
import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

ALLOWED = frozenset(
    {
        "action", "address", "attempt", "block", "call_id", "causation_id", "correlation_id",
        "count", "depth", "due", "duration_ms", "engagement_id", "error_code", "error_type",
        "event", "event_id", "event_type", "exc_frames", "head", "hub", "invitation_id", "level",
        "logger", "match_id", "member", "message_id", "method", "outcome", "participant_id",
        "provider", "publisher", "queue", "reason", "service", "session_id", "setting", "status",
        "submission_id", "timestamp", "version",
    }
)  # fmt: skip
WEB_SERVER = "uvicorn.error"
QUIET = ("aio_pika", "aiormq", "pymongo", "motor", "uvicorn.access", "faststream", "httpx")

TOLD_BY_US = ("aiormq.connection", "aio_pika.robust_connection", "aio_pika.tools")
"""A lost connection and each try to get it back; `shared.health` says it once."""


class OfLibraries(logging.Formatter):
    """What libraries log, as one JSON line; the text only of the web server's own start and stop.

    The text of an exception, or of a warning about a message, may hold what somebody sent.
    """

    def __init__(self, service: str) -> None:
        super().__init__()
        self._service = service

    def format(self, record: logging.LogRecord) -> str:
        """Return level, logger, place, and for an exception its type and where it came from."""
        line: dict[str, Any] = {
            "service": self._service,
            "level": record.levelname.lower(),
            "event": "library_logged",
            "logger": record.name,
            "reason": f"{record.filename}:{record.lineno}",
        }
        error = record.exc_info[1] if record.exc_info else None
        if error:
            line |= {"error_type": type(error).__name__, "exc_frames": frames(error)}
        elif record.name == WEB_SERVER:
            line["reason"] = record.getMessage()
        return json.dumps(line)


def configure(service: str, *, level: str = "INFO") -> None:
    """Set up logging for this process, the libraries' own loggers included."""
    libraries = logging.StreamHandler(sys.stdout)
    libraries.setFormatter(OfLibraries(service))
    logging.basicConfig(handlers=[libraries], level=level, force=True)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in TOLD_BY_US:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    renderer: Any = structlog.processors.JSONRenderer()
    if sys.stdout.isatty():
        renderer = structlog.dev.ConsoleRenderer()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            keep_allowed,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(service=service)


def keep_allowed(
    _logger: object, _method: str, line: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Drop every key that is not on the list, so that no personal data gets into a log."""
    return {key: value for key, value in line.items() if key in ALLOWED}


def frames(error: BaseException) -> list[str]:
    """Name where an error came from (file:line in function), never its text."""
    found, step = [], error.__traceback__
    while step is not None:
        code = step.tb_frame.f_code
        found.append(f"{code.co_filename.rsplit('/', 2)[-1]}:{step.tb_lineno} {code.co_name}")
        step = step.tb_next
    return found[-8:]
