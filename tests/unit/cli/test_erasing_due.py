"""`wlc erase --due`: once for all who were forgotten since, and only when it is done."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cli.doctoring.replacement import StillReadError
from cli.erasing.command import erase
from cli.erasing.due import CasesHere, Forgotten, clean_due, due_of, tell
from cli.erasing.traces import CLEANED, Dropped
from cli.errors import REFUSED, UNREACHABLE, WRONG_USAGE, CommandError
from cli.places import Places
from services.console.api.words.audited import AUDITED
from services.console.ports import OperatorAct
from shared.topology import ROUTES
from tests.fakes.erasing_console import FakeConsole, fake_console

ALL = dict.fromkeys(ROUTES, "2026-11-27T08:00:01Z")
NOON = "2026-11-27T12:00:00Z"


def case(who: str, asked_at: str = "2026-11-27T08:00:00.5Z", **missing: bool) -> dict[str, Any]:
    confirmed = {name: at for name, at in ALL.items() if not missing.get(name)}
    return {"_id": who, "asked_at": asked_at, "confirmed": confirmed}


def cleaning(who: str, at: str) -> dict[str, Any]:
    return {"about": who, "at": at, "what": CLEANED}


class FakeCases:
    """Who is due; and who is noted as done."""

    def __init__(self, *due: Forgotten) -> None:
        self._due = list(due)
        self.cleaned: list[str] = []

    def due(self) -> list[Forgotten]:
        return [each for each in self._due if each.id not in self.cleaned]

    def note_cleaned(self, ids: list[str]) -> None:
        self.cleaned += ids


class FakeCleaning:
    """Cleans at once; `kept` is why RabbitMQ lets nothing go."""

    def __init__(self, *, readers: int = 1) -> None:
        self.kept: CommandError | None = None
        self.are_all = True
        self.readers = readers
        self.dropped: list[list[str]] = []
        self.renewed = 0

    def check(self) -> None:
        if self.readers > 1:
            raise StillReadError("intake.in.v1")

    def drop_letters(self, ids: Any) -> Dropped:
        self.dropped.append(list(ids))
        return Dropped(2, are_all=self.are_all)

    def renew(self) -> CommandError | None:
        self.renewed += 1
        return self.kept


def test_who_was_forgotten_since_is_due_and_who_was_forgotten_again_is_due_again() -> None:
    cases = [
        case("never"),
        case("cleaned"),
        case("just before", "2026-11-27T12:00:00Z"),
        case("again", "2026-11-27T13:00:00Z"),
    ]
    cleanings = [
        cleaning("cleaned", NOON),
        cleaning("cleaned", "2026-11-26T12:00:00Z"),
        cleaning("just before", "2026-11-27T12:00:00.123Z"),
        cleaning("again", NOON),
    ]

    assert [each.id for each in due_of(cases, cleanings)] == ["never", "again"]


def test_it_is_said_which_services_have_not_confirmed() -> None:
    [found] = due_of([case("somebody", console=True)], [])

    assert found == Forgotten("somebody", ("console",))


def test_all_are_cleaned_after_at_once_and_nobody_is_due_afterwards(
    capsys: pytest.CaptureFixture[str],
) -> None:
    cases, cleaning_ = FakeCases(Forgotten("a"), Forgotten("b")), FakeCleaning()

    tell(clean_due(cases, cleaning_), as_json=True)
    tell(clean_due(cases, cleaning_), as_json=True)

    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    nothing = {"cleaned": [], "dead_letters_dropped": 0, "unconfirmed": {}}
    assert first == {**nothing, "due": 2, "cleaned": ["a", "b"], "dead_letters_dropped": 2}
    assert second == {**nothing, "due": 0}
    assert (cleaning_.dropped, cleaning_.renewed) == ([["a", "b"]], 1)


def test_who_is_not_forgotten_everywhere_yet_stays_due_and_is_named() -> None:
    cases, cleaning_ = FakeCases(Forgotten("a"), Forgotten("b", ("console",))), FakeCleaning()

    with pytest.raises(CommandError, match=r"b is not forgotten .* console") as ended:
        tell(clean_due(cases, cleaning_), as_json=True)

    assert ended.value.exit_code == UNREACHABLE
    assert cases.cleaned == ["a"]
    assert [each.id for each in cases.due()] == ["b"]


def test_where_rabbitmq_keeps_its_files_all_stay_due() -> None:
    cases, cleaning_ = FakeCases(Forgotten("a")), FakeCleaning()
    cleaning_.kept = StillReadError("intake.in.v1")

    with pytest.raises(CommandError, match="RabbitMQ still has") as ended:
        tell(clean_due(cases, cleaning_), as_json=False)

    assert ended.value.exit_code == REFUSED
    assert cases.cleaned == []


def test_where_not_all_dead_letters_were_looked_at_all_stay_due(
    capsys: pytest.CaptureFixture[str],
) -> None:
    cases, cleaning_ = FakeCases(Forgotten("a")), FakeCleaning()
    cleaning_.are_all = False

    with pytest.raises(CommandError, match="more dead letters") as ended:
        tell(clean_due(cases, cleaning_), as_json=False)

    assert ended.value.exit_code == REFUSED
    assert cases.cleaned == []
    assert "dead letters dropped: 2" in capsys.readouterr().out


def test_with_two_readers_nothing_is_begun() -> None:
    cleaning_ = FakeCleaning(readers=2)

    with pytest.raises(StillReadError):
        clean_due(FakeCases(Forgotten("a")), cleaning_)

    assert (cleaning_.dropped, cleaning_.renewed) == ([], 0)


def test_what_was_done_is_said_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    cases, cleaning_ = FakeCases(Forgotten("a")), FakeCleaning()

    tell(clean_due(cases, cleaning_), as_json=False)
    tell(clean_due(cases, cleaning_), as_json=False)

    assert capsys.readouterr().out.splitlines() == [
        "cleaned after 1 people who were forgotten",
        "dead letters dropped: 2",
        "RabbitMQ has let go of what it had delivered",
        "nobody was forgotten since all was cleaned.",
    ]


@pytest.mark.parametrize(
    "named", [{"people": ["NWL-P-77"]}, {"mark": ["Amina"]}, {"hub": "lambeth"}]
)
def test_nobody_is_named_beside_it(named: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="with --due nobody is named") as ended:
        erase(due=True, data=tmp_path, **named)

    assert ended.value.exit_code == WRONG_USAGE


@pytest.fixture
def console(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeConsole]:
    with fake_console() as console:
        monkeypatch.setenv("WLC_CONSOLE_URL", f"http://127.0.0.1:{console.server_port}")
        monkeypatch.setenv("WLC_STAFF_TOKEN", "st_secret")
        yield console


def test_that_all_was_cleaned_is_in_the_audit_trail(console: FakeConsole, tmp_path: Path) -> None:
    CasesHere(Places(tmp_path)).note_cleaned(["a", "b"])

    assert console.noted == [{"what": CLEANED, "about": ["a", "b"]}]
    assert OperatorAct(CLEANED) in AUDITED
