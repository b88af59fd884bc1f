"""`wlc erase`: order it, wait until each service confirms, clean, search, and show what is left."""

import re
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import typer
from aio_pika.abc import AbstractChannel

from cli.audited import told_as, write_down
from cli.broker import ask
from cli.console import ask_console, read_console
from cli.doctoring.renewal import check_renewable, renew
from cli.erasing.databases import handles_of, search_databases
from cli.erasing.files import Searched, search_folder
from cli.erasing.marks import Marks, marks_of, words_of
from cli.erasing.queues import search_queues, theirs_alone
from cli.errors import REFUSED, UNREACHABLE, CommandError, in_lines
from cli.places import DEFAULT_FOLDER, DataOption, Places
from cli.showing import HubOption
from cli.terminal import JsonOption, progress, say, show, show_json, show_table
from shared.topology import ROUTES

OF_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
PAUSE_SECONDS = 0.5
PATIENCE_SECONDS = 120.0
DROPPED = "dead_letter_dropped"
STDIN = Path("-")

PersonArguments = Annotated[
    list[str] | None, typer.Argument(metavar="PERSON...", help="Participant ids or references.")
]
FileOption = Annotated[
    Path | None,
    typer.Option("--from", metavar="FILE", help="More of them, one a line; - is standard input."),
]
MarkOption = Annotated[
    list[str] | None,
    typer.Option(
        "--mark",
        metavar="TEXT",
        help="Another word of theirs to search for; others on this machine can see it.",
    ),
]
MarksFileOption = Annotated[
    Path | None,
    typer.Option(
        "--marks-from",
        metavar="FILE",
        help="More words of theirs to search for, one a line; - is standard input.",
    ),
]
FolderOption = Annotated[
    list[Path] | None,
    typer.Option("--folder", metavar="DIR", help="A further folder to search, such as back-ups."),
]
YesOption = Annotated[bool, typer.Option("--yes", help="Do not ask whether this is meant.")]


class NoCardError(CommandError):
    """The console does not know who somebody is; they can be forgotten all the same."""

    def __init__(self, participant_id: str) -> None:
        super().__init__(f"{participant_id}: who this is cannot be read", REFUSED)


@dataclass
class Erasing:
    """People who are being forgotten, and what they would be recognised by.

    What publishers call them is searched for where it can be read, but not in the servers' files:
    a reference is no more than an id, and MongoDB overwrites what it deleted in its own time.
    """

    places: Places
    quiet: bool
    ids: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list, repr=False)
    references: list[str] = field(default_factory=list, repr=False)
    unknown: list[str] = field(default_factory=list)
    """Of whom it is not known what they would be recognised by."""

    @property
    def marks(self) -> Marks:
        """Everything they would be recognised by."""
        return marks_of((*self.words, *self.references))

    def tell(self, sentence: str) -> None:
        """Say how far it is, unless scripts read along."""
        if not self.quiet:
            show(sentence)


def erase(
    people: PersonArguments = None,
    *,
    from_file: FileOption = None,
    hub: HubOption = None,
    mark: MarkOption = None,
    marks_from: MarksFileOption = None,
    folder: FolderOption = None,
    yes: YesOption = False,
    as_json: JsonOption = False,
    data: DataOption = DEFAULT_FOLDER,
) -> None:
    """Have people forgotten for good, and show that nothing of who they are is left.

    Each service confirms; then databases, queues, dead letters and, of an installation on this
    machine, every byte of its folder are searched. Whoever was forgotten before is searched for by
    --marks-from alone. Ends with 1 when something is found or was not searched, with 3 when a
    service does not confirm.

    Example: `wlc erase NWL-P-77 --yes`
    """
    erasing = Erasing(Places(data), quiet=as_json)
    read = [from_file, marks_from].count(STDIN)
    if read > 1 or (read and not yes):
        raise CommandError("standard input is for one thing; with - name --yes too.")
    named = [*(people or ()), *_lines(from_file)]
    marks = [*(mark or ()), *_lines(marks_from)]
    if not named:
        raise CommandError("name somebody by participant id or reference, or a file with --from.")
    for each in named:
        _know(erasing, each, hub)
    erasing.words += marks
    if marks_of(marks).folded:
        erasing.unknown.clear()
    if not yes and not _meant(len(erasing.ids)):
        raise CommandError("nobody was forgotten.", REFUSED)
    ask(erasing.places.rabbit_url(), check_renewable)
    confirmed = _forget(erasing)
    kept = _clean(erasing)
    searched = _search(erasing, folder or [], data)
    _show(confirmed, searched, as_json=as_json)
    _end(erasing, searched, kept)


