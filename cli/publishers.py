"""`wlc publishers`: which other systems may submit what; their keys, looked at and replaced."""

import hashlib
import re
import secrets
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from cli.audited import write_down
from cli.errors import REFUSED, UNREACHABLE, CommandError, refuse_together
from cli.places import DEFAULT_FOLDER, DataOption, Places
from cli.selecting import span_of
from cli.service_port import ServicePort
from cli.terminal import JsonOption, say, show, show_json, show_table
from deploy.accounts import OPERATOR, SERVICES
from shared.contracts.submissions import SUBMISSIONS

HEADINGS = ("publisher", "key", "made", "ends", "last used", "a minute", "hubs", "types")
INTAKE = "intake"
KEY_BYTES = 32
ID_DIGITS = 8
ALL = "all"
NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")
NEVER = "never"
NOTHING = "say by --types and --hubs what it may send, and for whom"
OURS = frozenset({*SERVICES, OPERATOR, "staff", "themselves", "restore"})
"""Who else says something of a person: in the ledger of consents and the audit trail by these."""

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="As `list` shows it.")]
TypesOption = Annotated[
    str | None,
    typer.Option("--types", help="What it may send: types or their beginnings, with commas."),
]
HubsOption = Annotated[str | None, typer.Option("--hubs", help="For which hubs, with commas.")]
PaceOption = Annotated[
    int | None,
    typer.Option(
        "--per-minute", min=0, help="How many events a minute by each door; 0: any number."
    ),
]
EndsOption = Annotated[
    str, typer.Option("--ends-in", help="So long the keys of before still open: 15m, 2h, 7d.")
]
KeyOption = Annotated[str | None, typer.Option("--key", help="Only this key, as `list` shows it.")]

verbs = typer.Typer(
    no_args_is_help=True, help="Other systems that may submit: look, add, replace keys, close."
)


class Key(BaseModel):
    """A key by its digest."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str
    sha256: str
    made_at: datetime | None = None
    ends_at: datetime | None = None

    def ends_by(self, at: datetime) -> "Key":
        """Return it with this end, unless it ends before."""
        ends_at = min(self.ends_at, at) if self.ends_at else at
        return self.model_copy(update={"ends_at": ends_at})


class Publisher(BaseModel):
    """What intake tells of a publisher."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str
    types: frozenset[str] = frozenset()
    hubs: frozenset[str] = frozenset()
    keys: tuple[Key, ...] = ()
    per_minute: int | None = None
    closed: bool = False
    version: int = 0
    used: dict[str, datetime] = {}

    def live_keys(self, now: datetime) -> tuple[Key, ...]:
        """Return the keys that have not ended."""
        return tuple(key for key in self.keys if key.ends_at is None or now < key.ends_at)


_PUBLISHERS = TypeAdapter(list[Publisher])


@verbs.command("list")
def list_(*, as_json: JsonOption = False, data: DataOption = DEFAULT_FOLDER) -> None:
    """List them, with each key by its id, when it ends and when it was last used by HTTP.

    Example: `wlc publishers list`
    """
    found = _known(ServicePort.of(Places(data), INTAKE))
    if as_json:
        show_json([_told(each) for each in found])
        return
    rows = [row for each in found for row in _rows(each)]
    show_table(f"publishers: {len(found)}", HEADINGS, rows)


@verbs.command()
def add(
    name: NameArgument,
    *,
    types: TypesOption = None,
    hubs: HubsOption = None,
    per_minute: PaceOption = None,
    data: DataOption = DEFAULT_FOLDER,
) -> None:
    """Let another system submit by HTTP; prints its key, this once.

    By AMQP it needs an account of the broker besides (docs/runbook.md).

    Example: `wlc publishers add harrow --types wlc.participant. --hubs west-london`
    """
    refuse_together(lambda: _named(name), lambda: _may(types or "", hubs or "", per_minute))
    desk = _Desk(data)
    if name in desk.names:
        raise CommandError(f"there is a publisher {name!r} already.", REFUSED)
    key, secret = _new_key(name)
    wanted = Publisher(name=name, keys=(key,), **_may(types, hubs, per_minute))
    desk.set(wanted, "publisher_added", name)
    show(secret)


@verbs.command()
def rotate(
    name: NameArgument, *, ends_in: EndsOption = "7d", data: DataOption = DEFAULT_FOLDER
) -> None:
    """Give it a new key, printed this once; those of before open a while longer.

    Example: `wlc publishers rotate nwl-trust --ends-in 7d`
    """
    span = span_of(ends_in)
    if span is None:
        raise CommandError(f"{ends_in!r} is no time; say 15m, 2h or 7d.")
    desk, now = _Desk(data), datetime.now(UTC)
    before = desk.named(name)
    key, secret = _new_key(name)
    ending = tuple(each.ends_by(now + span) for each in before.live_keys(now))
    wanted = before.model_copy(update={"keys": (*ending, key), "closed": False})
    desk.set(wanted, "publisher_key_made", f"{name}/{key.id}")
    show(secret)
    if before.closed:
        say(f"{name} was closed, and is open again.")
    if ending:
        say(f"its keys of before end at {_moment(now + span)}.")


