"""The addresses on a service's port that are for the operator alone: who may open them."""

import hashlib
import hmac
from collections.abc import Callable

from fastapi import HTTPException, Request

PROXIED = frozenset({"forwarded", "x-forwarded-for", "via"})
SCHEME = "Bearer "
REFUSED = "This address is for the operator; send the operator's token as Bearer."
RESPONSES: dict[int | str, dict[str, str]] = {
    401: {"description": "No token of the operator's"},
    404: {"description": "Asked through a proxy"},
}
"""What every such address may answer besides its own."""

OperatorDoor = Callable[[Request], None]


def operator_door(token_sha256: str | None) -> OperatorDoor:
    """Return the check of these addresses; without a digest they are closed to everybody.

    Whoever comes through a proxy finds nothing: the operator comes from inside.
    """

    def open_to_operator(request: Request) -> None:
        if not PROXIED.isdisjoint(request.headers.keys()):
            raise HTTPException(404)
        if token_sha256 is None or not _is_token(request, token_sha256):
            raise HTTPException(401, REFUSED, headers={"WWW-Authenticate": "Bearer"})

    return open_to_operator


def _is_token(request: Request, token_sha256: str) -> bool:
    said = request.headers.get("authorization", "")
    if not said.startswith(SCHEME):
        return False
    digest = hashlib.sha256(said.removeprefix(SCHEME).encode("utf-8", "surrogateescape"))
    return hmac.compare_digest(digest.hexdigest(), token_sha256)
