"""Which files and accounts a backup needs of an installation, on this machine or in containers."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from pydantic import ValidationError

from cli.errors import CommandError
from cli.places import MONGO_URL, Places, named_address
from deploy.accounts import BACKUP, Secrets
from deploy.embedded.folders import LOCK
from deploy.local.plan import mongo_url_for, names_account

SECRETS_FILE = "secrets.json"
KEPT_FILES = {
    SECRETS_FILE: "accounts",
    "staff.json": "console",
    "publishers.json": "intake",
    "audit-head.json": "operator",
}
"""Files without which no data can be read, nobody can sign in, or a cut of the audit trail is not
seen; in containers, the volume of each."""


@dataclass(frozen=True, slots=True)
class Kept:
    """The files of one installation, each in its folder, or in containers in the volume of it."""

    folder: Path

    def path(self, name: str) -> Path:
        """Return where a file is, or would be."""
        in_volume = self.folder.parent / KEPT_FILES[name] / name
        return in_volume if in_volume.exists() else self.folder / name

    def texts(self) -> dict[str, str]:
        """Return the files that there are."""
        paths = {name: self.path(name) for name in KEPT_FILES}
        return {name: path.read_text() for name, path in paths.items() if path.exists()}

    def secrets(self) -> Secrets:
        """Return the secrets. Raises CommandError."""
        path = self.path(SECRETS_FILE)
        try:
            return Secrets.model_validate_json(path.read_bytes())
        except OSError as error:
            raise CommandError(
                f"{path} cannot be read: this needs the secrets of the installation; "
                "run it as who runs `wlc up`, or in containers as the runbook says."
            ) from error
        except ValidationError as error:
            raise CommandError(f"{path} is damaged.") from error

    def mongo_url(self, places: Places, account: str = BACKUP) -> str:
        """Return the address for one of the accounts that the secrets alone know."""
        named = named_address(MONGO_URL)
        if named and names_account(named):
            return named
        password = self.secrets().mongo.get(account)
        if password is None:
            raise CommandError(
                f"the account {account} is not made yet: `wlc down` and `wlc up` make it, "
                "in containers `docker compose up -d`."
            )
        return mongo_url_for(_without_account(places.mongo_url()), account, password)


def _without_account(url: str) -> str:
    parts = urlsplit(url)
    asked = "&".join(each for each in parts.query.split("&") if not each.startswith("authSource"))
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2], query=asked))


def is_empty(folder: Path) -> bool:
    """Tell whether nothing but its lock is in a folder, or it is not there."""
    is_filled = folder.is_dir() and any(each.name != LOCK for each in folder.iterdir())
    return not folder.exists() or (folder.is_dir() and not is_filled)
