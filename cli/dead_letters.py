"""`wlc dead-letters`: what services could not handle, to look at, put back or delete."""

import asyncio
from collections.abc import Sequence
from typing import Annotated

import typer
from aio_pika.abc import AbstractChannel

from cli.audited import told_as, write_down
from cli.broker import DeadLetter, ask
from cli.errors import REFUSED, CommandError
from cli.places import DEFAULT_FOLDER, DataOption, Places
from cli.selecting import (
    AgeOption,
    CodeOption,
    Selection,
    ServiceOption,
    TypeOption,
    check_meant,
    chosen,
)
from cli.terminal import JsonOption, YesOption, say, show, show_json, show_table

IdsArgument = Annotated[
    list[str] | None, typer.Argument(metavar="[MESSAGE_ID]...", help="As `list` shows them.")
]
AllOption = Annotated[bool, typer.Option("--all", help="All of them.")]
BodyOption = Annotated[
    bool, typer.Option("--body", help="Its content too, which can be about a person.")
]

verbs = typer.Typer(
    no_args_is_help=True, help="Messages that could not be handled: look, put back, delete."
)


@verbs.command("list")
def list_(
    *,
    service: ServiceOption = None,
    type_: TypeOption = None,
    code: CodeOption = None,
    older_than: AgeOption = None,
    as_json: JsonOption = False,
    data: DataOption = DEFAULT_FOLDER,
) -> None:
    """List them, with the reason; they stay where they are.

    Example: `wlc dead-letters list --service matching --code rule --older-than 2h`
    """
    selection = Selection(service, type_, code, older_than)

    async def listed(channel: AbstractChannel) -> list[dict[str, object]]:
        return [letter.as_json() for letter in await selection.among(channel)]

    found = ask(Places(data).rabbit_url(), listed)
    if as_json:
        show_json(found)
        return
    headings = ("service", "message_id", "type", "reason", "attempts", "failed_at")
    rows = ([letter[heading] for heading in headings] for letter in found)
    show_table(f"dead letters: {len(found)}", headings, rows)


@verbs.command("show")
def show_(
    message_id: Annotated[str, typer.Argument(help="As `list` shows it.")],
    *,
    service: ServiceOption = None,
    body: BodyOption = False,
    as_json: JsonOption = False,
    data: DataOption = DEFAULT_FOLDER,
) -> None:
    """Show one, without its content; `wlc trace` follows its correlation id.

    That somebody reads the content is written into the audit trail first.
    With `--json` it is a list: the same message can be a dead letter of several services.

    Example: `wlc dead-letters show 33c9ee59-3bf9-4587-b8ba-1161063f397e`
    """
    selection = Selection(service)

    async def found(channel: AbstractChannel) -> list[DeadLetter]:
        letters = await selection.among(channel)
        return chosen(letters, [message_id], everything=False)

    places = Places(data)
    meant = ask(places.rabbit_url(), found)
    if body:
        write_down(places, "dead_letter_read", map(_named, meant))
    if as_json:
        show_json([one.as_json() | ({"body": one.body} if body else {}) for one in meant])
        return
    for one in meant:
        for name, value in one.as_json().items():
            show(f"{name}: {value}")
    for one in meant if body else ():
        show(one.body)


@verbs.command()
def replay(
    message_ids: IdsArgument = None,
    *,
    everything: AllOption = False,
    service: ServiceOption = None,
    type_: TypeOption = None,
    code: CodeOption = None,
    older_than: AgeOption = None,
    data: DataOption = DEFAULT_FOLDER,
) -> None:
    """Put them back into their service's queue, once the cause is mended.

    They keep their ids, so that what had its effect already has none again. With `--all`, the
    other options say which.

    Example: `wlc dead-letters replay --all --service matching`
    """
    places, selection = Places(data), Selection(service, type_, code, older_than)

    async def replayed(channel: AbstractChannel) -> tuple[int, list[str]]:
        found = await selection.among(channel)
        meant = chosen(found, message_ids or [], everything=everything)
        certain = [letter for letter in meant if not letter.sender_is_unknown]
        await _written_down(places, "dead_letter_replayed", certain)
        for letter in certain:
            await letter.replay(channel)
        return len(certain), [letter.id for letter in meant if letter.sender_is_unknown]

    count, left = ask(places.rabbit_url(), replayed)
    say(f"put back: {count}")
    if left:
        raise CommandError(
            f"left where they are, for it is not certain who sent them: {', '.join(left)}; "
            "`wlc dead-letters show ID --body` shows one, to be sent again by whoever it is of.",
            REFUSED,
        )


@verbs.command()
def drop(
    message_ids: IdsArgument = None,
    *,
    everything: AllOption = False,
    service: ServiceOption = None,
    type_: TypeOption = None,
    code: CodeOption = None,
    older_than: AgeOption = None,
    yes: YesOption = False,
    data: DataOption = DEFAULT_FOLDER,
) -> None:
    """Delete them for good; with `--all`, the other options say which. Ends with 1 after a no.

    Example: `wlc dead-letters drop 33c9ee59-3bf9-4587-b8ba-1161063f397e --yes`
    """
    places, selection = Places(data), Selection(service, type_, code, older_than)
    check_meant(message_ids or [], everything=everything)

    async def counted(channel: AbstractChannel) -> int:
        found = await selection.among(channel)
        return len(chosen(found, message_ids or [], everything=everything))

    async def dropped(channel: AbstractChannel) -> int:
        found = await selection.among(channel)
        meant = chosen(found, message_ids or [], everything=everything)
        await _written_down(places, "dead_letter_dropped", meant)
        for letter in meant:
            await letter.drop()
        return len(meant)

    url = places.rabbit_url()
    count = ask(url, counted)
    if count and not yes and not _confirmed(count):
        raise CommandError("nothing was deleted.", REFUSED)
    say(f"deleted: {ask(url, dropped)}")


async def _written_down(places: Places, what: str, letters: Sequence[DeadLetter]) -> None:
    """Write down what is done, beside the connection that holds the letters."""
    await asyncio.to_thread(write_down, places, what, map(_named, letters))


def _named(letter: DeadLetter) -> str:
    return f"{letter.service}/{told_as(letter.id)}"


def _confirmed(count: int) -> bool:
    letters = "1 dead letter" if count == 1 else f"{count} dead letters"
    return typer.confirm(f"Delete {letters}? There is no way back.", err=True)
