"""The services and the mail catcher as programs: how each is started, and when it is ready."""

import os
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import httpx

from deploy.accounts import SERVICES, Secrets
from deploy.embedded.ports import LOOPBACK, is_free
from deploy.embedded.processes import Child
from deploy.environments import Place, service_environment
from deploy.local.plan import MAIL, Plan
from deploy.local.servers import Backbone

_PROBE_SECONDS = 5.0
_HOW_MUCH_IS_ASKED = tuple(
    f"MATCHING_{name}" for name in ("MOST_ASKS", "ASKS_WITHIN_DAYS", "ONE_AT_A_TIME", "REST_DAYS")
)
"""What an operator may set for matching and scheduling (docs/fairness.md)."""
_SCHEDULING = (
    *(f"SCHEDULING_{name}_FILE" for name in ("VENUES", "NEEDS", "SCHOOL_TERMS", "CALENDARS")),
    *(
        f"SCHEDULING_{name}"
        for name in ("CALENDAR_MINUTES", "QUORUM", "LEAST_PRESENT", "PLAN_SECONDS")
    ),
)
_KMS = tuple(f"KEYRING_KMS_{name}" for name in ("URL", "TOKEN", "KEY", "MOUNT", "CA_FILE"))
"""What may be set for a key management service, of each service that opens keys."""
_INTAKE = tuple(f"INTAKE_{name}" for name in ("KEPT_LEFT_DAYS", "KEPT_SUBMISSIONS_DAYS", *_KMS))
_KEPT = ("WLC_KEPT_ENGAGEMENT_DAYS",)
"""How long what is about people in an engagement is kept (docs/record-of-processing.md)."""
_NOTIFICATION = tuple(
    f"NOTIFICATION_{name}"
    for name in (
        *("SENDER", "STAFF_EMAIL", "HUB_NAME", "HUB_PHONE", "STAFF_DIGEST", "HOOKS"),
        *("SMTP_HOST", "SMTP_PORT", "SMTP_TLS", "SMTP_USER", "SMTP_PASSWORD", "SMTP_CA_FILE"),
        *("SMTP_BACKUPS", "SMTP_DSN", "BOUNCE_DOMAIN", "BOUNCE_HOST", "BOUNCE_PORT"),
        *("NOTIFY", "PRINT_FOLDER", "LOCALE_FOLDER", "QUIET_HOURS", "GATHER_SECONDS"),
        *("MOST_A_DAY", "MOST_AN_HOUR", "KEPT_LETTERS_DAYS", "KEPT_MAIL_DAYS", *_KMS),
    )
)
"""What an operator may set for the ways in which people are told (docs/runbook.md)."""
CONSOLE = (
    "INTAKE_KEPT_LEFT_DAYS",
    *(
        f"CONSOLE_{name}"
        for name in (
            "HELP_TEXT",
            "IDLE_MINUTES",
            "KEPT_REQUESTS_DAYS",
            "NAMED_BEFORE_YES_HUBS",
            "OIDC_CLAIM",
            "OIDC_CLIENT_ID",
            "OIDC_CLIENT_SECRET",
            "OIDC_ISSUER",
            "OIDC_NAME",
            "ONE_TIME_CODES",
            "PROXY_ADDRESSES",
            "UNDO_SECONDS",
            *_KMS,
        )
    ),
)
"""What may be set for the pages, and for how staff sign in. A test holds it to what there is."""


@dataclass(frozen=True)
class Program:
    """One program of the installation."""

    name: str
    command: tuple[str, ...]
    environment: dict[str, str]
    log: Path
    is_ready: Callable[[], Awaitable[bool]]

    async def start(self) -> Child:
        """Start it; it is not ready yet."""
        environment = {**_inherited(), **self.environment}
        return await Child.start(self.name, self.command, environment=environment, log=self.log)


def programs(
    plan: Plan, ports: dict[str, int], backbone: Backbone, secrets: Secrets
) -> list[Program]:
    """Return the mail catcher and all services."""
    found = [_catcher(plan, ports[MAIL])]
    for name in SERVICES:
        place = _place(plan, name, ports, backbone)
        environment = service_environment(name, place, secrets) | _chosen(name)
        environment[f"{name.upper()}_DEVELOPMENT"] = str(plan.development)
        command = (sys.executable, "-m", f"services.{name}.main")
        found.append(_program(plan, name, command, environment, is_ready=_answers(ports[name])))
    return found


def url_of(port: int) -> str:
    """Return the address of a service, with the name that browsers trust with cookies."""
    return f"http://localhost:{port}"


def _catcher(plan: Plan, port: int) -> Program:
    options = ("--port", str(port), "--dir", str(plan.mail_dir))
    command = (sys.executable, "-m", "deploy.embedded.catcher", *options)
    return _program(plan, MAIL, command, {}, is_ready=_listens(port))


def _program(
    plan: Plan,
    name: str,
    command: tuple[str, ...],
    environment: dict[str, str],
    *,
    is_ready: Callable[[], Awaitable[bool]],
) -> Program:
    return Program(name, command, environment, plan.logs / f"{name}.log", is_ready)


def _place(plan: Plan, service: str, ports: dict[str, int], backbone: Backbone) -> Place:
    return Place(
        rabbit_url=backbone.rabbit_url(service),
        mongo_url=backbone.mongo_url(service),
        host=LOOPBACK,
        port=ports[service],
        public_url=url_of(ports["console"]),
        smtp_host=LOOPBACK,
        smtp_port=ports[MAIL],
        smtp_tls="none",
        publishers_file=plan.publishers_file,
        staff_file=plan.staff_file,
        mail_dir=Path(plan.mail_dir),
    )


def _chosen(service: str) -> dict[str, str]:
    """Return what the operator sets for one service alone: there are secrets among it."""
    own = {"intake": _INTAKE, "notification": _NOTIFICATION, "console": CONSOLE}
    names = own.get(service, ())
    return {name: os.environ[name] for name in names if name in os.environ}


def _inherited() -> dict[str, str]:
    here = {"PYTHONUNBUFFERED": "1", "LANG": "C.UTF-8"}
    passed = ("PATH", "HOME", *_HOW_MUCH_IS_ASKED, *_SCHEDULING, *_KEPT)
    return here | {name: os.environ[name] for name in passed if name in os.environ}


def _listens(port: int) -> Callable[[], Awaitable[bool]]:
    async def listens() -> bool:
        return not is_free(port)

    return listens


def _answers(port: int) -> Callable[[], Awaitable[bool]]:
    url = f"http://{LOOPBACK}:{port}/health/ready"

    async def answers() -> bool:
        try:
            async with httpx.AsyncClient(timeout=_PROBE_SECONDS, trust_env=False) as client:
                return (await client.get(url)).is_success
        except httpx.TransportError:
            return False

    return answers
