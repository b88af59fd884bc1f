"""`wlc backup` and `wlc restore`."""

import asyncio
from collections.abc import Coroutine
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from pymongo.errors import OperationFailure, PyMongoError

from cli.audited import write_down
from cli.backups.erased import LIST, Forgotten, forgotten_in, keep_list
from cli.backups.installation import Kept
from cli.backups.keys import VARIABLE, key_for_backup, key_in
from cli.backups.letters import Counts
from cli.backups.reading import Backup, lists_of, newest_in
from cli.backups.restoring import Restored, restore_into
from cli.backups.taking import Source, mongo, name_of, take_backup
from cli.backups.targets import Target, target_at
from cli.broker import AWAY
from cli.errors import REFUSED, UNREACHABLE, CommandError, refuse_together
from cli.places import DEFAULT_FOLDER, DataOption, Places
from cli.terminal import JsonOption, say, show, show_json
from deploy.embedded import EmbeddedError

T = TypeVar("T")

KeyFileOption = Annotated[
    Path | None,
    typer.Option(
        "--key-file",
        envvar=VARIABLE,
        metavar="FILE",
        help="The key, which lies elsewhere than the backups; `wlc backup` makes it.",
    ),
]
ErasedOnlyOption = Annotated[
    bool,
    typer.Option("--erased-only", help="Only add to the list of who was forgotten."),
]
ErasedOption = Annotated[
    Path | None,
    typer.Option("--erased", metavar="FILE", help="A newer list of who was forgotten."),
]
CheckOption = Annotated[
    bool, typer.Option("--check", help="Only read the backup from end to end; change nothing.")
]


def backup(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where backups are kept.")],
    *,
    key_file: KeyFileOption = None,
    erased_only: ErasedOnlyOption = False,
    as_json: JsonOption = False,
    data: DataOption = DEFAULT_FOLDER,
) -> None:
    """Copy the whole system at one moment into a folder of its own in DIR, encrypted.

    While it runs, all goes on; for some seconds services leave their queues alone, and what is sent
    waits. DIR/erased.jsonl names, by id, who was forgotten; each backup adds to it. Keep the key
    elsewhere, and copies of DIR too.

    Example: `wlc backup /srv/backups --key-file /root/wlc-backup.key`
    """
    places, kept = Places(data), Kept(data)
    url = kept.mongo_url(places)
    _make_folder(folder, apart_from=data)
    if erased_only:
        count = _run(_note_forgotten(url, folder))
        _show({"forgotten": count}, as_json=as_json)
        return
    kept.secrets()
    key = key_for_backup(_named(key_file), apart_from=(folder, data))
    source = Source(url, places.rabbit_url(), kept.texts())
    made_at = datetime.now(UTC)
    _write_down(places, name_of(made_at))
    taken = _run(take_backup(source, folder, key, made_at, say))
    _show(taken.as_json(), as_json=as_json)


def restore(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="A backup, or where backups are: the newest.")
    ],
    *,
    key_file: KeyFileOption = None,
    erased: ErasedOption = None,
    check: CheckOption = False,
    as_json: JsonOption = False,
    data: DataOption = DEFAULT_FOLDER,
) -> None:
    """Put a backup back into a folder in which nothing is; `wlc up` starts it then.

    All of it is read and checked first. Who was forgotten since, by the lists, stays forgotten.

    Example: `wlc restore /srv/backups --key-file /root/wlc-backup.key --data /srv/wlc`
    """
    refuse_together(lambda: key_in(_named(key_file)), lambda: lists_of(newest_in(folder), erased))
    found = Backup(newest_in(folder), key_in(_named(key_file)))
    forgotten = found.forgotten(erased)
    target = target_at(data.absolute())
    if not check:
        target.check(found)
    say(f"reading {found.folder}")
    counts = found.check()
    if check:
        _show(_checked(found, counts, len(forgotten)), as_json=as_json)
        return
    restored = _run(_restore(found, forgotten, target))
    _show({"made_at": found.made_at, **restored.as_json()}, as_json=as_json)


def _checked(found: Backup, counts: Counts, forgotten: int) -> dict[str, Any]:
    return {
        "folder": str(found.folder),
        "made_at": found.made_at,
        "documents": counts.documents.total(),
        "messages": counts.messages.total(),
        "forgotten": forgotten,
    }


def _make_folder(folder: Path, *, apart_from: Path) -> None:
    """Make the folder of backups where there is none. Raises CommandError."""
    if folder.resolve().is_relative_to(apart_from.resolve()):
        raise CommandError(
            f"{folder} lies in {apart_from}: a backup is lost with what it lies in; name a folder "
            "elsewhere."
        )
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise CommandError(f"{folder} is no folder, and none can be made there.") from error


def _write_down(places: Places, name: str) -> None:
    """Add a row to the audit trail, which is then in the backup; one is taken in any case."""
    try:
        write_down(places, "backup_made", [name])
    except CommandError as error:
        say(f"the audit trail does not tell of this backup: {error.sentence}")


def _named(key_file: Path | None) -> Path:
    if key_file is None:
        raise CommandError(
            f"name the file of the key with --key-file, or set {VARIABLE}; it is to lie elsewhere "
            "than the backups."
        )
    return key_file


async def _note_forgotten(url: str, folder: Path) -> int:
    async with mongo(url) as client:
        return keep_list(folder / LIST, await forgotten_in(client))


async def _restore(found: Backup, forgotten: dict[str, Forgotten], target: Target) -> Restored:
    async with target.servers(found.files()) as (mongo_url, rabbit_url):
        return await restore_into(mongo_url, rabbit_url, found, forgotten, say)


def _run(work: Coroutine[Any, Any, T]) -> T:
    """Run it; what drivers raise is said in a sentence."""
    try:
        return asyncio.run(work)
    except EmbeddedError as error:
        raise CommandError(str(error), UNREACHABLE) from error
    except OperationFailure as error:
        raise CommandError(
            f"MongoDB refuses a step (code {error.code}); nothing of this is kept. "
            "`wlc doctor` checks the accounts; run it again.",
            REFUSED,
        ) from error
    except PyMongoError as error:
        raise CommandError(
            "MongoDB cannot be reached, or left in the middle; nothing of this is kept.",
            UNREACHABLE,
        ) from error
    except AWAY as error:
        if isinstance(error, OSError) and error.errno is not None and error.filename is not None:
            raise CommandError(f"{error.filename}: {error.strerror}.", REFUSED) from error
        raise CommandError(
            "RabbitMQ cannot be reached, or left in the middle; nothing of this is kept.",
            UNREACHABLE,
        ) from error


def _show(found: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        show_json(found)
        return
    for name, value in found.items():
        show(f"{name.replace('_', ' ')}: {value}")
