"""`wlc trace`: what followed from what, as a tree."""

from collections import defaultdict
from typing import Annotated, Any
from urllib.parse import quote

import typer
from rich.console import Console
from rich.markup import escape
from rich.tree import Tree

from cli.console import read_console
from cli.errors import REFUSED, CommandError
from cli.places import DEFAULT_FOLDER, DataOption, Places
from cli.terminal import MOST_COLUMNS, JsonOption, show_json

Step = dict[str, Any]


def trace(
    correlation_id: Annotated[str, typer.Argument(help="As it stands in an event or a log line.")],
    *,
    as_json: JsonOption = False,
    data: DataOption = DEFAULT_FOLDER,
) -> None:
    """Show every event that followed from one cause, as a tree.

    Example: `wlc trace 33c9ee59-3bf9-4587-b8ba-1161063f397e`
    """
    nothing = CommandError(f"no event has the correlation id {correlation_id}.", REFUSED)
    path = f"/v1/trace/{quote(correlation_id, safe='')}"
    steps = read_console(Places(data), path, nothing=nothing)
    if as_json:
        show_json(steps)
        return
    tree = tree_of(correlation_id, steps)
    needed = Console(width=MOST_COLUMNS).measure(tree).maximum
    Console(width=needed, soft_wrap=True, highlight=False).print(tree)


def tree_of(correlation_id: str, steps: list[Step]) -> Tree:
    """Hang each event under the one that caused it; under the root when that one is unknown."""
    ids = {step["id"] for step in steps}
    followers: dict[str | None, list[Step]] = defaultdict(list)
    for step in sorted(steps, key=lambda step: str(step["time"])):
        cause = step.get("causation_id")
        followers[cause if cause in ids and cause != step["id"] else None].append(step)
    root = Tree(escape(correlation_id))
    waiting = [(root, step) for step in reversed(followers[None])]
    while waiting:
        branch, step = waiting.pop()
        own = branch.add(_label(step))
        waiting += [(own, follower) for follower in reversed(followers[step["id"]])]
    return root


def _label(step: Step) -> str:
    kind, subject = escape(str(step["type"])), escape(str(step.get("subject") or ""))
    return f"[bold]{kind}[/] {escape(str(step['time']))} {escape(str(step['source']))} {subject}"
