"""`wlc audit verify`, `wlc audit export` and `wlc audit end`."""

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from cli.audited import write_down
from cli.auditing.ending import (
    Over,
    archivists_url,
    end_rows,
    over_in,
    wait_until_told,
)
from cli.auditing.files import Contents, check_file
from cli.auditing.files import write as write_file
from cli.auditing.remembered import faults_beside, remember, remembered
from cli.auditing.trail import Trail, kept_since, opened
from cli.errors import REFUSED, CommandError
from cli.places import DEFAULT_FOLDER, DataOption, Places
from cli.terminal import JsonOption, YesOption, say, show, show_json
from shared.audit_chain import BEFORE_ALL, ENDED, Found

SEALED_WITHIN = timedelta(seconds=60)
"""How old a row may be that is in no block yet."""
MOST_SHOWN = 20

HEAD = re.compile(r"[0-9a-f]{64}")


def _whole_head(text: str | None) -> str | None:
    """Return a head as it is written in a chain; what is none must not look like a cut chain."""
    head = text.strip().lower() if text is not None else None
    if head is not None and HEAD.fullmatch(head) is None:
        raise typer.BadParameter("this is no head: copy all of its 64 hexadecimal digits")
    return head


HeadOption = Annotated[
    str | None,
    typer.Option(
        "--head",
        metavar="HASH",
        callback=_whole_head,
        help="A head noted before, which must be in the chain: else it was cut or made anew.",
    ),
]
OptionalFile = Annotated[
    Path | None, typer.Argument(metavar="[FILE]", help="One made by `wlc audit export`.")
]
NewFile = Annotated[Path, typer.Argument(metavar="FILE", help="The file to make.")]

verbs = typer.Typer(
    no_args_is_help=True, help="The audit trail: check that nobody changed it, take it away."
)


@verbs.command()
def verify(
    file: OptionalFile = None,
    *,
    head: HeadOption = None,
    as_json: JsonOption = False,
    data: DataOption = DEFAULT_FOLDER,
) -> None:
    """Check that each row stands as it was written and that none is missing or was put in.

    Without FILE it looks at the database, and at the newest head that it saw before. Ends with 1
    when anything was changed, and names the rows.

    Example: `wlc audit verify`, `wlc audit verify audit-2026-11.jsonl --head 3f9a…`
    """
    found = check_file(file) if file else _checked(data)
    if head is not None and head not in found.heads.values():
        found.faults.append("the head that was named is not in the chain: it was cut or made anew")
    if not file and not found.faults:
        remember(data, found)
    _tell(found, as_json=as_json)
    if found.faults:
        raise CommandError("the audit trail is not as it was written.", REFUSED)


@verbs.command()
def export(
    file: NewFile,
    *,
    data: DataOption = DEFAULT_FOLDER,
) -> None:
    """Take the trail away with its chain, to be checked anywhere by `wlc audit verify FILE`.

    It names staff and objects, and nobody else. That it was taken away is written down first.

    Example: `wlc audit export audit-2026-11.jsonl`
    """
    places = Places(data)
    if file.exists():
        raise CommandError(f"{file} is there already; name another file.")
    with opened(places) as trail:
        write_down(places, "audit_exported", ["audit"])
        contents = _contents(trail)
    write_file(file, contents)
    last = contents.blocks[-1]["head"] if contents.blocks else BEFORE_ALL
    say(f"{file}: {len(contents.rows)} rows in {len(contents.blocks)} blocks; its head is {last}")


@verbs.command()
def end(
    *,
    yes: YesOption = False,
    as_json: JsonOption = False,
    data: DataOption = DEFAULT_FOLDER,
) -> None:
    """End for good what the trail has kept for six years.

    Their digests stay in the chain, and a row of the trail says up to which block rows may be gone.
    Does nothing where the trail is not as it was written. For a nightly job: `--yes`.

    Example: `wlc audit export audit-until-2026.jsonl`, then `wlc audit end`
    """
    places, before = Places(data), kept_since()
    url = archivists_url(data.absolute())
    found = _checked(data)
    if found.faults:
        raise CommandError("the trail is not as it was written: see `wlc audit verify`.", REFUSED)
    with opened(places) as trail:
        over, rows = over_in(trail, found.over_up_to, before), 0
        if over and (yes or _confirmed(over, before)):
            write_down(places, ENDED, [over.block])
            wait_until_told(trail, over)
            rows = end_rows(url, over)
    if as_json:
        show_json({"before": before.isoformat(), "rows": rows})
    else:
        show(f"{rows} rows of before {before} were ended.")


def _confirmed(over: Over, before: date) -> bool:
    asked = f"End {over.rows} rows, all of before {before}? There is no way back."
    return typer.confirm(asked, err=True)


def _checked(folder: Path) -> Found:
    before = remembered(folder)
    with opened(Places(folder)) as trail:
        found = trail.checked()
    cutoff = datetime.now(UTC) - SEALED_WITHIN
    late = [row for row in found.unsealed if _written_at(row.get("at")) < cutoff]
    found.faults += [f"row {row.get('_id')} is in no block" for row in late]
    if before:
        found.faults += faults_beside(before, found)
    return found


def _contents(trail: Trail) -> Contents:
    """Return the blocks, and the rows that they seal."""
    blocks = list(trail.blocks())
    sealed = {entry["row"] for block in blocks for entry in block["entries"]}
    return Contents(blocks, [row for row in trail.rows() if row["_id"] in sealed])


def _written_at(text: object) -> datetime:
    try:
        return datetime.fromisoformat(str(text)).astimezone(UTC)
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)


def _tell(found: Found, *, as_json: bool) -> None:
    if as_json:
        told = {"rows": found.rows, "blocks": found.blocks, "unsealed": len(found.unsealed)}
        told["ended"] = found.ended
        show_json({**told, "head": found.head, "faults": found.faults})
        return
    for fault in found.faults[:MOST_SHOWN]:
        show(fault)
    if len(found.faults) > MOST_SHOWN:
        show(f"and {len(found.faults) - MOST_SHOWN} more; --json names them all")
    if not found.faults:
        waiting = f", {len(found.unsealed)} of them not sealed yet" if found.unsealed else ""
        show(f"{found.rows} rows{waiting} stand as they were written, in {found.blocks} blocks.")
        if found.ended:
            show(f"{found.ended} rows of blocks up to {found.ended_up_to} were ended, as it says.")
        show(f"head: {found.head}")
