"""`wlc erase`: it deletes what is theirs alone, and calls nothing clean that was not searched."""

import asyncio
import io
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from aio_pika.exceptions import QueueEmpty

from cli import broker
from cli.broker import DeadLetter
from cli.doctoring.renewal import check_renewable
from cli.doctoring.replacement import StillReadError
from cli.erasing import command, people, queues
from cli.erasing.command import erase
from cli.erasing.files import Searched
from cli.erasing.marks import marks_of
from cli.erasing.queues import NOT_ALL, search_queues, theirs_alone
from cli.errors import REFUSED, CommandError
from cli.places import Places
from shared import topology
from shared.failures import ABOUT, SEALED
from tests.unit.cli.test_dead_letters import a_dead_letter

WHO = "6f3a3c0e-2a55-4b53-9d7e-0b7f2c1f8a11"
OTHER = "7f3a3c0e-2a55-4b53-9d7e-0b7f2c1f8a12"
CARD = {"display_name": "Amina West", "contacts": []}
STARTS: dict[str, Any] = {"yes": True, "as_json": True}


def event(subject: str, **data: Any) -> bytes:
    return json.dumps({"subject": subject, "hub": "west-london", "data": data}).encode()


class Message:
    def __init__(self, body: bytes) -> None:
        self.body, self.message_id, self.exchange = body, "m", topology.DEAD
        self.headers: dict[str, Any] = {}


class FakeQueue:
    def __init__(self, count: int) -> None:
        self._left = count

    async def get(self, *, fail: bool) -> Message | None:
        if not self._left:
            if fail:
                raise QueueEmpty
            return None
        self._left -= 1
        return Message(b"{}")


class FakeChannel:
    def __init__(self, waiting: dict[str, int] | None = None, readers: int = 1) -> None:
        self._waiting, self.consumer_count = waiting or {}, readers

    async def get_queue(self, name: str, *, ensure: bool) -> FakeQueue:
        assert not ensure
        return FakeQueue(self._waiting.get(name, 0))

    async def declare_queue(self, name: str, *, passive: bool) -> "FakeChannel":
        assert name
        assert passive
        return self

    @property
    def declaration_result(self) -> "FakeChannel":
        return self


async def dropped(
    monkeypatch: pytest.MonkeyPatch, letters: Sequence[DeadLetter]
) -> list[DeadLetter]:
    async def lying(*_: object) -> Sequence[DeadLetter]:
        return letters

    monkeypatch.setattr(queues, "dead_letters", lying)
    return await theirs_alone(FakeChannel(), [WHO], ["digest"])  # type: ignore[arg-type]


async def test_only_dead_letters_of_nobody_else_are_dropped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sealed = a_dead_letter(headers={SEALED: True, ABOUT: "digest"}, origin=topology.INBOUND)
    about_them = a_dead_letter(event(WHO))
    of_others = [
        a_dead_letter(event("m-1", panel=[WHO, OTHER])),
        a_dead_letter(event(OTHER)),
        a_dead_letter(event("Amina West"), origin=topology.INBOUND),
    ]

    assert await dropped(monkeypatch, [sealed, about_them, *of_others]) == [sealed, about_them]


async def test_what_names_them_but_may_be_of_others_is_listed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def lying(*_: object) -> Sequence[DeadLetter]:
        return [a_dead_letter(event("a", name="Amina West"), message_id=OTHER)]

    monkeypatch.setattr(queues, "dead_letters", lying)
    letters, *_ = await search_queues(FakeChannel(), marks_of(["Amina West"]), frozenset())  # type: ignore[arg-type]

    assert letters == Searched("dead letters", 1, (f"matching/{OTHER}",))


