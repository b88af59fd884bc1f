"""An OpenID provider on this machine, and what a browser does there."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx

from services.console.clients.openid import OpenIdProvider

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it still uses what Authlib moves elsewhere
    import oidc_provider_mock

OLD_AUTHLIB = "ignore:get_jwt_config:DeprecationWarning"
"""What the provider under test is warned of at each sign-in; nothing of ours calls it."""
NAME = "Trust account"
CLIENT = "wlc-console"
AMINA = "7f0c-amina"
PEOPLE = {
    AMINA: {"email": "Amina@trust.example", "email_verified": True},
    "unproved": {"email": "amina@trust.example", "email_verified": False},
    "stranger": {"email": "stranger@trust.example", "email_verified": True},
}


@dataclass(frozen=True)
class RunningProvider:
    """The provider, and the address by which it calls itself."""

    issuer: str

    def client(self, claim: str = "sub", issuer: str = "") -> OpenIdProvider:
        """Return it as the console sees it."""
        return OpenIdProvider(
            name=NAME,
            issuer=issuer or self.issuer,
            client_id=CLIENT,
            client_secret="a secret of the two",
            claim=claim,
        )

    async def vouch(self, address: str, subject: str = AMINA) -> str:
        """Sign in there as somebody; return where the browser is sent, as path and query."""
        async with httpx.AsyncClient() as browser:
            sent = await browser.post(address, data={"sub": subject})
        back = urlsplit(sent.headers["location"])
        return f"{back.path}?{back.query}"


@contextmanager
def a_provider() -> Iterator[RunningProvider]:
    """Run one for as long as the context lasts."""
    people = [
        oidc_provider_mock.User(sub=subject, claims=claims) for subject, claims in PEOPLE.items()
    ]
    with oidc_provider_mock.run_server_in_thread(user_claims=people, require_nonce=True) as server:
        yield RunningProvider(f"http://localhost:{server.server_port}")
