"""Telling a hub's own system, signed after Standard Webhooks: ids and a link, nobody's name."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus

import httpx
from standardwebhooks import Webhook

from services.notification.domain import (
    HandedOver,
    Kind,
    Match,
    Message,
    NotReachedError,
    RefusedError,
    Session,
)
from shared.errors import UnavailableError

TYPE = "wlc.staff.told.v1"
PROVIDER = "webhook"

LONGEST_SECONDS = 30.0
"""Well below the lease of due work, waiting for a free connection included."""

CONNECTIONS = 8

NOT_FOR_GOOD = frozenset(
    {
        HTTPStatus.REQUEST_TIMEOUT,
        HTTPStatus.TOO_EARLY,
        HTTPStatus.TOO_MANY_REQUESTS,
    }
)
"""Of the answers that say it is our fault, those that pass."""


@dataclass(frozen=True, slots=True)
class Hook:
    """Where a hub's system listens, and the secret that both know (`whsec_` and base64)."""

    url: str = field(repr=False)
    secret: str = field(repr=False)


class WebhookHook:
    """See ports.StaffHook. The id of the message is the same at each try: by it a hub counts once.

    `public_url` is where the console is. Redirects are not followed.
    """

    def __init__(
        self, hooks: Mapping[str, Hook], public_url: str, *, timeout_seconds: float = 10.0
    ) -> None:
        self._hooks = hooks
        self._public_url = public_url
        self._client = httpx.AsyncClient(
            timeout=timeout_seconds, limits=httpx.Limits(max_connections=CONNECTIONS)
        )

    async def tell(self, message: Message, subject: Match | Session) -> HandedOver | None:
        """See ports.StaffHook."""
        hook = self._hooks.get(message.hub)
        if hook is None:
            return None
        try:
            async with asyncio.timeout(LONGEST_SECONDS):
                status = await self._post(hook, message.id, self._body(message, subject))
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
            raise NotReachedError("the hub's system was not reached") from None
        except (httpx.HTTPError, TimeoutError):
            raise UnavailableError("the hub's system did not answer") from None
        _judge(status)
        return HandedOver(PROVIDER, message.id)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def _post(self, hook: Hook, key: str, body: str) -> int:
        """Return the status that it answered; whatever else it says is not read."""
        now = datetime.now(UTC)
        headers = {
            "content-type": "application/json",
            "webhook-id": key,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(hook.secret).sign(key, now, body),
        }
        request = self._client.stream("POST", hook.url, content=body, headers=headers)
        async with request as answer:
            return answer.status_code

    def _body(self, message: Message, subject: Match | Session) -> str:
        session_id = subject.id if isinstance(subject, Session) else None
        match_id = subject.match_id if isinstance(subject, Session) else subject.id
        told = {
            "type": TYPE,
            "kind": message.kind,
            "hub": message.hub,
            "engagement_id": subject.engagement_id,
            "match_id": match_id,
            "session_id": session_id,
            "link": f"{self._public_url}/{_page(message, subject, match_id)}",
            "at": message.at.isoformat(),
        }
        return json.dumps(told)


def _page(message: Message, subject: Match | Session, match_id: str) -> str:
    """Return where the console shows it: the same page as in the e-mail to staff."""
    is_of_session = message.kind is Kind.STAFF_AT_RISK
    return f"sessions/{subject.id}" if is_of_session else f"matches/{match_id}"


def _judge(status: int) -> None:
    """Raise unless it was taken."""
    if status in range(HTTPStatus.OK, HTTPStatus.MULTIPLE_CHOICES):
        return
    is_refusal = status in range(HTTPStatus.BAD_REQUEST, HTTPStatus.INTERNAL_SERVER_ERROR)
    if is_refusal and status not in NOT_FOR_GOOD:
        raise RefusedError(f"the hub's system answered {status}")
    raise UnavailableError(f"the hub's system answered {status}")