async def test_a_full_queue_hides_no_other_and_is_said_to_be_searched_in_part(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(broker, "MOST_LETTERS", 3)
    monkeypatch.setattr(queues, "MOST_LETTERS", 3)
    monkeypatch.setattr(queues, "MOST_LOOKED_AT", 2)
    waiting = {
        topology.dead_letter_queue("intake"): 5,
        topology.dead_letter_queue("console"): 1,
        topology.UNROUTED_QUEUE: 3,
    }

    letters, unrouted, *others = await search_queues(
        FakeChannel(waiting),  # type: ignore[arg-type]
        marks_of(["Amina"]),
        frozenset(),
    )

    assert letters == Searched("dead letters", 4, (NOT_ALL,))
    assert unrouted == Searched(f"queue {topology.UNROUTED_QUEUE}", 2, (NOT_ALL,))
    assert not any(each.found for each in others)


async def test_replicas_are_refused_before_anything_is_begun() -> None:
    with pytest.raises(StillReadError):
        await check_renewable(FakeChannel(readers=2))  # type: ignore[arg-type]
    await check_renewable(FakeChannel(readers=1))  # type: ignore[arg-type]


class Installation:
    """What `wlc erase` asks, answered; `searched` is what it searched for."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked_at: str | None = None
        self.card: dict[str, Any] | None = CARD
        self.refusal: CommandError | None = None
        self.forgotten: list[str] = []
        self.searched: list[bytes] = []
        for module, names in (
            (people, ("read_console", "ask_console")),
            (command, ("search_databases", "renew")),
        ):
            for name in names:
                monkeypatch.setattr(module, name, getattr(self, f"_{name}"))
        for name in ("WLC_MONGO_URL", "WLC_RABBIT_URL"):
            monkeypatch.setenv(name, "nowhere")
        monkeypatch.setattr(command, "ask", self._ask)
        monkeypatch.setattr(command, "handles_of", lambda *_: frozenset())
        monkeypatch.setattr(command, "write_down", lambda *_: None)
        monkeypatch.setattr(Places, "mongo_url", lambda _: "")
        monkeypatch.setattr(Places, "rabbit_url", lambda _: "")
        monkeypatch.setattr(Places, "service_urls", lambda _: {})

    def _ask(self, _: str, question: Callable[[Any], Any]) -> Any:
        return asyncio.run(question(FakeChannel()))

    def _read_console(self, *_: object, **__: object) -> dict[str, Any]:
        return {"asked_at": self.asked_at, "confirmed": {}, "missing": []}

    def _ask_console(
        self, _: object, path: str, __: object, *, nothing: CommandError | None = None
    ) -> Any:
        if path.endswith("/erase"):
            self.forgotten.append(path.split("/")[-2])
            return {}
        if self.card is None:
            raise nothing or CommandError("nothing that can be opened", REFUSED)
        return self.card

    async def _renew(self, *_: object) -> None:
        if self.refusal:
            raise self.refusal

    def _search_databases(self, _: str, marks: Any) -> list[Searched]:
        self.searched += marks.folded
        return []


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Installation:
    return Installation(monkeypatch)


def test_who_is_forgotten_and_searched_for_ends_with_nothing(
    at: Installation, tmp_path: Path
) -> None:
    erase([WHO], data=tmp_path, **STARTS)

    assert at.forgotten == [WHO]
    assert b"amina" in at.searched


def test_who_was_forgotten_before_is_not_called_clean_without_marks(
    at: Installation, tmp_path: Path
) -> None:
    at.asked_at = "2026-11-27T06:00:00Z"

    with pytest.raises(CommandError, match=rf"not searched for .*{WHO}.*--marks-from") as ended:
        erase([WHO], data=tmp_path, **STARTS)
    assert ended.value.exit_code == REFUSED

    (tmp_path / "marks").write_text("Amina West\n")
    erase([WHO], marks_from=tmp_path / "marks", data=tmp_path / "none", **STARTS)
    assert b"amina west" in at.searched


def test_where_rabbitmq_keeps_its_files_it_is_searched_all_the_same(
    at: Installation, tmp_path: Path
) -> None:
    at.refusal = StillReadError("intake.in.v1")

    with pytest.raises(CommandError, match=r"RabbitMQ still has .* somebody reads intake"):
        erase([WHO], data=tmp_path, **STARTS)

    assert b"amina" in at.searched


def test_who_has_no_card_that_opens_is_forgotten_and_named_as_not_searched_for(
    at: Installation, tmp_path: Path
) -> None:
    at.card = None

    with pytest.raises(CommandError, match=rf"not searched for .*{WHO}"):
        erase([WHO], data=tmp_path, **STARTS)

    assert at.forgotten == [WHO]


def test_people_and_words_come_from_standard_input_so_that_nobody_sees_them(
    at: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{WHO}\n\n"))
    erase(from_file=Path("-"), data=tmp_path, **STARTS)
    monkeypatch.setattr("sys.stdin", io.StringIO("Old Name\n"))
    erase([WHO], marks_from=Path("-"), data=tmp_path, **STARTS)

    assert at.forgotten == [WHO, WHO]
    assert b"old name" in at.searched


@pytest.mark.parametrize(
    "names",
    [
        {"from_file": Path("-"), "marks_from": Path("-"), "yes": True},
        {"from_file": Path("-"), "yes": False},
    ],
)
def test_standard_input_is_for_one_thing(names: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="standard input is for one thing"):
        erase(data=tmp_path, **names)
