"""`wlc erase`: order it, wait until each service confirms, clean, search, and show what is left."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.erasing.due import CasesHere, clean_due, tell
from cli.erasing.files import Searched
from cli.erasing.patience import AGAIN, patiently
from cli.erasing.people import Erasing, forget, know_all
from cli.erasing.traces import CleaningHere, Traces, TracesHere
from cli.errors import REFUSED, CommandError, in_lines
from cli.places import DEFAULT_FOLDER, DataOption, Places
from cli.showing import HubOption
from cli.terminal import JsonOption, YesOption, say, show_json, show_table

STDIN = Path("-")
COMMON = "names that are words of everybody's here, searched for within the whole name alone"

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
DueOption = Annotated[
    bool,
    typer.Option(
        "--due",
        help="Forget nobody; clean after all who were forgotten by themselves since the last time.",
    ),
]


def erase(
    people: PersonArguments = None,
    *,
    from_file: FileOption = None,
    hub: HubOption = None,
    mark: MarkOption = None,
    marks_from: MarksFileOption = None,
    folder: FolderOption = None,
    due: DueOption = False,
    yes: YesOption = False,
    as_json: JsonOption = False,
    data: DataOption = DEFAULT_FOLDER,
) -> None:
    """Have people forgotten for good, and show that nothing of who they are is left.

    Each service confirms; then databases, queues, dead letters and, of an installation on this
    machine, every byte of its folder are searched. Whoever was forgotten before is searched for by
    --marks-from alone. Ends with 1 when something is found or was not searched, with 3 when a
    service does not confirm.

    With --due nobody is named: dead letters and RabbitMQ's files are cleaned after those who were
    forgotten by their own wish, through a publisher, or since they left long ago.

    Example: `wlc erase NWL-P-77 --yes`
    """
    if due:
        if people or from_file or hub or mark or marks_from or folder:
            raise CommandError("with --due nobody is named, and nothing to search for.")
        places = Places(data)
        tell(clean_due(CasesHere(places), CleaningHere(places, quiet=as_json)), as_json=as_json)
        return
    folders = folder or ()
    named, marks = read_asked(people or (), from_file, mark or (), marks_from, folders, yes=yes)
    erasing = Erasing(Places(data), quiet=as_json)
    know_all(erasing, named, hub)
    if not yes and not _meant(len(erasing.ids)):
        raise CommandError("nobody was forgotten.", REFUSED)
    carry_out(erasing, marks, TracesHere(data, folders), as_json=as_json)


def carry_out(
    erasing: Erasing, marks: Sequence[str], traces: Traces, *, as_json: bool = False
) -> None:
    """Have those who are known forgotten; search for them, and for more marks of theirs."""
    erasing.add(marks)
    traces.check(erasing)
    erasing.common -= {mark.lower() for mark in marks}
    if erasing.common:
        erasing.tell(f"{COMMON}: {len(erasing.common)}")
    try:
        confirmed = forget(erasing)
        kept = patiently(lambda: traces.clean(erasing))
        searched = patiently(lambda: traces.search(erasing))
    except KeyboardInterrupt:
        say(f"stopped; who was to be forgotten is forgotten all the same, perhaps not all. {AGAIN}")
        raise
    _show(confirmed, searched, as_json=as_json)
    _end(erasing, searched, kept)


def read_asked(
    people: Sequence[str],
    from_file: Path | None,
    mark: Sequence[str],
    marks_from: Path | None,
    folders: Sequence[Path] = (),
    *,
    yes: bool,
) -> tuple[list[str], list[str]]:
    """Return who is named, and more marks of theirs. Raises CommandError, which names every fault.

    Nobody is forgotten before it is known that each folder can be searched.
    """
    read = [from_file, marks_from].count(STDIN)
    faults = [f"{each} is no folder." for each in folders if not each.is_dir()]
    named, marks = list(dict.fromkeys(people)), [*mark]
    if read > 1 or (read and not yes):
        faults.append("standard input is for one thing; with - name --yes too.")
    else:
        named += [each for each in _lines(from_file, faults) if each not in named]
        marks += _lines(marks_from, faults)
    if not named and not from_file:
        faults.append("name somebody by participant id or reference, or a file with --from.")
    elif not named and not faults:
        faults.append(f"nobody is named in {from_file}.")
    if faults:
        raise CommandError(in_lines(*faults))
    return named, marks


def _lines(file: Path | None, faults: list[str]) -> list[str]:
    """Return the lines of a file, each once; note why it cannot be read."""
    if file is None:
        return []
    try:
        text = sys.stdin.read() if file == STDIN else file.read_text()
    except (OSError, UnicodeDecodeError):
        faults.append(f"{file} cannot be read; name a text file, one a line.")
        return []
    return list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))


def _meant(count: int) -> bool:
    people = "this person" if count == 1 else f"these {count} people"
    return typer.confirm(f"Forget {people} for good? There is no way back.", err=True)


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
