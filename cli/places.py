"""Where things are: what `wlc up` wrote into its folder, or what the environment names."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Annotated
from urllib.parse import unquote, urlsplit

import typer

from cli.errors import UNREACHABLE, CommandError, UnknownSourceError
from deploy.accounts import HUBS, SERVICES
from deploy.local.state import Addresses, PublisherAccess, read_run

DEFAULT_FOLDER = Path(".wlc")
INTAKE_URL = "WLC_INTAKE_URL"
CONSOLE_URL = "WLC_CONSOLE_URL"
RABBIT_URL = "WLC_RABBIT_URL"
MONGO_URL = "WLC_MONGO_URL"
PUBLISHER_KEY = "WLC_PUBLISHER_KEY"
PUBLISHER_AMQP_URL = "WLC_PUBLISHER_AMQP_URL"
STAFF_TOKEN = "WLC_STAFF_TOKEN"  # noqa: S105 - a variable's name
OPERATOR_TOKEN = "WLC_OPERATOR_TOKEN"  # noqa: S105 - a variable's name
EXAMPLES = {
    RABBIT_URL: "amqp://user:password@host:5672/app",
    PUBLISHER_AMQP_URL: "amqp://publisher:password@host:5672/app",
    MONGO_URL: "mongodb://user:password@host:27017/",
}
"""What an address looks like, where it is not one of HTTP."""

SCHEMES = {"amqp": ("amqp", "amqps"), "mongodb": ("mongodb", "mongodb+srv")}

DataOption = Annotated[
    Path,
    typer.Option(
        "--data", envvar="WLC_DATA", help="Folder of the installation.", show_default="./.wlc"
    ),
]


class Places:
    """The addresses of one installation; the environment goes before the folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.run = read_run(folder)

    @property
    def addresses(self) -> Addresses | None:
        return self.run.addresses if self.run else None

    def intake_url(self) -> str:
        """Return the address of intake."""
        return self._find(INTAKE_URL, lambda at: at.intake_url)

    def knows_intake(self) -> bool:
        """Tell whether there is an address of intake."""
        return bool(self.addresses or os.environ.get(INTAKE_URL))

    def console_url(self) -> str:
        """Return the address of the console."""
        return self._find(CONSOLE_URL, lambda at: at.console_url)

    def rabbit_url(self) -> str:
        """Return the AMQP address by which the operator looks at queues."""
        return self._find(RABBIT_URL, lambda at: at.rabbit_url)

    def mongo_url(self) -> str:
        """Return the MongoDB address by which the operator looks."""
        return self._find(MONGO_URL, lambda at: at.mongo_url)

    def staff_token(self) -> str:
        """Return the token by which scripts read the console."""
        return self._find(STAFF_TOKEN, lambda at: at.staff.token)

    def operator_token(self) -> str:
        """Return the token that opens the operator's addresses on the services' ports."""
        return self._find(OPERATOR_TOKEN, lambda at: at.operator_token)

    def refuse_unknown_hub(self, hub: str | None, asked: str) -> None:
        """Raise CommandError for a hub that there is not; nothing is known of another's hubs.

        `asked` is the variable that would name another installation.
        """
        if hub is not None and hub not in HUBS and not os.environ.get(asked):
            raise CommandError(f"there is no hub {hub!r}; there are {', '.join(HUBS)}.")

    def service_urls(self) -> dict[str, str]:
        """Return the address of every service that is known."""
        known = dict(self.addresses.services) if self.addresses else {}
        named = {name: named_address(f"WLC_{name.upper()}_URL") for name in SERVICES}
        return known | {name: url for name, url in named.items() if url}

    def publishers(self) -> dict[str, PublisherAccess]:
        """Return the publishers whose keys are known here, by name."""
        known = self.addresses.publishers if self.addresses else ()
        return {publisher.name: publisher for publisher in known}

    def publisher(self, name: str | None, source: str) -> PublisherAccess:
        """Return the publisher named, else that of the environment, else the event's source.

        Raises UnknownSourceError when that depends on the source, and no key is known for it.
        """
        key, amqp_url = os.environ.get(PUBLISHER_KEY, ""), named_address(PUBLISHER_AMQP_URL) or ""
        own_name = _name_in(key) or account_of(amqp_url) or source
        if (key or amqp_url) and name in {None, own_name}:
            return PublisherAccess(name=own_name, key=key, amqp_url=amqp_url)
        return self._recorded(name, source)

    def _recorded(self, name: str | None, source: str) -> PublisherAccess:
        known = self.publishers()
        if not known:
            self.intake_url()
            raise CommandError(f"no publisher's key is known here; set {PUBLISHER_KEY}.")
        wanted = name or (source if len(known) > 1 else next(iter(known)))
        if wanted in known:
            return known[wanted]
        names = ", ".join(known)
        if name is None:
            raise UnknownSourceError(
                f"It names no publisher whose key is known here; name one of {names}."
            )
        raise CommandError(f"the key of publisher {name!r} is not known here; name one of {names}.")

    def _find(self, variable: str, recorded: Callable[[Addresses], str]) -> str:
        is_address = variable not in {STAFF_TOKEN, OPERATOR_TOKEN}
        named = named_address(variable) if is_address else os.environ.get(variable)
        found = named or (recorded(self.addresses) if self.addresses else None)
        if found:
            return found.rstrip("/") if found.startswith("http") else found
        raise CommandError(
            f"nothing runs on {self._folder}; start it with `wlc up`, name its folder with "
            f"--data, or set {variable}.",
            UNREACHABLE,
        )


def named_address(variable: str) -> str | None:
    """Return the address that a variable names. Raises CommandError when it names none."""
    found = os.environ.get(variable)
    example = EXAMPLES.get(variable, "http://localhost:8080")
    if found and not _is_address(found, example):
        raise CommandError(f"{variable} is no address; write it like {example}, or unset it.")
    return found or None


def _is_address(text: str, example: str) -> bool:
    """Tell whether it has the form of the example; MongoDB's may have several hosts."""
    usual = SCHEMES.get(urlsplit(example).scheme, ("http", "https"))
    try:
        parts = urlsplit(text)
        hosts = [urlsplit(f"//{host}") for host in parts.netloc.rpartition("@")[2].split(",")]
        return parts.scheme in usual and all(h.hostname and h.port != 0 for h in hosts)
    except ValueError:
        return False


def account_of(url: str) -> str:
    """Return the account that an AMQP address signs in with."""
    return unquote(urlsplit(url).username or "")


def _name_in(key: str) -> str:
    """Return the publisher's name, which its key carries: `pk_<name>_<secret>`."""
    parts = key.split("_", 2)
    return parts[1] if len(parts) == 3 and parts[0] == "pk" else ""  # noqa: PLR2004
