"""Every service confirms an erasure, when nothing of the person is left there and not before."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.intake.handlers import build_handlers
from services.intake.use_cases.erasure_cases import CHECKS, ERASURE_CHECKS
from services.intake.use_cases.leaving import ERASURES
from services.scheduling.use_cases.asking import ERASURES as TO_CONFIRM
from shared import topology
from shared.changes import Changes
from shared.contracts.base import Event
from shared.contracts.erasures import ErasureConfirmed
from shared.contracts.own_details import ReplyErasureAsked
from shared.contracts.participants import ParticipantErased, ParticipantRegistered
from shared.contracts.sessions import InvitationIssued
from shared.due import DueWork
from shared.errors import NotYetError, RuleError
from shared.facts import Facts
from shared.forgetting import LOOKS
from tests.builders import matching as of_matching
from tests.builders import scheduling as of_scheduling
from tests.builders.console import Clock, ConsoleInMemory
from tests.builders.events import an_event
from tests.builders.intake import HUB, NOW, intake, person, send
from tests.builders.intake import event as submitted
from tests.fakes.intake import Intake
from tests.fakes.matching_service import Matching
from tests.fakes.notification_service import NotificationOnFakes, invited
from tests.fakes.scheduling import Stage

FIRST, LAST = LOOKS[0], LOOKS[-1]
SERVICES = tuple(topology.ROUTES)


def confirmations(events: list[Event]) -> list[str]:
    said = [each for each in events if isinstance(each, ErasureConfirmed)]
    assert all(each.data.service == each.source for each in said)
    assert all(each.subject == str(each.data.participant_id) for each in said)
    return [each.source for each in said]


def erased(who: UUID, sequence: int = 2) -> ParticipantErased:
    data = {"participant_id": who, "status": "erased"}
    return an_event(ParticipantErased, data=data, subject=str(who), sequence=sequence, hub=HUB)


def confirmed_by(service: str, who: str) -> ErasureConfirmed:
    data = {"participant_id": who, "service": service}
    return an_event(ErasureConfirmed, data=data, subject=who, source=service, hub=HUB)


class Door(Intake):
    """Intake with a clock, where somebody has joined and asks to be forgotten."""

    @classmethod
    async def asked(cls) -> tuple["Door", str]:
        found, clock = intake(), Clock(NOW)
        desk = replace(found.desk, facts=Facts("intake", now=clock))
        door = cls(desk, found.store)
        door.clock, door.publishers = clock, found.publishers
        await send(door, submitted(person()))
        [known] = door.people
        data = {"participant_id": known.id}
        await door.hear(an_event(ReplyErasureAsked, data=data, subject=known.id, hub=HUB))
        return door, known.id

    async def hear(self, *events: Event) -> None:
        handlers = build_handlers(self.desk, self.publishers)
        for each in events:
            self.store.commit(await handlers._of_event[each.TYPE](each))

    async def does(self, collection: str, who: str) -> Changes:
        row = self.store.due.pop((collection, who))
        self.clock.at = max(self.clock.at, row.at)
        handlers = build_handlers(self.desk, self.publishers)
        work = DueWork(row.id, row.at, row.about, 0, "asked")
        changes = await handlers.of_due[collection](work)
        self.store.commit(changes)
        return changes


async def test_intake_confirms_when_the_key_is_destroyed_and_destroys_it_once_more() -> None:
    door, who = await Door.asked()
    before = confirmations(door.store.events)

    await door.does(ERASURES, who)
    forgotten = list(door.keys.forgotten)
    await door.does(ERASURES, who)

    assert (before, forgotten) == ([], [UUID(who)])
    assert door.keys.forgotten == [UUID(who)] * 2
    assert confirmations(door.store.events) == ["intake"]
    assert (ERASURES, who) not in door.store.due


async def test_a_rejected_submission_of_just_before_the_erasure_is_dropped_after_it() -> None:
    door, who = await Door.asked()
    await door.does(ERASURES, who)
    handles = door.people[0].references[0].handles
    late: Any = door.desk.quarantine
    broken = submitted(person() | {"contacts": "none"})
    await send(door, broken)
    [item] = late.entities.values()
    late.entities[item.id] = replace(item, about=handles)

    await door.does(ERASURES, who)

    assert late.entities == {}


async def test_an_erasure_is_done_when_all_five_have_confirmed_it_however_often() -> None:
    door, who = await Door.asked()
    cases: Any = door.desk.erasure_cases

    for service in (*SERVICES[:-1], SERVICES[0]):
        await door.hear(confirmed_by(service, who))
    is_open = cases.entities[who].done_at is None
    waits = (ERASURE_CHECKS, who) in door.store.due
    await door.hear(confirmed_by(SERVICES[-1], who))

    case = cases.entities[who]
    assert (is_open, waits) == (True, True)
    assert case.done_at
    assert set(case.confirmed) == set(SERVICES)
    assert (ERASURE_CHECKS, who) not in door.store.due


async def test_services_are_told_again_until_they_confirm_and_then_an_operator_is() -> None:
    door, who = await Door.asked()
    [first] = [each for each in door.store.events if isinstance(each, ParticipantErased)]

    for _ in CHECKS[1:]:
        [again] = (await door.does(ERASURE_CHECKS, who)).events

        assert isinstance(again, ParticipantErased)
        assert (again.data, again.sequence) == (first.data, first.sequence)
        assert again.id != first.id
    with pytest.raises(RuleError):
        await door.does(ERASURE_CHECKS, who)


async def test_matching_confirms_in_the_transaction_that_forgets_and_again_when_told_again() -> (
    None
):
    service, known = Matching(), of_matching.a_person()
    await service.hears(of_matching.registered(known))

    await service.hears(of_matching.erased(known))
    await service.hears(of_matching.erased(known))

    said = service.said(ErasureConfirmed)
    assert confirmations(said) == ["matching", "matching"]
    assert said[0].data.changed == {"candidates": 1}


async def test_scheduling_confirms_when_nothing_names_the_person_any_more() -> None:
    stage = Stage(of_scheduling.rules(), of_scheduling.NOW)
    people = (of_scheduling.participant(each) for each in ("ada", "ben"))
    await stage.hear(of_scheduling.engagement(), *people, of_scheduling.approved("ada", "ben"))
    forget = of_scheduling.erased("ada")
    stage.store.commit(await stage._handlers._of_event[forget.TYPE](forget))
    row = stage.store.due[TO_CONFIRM, of_scheduling.person_id("ada")]
    work = DueWork(row.id, row.at, row.about, 0, "asked")

    with pytest.raises(NotYetError):
        await stage._handlers.of_due[TO_CONFIRM](work)
    await stage.settle()
    before = confirmations(stage.store.events)
    await stage.wait(LAST)

    assert before == []
    assert confirmations(stage.store.events) == ["scheduling"]


async def test_notification_confirms_when_it_has_looked_again() -> None:
    service = NotificationOnFakes()
    state = await invited(service)

    await service.hear(erased(state.participant_id))
    before = confirmations(service.records.events)
    await service.pass_to(service.now + LAST)

    [said] = [each for each in service.records.events if isinstance(each, ErasureConfirmed)]
    assert (before, said.source) == ([], "notification")
    assert said.data.changed["contacts"] == said.data.changed["invitations"] == 1


async def test_what_comes_late_is_confirmed_once_more() -> None:
    service = NotificationOnFakes()
    who = await service.know()
    issued = an_event(InvitationIssued, data={"participant_id": who}, subject=str(uuid4()))
    read_before = await service.handlers._of_event[issued.TYPE](issued)
    await service.hear(erased(who))
    await service.pass_to(service.now + FIRST)
    service.records.commit(read_before)

    await service.pass_to(service.now + LAST)

    assert confirmations(service.records.events) == ["notification"] * 2
    assert service.records.invitations.entities == {}


async def test_the_console_confirms_and_shows_who_has_confirmed_in_whatever_order() -> None:
    console, who = ConsoleInMemory(), uuid4()
    joined = an_event(ParticipantRegistered, data={"participant_id": who}, subject=str(who))
    await console.hear(joined, confirmed_by("matching", str(who)), erased(who))

    console.clock.pass_by(FIRST)
    await console.do_what_is_due()
    console.clock.pass_by(LAST - FIRST + timedelta(seconds=1))
    await console.do_what_is_due()

    assert confirmations(console.stored.events) == ["console"]
    await console.hear(*console.said(ErasureConfirmed), confirmed_by("matching", str(who)))
    view = await console.stored.known.erasures.get(str(who))
    assert view
    assert view.asked_at
    assert set(view.confirmed) == {"matching", "console"}
    assert view.missing == ("intake", "scheduling", "notification")


@pytest.mark.parametrize("service", ["notification", "console", "scheduling"])
async def test_a_service_that_is_told_again_confirms_again(service: str) -> None:
    who = UUID(of_scheduling.person_id("ada"))
    notification, console = NotificationOnFakes(), ConsoleInMemory()
    stage = Stage(of_scheduling.rules(), of_scheduling.NOW)
    for number in range(2):
        again = erased(who).model_copy(update={"id": f"time {number}"})
        match service:
            case "notification":
                await notification.hear(again)
                await notification.pass_to(notification.now + LAST)
            case "console":
                await console.hear(again)
                console.clock.pass_by(LAST)
                await console.do_what_is_due()
                await console.do_what_is_due()
            case _:
                await stage.hear(again)
                await stage.wait(LAST)

    told = {
        "notification": notification.records.events,
        "console": console.stored.events,
        "scheduling": stage.store.events,
    }
    assert confirmations(told[service]) == [service] * 2
