"""Who may send what: as the file of the installation has it, and as the operator set it since."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import structlog
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from services.intake.domain.publishers import (
    NAME,
    SHA256,
    Key,
    Publisher,
    PublisherRecord,
    holder_of,
)
from services.intake.domain.submissions import UNKNOWN
from services.intake.ports import KeyUses, PublisherRecords
from shared.contracts.submissions import SUBMISSIONS
from shared.errors import AppError, UnavailableError

log = structlog.get_logger()

ID_DIGITS = 8


class PublishersFileError(AppError):
    """The publishers' file cannot be read, or is not what it should be."""

    code = "publishers-file"


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    name: Annotated[str, Field(pattern=NAME)]
    key_sha256: Annotated[str, Field(pattern=SHA256)]
    types: frozenset[str]
    hubs: frozenset[Annotated[str, Field(pattern=NAME)]]

    def record(self) -> PublisherRecord:
        key = Key(self.key_sha256[:ID_DIGITS], self.key_sha256)
        return PublisherRecord(id=self.name, types=self.types, hubs=self.hubs, keys=(key,))


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    publishers: list[_Entry]


class FilePublishers:
    """Publishers as the file has them now: those that an installation begins with."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read_at = -1
        self._records: dict[str, PublisherRecord] = {}

    def records(self) -> Mapping[str, PublisherRecord]:
        """Return them by name; of a file that is broken since, those of before."""
        if not self._records:
            self.load()
        elif self._has_changed():
            try:
                self.load()
            except PublishersFileError as error:
                log.error("publishers_not_read", error_code=error.code)  # noqa: TRY400
        return self._records

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
        self._records = {entry.name: entry.record() for entry in entries}
        self._read_at = changed_at

    def _has_changed(self) -> bool:
        return not self._path.exists() or self._path.stat().st_mtime_ns != self._read_at


class StoredPublishers:
    """Those of the file, unless the operator set them otherwise since.

    What is stored is read again and again, so that a key that was revoked through one replica opens
    nothing at another one either, moments later. Before it was read for the first time nobody is
    let in: the file may name a key that was revoked. Raises UnavailableError then.
    """

    def __init__(self, file: FilePublishers, stored: PublisherRecords, uses: KeyUses) -> None:
        self._file = file
        self._stored = stored
        self._uses = uses
        self._set: Mapping[str, PublisherRecord] | None = None
        self._used_at: dict[tuple[str, str], datetime] = {}

    def records(self) -> Mapping[str, PublisherRecord]:
        """Return them by name. Raises UnavailableError."""
        if self._set is None:
            raise UnavailableError("the publishers are not read yet")
        return {**self._file.records(), **self._set}

    def by_key(self, key: str) -> Publisher | None:
        """Return whose key it is; a closed publisher has none."""
        now = datetime.now(UTC)
        is_open = (each.publisher() for each in self.records().values() if not each.closed)
        found = holder_of(key, is_open, now)
        if found is None:
            return None
        publisher, own = found
        self._used_at[publisher.name, own.id] = now
        return publisher

    def by_name(self, name: str) -> Publisher | None:
        """Return the publisher of this name, which is that of its AMQP account, unless closed."""
        found = self.records().get(name)
        return found.publisher() if found and not found.closed else None

    async def refresh(self) -> None:
        """Read the file and what is stored. Raises UnavailableError and PublishersFileError."""
        self._file.records()
        self._set = {each.id: each for each in await self._stored.everyone()}

    async def until_known(self) -> None:
        """Be what addresses wait for: read what is stored, the first time. See refresh."""
        if self._set is None:
            await self.refresh()

    async def tell_uses(self) -> None:
        """Write down when keys were last used. Raises UnavailableError."""
        used, self._used_at = self._used_at, {}
        try:
            await self._uses.note(used)
        except UnavailableError:
            self._used_at = used | self._used_at
            raise


def _check(entries: list[_Entry], path: Path) -> None:
    names = [entry.name for entry in entries]
    if len(set(names)) < len(names) or UNKNOWN in names:
        raise PublishersFileError(f"{path}: a name is given twice, or is {UNKNOWN}")
    strange = {name for entry in entries for name in entry.types} - SUBMISSIONS.keys()
    if strange:
        raise PublishersFileError(f"{path}: no such event type: {', '.join(sorted(strange))}")
