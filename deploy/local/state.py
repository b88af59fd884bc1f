"""What an installation that runs says of itself, in one private file of its folder."""

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from deploy.accounts import StaffAccount
from deploy.embedded.folders import write_private
from deploy.local.processes import Process

FILE = "run.json"


class Shape(BaseModel):
    """A value of the file."""

    model_config = ConfigDict(frozen=True)


class PublisherAccess(Shape):
    """What another system needs to submit."""

    name: str
    key: Annotated[str, Field(repr=False)]
    amqp_url: Annotated[str, Field(repr=False)]


class Addresses(Shape):
    """Where everything is. `rabbit_url` and `mongo_url` are the operator's, who may look."""

    intake_url: str
    console_url: str
    rabbit_url: Annotated[str, Field(repr=False)]
    mongo_url: Annotated[str, Field(repr=False)]
    mail_dir: str
    publishers: tuple[PublisherAccess, ...]
    staff: StaffAccount
    operator_token: Annotated[str, Field(repr=False)] = ""
    services: dict[str, str]


class Run(Shape):
    """The processes of an installation; it has addresses as soon as it is ready."""

    supervisor: Process
    children: dict[str, Process] = {}
    addresses: Addresses | None = None

    @property
    def pids(self) -> dict[str, int]:
        """The process id of every part, the supervisor included."""
        children = {name: process.pid for name, process in self.children.items()}
        return {**children, "supervisor": self.supervisor.pid}

    def write(self, folder: Path) -> None:
        """Replace the file."""
        write_private(folder / FILE, self.model_dump_json(indent=2))


def read_run(folder: Path) -> Run | None:
    """Return what the folder says; None when nothing was left running there."""
    try:
        return Run.model_validate_json((folder / FILE).read_bytes())
    except (FileNotFoundError, NotADirectoryError, ValidationError):
        return None


def forget_run(folder: Path) -> None:
    """Say that nothing runs there."""
    (folder / FILE).unlink(missing_ok=True)
