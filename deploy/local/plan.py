"""What an operator wants run: on which folder, at which ports, on whose servers."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

from pydantic import BaseModel, ConfigDict, TypeAdapter

from deploy.accounts import SERVICES
from deploy.embedded import EmbeddedError
from deploy.embedded.folders import write_private
from deploy.embedded.ports import free_port, is_free
from shared.topology import VHOST

MAIL = "mail"
SECRETS_FILE = "secrets.json"
DATABASE = "mongo"
_PORTS_FILE = "ports.json"
_PORTS = TypeAdapter(dict[str, int])


class Plan(BaseModel):
    """One installation. Ports `wished` for are taken when free, `demanded` ones or none.

    In `development` one account may serve all, and secrets may be guessed.
    """

    model_config = ConfigDict(frozen=True)

    folder: Path
    demanded: dict[str, int] = {}
    wished: dict[str, int] = {}
    rabbit_url: str | None = None
    mongo_url: str | None = None
    development: bool = False

    @property
    def logs(self) -> Path:
        return self.folder / "logs"

    @property
    def mail_dir(self) -> Path:
        return self.folder / "mail"

    @property
    def secrets_file(self) -> Path:
        return self.folder / SECRETS_FILE

    @property
    def publishers_file(self) -> Path:
        return self.folder / "publishers.json"

    @property
    def staff_file(self) -> Path:
        return self.folder / "staff.json"

    @property
    def definitions_file(self) -> Path:
        return self.folder / "definitions.json"

    @property
    def mongo_accounts_file(self) -> Path:
        return self.folder / "mongo-accounts.js"

    def ports(self, tell: Callable[[str], None]) -> dict[str, int]:
        """Choose a port for every part: that wished for, else the one it had, else a free one.

        `tell` hears where a part is not at the port wished for, or no longer where it was.
        """
        file = self.folder / _PORTS_FILE
        known = _PORTS.validate_json(file.read_bytes()) if file.exists() else {}
        self._check_apart()
        chosen = {name: self._demanded(name, port) for name, port in self.demanded.items()}
        for name in (*SERVICES, MAIL):
            if name not in chosen:
                wishes = (self.wished.get(name), known.get(name))
                taken = set(chosen.values()) | set(self.demanded.values())
                free = [port for port in wishes if port and port not in taken and is_free(port)]
                chosen[name] = free[0] if free else free_port((*taken, *known.values()))
        for name, port in chosen.items():
            self._tell_moved(tell, name, port, known.get(name))
        write_private(file, _PORTS.dump_json(chosen).decode())
        return chosen

    def _check_apart(self) -> None:
        """Refuse one port for two parts: one would answer for the other."""
        for port, count in Counter(self.demanded.values()).items():
            if count > 1:
                names = " and ".join(name for name, one in self.demanded.items() if one == port)
                raise EmbeddedError(f"port {port} is named for {names}; give each its own.")

    def _tell_moved(
        self, tell: Callable[[str], None], name: str, port: int, before: int | None
    ) -> None:
        if name not in self.wished:
            return
        mailed = "; links mailed with another port point there still" if name == "console" else ""
        if name not in self.demanded and port != self.wished[name]:
            tell(f"port {self.wished[name]} for {name} is taken, {port} is used instead{mailed}")
        elif before not in {None, port}:
            tell(f"{name} is at port {port} now, it was at {before}{mailed}")

    @staticmethod
    def _demanded(name: str, port: int) -> int:
        if is_free(port):
            return port
        sentence = (
            f"port {port} for {name} is taken; name another one with --{name}-port, "
            f"or leave the option out."
        )
        raise EmbeddedError(sentence)


def rabbit_url_for(url: str, user: str, password: str) -> str:
    """Return the address of a broker named from outside, with that account."""
    parts = urlsplit(url)
    path = f"/{VHOST}" if parts.path in {"", "/"} else parts.path
    return urlunsplit(parts._replace(path=path, netloc=_signed_in(parts.netloc, user, password)))


def mongo_url_for(url: str, user: str, password: str) -> str:
    """Return the address of a MongoDB named from outside, with that account."""
    parts = urlsplit(url)
    asked = "&".join(part for part in (parts.query, "authSource=admin") if part)
    netloc = _signed_in(parts.netloc, user, password)
    return urlunsplit(parts._replace(path=parts.path or "/", netloc=netloc, query=asked))


def names_account(url: str) -> bool:
    """Tell whether the address signs in by itself."""
    return urlsplit(url).username is not None


def _signed_in(netloc: str, user: str, password: str) -> str:
    host = netloc.rpartition("@")[2]
    return f"{quote(user, safe='')}:{quote(password, safe='')}@{host}"