@verbs.command()
def revoke(name: NameArgument, *, key: KeyOption = None, data: DataOption = DEFAULT_FOLDER) -> None:
    """Take a key from it at once; without --key all, and then it sends by AMQP no more either.

    Example: `wlc publishers revoke nwl-trust --key 1a2b3c4d`
    """
    desk = _Desk(data)
    before = desk.named(name)
    if key is not None and key not in {each.id for each in before.keys}:
        raise CommandError(f"{name} has no key {key!r}; `wlc publishers list` shows them.", REFUSED)
    left = tuple(each for each in before.keys if key is not None and each.id != key)
    wanted = before.model_copy(update={"keys": left, "closed": before.closed or key is None})
    desk.set(wanted, "publisher_key_revoked", f"{name}/{key or ALL}")
    say(f"{name} has {len(left)} keys now." if key else f"{name} is closed.")


@verbs.command("set")
def set_(
    name: NameArgument,
    *,
    types: TypesOption = None,
    hubs: HubsOption = None,
    per_minute: PaceOption = None,
    data: DataOption = DEFAULT_FOLDER,
) -> None:
    """Change what it may send, for which hubs, or how fast; what is not named stays.

    Example: `wlc publishers set nwl-trust --per-minute 600`
    """
    changes = _may(types, hubs, per_minute)
    if not changes:
        raise CommandError("name what is to change: --types, --hubs or --per-minute.")
    desk = _Desk(data)
    desk.set(desk.named(name).model_copy(update=changes), "publisher_changed", name)
    say(f"{name} is changed.")


class _Desk:
    """Reads and sets publishers at intake; each change is written down before."""

    def __init__(self, folder: Path) -> None:
        self._places = Places(folder)
        self._port = ServicePort.of(self._places, INTAKE)
        self._known = {each.name: each for each in _known(self._port)}

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self._known)

    def named(self, name: str) -> Publisher:
        if name not in self._known:
            there_are = ", ".join(sorted(self._known))
            raise CommandError(f"there is no publisher {name!r}; there are {there_are}.", REFUSED)
        return self._known[name]

    def set(self, wanted: Publisher, act: str, about: str) -> None:
        write_down(self._places, act, [about])
        body = wanted.model_dump(mode="json", exclude={"name", "used"})
        self._port.answer("PUT", f"/publishers/{wanted.name}", body)


def _known(port: ServicePort) -> list[Publisher]:
    try:
        return _PUBLISHERS.validate_json(port.answer("GET", "/publishers"))
    except ValidationError as error:
        raise CommandError("intake answers nonsense.", UNREACHABLE) from error


def _may(types: str | None, hubs: str | None, per_minute: int | None) -> dict[str, Any]:
    """Return what was named. Raises CommandError for types and hubs that there are not."""
    named: dict[str, Any] = {}
    faults: list[str] = []
    if types is not None:
        named["types"] = frozenset(_each(types, _types, faults))
    if hubs is not None:
        named["hubs"] = frozenset(_each(hubs, _hub, faults))
    if per_minute is not None:
        named["per_minute"] = per_minute or None
    if faults:
        raise CommandError(f"{'; '.join(dict.fromkeys(faults))}.")
    return named


def _named(name: str) -> None:
    if not NAME.fullmatch(name):
        raise CommandError(f"{name!r} is no name: small letters, digits and hyphens.")
    if name in OURS:
        raise CommandError(f"{name!r} is what we call ourselves, or the person; take another name.")


def _each(text: str, read: Callable[[str], Iterable[str]], faults: list[str]) -> Iterable[str]:
    words = [each.strip() for each in text.split(",") if each.strip()]
    if not words:
        faults.append(NOTHING)
    for word in words:
        try:
            yield from read(word)
        except CommandError as error:
            faults.append(error.sentence)


def _types(beginning: str) -> list[str]:
    found = [name for name in SUBMISSIONS if name.startswith(beginning)]
    if not found:
        raise CommandError(f"no type begins with {beginning!r}")
    return found


def _hub(name: str) -> list[str]:
    if not NAME.fullmatch(name):
        raise CommandError(f"{name!r} is no name of a hub")
    return [name]


def _new_key(name: str) -> tuple[Key, str]:
    secret = f"pk_{name}_{secrets.token_urlsafe(KEY_BYTES)}"
    digest = hashlib.sha256(secret.encode()).hexdigest()
    return Key(id=digest[:ID_DIGITS], sha256=digest, made_at=datetime.now(UTC)), secret


def _told(publisher: Publisher) -> dict[str, Any]:
    """Return it for scripts; the digest of a key is nobody's business."""
    told = publisher.model_dump(mode="json", exclude={"keys": {"__all__": {"sha256"}}})
    return told | {"types": sorted(publisher.types), "hubs": sorted(publisher.hubs)}


def _rows(publisher: Publisher) -> Iterable[tuple[object, ...]]:
    pace = publisher.per_minute or "any"
    may = len(publisher.types)
    name = f"{publisher.name} (closed)" if publisher.closed else publisher.name
    hubs = ", ".join(sorted(publisher.hubs))
    for key in publisher.keys:
        used = publisher.used.get(key.id)
        ends = _moment(key.ends_at) if key.ends_at else NEVER
        made = _moment(key.made_at) if key.made_at else "at set-up"
        yield name, key.id, made, ends, _moment(used) if used else NEVER, pace, hubs, may
    if not publisher.keys:
        yield name, "none", "", "", "", pace, hubs, may


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
