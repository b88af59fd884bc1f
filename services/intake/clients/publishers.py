"""The publishers' file: who may send what, and the digest of each key."""

from pathlib import Path
from typing import Annotated

import structlog
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from services.intake.domain.submissions import UNKNOWN, Publisher, holder_of
from shared.contracts.submissions import SUBMISSIONS
from shared.errors import AppError

log = structlog.get_logger()


class PublishersFileError(AppError):
    """The publishers' file cannot be read, or is not what it should be."""

    code = "publishers-file"


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
    key_sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    types: frozenset[str]
    hubs: frozenset[Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")]]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    publishers: list[_Entry]


class FilePublishers:
    """Publishers as the file has them now: to change a key, change the file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read_at = -1
        self._publishers: dict[str, Publisher] = {}

    def by_key(self, key: str) -> Publisher | None:
        """Return whose key it is."""
        return holder_of(key, self._current().values())

    def by_name(self, name: str) -> Publisher | None:
        """Return the publisher of this name, which is that of its AMQP account."""
        return self._current().get(name)

    def load(self) -> None:
        """Read the file. Raises PublishersFileError, and keeps what was known."""
        try:
            changed_at = self._path.stat().st_mtime_ns
            entries = _File.model_validate_json(self._path.read_bytes()).publishers
        except OSError as error:
            raise PublishersFileError(f"cannot read {self._path}") from error
        except ValidationError as error:
            where = [".".join(map(str, each["loc"])) for each in error.errors(include_input=False)]
            raise PublishersFileError(f"{self._path}: wrong at {', '.join(where)}") from error
        _check(entries, self._path)
        self._publishers = {
            entry.name: Publisher(entry.name, entry.key_sha256, entry.types, entry.hubs)
            for entry in entries
        }
        self._read_at = changed_at

    def _current(self) -> dict[str, Publisher]:
        if not self._publishers:
            self.load()
        elif self._has_changed():
            try:
                self.load()
            except PublishersFileError as error:
                log.error("publishers_not_read", error_code=error.code)  # noqa: TRY400
        return self._publishers

    def _has_changed(self) -> bool:
        return not self._path.exists() or self._path.stat().st_mtime_ns != self._read_at


def _check(entries: list[_Entry], path: Path) -> None:
    names = [entry.name for entry in entries]
    if len(set(names)) < len(names) or UNKNOWN in names:
        raise PublishersFileError(f"{path}: a name is given twice, or is {UNKNOWN}")
    strange = {name for entry in entries for name in entry.types} - SUBMISSIONS.keys()
    if strange:
        raise PublishersFileError(f"{path}: no such event type: {', '.join(sorted(strange))}")
