"""`wlc erase`: order it, wait until each service confirms, clean, search, and show what is left."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from aio_pika.abc import AbstractChannel

from cli.audited import told_as, write_down
from cli.broker import ask
from cli.doctoring.renewal import check_renewable, renew
from cli.erasing.databases import handles_of, search_databases
from cli.erasing.files import Searched, search_folder
from cli.erasing.marks import Marks, marks_of
from cli.erasing.people import Erasing, forget, know
from cli.erasing.queues import search_queues, theirs_alone
from cli.errors import REFUSED, CommandError, in_lines
from cli.places import DEFAULT_FOLDER, DataOption, Places
from cli.showing import HubOption
from cli.terminal import JsonOption, progress, say, show_json, show_table

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
        know(erasing, each, hub)
    erasing.words += marks
    if marks_of(marks).folded:
        erasing.unknown.clear()
    if not yes and not _meant(len(erasing.ids)):
        raise CommandError("nobody was forgotten.", REFUSED)
    ask(erasing.places.rabbit_url(), check_renewable)
    confirmed = forget(erasing)
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


def _meant(count: int) -> bool:
    people = "this person" if count == 1 else f"these {count} people"
    return typer.confirm(f"Forget {people} for good? There is no way back.", err=True)


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
