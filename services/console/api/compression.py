"""What is sent compressed, and where that could tell a secret.

The size of a compressed page tells a little of what is on it to whoever can put text of their own
there again and again, and see how the size changes (BREACH). So pages are compressed only for
staff, where the browser says that no other site made it ask; never by a link that is a secret.
"""

import gzip
import re

from starlette.requests import Request
from starlette.responses import Response

OWN_DOING = frozenset({"same-origin", "none"})
"""Asked for by one of our pages, or by the person at the browser; older browsers do not say."""
LEAST_BYTES = 4_000
FAST = 1
NEVER = re.compile(r"^(gzip|\*)\s*;\s*q=0(\.0*)?$")
TAKEN = re.compile(r"^(gzip|\*)(\s*;.*)?$")


def takes_gzip(request: Request) -> bool:
    """Whether the browser reads gzip."""
    accepted = request.headers.get("accept-encoding", "").lower().split(",")
    said = [each.strip() for each in accepted]
    return any(map(TAKEN.match, said)) and not any(map(NEVER.match, said))


def compress_page(response: Response, request: Request) -> None:
    """Compress a page of staff where nobody else can have made the browser ask for it."""
    response.headers["Vary"] = "Accept-Encoding, Sec-Fetch-Site"
    is_own_doing = request.headers.get("sec-fetch-site") in OWN_DOING
    if is_own_doing and takes_gzip(request) and len(response.body) >= LEAST_BYTES:
        response.body = gzip.compress(response.body, FAST, mtime=0)
        response.headers["Content-Encoding"] = "gzip"
        response.headers["Content-Length"] = str(len(response.body))
