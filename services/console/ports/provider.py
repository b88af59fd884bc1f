"""The organisation that vouches for staff: what the console needs of an OpenID provider."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from shared.errors import AppError


class ProviderAwayError(AppError):
    """The provider does not answer, or not as a provider does."""

    code = "provider-away"
    retryable = True


class ProviderRefusedError(AppError):
    """Nobody was vouched for: they went back, took too long, or the answer is not to be trusted."""

    code = "provider-refused"


@dataclass(frozen=True, slots=True)
class Begun:
    """Where a browser is to go, and what it must bring back to be believed."""

    address: str
    kept: Mapping[str, Any]


class Provider(Protocol):
    """Says who somebody is. Raises ProviderAwayError."""

    @property
    def name(self) -> str:
        """What people call it."""
        ...

    async def begin(self, callback: str) -> Begun:
        """Return where somebody signs in there, to come back to `callback`."""
        ...

    async def finish(self, answer: Mapping[str, str], kept: Mapping[str, Any]) -> str:
        """Return what the provider calls whoever came back. Raises ProviderRefusedError."""
        ...

    async def way_out(self, back: str) -> str | None:
        """Return where to sign out of the provider too, if it has such a place."""
        ...
