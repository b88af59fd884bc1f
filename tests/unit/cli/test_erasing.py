"""`wlc erase`: it deletes what is theirs alone, and calls nothing clean that was not searched."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aio_pika.exceptions import QueueEmpty

from cli import broker
from cli.doctoring.renewal import check_renewable
from cli.doctoring.replacement import StillReadError
from cli.erasing import patience, queues
from cli.erasing.command import carry_out
from cli.erasing.files import Searched
from cli.erasing.marks import marks_of
from cli.erasing.people import Erasing, know
from cli.erasing.queues import NOT_ALL, search_queues, searched_letters, theirs_alone
from cli.errors import REFUSED, CommandError, unreachable
from cli.places import Places
from shared import topology
from shared.failures import ABOUT, SEALED
from tests.fakes.erasing_console import FakeConsole, fake_console
from tests.unit.cli.test_dead_letters import a_dead_letter

WHO = "6f3a3c0e-2a55-4b53-9d7e-0b7f2c1f8a11"
OTHER = "7f3a3c0e-2a55-4b53-9d7e-0b7f2c1f8a12"


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


def test_only_dead_letters_of_nobody_else_are_dropped() -> None:
    sealed = a_dead_letter(headers={SEALED: True, ABOUT: "digest"}, origin=topology.INBOUND)
    about_them = a_dead_letter(event(WHO))
    of_others = [
        a_dead_letter(event("m-1", panel=[WHO, OTHER])),
        a_dead_letter(event(OTHER)),
        a_dead_letter(event("Amina West"), origin=topology.INBOUND),
    ]

    assert theirs_alone([sealed, about_them, *of_others], [WHO], ["digest"]) == [sealed, about_them]


def test_what_names_them_but_may_be_of_others_is_listed() -> None:
    letters = [a_dead_letter(event("a", name="Amina West"), message_id=OTHER)]

    found = searched_letters(letters, marks_of(["Amina West"]), frozenset())

    assert found == Searched("dead letters", 1, (f"matching/{OTHER}",))


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


class FakeTraces:
    """Traces that are all cleaned; `searched` is what was searched for."""

    def __init__(self) -> None:
        self.kept: CommandError | None = None
        self.searched: list[bytes] = []
        self.away = 0
        self.common: frozenset[str] = frozenset()
        self.is_stopped = False

    def check(self, erasing: Erasing) -> None:
        erasing.common = self.common

    def clean(self, _erasing: Erasing) -> CommandError | None:
        if self.is_stopped:
            raise KeyboardInterrupt
        if self.away:
            self.away -= 1
            raise unreachable("RabbitMQ", "WLC_RABBIT_URL")
        return self.kept

    def search(self, erasing: Erasing) -> list[Searched]:
        self.searched += (*erasing.marks.folded.pieces, *erasing.marks.short.pieces)
        return []


@pytest.fixture
def console(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeConsole]:
    with fake_console() as console:
        monkeypatch.setenv("WLC_CONSOLE_URL", f"http://127.0.0.1:{console.server_port}")
        monkeypatch.setenv("WLC_STAFF_TOKEN", "st_secret")
        yield console


def known(folder: Path) -> Erasing:
    """Return the one person who is to be forgotten, as the console knows them."""
    erasing = Erasing(Places(folder), quiet=True)
    know(erasing, WHO, None)
    return erasing


def test_who_is_forgotten_and_searched_for_ends_with_nothing(
    console: FakeConsole, tmp_path: Path
) -> None:
    traces = FakeTraces()

    carry_out(known(tmp_path), [], traces, as_json=True)

    assert console.forgotten == [WHO]
    assert b"amina" in traces.searched


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "PAUSE_SECONDS", 0)
    monkeypatch.setattr(patience, "PATIENCE_SECONDS", 0)


def test_a_console_that_is_away_for_a_moment_costs_nobody_what_they_are_searched_for_by(
    console: FakeConsole, tmp_path: Path
) -> None:
    traces, erasing = FakeTraces(), known(tmp_path)
    console.away = traces.away = 1

    carry_out(erasing, [], traces, as_json=True)

    assert console.forgotten == [WHO]
    assert b"amina" in traces.searched


@pytest.mark.usefixtures("impatient")
def test_who_may_be_forgotten_when_it_breaks_off_is_to_be_named_with_all_their_words(
    console: FakeConsole, tmp_path: Path
) -> None:
    erasing = known(tmp_path)
    console.away = 1000

    with pytest.raises(CommandError, match=r"503.*\n.*run it again, by id and with --marks-from"):
        carry_out(erasing, [], FakeTraces(), as_json=True)


def test_who_was_forgotten_before_is_not_called_clean_without_marks(
    console: FakeConsole, tmp_path: Path
) -> None:
    console.asked_at = "2026-11-27T06:00:00Z"
    traces = FakeTraces()

    with pytest.raises(CommandError, match=rf"not searched for .*{WHO}.*--marks-from") as ended:
        carry_out(known(tmp_path), [], traces, as_json=True)
    assert ended.value.exit_code == REFUSED

    carry_out(known(tmp_path), ["Amina West"], traces, as_json=True)
    assert b"amina west" in traces.searched


@pytest.mark.usefixtures("console")
def test_where_rabbitmq_keeps_its_files_it_is_searched_all_the_same(tmp_path: Path) -> None:
    traces = FakeTraces()
    traces.kept = StillReadError("intake.in.v1")

    with pytest.raises(CommandError, match=r"RabbitMQ still has .* somebody reads intake"):
        carry_out(known(tmp_path), [], traces, as_json=True)

    assert b"amina" in traces.searched


def test_who_has_no_card_that_opens_is_forgotten_and_named_as_not_searched_for(
    console: FakeConsole, tmp_path: Path
) -> None:
    console.card = None

    with pytest.raises(CommandError, match=rf"not searched for .*{WHO}"):
        carry_out(known(tmp_path), [], FakeTraces(), as_json=True)

    assert console.forgotten == [WHO]


def test_a_name_that_is_a_word_of_everybodys_is_searched_for_within_the_whole_name_alone(
    console: FakeConsole, tmp_path: Path
) -> None:
    traces = FakeTraces()
    traces.common = frozenset({"west"})

    carry_out(known(tmp_path), [], traces, as_json=True)
    assert b"west" not in traces.searched
    assert {b"amina", b"amina west"} & {*traces.searched} == {b"amina"}

    carry_out(known(tmp_path), ["West"], traces, as_json=True)
    assert b"west" in traces.searched


def test_who_stops_it_is_told_that_it_goes_on_and_how_to_search(
    console: FakeConsole, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    traces = FakeTraces()
    traces.is_stopped = True

    with pytest.raises(KeyboardInterrupt):
        carry_out(known(tmp_path), [], traces, as_json=True)

    assert console.forgotten == [WHO]
    assert "run it again, by id and with --marks-from" in " ".join(capsys.readouterr().err.split())
