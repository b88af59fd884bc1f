"""What staff do at the console: look, approve, and ring the people who cannot be written to."""

import asyncio
from collections.abc import Sequence
from http import HTTPStatus
from types import TracebackType
from typing import Self, TypeVar

import httpx
from pydantic import TypeAdapter

from deploy.demo.errors import DemoError
from deploy.demo.seen import Addresses, Match, Message, Session, Shape

S = TypeVar("S", bound=Shape)
TIMEOUT_SECONDS = 30.0
TRIES = 20
BETWEEN_TRIES_SECONDS = 0.5
_MATCHES = TypeAdapter(list[Match])
_SESSIONS = TypeAdapter(list[Session])
_MESSAGES = TypeAdapter(list[Message])


class Desk:
    """The console's addresses, with the token of staff."""

    def __init__(self, addresses: Addresses) -> None:
        self._client = httpx.AsyncClient(
            base_url=addresses.console_url,
            headers={"Authorization": f"Bearer {addresses.staff.token}"},
            timeout=TIMEOUT_SECONDS,
            trust_env=False,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        await self._client.aclose()

    async def matches(self) -> list[Match]:
        """Return all matches."""
        return _MATCHES.validate_json(await self._read("/v1/matches"))

    async def sessions(self) -> list[Session]:
        """Return all sessions, by engagement and number."""
        found = _SESSIONS.validate_json(await self._read("/v1/sessions"))
        return sorted(found, key=lambda session: (session.engagement_reference, session.number))

    async def messages(self) -> list[Message]:
        """Return all messages."""
        return _MESSAGES.validate_json(await self._read("/v1/messages"))

    async def approve(self, match: Match) -> None:
        """Approve a match; look again when it changed under the staff's eyes."""
        for _ in range(TRIES):
            url = f"/v1/matches/{match.match_id}/approve"
            response = await self._client.post(url, json={"sequence": match.sequence})
            if response.is_success:
                return
            if response.status_code != HTTPStatus.CONFLICT:
                break
            await asyncio.sleep(BETWEEN_TRIES_SECONDS)
            match = next(m for m in await self.matches() if m.match_id == match.match_id)
        reason = f"the console answered {response.status_code}"
        raise DemoError(f"{match.engagement_reference} could not be approved: {reason}")

    async def take_call(self, message_id: str, answer: str) -> None:
        """Note what somebody said on the telephone."""
        response = await self._client.post(f"/calls/{message_id}/answer", data={"answer": answer})
        if response.status_code != HTTPStatus.SEE_OTHER:
            raise DemoError(f"an answer by telephone was refused with {response.status_code}")

    async def _read(self, path: str) -> bytes:
        response = await self._client.get(path)
        if not response.is_success:
            raise DemoError(f"the console answered {response.status_code} to {path}")
        return response.content


def by_engagement(sessions: Sequence[Session]) -> dict[str, list[Session]]:
    """Group sessions by the engagement's reference."""
    found: dict[str, list[Session]] = {}
    for session in sessions:
        found.setdefault(session.engagement_reference, []).append(session)
    return found
