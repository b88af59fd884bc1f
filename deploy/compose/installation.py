"""Where everything is in containers: addresses inside and outside, and who signs in how."""

import secrets
from pathlib import Path

from pydantic import Field, HttpUrl
from pydantic_settings import BaseSettings, SettingsConfigDict

from deploy.accounts import OPERATOR, PUBLISHERS, PUT_BACK, SERVICES, Secrets
from deploy.certificates import AUTHORITY
from deploy.embedded.errors import EmbeddedError
from deploy.embedded.remembered import Memory
from deploy.environments import Place
from deploy.local.plan import mongo_url_for, rabbit_url_for
from deploy.local.state import Addresses, PublisherAccess

VOLUMES = Path("/var/lib/wlc")
MOUNTED = Path("/run/secrets")
PUBLISHERS_FILE = "publishers.json"
STAFF_FILE = "staff.json"

RABBIT_HOST = "rabbitmq"
MONGO_HOST = "mongo:27017"
MONGO = f"mongodb://{MONGO_HOST}/?replicaSet=wlc"
TRUSTED_FILE = "trusted.pem"
"""Whom notification trusts: our own authority, for the catcher, and those of every mail server."""
ANYWHERE = "0.0.0.0"  # noqa: S104 - only its own container's network reaches it
PORT = 8000
MAIL_PORT = 1025


class Outside(BaseSettings):
    """Under which addresses the host and the people reach the installation, from `WLC_*`.

    With `tls` nothing is said in clear: servers are valid for their names, the host's and `hosts`
    (with commas between). `ca_file` is where the host has the authority's certificate.
    """

    model_config = SettingsConfigDict(env_prefix="WLC_", frozen=True, env_ignore_empty=True)

    public_url: HttpUrl = Field(default=HttpUrl("http://localhost:8080"))
    intake_port: int = 8081
    console_port: int = 8080
    amqp_port: int = 5672
    tls: bool = False
    hosts: str = ""
    ca_file: Path = Path("wlc-ca.pem")

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(filter(None, map(str.strip, self.hosts.split(","))))


class Installation:
    """One installation, by its volumes; its secrets are made the first time it is opened."""

    def __init__(self, folder: Path = VOLUMES, outside: Outside | None = None) -> None:
        self.folder = folder
        self.outside = outside or Outside()
        self.secrets_file = folder / "accounts" / "secrets.json"
        self._check_not_lost()
        self.secrets = Secrets.kept_in(self.secrets_file)
        self.certificates = folder / "accounts" / "certificates"
        self.authority = self.certificates / AUTHORITY if self.outside.tls else None

    def _check_not_lost(self) -> None:
        """Raise EmbeddedError where the secrets are gone and services have what came from them.

        New ones would take the place of these, the last copies of keys without which no data opens.
        """
        handed_out = any((self.folder / name / f"{name}_mongo_url").exists() for name in SERVICES)
        if handed_out and not self.secrets_file.exists():
            raise EmbeddedError(f"{self.secrets_file} is gone (volume `accounts`); {PUT_BACK}")

    def mongo_memory(self) -> Memory:
        """Return the identity of `mongod`: of it come the key file and the root password."""
        folder = self.folder / "accounts"
        file = folder / "remembered.json"
        if file.exists():
            return Memory.model_validate_json(file.read_bytes())
        port = int(MONGO_HOST.rpartition(":")[2])
        memory = Memory(name="wlc", secret=secrets.token_hex(), ports=(port,), replica_port=port)
        memory.keep(folder)
        return memory

    def place(self, service: str) -> Place:
        """Return where a service finds what it needs."""
        tls, authority = self.outside.tls, MOUNTED / AUTHORITY
        rabbit, mongo = self.rabbit(authority), self.mongo(authority)
        return Place(
            rabbit_url=rabbit_url_for(rabbit, service, self.secrets.rabbit[service]),
            mongo_url=mongo_url_for(mongo, service, self.secrets.mongo[service]),
            host=ANYWHERE,
            port=PORT,
            public_url=str(self.outside.public_url).rstrip("/"),
            smtp_host="mail",
            smtp_port=MAIL_PORT,
            smtp_tls="starttls" if tls else "none",
            publishers_file=MOUNTED / PUBLISHERS_FILE,
            staff_file=MOUNTED / STAFF_FILE,
            tls_file=MOUNTED / f"{service}.pem" if tls else None,
            ca_file=MOUNTED / TRUSTED_FILE if tls else None,
            mail_dir=VOLUMES / "mail",
        )

    def addresses(self) -> Addresses:
        """Return what `wlc` needs beside the services, in a container of its own."""
        services = {name: f"{self._http}://{name}:{PORT}" for name in SERVICES}
        authority = VOLUMES / "operator" / AUTHORITY
        rabbit, mongo = self.rabbit(authority), self.mongo(authority)
        return Addresses(
            intake_url=services["intake"],
            console_url=services["console"],
            rabbit_url=rabbit_url_for(rabbit, OPERATOR, self.secrets.rabbit[OPERATOR]),
            mongo_url=mongo_url_for(mongo, OPERATOR, self.secrets.mongo[OPERATOR]),
            mail_dir=str(VOLUMES / "mail"),
            publishers=self._publishers(rabbit),
            staff=self.secrets.staff,
            operator_token=self.secrets.operator_token,
            services=services,
        )

    def addresses_for_host(self) -> Addresses:
        """Return what the host's `wlc` and other systems need; MongoDB is out of their reach."""
        inside, ports = self.addresses(), self.outside
        rabbit = self.rabbit(ports.ca_file, f"127.0.0.1:{ports.amqp_port}")
        services = {
            "intake": f"{self._http}://localhost:{ports.intake_port}",
            "console": f"{self._http}://localhost:{ports.console_port}",
        }
        return inside.model_copy(
            update={
                "intake_url": services["intake"],
                "console_url": services["console"],
                "rabbit_url": rabbit_url_for(rabbit, OPERATOR, self.secrets.rabbit[OPERATOR]),
                "publishers": self._publishers(rabbit),
                "services": services,
            }
        )

    @property
    def _http(self) -> str:
        return "https" if self.outside.tls else "http"

    def rabbit(self, authority: Path, at: str | None = None) -> str:
        """Return its address, for whoever has the authority's certificate in that file."""
        if not self.outside.tls:
            return f"amqp://{at or f'{RABBIT_HOST}:5672'}"
        return f"amqps://{at or f'{RABBIT_HOST}:5671'}?cafile={authority}"

    def mongo(self, authority: Path) -> str:
        """Return its address, for whoever has the authority's certificate in that file."""
        return f"{MONGO}&tls=true&tlsCAFile={authority}" if self.outside.tls else MONGO

    def _publishers(self, rabbit: str) -> tuple[PublisherAccess, ...]:
        return tuple(
            PublisherAccess(
                name=publisher.name,
                key=self.secrets.publisher_keys[publisher.name],
                amqp_url=rabbit_url_for(
                    rabbit, publisher.name, self.secrets.rabbit[publisher.name]
                ),
            )
            for publisher in PUBLISHERS
        )
