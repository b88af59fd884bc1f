"""Master keys that never leave a key management service: OpenBao's or Vault's Transit engine.

https://openbao.org/api-docs/secret/transit/
"""

import base64
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, TypeVar

import httpx
from pydantic import BaseModel, Field, ValidationError

from shared.errors import UnavailableError
from shared.master_keys import Wrapped

KIND = "transit"
VERSION = r"^vault:v[0-9]+:.+$"
SECONDS = 10.0


class _Sealed(BaseModel):
    ciphertext: Annotated[str, Field(pattern=VERSION)]


class _Opened(BaseModel):
    plaintext: str


class _AllSealed(BaseModel):
    batch_results: tuple[_Sealed, ...]


class _AllOpened(BaseModel):
    batch_results: tuple[_Opened, ...]


class _Key(BaseModel):
    latest_version: int


A = TypeVar("A", _AllSealed, _AllOpened, _Key)


@dataclass(frozen=True, slots=True)
class Engine:
    """Where a Transit engine answers, and who asks; its certificate is known by `tls`."""

    url: str
    token: str = field(repr=False)
    mount: str = "transit"
    tls: ssl.SSLContext = field(default_factory=httpx.create_ssl_context, repr=False)


class TransitMasterKeys:
    """One key of a Transit engine, in as many versions as it was rotated there."""

    def __init__(self, engine: Engine, *, key: str) -> None:
        self._engine, self._key = engine, key

    async def current(self) -> str:
        found = await self._asked("GET", f"keys/{self._key}", None, _Key)
        return self._name(found.latest_version)

    def knows(self, master: str) -> bool:
        return master.startswith(f"{KIND}:{self._key}:")

    async def wrap(self, keys: Sequence[bytes]) -> list[Wrapped]:
        items = [{"plaintext": base64.b64encode(key).decode()} for key in keys]
        found = await self._asked(
            "POST", f"encrypt/{self._key}", {"batch_input": items}, _AllSealed
        )
        return [
            Wrapped(self._name(each.ciphertext.split(":")[1][1:]), each.ciphertext.encode())
            for each in _all(found.batch_results, len(keys))
        ]

    async def unwrap(self, wrapped: Sequence[Wrapped]) -> list[bytes]:
        items = [{"ciphertext": each.wrapped.decode()} for each in wrapped]
        found = await self._asked(
            "POST", f"decrypt/{self._key}", {"batch_input": items}, _AllOpened
        )
        opened = _all(found.batch_results, len(wrapped))
        return [base64.b64decode(each.plaintext) for each in opened]

    def _name(self, version: int | str) -> str:
        return f"{KIND}:{self._key}:v{version}"

    async def _asked(
        self, method: str, path: str, body: Mapping[str, Any] | None, kind: type[A]
    ) -> A:
        engine = self._engine
        url = f"{engine.url.rstrip('/')}/v1/{engine.mount}/{path}"
        headers = {"X-Vault-Token": engine.token, "X-Vault-Request": "true"}
        calls = httpx.AsyncClient(timeout=SECONDS, trust_env=False, verify=engine.tls)
        try:
            async with calls:
                answer = await calls.request(method, url, json=body, headers=headers)
            answer.raise_for_status()
            return kind.model_validate(answer.json()["data"])
        except (httpx.HTTPError, ValidationError, ValueError, KeyError, TypeError) as error:
            # Its texts may repeat what was sent, which are keys.
            raise UnavailableError(f"the key service: {type(error).__name__}") from None


R = TypeVar("R")


def _all(results: Sequence[R], wanted: int) -> Sequence[R]:
    if len(results) != wanted:
        raise UnavailableError("the key service did not answer for every key")
    return results
