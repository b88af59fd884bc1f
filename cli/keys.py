"""`wlc keys`: the keys that seal who people are: under which master they lie, and newer ones."""

import time
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from pydantic import BaseModel, ConfigDict, ValidationError

from cli.audited import write_down
from cli.errors import REFUSED, UNREACHABLE, CommandError
from cli.places import DEFAULT_FOLDER, DataOption, Places
from cli.service_port import ServicePort
from cli.terminal import JsonOption, say, show_json, show_table
from deploy.accounts import Secrets
from deploy.embedded import EmbeddedError
from deploy.local.plan import SECRETS_FILE

HEADINGS = ("master", "keys", "")
UNNAMED = "(of before masters had names)"
SECONDS = 0.5
STUCK_SECONDS = 60.0
"""After so long without one fewer, something else is wrong: nobody waits for ever."""
WHO_MAKES_THEM = "start every intake again that ran before the new one was made, and ask again."
IN_CONTAINERS = "in containers, use `docker compose run --rm setup {}`."

PersonArgument = Annotated[
    str, typer.Argument(metavar="PERSON", help="The id of a participant.", show_default=False)
]
WaitOption = Annotated[bool, typer.Option("--wait/--no-wait", help="Until none is left.")]

verbs = typer.Typer(
    no_args_is_help=True, help="Keys that seal who people are: look, wrap anew, replace."
)


class Master(BaseModel):
    """How many keys one master wraps."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str
    keys: int
    is_current: bool
    is_known: bool


class Keys(BaseModel):
    """Under which masters the keys lie."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    current: str
    masters: tuple[Master, ...]
    left: int


@verbs.command()
def status(*, as_json: JsonOption = False, data: DataOption = DEFAULT_FOLDER) -> None:
    """Tell how many keys each master wraps, and how many are not under the current one.

    Example: `wlc keys status`
    """
    _show(_asked(_intake(data), "GET", "/keys"), as_json=as_json)


@verbs.command("new-master")
def new_master(*, data: DataOption = DEFAULT_FOLDER) -> None:
    """Make a new master key for an installation of `wlc up`; the one of before still opens.

    It is used from the next start on: `wlc down`, `wlc up`, then `wlc keys rotate-master`.

    Example: `wlc keys new-master`
    """
    file = _secrets_file(data, "new-master")
    _secrets(file).with_new_master().keep(file)
    say("made; `wlc down` and `wlc up` use it, then `wlc keys rotate-master` wraps all keys by it.")


@verbs.command("new-exclusion-key")
def new_exclusion_key(*, data: DataOption = DEFAULT_FOLDER) -> None:
    """Make another key for the digests of what people stay away from, for one of `wlc up`.

    It is used from the next start on. Intake then tells everybody anew, by itself; who stays away
    from anything is drawn for nothing, and sent to no venue, until matching and scheduling heard.

    Example: `wlc keys new-exclusion-key`
    """
    file = _secrets_file(data, "new-exclusion-key")
    _secrets(file).with_new_exclusion_key().keep(file)
    say("made; `wlc down` and `wlc up` use it.")


@verbs.command("rotate-master")
def rotate_master(
    *, wait: WaitOption = True, as_json: JsonOption = False, data: DataOption = DEFAULT_FOLDER
) -> None:
    """Wrap all keys under the current master, while everything goes on.

    Example: `wlc keys rotate-master`
    """
    port = _intake(data)
    write_down(Places(data), "master_key_changed", ["keyring"])
    found = _asked(port, "POST", "/keys/rotate-master")
    if wait:
        found = _until_none_is_left(port, found)
    _show(found, as_json=as_json)


@verbs.command("drop-masters")
def drop_masters(*, data: DataOption = DEFAULT_FOLDER) -> None:
    """Drop the master keys of before from an installation of `wlc up`, once none wraps a key.

    Back-ups of the keyring that were made before need them: keep them as long as those.

    Example: `wlc keys drop-masters`
    """
    file = _secrets_file(data, "drop-masters")
    known = _secrets(file)
    found = _asked(_intake(data), "GET", "/keys")
    if fault := known.fault_of_dropping(found.current, found.left):
        raise CommandError(fault, REFUSED)
    known.with_one_master().keep(file)
    say("dropped; services forget them at their next start.")


@verbs.command()
def rotate(
    person: PersonArgument, *, as_json: JsonOption = False, data: DataOption = DEFAULT_FOLDER
) -> None:
    """Seal who one person is under a new key of theirs; the old one is deleted 15 days later.

    Example: `wlc keys rotate 3f0c6a52-6a5b-4a55-9d0a-1f0a5f1f5a11`
    """
    try:
        participant_id = str(UUID(person))
    except ValueError:
        raise CommandError("PERSON is the id of a participant, a UUID.", REFUSED) from None
    port = _intake(data)
    write_down(Places(data), "person_key_changed", [participant_id])
    port.answer("POST", "/keys/rotate", {"participant_id": participant_id})
    if as_json:
        show_json({"participant_id": participant_id})
    else:
        say("asked for; the card is told under the new key within seconds.")


def _secrets_file(data: Path, step: str) -> Path:
    """Return where `wlc up` keeps its secrets. Raises CommandError."""
    file = data / SECRETS_FILE
    if not file.exists():
        raise CommandError(f"there is no {file}; {IN_CONTAINERS.format(step)}", REFUSED)
    return file


def _secrets(file: Path) -> Secrets:
    """Return what a file of secrets holds. Raises CommandError."""
    try:
        return Secrets.kept_in(file)
    except EmbeddedError as error:
        raise CommandError(str(error), REFUSED) from None


def _until_none_is_left(port: ServicePort, found: Keys) -> Keys:
    """Look again, and ask again where it rests: a replica of before may make keys meanwhile."""
    until = time.monotonic() + STUCK_SECONDS
    while found.left:
        if time.monotonic() > until:
            sentence = f"{found.left} keys stay under a master of before; {WHO_MAKES_THEM}"
            raise CommandError(sentence, REFUSED)
        time.sleep(SECONDS)
        before, found = found.left, _asked(port, "GET", "/keys")
        if found.left < before:
            until = time.monotonic() + STUCK_SECONDS
        elif found.left:
            _asked(port, "POST", "/keys/rotate-master")
    return found


def _intake(data: Path) -> ServicePort:
    return ServicePort.of(Places(data), "intake")


def _asked(port: ServicePort, method: str, path: str) -> Keys:
    try:
        return Keys.model_validate_json(port.answer(method, path, {} if method == "POST" else None))
    except ValidationError as error:
        raise CommandError("intake answers nonsense", UNREACHABLE) from error


def _show(keys: Keys, *, as_json: bool) -> None:
    if as_json:
        show_json(keys.model_dump())
        return
    rows = [(each.name or UNNAMED, each.keys, _remark(each)) for each in keys.masters]
    show_table(f"keys: {sum(each.keys for each in keys.masters)}", HEADINGS, rows)
    if keys.left:
        say(f"{keys.left} keys are not under the current master yet.")


def _remark(master: Master) -> str:
    if master.is_current:
        return "current"
    return "" if master.is_known else "not known to intake: nothing under it opens"
