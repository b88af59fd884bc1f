"""The marked people are erased; then every byte that the run wrote is searched for them.

That the search would find them is shown too: before the erasure it does, and afterwards it finds
words of an engagement that was told of last, by the same door.
"""

import asyncio
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

from cli.erasing.files import search_folder
from cli.erasing.marks import Marks, marks_of
from shared.mongo import Database
from tests.soak.administrator import entries_with
from tests.soak.history import CONTROL, History
from tests.soak.installation import Installation
from tests.soak.misfits import Misfits
from tests.soak.sending import Ledger, Sender

INSTALLATION, LETTERS, BACKUPS = "installation", "letters", "backups"
PLACES = {
    "mail": f"{INSTALLATION}/mail",
    "letters": LETTERS,
    "RabbitMQ": f"{INSTALLATION}/rabbitmq",
    "MongoDB": f"{INSTALLATION}/mongo",
    "logs": f"{INSTALLATION}/logs",
}
FOUND_AFTER = ("RabbitMQ", "MongoDB")
ARRIVES_SECONDS = 60.0
LOOK_SECONDS = 0.2

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was done while everything ran: how many files of each place had a mark `before`."""

    people: int
    seconds: float
    found_by_command: int
    before: dict[str, int]
    entries_of_oplog: int
    found_in_oplog: int


@dataclass(frozen=True, slots=True)
class Erased:
    """Who was erased, and where their marks are left.

    `left` names files with a mark, `of_references` those with no more than what a publisher calls
    somebody. `control` counts, by place, the files with words that nobody was to forget, `misfits`
    what was sent of them and not taken, of which at least so many were `retried`.
    """

    forgotten: Forgotten
    misfits: int
    retried: int
    words: int
    files: int
    megabytes: int
    seconds: float
    left: tuple[str, ...]
    of_references: tuple[str, ...]
    control: dict[str, int]

    @property
    def is_clean(self) -> bool:
        """Nothing is left, and the search is one that finds what there is."""
        done = self.forgotten
        left = (self.left, done.found_by_command, done.found_in_oplog)
        told = done.before["mail"] + done.before["letters"]
        there = (told, done.before["RabbitMQ"], *(self.control[each] for each in FOUND_AFTER))
        return all(there) and not any(left)


class Forgetting:
    """Erases the marked of a history; all of the run lies in the folder of the installation's."""

    def __init__(self, installation: Installation, history: History, tell: Tell) -> None:
        self._installation, self._tell = installation, tell
        self._folder = installation.folder.parent
        self._history, everybody = history, history.marked.values()
        self._words = [word for who in everybody for word in who.words]
        self._apart = [word for who in everybody for word in who.words_apart]
        self._marks = marks_of(self._words)

    async def run(self, intake: Database) -> Forgotten:
        """Back up, erase, and tell of one more engagement, while everything runs."""
        key = self._folder / "backup.key"
        words = ("backup", str(self._folder / BACKUPS), "--key-file", str(key), "--json")
        await self._installation.said(*words)
        before = await asyncio.to_thread(self._files_with, self._marks)
        self._tell(f"files with marks before the erasure: {before}")
        started = monotonic()
        answer = await self._erase(await self._people(intake))
        seconds = monotonic() - started
        self._tell(f"erased in {seconds:.0f} s; `wlc erase` finds {answer['found']}")
        await self._tell_of_control(intake)
        mongo = self._folder / PLACES["MongoDB"]
        entries, found = await asyncio.to_thread(entries_with, self._marks, mongo)
        return Forgotten(len(answer["erased"]), seconds, answer["found"], before, entries, found)

    async def _people(self, intake: Database) -> list[str]:
        """Return who is to be erased, half by id and half by what their publisher calls them."""
        rows = await intake["participants"].find().to_list(None)
        ids = {row["references"][0].get("reference"): row["_id"] for row in rows}
        marked = self._history.marked
        assert marked.keys() <= ids.keys()
        return [ids[each] if who.number % 4 else each for each, who in marked.items()]

    async def _erase(self, people: list[str]) -> dict[str, Any]:
        with tempfile.TemporaryDirectory() as outside:
            named, apart = Path(outside, "people"), Path(outside, "words")
            named.write_text("\n".join(people))
            apart.write_text("\n".join(self._apart))
            answer: dict[str, Any] = await self._installation.said(
                *("erase", "--from", str(named), "--marks-from", str(apart), "--yes", "--json"),
                *("--folder", str(self._folder / LETTERS)),
                *("--folder", str(self._folder / BACKUPS)),
                allowed=(0, 1),
            )
        return answer

    async def _tell_of_control(self, intake: Database) -> None:
        event, sender = self._history.control(), Sender(self._installation.addresses, Ledger())
        await sender.by_amqp([event])
        await sender.close()
        async with asyncio.timeout(ARRIVES_SECONDS):
            while not await intake["engagements"].find_one({"reference": event["subject"]}):
                await asyncio.sleep(LOOK_SECONDS)

    def searched(self, forgotten: Forgotten, misfits: Misfits) -> Erased:
        """Search everything, when nothing runs any more."""
        started = monotonic()
        found = search_folder("all", self._folder, self._marks)
        seconds = monotonic() - started
        return Erased(
            forgotten=forgotten,
            misfits=misfits.sent,
            retried=misfits.retried,
            words=len(self._words),
            files=found.looked_at,
            megabytes=_bytes_in(self._folder) >> 20,
            seconds=seconds,
            left=found.found,
            of_references=search_folder("all", self._folder, marks_of(self._history.marked)).found,
            control=self._files_with(marks_of([CONTROL])),
        )

    def _files_with(self, marks: Marks) -> dict[str, int]:
        return {
            name: len(search_folder(name, self._folder / place, marks).found)
            for name, place in PLACES.items()
        }


def _bytes_in(folder: Path) -> int:
    return sum(each.stat().st_size for each in folder.rglob("*") if each.is_file())
