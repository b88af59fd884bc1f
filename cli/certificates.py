"""`wlc certificates`: the installation's own authority, and a certificate for each server."""

from pathlib import Path
from typing import Annotated

import typer

from cli.errors import CommandError
from cli.terminal import JsonOption, show, show_json
from deploy.certificates import AUTHORITY, SERVERS, make_certificates
from deploy.embedded import EmbeddedError

FolderArgument = Annotated[Path, typer.Argument(help="Where they are kept; made when missing.")]
HostOption = Annotated[
    list[str] | None,
    typer.Option("--host", help="A name or address under which they are reached besides; again."),
]


def certificates(
    folder: FolderArgument, *, host: HostOption = None, as_json: JsonOption = False
) -> None:
    """Make the certificates by which servers and services talk by TLS.

    Made again, the authority stays, and so does each certificate that lasts for 60 days more and
    is for the same names. Whoever starts a server with a new one has to start it again.

    Example: `wlc certificates certificates --host gateway.example.org`
    """
    try:
        made = make_certificates(folder, SERVERS, host or ())
    except (EmbeddedError, OSError, ValueError, TypeError) as error:
        sentence = f"{folder} cannot be used for certificates ({error}); name another folder."
        raise CommandError(sentence) from error
    if as_json:
        rows = [
            {"server": one.server, "file": str(one.file), "names": one.names, "new": one.is_new}
            | {"ends": one.ends.isoformat()}
            for one in made
        ]
        show_json({"authority": str(folder / AUTHORITY), "certificates": rows})
        return
    for one in made:
        state = "new" if one.is_new else "stays"
        show(f"{one.server:<13} {state:<6} until {one.ends:%Y-%m-%d}  {one.file}")
    show(f"trust       {folder / AUTHORITY}")
