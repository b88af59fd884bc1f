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
LONGEST_ID = 200


IdArgument = Annotated[
    str,
    typer.Argument(
        metavar="ID",
        help="A correlation id, or that of a submission, event, person, match…; or the reference "
        "of an engagement.",
    ),
]


def trace(
    any_id: IdArgument,
    *,
    as_json: JsonOption = False,
    data: DataOption = DEFAULT_FOLDER,
) -> None:
    """Show every event that followed from one cause, as a tree.

    The id of a submission is the `submission_id` that `wlc publish --json` prints. For what has
    changed by several causes there is a tree of each.

    Example: `wlc trace NWL-2026-014`, `wlc trace 33c9ee59-3bf9-4587-b8ba-1161063f397e`
    """
    nothing = CommandError(
        f"nothing is known of {any_id[:LONGEST_ID]!r}; give a correlation id, the reference of an "
        "engagement, or the id of an event, submission, participant, engagement, match, session, "
        "invitation or message.",
        REFUSED,
    )
    if len(any_id) > LONGEST_ID or not any_id.isprintable():
        raise nothing
    path = f"/v1/trace/{quote(any_id, safe='')}"
    steps = read_console(Places(data), path, nothing=nothing)
    if as_json:
        show_json(steps)
        return
    for cause in dict.fromkeys(step.get("correlation_id", any_id) for step in steps):
        own = [step for step in steps if step.get("correlation_id", any_id) == cause]
        _print_whole(tree_of(cause, own))


def _print_whole(tree: Tree) -> None:
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
