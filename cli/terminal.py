"""What a command says: results on stdout, everything else on stderr."""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

MOST_COLUMNS = 10_000

JsonOption = Annotated[
    bool, typer.Option("--json", help="Print JSON for scripts in place of tables.")
]


def say(sentence: str) -> None:
    """Tell the user something that is no result."""
    Console(stderr=True, soft_wrap=True, highlight=False).print(escape(sentence))


def show(line: str, style: str | None = None) -> None:
    """Print one line of the result."""
    Console(soft_wrap=True, highlight=False).print(escape(line), style=style)


def show_json(value: object) -> None:
    """Print one line of JSON."""
    print(json.dumps(value, ensure_ascii=False, separators=(",", ":")), flush=True)


def show_table(title: str, headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Print a table; on anything but a terminal it is as wide as it needs to be."""
    table = Table(*headings, title=title, title_justify="left", header_style="bold")
    for row in rows:
        table.add_row(*(escape("" if cell is None else str(cell)) for cell in row))
    console = Console(highlight=False)
    if not console.is_terminal:
        needed = Console(width=MOST_COLUMNS).measure(table).maximum
        console = Console(highlight=False, width=needed)
    console.print(table)


@contextmanager
def progress(what: str, total: int) -> Iterator[Progress]:
    """Draw a bar on stderr where that is a terminal; the caller advances task 0."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    bar = Progress(*columns, TimeElapsedColumn(), console=console, disable=not console.is_terminal)
    with bar:
        bar.add_task(what, total=total)
        yield bar
