"""What a service answers an operator on its own port, to who shows the operator's token."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Self
from uuid import UUID

import httpx
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from cli.errors import REFUSED, UNREACHABLE, CommandError
from cli.places import OPERATOR_TOKEN, Places
from cli.trust import trusted
from shared.permits import HEADER

TIMEOUT_SECONDS = 10.0
REFUSALS = frozenset({HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT})


class FailedRow(BaseModel):
    """One piece of due work that was given up; times are ISO texts as the service tells them."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    collection: str
    id: str
    due_at: str
    failed_at: str | None = None
    error_code: str
    tries: int

    @property
    def name(self) -> str:
        """What the operator calls it by."""
        return f"{self.collection}/{self.id}"

    def as_json(self) -> dict[str, Any]:
        """Return it for scripts."""
        return self.model_dump()


class _Retried(BaseModel):
    retried: int


_ROWS = TypeAdapter(list[FailedRow])


@dataclass(frozen=True, slots=True)
class ServicePort:
    """One service's port. All methods raise CommandError when it cannot be reached."""

    service: str
    url: str
    token: str = field(repr=False)

    @classmethod
    def of(cls, places: Places, service: str) -> Self:
        """Return the port of a service; one whose address is not known cannot be reached."""
        token, url = places.operator_token(), places.service_urls().get(service)
        if url is None:
            raise CommandError(f"the address of {service} is not known", UNREACHABLE)
        return cls(service, url.rstrip("/"), token)

    def failed_work(self) -> list[FailedRow]:
        """Return what the service gave up."""
        try:
            return _ROWS.validate_json(self.answer("GET", "/failed-work"))
        except ValidationError as error:
            raise self._nonsense() from error

    def retry(self, asked: Mapping[str, str]) -> int:
        """Have one piece of work (its `collection` and `id`) tried again, or all; count it."""
        try:
            return _Retried.model_validate_json(
                self.answer("POST", "/failed-work/retry", asked)
            ).retried
        except ValidationError as error:
            raise self._nonsense() from error

    def held_on(self, person: UUID, permit: str) -> bytes:
        """Return what the service holds on a person, as the console permits it."""
        return self.answer("GET", f"/held/{person}", more={HEADER: permit})

    def answer(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        more: Mapping[str, str] | None = None,
    ) -> bytes:
        """Return what it answers; CommandError also where it refuses the token or answers no."""
        headers = {"Authorization": f"Bearer {self.token}", **(more or {})}
        try:
            with httpx.Client(timeout=TIMEOUT_SECONDS, trust_env=False, verify=trusted()) as client:
                response = client.request(method, f"{self.url}{path}", headers=headers, json=body)
        except httpx.TransportError as error:
            raise CommandError(f"{self.service} cannot be reached", UNREACHABLE) from error
        if response.status_code == HTTPStatus.UNAUTHORIZED:
            sentence = f"{self.service} refuses the operator's token; check {OPERATOR_TOKEN}."
            raise CommandError(sentence)
        if response.status_code in REFUSALS:
            raise CommandError(f"{self.service} refuses: {_detail(response)}", REFUSED)
        if not response.is_success:
            sentence = f"{self.service} answered {response.status_code}"
            raise CommandError(sentence, UNREACHABLE)
        return response.content

    def _nonsense(self) -> CommandError:
        return CommandError(f"{self.service} answers nonsense", UNREACHABLE)


def _detail(response: httpx.Response) -> str:
    try:
        return str(response.json()["detail"])
    except (ValueError, KeyError, TypeError):
        return str(response.status_code)
