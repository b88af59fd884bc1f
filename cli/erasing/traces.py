"""Where traces of people lie: on servers, and in folders of this machine."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from aio_pika.abc import AbstractChannel

from cli.audited import told_as, write_down, write_down_done
from cli.broker import ask, dead_letters
from cli.doctoring.renewal import check_renewable, renew
from cli.erasing.databases import common_words, handles_of, search_databases
from cli.erasing.files import Searched, search_folder
from cli.erasing.marks import Marks, marks_of
from cli.erasing.people import Erasing
from cli.erasing.queues import are_all, search_queues, theirs_alone
from cli.errors import UNREACHABLE, CommandError
from cli.places import Places
from cli.terminal import progress, say

DROPPED = "dead_letter_dropped"
CLEANED = "traces_cleaned"


@dataclass(frozen=True, slots=True)
class Dropped:
    """How many dead letters were dropped, and whether all there are were looked at."""

    count: int
    are_all: bool = True


class Traces(Protocol):
    """What can be done about traces of people who are forgotten."""

    def check(self, erasing: Erasing) -> None:
        """Raise CommandError where they could not be cleaned up afterwards.

        Finds out which of their names are words of everybody's.
        """

    def clean(self, erasing: Erasing) -> CommandError | None:
        """Take away what is theirs alone; return why something could not be let go of.

        Raises CommandError where something cannot be reached; then it may be done again.
        """

    def search(self, erasing: Erasing) -> list[Searched]:
        """Search everything for what they would be recognised by."""
        ...


class Cleaning(Protocol):
    """What services cannot take away themselves."""

    def check(self) -> None:
        """Raise CommandError where it could not be done."""

    def drop_letters(self, ids: Sequence[str]) -> Dropped:
        """Drop the dead letters of these people alone."""
        ...

    def renew(self) -> CommandError | None:
        """Have RabbitMQ let go of what it had delivered; return why it does not."""
        ...


@dataclass(frozen=True, slots=True)
class CleaningHere:
    """See Cleaning: of an installation's broker."""

    places: Places
    quiet: bool

    def check(self) -> None:
        ask(self.places.rabbit_url(), check_renewable)
        handles_of(self.places.mongo_url(), [])

    def drop_letters(self, ids: Sequence[str]) -> Dropped:
        places = self.places
        handles = handles_of(places.mongo_url(), list(ids))

        async def dropped(channel: AbstractChannel) -> Dropped:
            found = await dead_letters(channel, None)
            letters = theirs_alone(found, ids, handles)
            write_down(places, DROPPED, [f"{each.service}/{told_as(each.id)}" for each in letters])
            for letter in letters:
                await letter.drop()
            return Dropped(len(letters), are_all(found))

        return ask(places.rabbit_url(), dropped)

    def renew(self) -> CommandError | None:
        urls, tell = self.places.service_urls(), (lambda _: None) if self.quiet else say
        try:
            ask(self.places.rabbit_url(), lambda channel: renew(channel, urls, tell))
        except CommandError as error:
            if error.exit_code == UNREACHABLE:
                raise
            return error
        return None


@dataclass(frozen=True, slots=True)
class TracesHere:
    """Those of an installation: its servers, its `data` folder if it is here, and more folders."""

    data: Path
    folders: Sequence[Path]

    def check(self, erasing: Erasing) -> None:
        CleaningHere(erasing.places, quiet=erasing.quiet).check()
        erasing.common = common_words(erasing.places.mongo_url(), erasing.names)

    def clean(self, erasing: Erasing) -> CommandError | None:
        cleaning = CleaningHere(erasing.places, quiet=erasing.quiet)
        letters = cleaning.drop_letters(erasing.ids)
        erasing.tell(f"dead letters dropped: {letters.count}")
        kept = cleaning.renew()
        if kept is None:
            erasing.tell("RabbitMQ has let go of what it had delivered")
            if letters.are_all:
                write_down_done(erasing.places, CLEANED, erasing.ids)
        return kept

    def search(self, erasing: Erasing) -> list[Searched]:
        places, marks = erasing.places, erasing.marks
        handles = handles_of(places.mongo_url(), erasing.ids)
        found = search_databases(places.mongo_url(), marks)
        found += ask(places.rabbit_url(), lambda channel: search_queues(channel, marks, handles))
        return found + self._search_folders(erasing, marks_of(erasing.own_words))

    def _search_folders(self, erasing: Erasing, marks: Marks) -> list[Searched]:
        """Search what lies here: the installation, or its mail alone, and what is named."""
        places = erasing.places
        here = [self.data] if places.run else []
        mail = Path(places.addresses.mail_dir) if places.addresses else None
        if mail and mail.is_dir() and not any(mail.is_relative_to(x.absolute()) for x in here):
            here.append(mail)
        with progress("folders searched", len(here) + len(self.folders)) as bar:
            found = []
            for folder in (*here, *self.folders):
                found.append(search_folder(f"folder {folder}", folder, marks))
                bar.advance(bar.task_ids[0])
        return found
