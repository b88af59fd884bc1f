"""What is never judged a second time lies sealed for its time, and not of whom we forgot."""

import json
from datetime import timedelta

import pytest

from services.intake.handlers import build_handlers
from services.intake.use_cases.doors import read_message, receive_message
from services.intake.use_cases.keeping import EXPIRIES, SECOND_LOOKS
from shared.due import DueWork
from shared.handlers import Inbound
from tests.builders.intake import NOW, event, intake, person, send


class Waiting:
    """An intake, and a withdrawal that came before the person it is of."""

    def __init__(self) -> None:
        self.intake = intake()
        self.due = self.intake.store.due
        self.handlers = build_handlers(self.intake.desk, self.intake.publishers)
        self.stated = person()
        self.reference = {"reference": self.stated["reference"]}

    async def begin(self) -> None:
        body = json.dumps(event(self.reference, type="participant.withdrawn")).encode()
        desk = self.intake.desk
        inbound = Inbound(body, "nwl-trust", None, None)
        arrival = read_message(inbound, self.intake.publishers, desk.cipher)
        self.intake.store.commit(await receive_message(arrival, desk))

    @property
    def kinds(self) -> list[str]:
        return sorted(kind for kind, _ in self.due if kind in {SECOND_LOOKS, EXPIRIES})

    async def do(self, kind: str) -> None:
        """Do what is due of a kind."""
        for (found, name), row in [*self.due.items()]:
            if found == kind:
                work = DueWork(name, row.at, row.about, 0, "asked")
                self.intake.store.commit(await self.handlers.of_due[kind](work))
                self.due.pop((kind, name), None)

    async def give_up(self) -> None:
        """Settle the second look as one that cannot be had; its row stays."""
        for (found, name), row in [*self.due.items()]:
            if found == SECOND_LOOKS:
                work = DueWork(name, row.at, row.about, 0, "asked")
                self.intake.store.commit(await self.handlers.of_given_up[found](work))
                self.intake.second_looks.given_up[name] = frozenset(row.about["handles"])

    async def erase(self) -> None:
        await send(self.intake, event(self.stated))
        await send(self.intake, event(self.reference, type="participant.erasure_requested"))


@pytest.fixture
async def waiting() -> Waiting:
    waiting = Waiting()
    await waiting.begin()
    return waiting


async def test_what_waits_to_be_judged_is_dropped_when_quarantine_would_end(
    waiting: Waiting,
) -> None:
    [end] = [row for (kind, _), row in waiting.due.items() if kind == EXPIRIES]
    await waiting.give_up()

    await waiting.do(EXPIRIES)

    assert end.at == NOW + timedelta(days=90)
    assert waiting.kinds == []


async def test_what_waits_to_be_judged_is_sealed_once(waiting: Waiting) -> None:
    assert [name.partition("/")[0] for name in waiting.intake.keys.texts] == [SECOND_LOOKS]


async def test_what_was_judged_leaves_nothing_to_drop(waiting: Waiting) -> None:
    await send(waiting.intake, event(waiting.stated))

    await waiting.do(SECOND_LOOKS)

    assert waiting.kinds == []


async def test_what_was_given_up_and_names_a_forgotten_person_is_dropped(
    waiting: Waiting,
) -> None:
    await waiting.give_up()

    await waiting.erase()

    assert waiting.kinds == []


async def test_what_was_given_up_and_names_somebody_else_stays(waiting: Waiting) -> None:
    await waiting.give_up()
    waiting.stated = person()
    waiting.reference = {"reference": waiting.stated["reference"]}

    await waiting.erase()

    assert waiting.kinds == [EXPIRIES, SECOND_LOOKS]


async def test_what_names_a_forgotten_person_is_not_kept_when_it_is_given_up(
    waiting: Waiting,
) -> None:
    await waiting.erase()

    await waiting.give_up()

    assert waiting.kinds == []
