"""`wlc messages`: what was told whom, and `wlc messages preview`: a message as it would be."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from cli.console import ask_console, read_console
from cli.errors import REFUSED, UNREACHABLE, CommandError
from cli.places import CONSOLE_URL, DEFAULT_FOLDER, DataOption, Places
from cli.showing import ONLY_STATUS, HubOption, Row, show_rows
from cli.terminal import JsonOption, say, show, show_json
from shared.contracts.messages import MessageStatus
from shared.contracts.previews import Form, PreviewPart
from shared.previews import files_of

PAUSE_SECONDS = 0.5
PATIENCE_SECONDS = 30.0
WRITTEN, REFUSED_STAGE = "written", "refused"
AboutOption = Annotated[UUID | None, typer.Option(metavar="ID", help="What it is about.")]

MESSAGES: dict[str, Callable[[Row], object]] = {
    "kind": lambda row: row["kind"],
    "for": lambda row: row.get("participant_reference") or row.get("staff"),
    "channel": lambda row: row["channel"],
    "status": lambda row: row["status"],
    "at": lambda row: row["at"],
    "message": lambda row: row["message_id"],
}

verbs = typer.Typer(help="Show who was told what, and what a message looks like.")


@verbs.callback(invoke_without_command=True)
def messages(
    context: typer.Context,
    *,
    hub: HubOption = None,
    status: Annotated[MessageStatus | None, ONLY_STATUS] = None,
    as_json: JsonOption = False,
    data: DataOption = DEFAULT_FOLDER,
) -> None:
    """Show who was told what, by which channel, and the calls to make.

    Example: `wlc messages --status to_call`
    """
    if context.invoked_subcommand is None:
        show_rows(data, "/v1/messages", (hub, status), MESSAGES, as_json=as_json)


@verbs.command()
def preview(
    kind: Annotated[str, typer.Argument(help="Such as invitation, reminder or staff-match.")],
    *,
    form: Annotated[Form, typer.Option(help="How it would be written.")] = Form.EMAIL,
    language: Annotated[str, typer.Option(help="Code of the language, such as so.")] = "en",
    point_size: Annotated[int, typer.Option(min=12, max=28, help="Size of a letter's print.")] = 14,
    discreet: Annotated[
        bool, typer.Option("--discreet", help="As where others may see it.")
    ] = False,
    invitation: AboutOption = None,
    match: AboutOption = None,
    session: AboutOption = None,
    hub: HubOption = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Write every part as a file.")
    ] = None,
    as_json: JsonOption = False,
    data: DataOption = DEFAULT_FOLDER,
) -> None:
    """Show a message as it would be written now; it goes to nobody.

    Without an id it is about the newest invitation, match or session of the hub.

    Example: `wlc messages preview invitation --form letter --point-size 24 --out letters`
    """
    places = Places(data)
    places.refuse_unknown_hub(hub, CONSOLE_URL)
    about = {"invitation_id": invitation, "match_id": match, "session_id": session}
    body = {
        "kind": kind,
        "form": form.value,
        "language": language.lower(),
        "point_size": point_size,
        "discreet": discreet,
        "hub": hub,
        **{name: str(each) for name, each in about.items() if each},
    }
    found = _written(places, body)
    if out is not None:
        _write(found, out)
    _show(found, out, as_json=as_json)


def _written(places: Places, body: dict[str, Any]) -> dict[str, Any]:
    """Ask for it and wait until it is there. Raises CommandError."""
    found = ask_console(places, "/v1/previews", body)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while found["stage"] not in {WRITTEN, REFUSED_STAGE}:
        if time.monotonic() > deadline:
            raise CommandError(
                "notification did not write it in time; `wlc status` shows whether it runs.",
                UNREACHABLE,
            )
        time.sleep(PAUSE_SECONDS)
        found = read_console(places, f"/v1/previews/{found['preview_id']}")
    if found["stage"] == REFUSED_STAGE:
        reason = found["fault"] or "notification gave no reason"
        raise CommandError(f"this message cannot be written: {reason.rstrip('.')}.", REFUSED)
    return dict(found)


def _write(found: dict[str, Any], folder: Path) -> None:
    files = [(each.name, each.content) for each in files_of(_parts(found))]
    subject = [("subject.txt", f"{found['subject']}\n".encode())] if found["subject"] else []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in (*subject, *files):
            (folder / name).write_bytes(content)
    except OSError as error:
        raise CommandError(f"{folder} cannot be written to; name another folder.") from error


def _show(found: dict[str, Any], folder: Path | None, *, as_json: bool) -> None:
    if as_json:
        show_json(found)
        return
    if not found["is_translated"]:
        say(f"wlc: {found['language']} has no reviewed translation, so this is in English.")
    texts = [p.content for p in _parts(found) if p.media_type.startswith("text/plain")]
    subject = [f"Subject: {found['subject']}", ""] if found["subject"] else []
    for line in (*subject, *(line for text in texts for line in text.splitlines())):
        show(line)
    if folder is not None:
        say(f"wlc: its parts are in {folder}.")
    elif not texts:
        say("wlc: it has no text to print; --out writes its files.")


def _parts(found: dict[str, Any]) -> list[PreviewPart]:
    return [PreviewPart.model_validate(part) for part in found["parts"]]
