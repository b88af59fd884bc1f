"""Where a browser may be sent on to after signing in: our own pages, and nowhere else."""

import re

OWN = re.compile(r"/(?![/\\])[!-\[\]-~]*")
"""One slash, then printable ASCII without a backslash, which browsers take for a slash."""
LONGEST = 400
UNDONE = "undone"
"""What the address of the page of signing in says where a form was sent by nobody any more."""


def own(path: str) -> str:
    """Return a path of ours; anything else leads to the start."""
    return path if len(path) <= LONGEST and OWN.fullmatch(path) else "/"