def _lines(file: Path | None) -> list[str]:
    if file is None:
        return []
    try:
        text = sys.stdin.read() if file == STDIN else file.read_text()
        return [line.strip() for line in text.splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{file} cannot be read; name a text file, one a line.") from error


def _know(erasing: Erasing, person: str, hub: str | None) -> None:
    """Find somebody, and what they would be recognised by; of the forgotten that is not known."""
    found = person.lower() if OF_UUID.fullmatch(person.lower()) else _called(erasing, person, hub)
    path = f"/v1/erasures/{found}"
    nobody = CommandError(f"nobody of your hubs has the id {found}.", REFUSED)
    asked = read_console(erasing.places, path, nothing=nobody)
    erasing.ids.append(found)
    words: list[str] = []
    if asked["asked_at"] is None:
        words += _words_known(erasing, found)
        erasing.references += [person] if person.lower() != found else []
    erasing.words += words
    if not marks_of(words).folded:
        erasing.unknown.append(found)


def _words_known(erasing: Erasing, found: str) -> list[str]:
    """Return what their card says; nothing where none has arrived, or none that opens."""
    path = f"/v1/people/{found}/card"
    try:
        return list(words_of(ask_console(erasing.places, path, {}, nothing=NoCardError(found))))
    except NoCardError as error:
        erasing.tell(error.sentence)
        return []


def _called(erasing: Erasing, reference: str, hub: str | None) -> str:
    found = [
        str(each["participant_id"])
        for each in read_console(erasing.places, "/v1/people", reference=reference)
        if hub in {None, each["hub"]}
    ]
    if len(found) == 1:
        return found[0]
    if not found:
        raise CommandError(
            "nobody of your hubs is called by one of these references; who was forgotten before "
            "is named by the id.",
            REFUSED,
        )
    raise CommandError(f"a reference is of several people; name one by id: {', '.join(found)}.")


def _meant(count: int) -> bool:
    people = "this person" if count == 1 else f"these {count} people"
    return typer.confirm(f"Forget {people} for good? There is no way back.", err=True)


def _forget(erasing: Erasing) -> list[dict[str, Any]]:
    """Order it, and return each erasure when all services have confirmed. Raises CommandError."""
    for each in erasing.ids:
        ask_console(erasing.places, f"/v1/people/{each}/erase", {})
    began, waiting, done = time.monotonic(), list(erasing.ids), dict[str, dict[str, Any]]()
    told: set[tuple[str, str]] = set()
    with progress("forgotten by every service", len(waiting)) as bar:
        while waiting and time.monotonic() < began + PATIENCE_SECONDS:
            for each in list(waiting):
                found = read_console(erasing.places, f"/v1/erasures/{each}")
                for service in set(found["confirmed"]) - {one for who, one in told if who == each}:
                    told.add((each, service))
                    seconds = time.monotonic() - began
                    erasing.tell(f"{each}: {service} has forgotten ({seconds:.1f} s)")
                if not found["missing"]:
                    waiting.remove(each)
                    done[each] = found
                    bar.advance(bar.task_ids[0])
            if waiting:
                time.sleep(PAUSE_SECONDS)
    if waiting:
        raise _unconfirmed(erasing, waiting)
    return [done[each] for each in erasing.ids]


def _unconfirmed(erasing: Erasing, waiting: Sequence[str]) -> CommandError:
    lacks = {
        service
        for each in waiting
        for service in read_console(erasing.places, f"/v1/erasures/{each}")["missing"]
    }
    missing = ", ".join(service for service in ROUTES if service in lacks)
    return CommandError(
        f"{len(waiting)} of {len(erasing.ids)} are not forgotten everywhere yet; not confirmed by "
        f"{missing}. `wlc status` and `wlc failed-work list` show why; then run it again, by "
        "id and with --marks-from: who is forgotten by then is searched for by that alone.",
        UNREACHABLE,
    )


def _clean(erasing: Erasing) -> CommandError | None:
    """Drop their dead letters, and have RabbitMQ let go of what it has delivered.

    Returns why it did not let go: what is left is searched for all the same.
    """
    places = erasing.places
    handles = handles_of(places.mongo_url(), erasing.ids)

    async def cleaned(channel: AbstractChannel) -> list[str]:
        letters = await theirs_alone(channel, erasing.ids, handles)
        write_down(places, DROPPED, [f"{each.service}/{told_as(each.id)}" for each in letters])
        for letter in letters:
            await letter.drop()
        return [each.id for each in letters]

    dropped = ask(places.rabbit_url(), cleaned)
    erasing.tell(f"dead letters dropped: {len(dropped)}")
    tell = (lambda _: None) if erasing.quiet else say
    try:
        ask(places.rabbit_url(), lambda channel: renew(channel, places.service_urls(), tell))
    except CommandError as error:
        return error
    erasing.tell("RabbitMQ has let go of what it had delivered")
    return None


def _search(erasing: Erasing, folders: Sequence[Path], data: Path) -> list[Searched]:
    places, marks = erasing.places, erasing.marks
    handles = handles_of(places.mongo_url(), erasing.ids)
    found = search_databases(places.mongo_url(), marks)
    found += ask(places.rabbit_url(), lambda channel: search_queues(channel, marks, handles))
    return found + _search_folders(places, marks_of(erasing.words), folders, data)


def _search_folders(
    places: Places, marks: Marks, folders: Sequence[Path], data: Path
) -> list[Searched]:
    """Search what lies on this machine: the installation, or its mail alone, and what is named."""
    here = [data] if places.run else []
    mail = Path(places.addresses.mail_dir) if places.addresses else None
    if mail and mail.is_dir() and not any(mail.is_relative_to(each.absolute()) for each in here):
        here.append(mail)
    with progress("folders searched", len(here) + len(folders)) as bar:
        found = []
        for folder in (*here, *folders):
            found.append(search_folder(f"folder {folder}", folder, marks))
            bar.advance(bar.task_ids[0])
    return found


def _show(confirmed: list[dict[str, Any]], searched: Sequence[Searched], *, as_json: bool) -> None:
    """Show what was searched."""
    left = [each for each in searched if each.found]
    if as_json:
        rows = [
            {"place": each.place, "looked_at": each.looked_at, "found": each.found}
            for each in searched
        ]
        show_json({"erased": confirmed, "searched": rows, "found": len(left)})
    else:
        rows_ = ([each.place, each.looked_at, ", ".join(each.found) or "-"] for each in searched)
        show_table("searched", ("place", "looked at", "found in"), rows_)


def _end(erasing: Erasing, searched: Sequence[Searched], kept: CommandError | None) -> None:
    """Raise CommandError when something was found, not searched, or kept by RabbitMQ."""
    left = sum(bool(each.found) for each in searched)
    said = [f"something is left, or was not searched, in {left} of these places."] if left else []
    if erasing.unknown:
        said.append(
            f"not searched for what these are called: {', '.join(erasing.unknown)}; run it again "
            "with --marks-from."
        )
    if kept:
        said.append(f"RabbitMQ still has what it had delivered: {kept.sentence}")
    if said:
        raise CommandError(in_lines(*said), kept.exit_code if kept else REFUSED)
