"""An OpenID provider, by discovery, with the code flow, PKCE, state and nonce (Authlib)."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import httpx2
from authlib.integrations.starlette_client import OAuth, OAuthError
from joserfc.errors import JoseError
from starlette.requests import Request

from services.console.ports.provider import Begun, ProviderAwayError, ProviderRefusedError

DISCOVERY = "/.well-known/openid-configuration"
SECONDS = 5.0
SIGNED_BY = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}
)
"""What an answer may be signed with: the provider's own key, never a secret that we share."""
SCOPES = {"sub": "openid", "email": "openid email"}


class OpenIdProvider:
    """See ports.Provider; `claim` is what of its answer names somebody in the staff file."""

    def __init__(
        self, *, name: str, issuer: str, client_id: str, client_secret: str, claim: str = "sub"
    ) -> None:
        self._name = name
        self._issuer = issuer
        self._client_id = client_id
        self._claim = claim
        self._app = OAuth().register(
            "staff",
            client_id=client_id,
            client_secret=client_secret,
            server_metadata_url=issuer.rstrip("/") + DISCOVERY,
            client_kwargs={
                "scope": SCOPES.get(claim, "openid profile"),
                "code_challenge_method": "S256",
                "timeout": SECONDS,
            },
        )

    @property
    def name(self) -> str:
        """What people call it."""
        return self._name

    async def begin(self, callback: str) -> Begun:
        """See ports.Provider."""
        await self._discover()
        begun = await self._app.create_authorization_url(callback)
        address, kept = begun.pop("url"), dict[str, Any]()
        request = Request({"type": "http", "session": kept})
        await self._app.save_authorize_data(request, redirect_uri=callback, **begun)
        return Begun(address, kept)

    async def finish(self, answer: Mapping[str, str], kept: Mapping[str, Any]) -> str:
        """See ports.Provider."""
        await self._discover()
        query = urlencode(dict(answer)).encode()
        request = Request(
            {"type": "http", "method": "GET", "query_string": query, "session": dict(kept)}
        )
        wanted = {
            "iss": {"essential": True, "value": self._issuer},
            "aud": {"essential": True, "value": self._client_id},
        }
        try:
            told = await self._app.authorize_access_token(request, claims_options=wanted)
            who = dict(told.get("userinfo") or {})
            if who and self._claim not in who:
                who = await self._asked_further(told, who)
        except (OAuthError, JoseError, ValueError, KeyError, TypeError) as error:
            raise ProviderRefusedError("the answer is not to be trusted") from error
        except httpx2.HTTPError as error:
            raise ProviderAwayError("the provider did not answer") from error
        return self._named(who)

    async def way_out(self, back: str) -> str | None:
        """See ports.Provider."""
        told = await self._discover()
        if not told.get("end_session_endpoint"):
            return None
        out = await self._app.create_logout_url(
            post_logout_redirect_uri=back, client_id=self._client_id
        )
        return str(out["url"])

    async def _discover(self) -> Mapping[str, Any]:
        """Read what the provider says of itself, once; another's word for it is none."""
        try:
            told: dict[str, Any] = await self._app.load_server_metadata()
        except (httpx2.HTTPError, ValueError, TypeError) as error:
            raise ProviderAwayError("the provider did not answer") from error
        if told.get("issuer") != self._issuer or not told.get("authorization_endpoint"):
            told.clear()
            raise ProviderAwayError("this is not the provider of the settings")
        named = told.get("id_token_signing_alg_values_supported") or ["RS256"]
        told["id_token_signing_alg_values_supported"] = [
            each for each in named if each in SIGNED_BY
        ]
        return told

    async def _asked_further(self, told: dict[str, Any], who: dict[str, Any]) -> dict[str, Any]:
        """Return what the provider's own page about somebody adds, if it is of the same person."""
        if "userinfo_endpoint" not in await self._discover():
            return who
        more = dict(await self._app.userinfo(token=told))
        return who | more if more.get("sub") == who.get("sub") else who

    def _named(self, who: Mapping[str, Any]) -> str:
        value = who.get(self._claim)
        proved = self._claim != "email" or who.get("email_verified") is True
        if not isinstance(value, str) or not value or not proved:
            raise ProviderRefusedError("nothing by which to know them")
        return value.lower() if self._claim == "email" else value
