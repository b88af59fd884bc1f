"""What a command says: results on stdout, everything else on stderr."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

MOST_COLUMNS = 10_000
INDENT = "  "
BETWEEN = " · "

_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""What moves the cursor, changes colours or turns the direction of writing, and broken text."""

JsonOption = Annotated[
    bool, typer.Option("--json", help="Print JSON for scripts in place of tables.")
]
YesOption = Annotated[bool, typer.Option("--yes", help="Do not ask whether this is meant.")]
JsonLinesOption = Annotated[
    bool, typer.Option("--json", help="Print JSON Lines: an object for each event or row.")
]


def plain(text: str) -> str:
    """Return it with nothing in it that a terminal obeys: files may be written by anybody."""
    return _UNSEEN.sub("\ufffd", text)


def say(sentence: str) -> None:
    """Tell the user something that is no result."""
    lines = "\n".join(map(plain, sentence.split("\n")))
    Console(stderr=True, soft_wrap=True, highlight=False).print(escape(lines))


def show(line: str, style: str | None = None) -> None:
    """Print one line of the result."""
    Console(soft_wrap=True, highlight=False).print(escape(plain(line)), style=style)


def show_json(value: object) -> None:
    """Print one line of JSON."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    print(_UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text), flush=True)


def show_table(title: str, headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Print a table as wide as it needs to be; on a terminal too narrow for it, row by row."""
    cells = [["" if cell is None else plain(str(cell)) for cell in row] for row in rows]
    table = Table(*headings, title=escape(plain(title)), title_justify="left", header_style="bold")
    for row in cells:
        table.add_row(*map(escape, row))
    console = Console(highlight=False)
    needed = Console(width=MOST_COLUMNS).measure(table).maximum
    if console.is_terminal and needed > console.width:
        show(title, "italic")
        for line in stacked(headings, cells, console.width):
            show(line, None if line.startswith(INDENT) else "bold")
        return
    Console(highlight=False, width=max(needed, console.width)).print(table)


def stacked(headings: Sequence[str], rows: Iterable[Sequence[str]], width: int) -> Iterator[str]:
    """Return lines that break only between cells, however long one is; leave out empty cells."""
    for first, *others in rows:
        yield first
        line = INDENT
        told = zip(headings[1:], others, strict=True)
        for piece in (f"{heading}: {cell}" for heading, cell in told if cell):
            if line != INDENT and len(line) + len(BETWEEN) + len(piece) > width:
                yield line
                line = INDENT
            line += piece if line == INDENT else f"{BETWEEN}{piece}"
        yield line


@contextmanager
def progress(what: str, total: int) -> Iterator[Progress]:
    """Draw a bar on stderr where that is a terminal; the caller advances task 0."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    bar = Progress(*columns, TimeElapsedColumn(), console=console, disable=not console.is_terminal)
    with bar:
        bar.add_task(what, total=total)
        yield bar
