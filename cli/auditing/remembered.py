"""The newest head that was ever seen here: what tells that the end of a chain was cut off."""

from contextlib import suppress
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from cli.errors import CommandError
from deploy.embedded.errors import EmbeddedError
from deploy.embedded.folders import write_private
from shared.audit_chain import Found

FILE = "audit-head.json"


class Head(BaseModel):
    """A block by its number, and its head."""

    model_config = ConfigDict(frozen=True)

    block: int
    head: str


def remembered(folder: Path) -> Head | None:
    """Return what is remembered there. Raises CommandError where that cannot be read."""
    file = folder / FILE
    try:
        return Head.model_validate_json(file.read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValidationError) as error:
        sentence = f"{file} cannot be read; bring it back from a copy, or remove it."
        raise CommandError(sentence) from error


def remember(folder: Path, found: Found) -> None:
    """Keep the newest head, where there is a folder that may be written to."""
    newest = max(found.heads, default=0)
    if newest and folder.is_dir():
        head = Head(block=newest, head=found.heads[newest])
        with suppress(
            EmbeddedError
        ):  # in a container it is read only: the log of the console has it
            write_private(folder / FILE, head.model_dump_json())


def faults_beside(head: Head, found: Found) -> list[str]:
    """Compare a chain with a head that was seen before."""
    if head.block not in found.heads:
        return [f"the chain ends before block {head.block}, which was there: its end was cut off"]
    if found.heads[head.block] != head.head:
        return [f"block {head.block} is not the one that was there: the chain was made anew"]
    return []
