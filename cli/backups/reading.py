"""A backup as it lies in its folder: found, opened with the key, held against what it says."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bson

from cli.backups import letters
from cli.backups.archive import ArchiveError, read_header, records
from cli.backups.erased import LIST, Forgotten, read_list
from cli.backups.letters import DATA, FILES, SECRETS, Counts
from cli.errors import REFUSED, CommandError
from shared.mongo import documents_in


@dataclass(frozen=True, slots=True)
class Batch:
    """Documents of one collection, one after the other."""

    database: str
    collection: str
    documents: bytes

    @property
    def name(self) -> str:
        return f"{self.database}.{self.collection}"


class Backup:
    """One backup; every method raises ArchiveError where a file is not as it was written."""

    def __init__(self, folder: Path, key: bytes) -> None:
        self.folder = folder
        self._key = key

    @property
    def made_at(self) -> str:
        return str(read_header(self.folder / DATA)["made_at"])

    def check(self) -> Counts:
        """Read all of it, and hold what is there against what it says there is."""
        found = Counts()
        ends = {name: self._counted(name, found) for name in FILES}
        if found != Counts.of(bson.decode(ends[DATA])):
            raise ArchiveError(self.folder / DATA, "it does not hold what it says.")
        return found

    def _counted(self, file: str, found: Counts) -> bytes:
        """Add what a file holds to what was found, and return what its end says."""
        end, where = None, dict[str, Any]()
        for letter, content in records(self.folder / file, self._key):
            end = content if letter == letters.ENDS else None
            if letter == letters.COLLECTION:
                where = bson.decode(content)
            elif letter == letters.DOCUMENTS:
                batch = Batch(where["database"], where["collection"], content)
                found.documents[batch.name] += sum(1 for _ in documents_in(content))
            elif letter == letters.MESSAGE:
                found.messages[bson.decode(content)["queue"]] += 1
        if end is None:
            raise ArchiveError(self.folder / file, "its end is missing.")
        return end

    def files(self) -> dict[str, str]:
        """Return the files of the installation by name."""
        rows = (bson.decode(each) for each in self._of(SECRETS, letters.FILE))
        return {row["name"]: row["text"] for row in rows}

    def batches(self, file: str) -> Iterator[Batch]:
        """Yield the documents of every collection of a file."""
        where: dict[str, Any] = {}
        for letter, content in records(self.folder / file, self._key):
            if letter == letters.COLLECTION:
                where = bson.decode(content)
            elif letter == letters.DOCUMENTS:
                yield Batch(where["database"], where["collection"], content)

    def messages(self) -> Iterator[bytes]:
        """Yield what waited in the queues."""
        return self._of(DATA, letters.MESSAGE)

    def forgotten(self, more: Path | None) -> dict[str, Forgotten]:
        """Return whom the lists beside it name, and one that is named, by id."""
        return {str(each.participant_id): each for each in lists_of(self.folder, more)}

    def _of(self, file: str, wanted: bytes) -> Iterator[bytes]:
        found = records(self.folder / file, self._key)
        return (content for letter, content in found if letter == wanted)


def lists_of(backup: Path, more: Path | None) -> list[Forgotten]:
    """Return whom the lists beside a backup name, and one that is named. Raises CommandError.

    Without any, those who were forgotten since would come back: nothing is restored then.
    """
    beside = [path for path in (backup.parent / LIST, backup / LIST) if path.exists()]
    if not beside and more is None:
        raise CommandError(
            f"there is no {LIST} beside {backup}, so whoever was forgotten since would come back; "
            "put the newest one there, or name it by --erased.",
            REFUSED,
        )
    return [each for path in (*beside, *((more,) if more else ())) for each in read_list(path)]


def newest_in(folder: Path) -> Path:
    """Return the folder itself where it is a backup, else the newest in it. Raises CommandError."""
    if (folder / DATA).exists():
        return folder
    names = sorted(path.parent for path in folder.glob(f"*Z/{DATA}"))
    if not names:
        raise CommandError(
            f"there is no backup in {folder}; name the folder that `wlc backup` had."
        )
    return names[-1]
