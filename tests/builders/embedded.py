"""What the private RabbitMQ and MongoDB are started with, and what is to be seen of them."""

from collections.abc import Mapping
from pathlib import Path

from pydantic import JsonValue
from pymongo import AsyncMongoClient

from deploy import embedded
from deploy.embedded import Mongo, MongoUser

BOROUGH = ("borough", "borough-secret")
INTAKE = MongoUser("intake", "intake-secret", (("readWrite", "intake"),))


def definitions(*users: tuple[str, str]) -> Mapping[str, JsonValue]:
    """One vhost with one durable queue; each (name, password) may publish to it and read it."""
    hashing = "rabbit_password_hashing_sha256"
    rights = {"vhost": "app", "configure": "^$", "write": "^(amq.default|kept)$", "read": "^kept$"}
    return {
        "vhosts": [{"name": "app"}],
        "users": [
            {
                "name": name,
                "password_hash": embedded.password_hash(password),
                "hashing_algorithm": hashing,
                "tags": "",
            }
            for name, password in users
        ],
        "permissions": [{"user": name, **rights} for name, _ in users],
        "queues": [
            {
                "name": "kept",
                "vhost": "app",
                "durable": True,
                "auto_delete": False,
                "arguments": {"x-queue-type": "quorum"},
            }
        ],
    }


def alive(pids: Mapping[str, int]) -> list[str]:
    """Name those that still run; a zombie nobody has waited for does not."""
    return [name for name, pid in pids.items() if _state(pid) not in {None, "Z"}]


def _state(pid: int) -> str | None:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return None


def using(folder: Path) -> list[str]:
    """Name the processes, helpers included, whose current directory is inside the folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            place, name = (process / "cwd").readlink(), (process / "comm").read_text().strip()
        except OSError:
            continue
        if place.is_relative_to(folder) and _state(int(process.name)) != "Z":
            found.append(name)
    return found


def client(server: Mongo, user: MongoUser) -> AsyncMongoClient[dict[str, object]]:
    """Return one that may be closed at once: PyMongo 4 leaks a socket that is connecting then."""
    url = server.url(user.name, user.password)
    return AsyncMongoClient(url, serverMonitoringMode="poll", serverSelectionTimeoutMS=3000)
