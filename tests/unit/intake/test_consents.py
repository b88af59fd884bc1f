"""What people agreed to and took back, by purpose and version, and what follows from it."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.intake.domain.consents import Ledger
from services.intake.domain.people import LedgerEntry, Participant
from services.intake.use_cases.consents import hear_consent_withdrawal
from services.intake.use_cases.ledgers import carry_over_ledgers
from shared.contracts.own_details import ReplyConsentWithdrawn
from shared.contracts.participants import (
    ParticipantErased,
    ParticipantLeft,
    ParticipantRegistered,
    ParticipantState,
    ParticipantUpdated,
)
from tests.builders.events import an_event
from tests.builders.intake import NOW, OTHER_KEY, event, intake, person, publisher, send
from tests.fakes.intake import Intake

GIVEN = NOW - timedelta(days=30)
TOLD = (ParticipantRegistered, ParticipantUpdated, ParticipantLeft, ParticipantErased)


def consents(*purposes: str, at: datetime = GIVEN, version: str = "2026-01") -> dict[str, Any]:
    given = {"version": version, "given_at": at.isoformat(), "how": "web"}
    return dict.fromkeys(purposes, given)


def counted(at: datetime = GIVEN, **changes: Any) -> dict[str, Any]:
    """A person who agrees to monitoring, and answered."""
    asked = consents("involvement") | consents("monitoring", "needs-sharing", at=at)
    return person(monitoring={"ethnicity": "black"}, consent=asked, **changes)


async def taken_back(desk: Intake, stated: Any, purpose: str, at: datetime = NOW) -> Any:
    data = {"reference": stated["reference"], "purpose": purpose}
    return await send(desk, event(data, type="consent.withdrawn", time=at.isoformat()))


def told(desk: Intake) -> ParticipantState:
    """What was last told of the one person."""
    return [each for each in desk.store.events if isinstance(each, TOLD)][-1].data


def only(desk: Intake) -> Participant:
    [found] = desk.desk.participants.entities.values()  # type: ignore[attr-defined]
    assert isinstance(found, Participant)
    return found


def entries(desk: Intake, purpose: str) -> list[LedgerEntry]:
    stored = desk.store.collections["consents"].entities.values()
    return [each for each in Ledger(tuple(stored)).told() if each.purpose == purpose]


def ledger(desk: Intake, purpose: str) -> list[tuple[str, str, str]]:
    return [(each.step, each.version, each.by) for each in entries(desk, purpose)]


async def test_a_consent_taken_back_by_a_publisher_ends_what_it_allowed() -> None:
    desk, stated = intake(), counted()
    await send(desk, event(stated))

    received = await taken_back(desk, stated, "monitoring")

    assert received.submission.status == "accepted"
    assert told(desk).monitoring == {}
    assert set(told(desk).consents) == {"involvement", "needs-sharing"}
    assert only(desk).profile.monitoring == {}
    assert ledger(desk, "monitoring") == [
        ("given", "2026-01", "nwl-trust"),
        ("withdrawn", "2026-01", "nwl-trust"),
    ]
    assert [each.step for each in told(desk).consent_ledger] == ["given"] * 3 + ["withdrawn"]


async def test_an_older_consent_said_again_does_not_bring_it_back_and_a_newer_one_does() -> None:
    desk, stated = intake(), counted()
    await send(desk, event(stated))
    await taken_back(desk, stated, "monitoring", NOW - timedelta(days=2))

    again = await send(desk, event(stated))
    assert "monitoring" in again.submission.notes[0]
    assert told(desk).monitoring == {}
    anew = {**stated, "consent": consents("involvement", "monitoring", at=NOW - timedelta(days=1))}
    await send(desk, event(anew))

    assert told(desk).monitoring == {"ethnicity": "black"}
    assert [step for step, *_ in ledger(desk, "monitoring")] == ["given", "withdrawn", "given"]


async def test_another_publishers_word_does_not_bring_it_back_either() -> None:
    other = publisher("borough-of-brent", key=OTHER_KEY)
    desk, stated = intake(publisher(), other), counted()
    await send(desk, event(stated))
    await taken_back(desk, stated, "monitoring")

    await send(desk, event({**stated, "reference": "B-1"}), by=other.name)

    assert told(desk).monitoring == {}
    assert "monitoring" not in told(desk).consents


async def test_who_takes_back_their_consent_to_take_part_leaves() -> None:
    desk, stated = intake(), counted()
    await send(desk, event(stated))

    await taken_back(desk, stated, "involvement")

    assert isinstance([e for e in desk.store.events if isinstance(e, TOLD)][-1], ParticipantLeft)
    assert ledger(desk, "involvement")[-1][0] == "withdrawn"


async def test_who_takes_it_back_after_they_left_needs_newer_consent_to_come_back() -> None:
    desk, stated = intake(), counted()
    await send(desk, event(stated))
    await taken_back(desk, stated, "involvement", NOW - timedelta(days=9))
    await taken_back(desk, stated, "involvement", NOW - timedelta(days=1))

    between = {**stated, "consent": consents("involvement", at=NOW - timedelta(days=5))}
    received = await send(desk, event(between))

    assert [each.code for each in received.submission.faults] == ["left-since"]
    assert only(desk).status == "left"


@pytest.mark.parametrize("purpose", ["monitoring", "needs-sharing"])
async def test_a_person_takes_a_consent_back_by_their_own_link_once(purpose: str) -> None:
    desk = intake()
    await send(desk, event(counted()))
    who = only(desk).id
    said = an_event(
        ReplyConsentWithdrawn, data={"participant_id": who, "purpose": purpose}, time=NOW
    )

    for _ in range(2):
        desk.store.commit(await hear_consent_withdrawal(said, desk.desk))

    assert ledger(desk, purpose)[-1] == ("withdrawn", "2026-01", "themselves")
    assert len(ledger(desk, purpose)) == 2
    assert purpose not in told(desk).consents


async def test_what_was_given_anew_since_stands() -> None:
    desk, stated = intake(), counted(at=NOW - timedelta(days=1))
    await send(desk, event(stated))

    received = await taken_back(desk, stated, "monitoring", NOW - timedelta(days=2))

    assert "anew" in received.submission.notes[0]
    assert told(desk).monitoring == {"ethnicity": "black"}
    assert [step for step, *_ in ledger(desk, "monitoring")] == ["withdrawn", "given"]


async def test_a_consent_given_again_and_again_is_told_as_one_with_its_last_time() -> None:
    desk, stated = intake(), counted()
    for days in (20, 10, 5):
        at = NOW - timedelta(days=days)
        await send(desk, event({**stated, "consent": consents("involvement", at=at)}))
        await send(desk, event({**stated, "consent": consents("involvement", at=at)}))

    [line] = entries(desk, "involvement")
    assert (line.at, line.again) == (NOW - timedelta(days=20), NOW - timedelta(days=5))


async def test_what_is_left_out_is_noted_and_can_be_said_again() -> None:
    desk, stated = intake(), counted()
    await send(desk, event(stated))
    await send(desk, event({**stated, "monitoring": {}, "consent": consents("involvement")}))
    await send(desk, event(stated))

    assert [step for step, *_ in ledger(desk, "monitoring")] == ["given", "left_out", "given"]
    assert told(desk).monitoring == {"ethnicity": "black"}


async def test_of_who_is_forgotten_the_ledger_stays_here_and_is_told_to_nobody() -> None:
    desk, stated = intake(), counted()
    await send(desk, event(stated))
    asks = event({"reference": stated["reference"]}, type="participant.erasure_requested")

    await send(desk, asks)

    assert len(desk.store.collections["consents"].entities) == 3
    assert told(desk).consent_ledger == ()


async def test_of_somebody_unknown_nothing_can_be_taken_back() -> None:
    desk = intake()

    received = await taken_back(desk, {"reference": "P-unknown"}, "monitoring")

    assert received.submission.status == "rejected"


async def test_a_list_that_comes_every_night_adds_no_line() -> None:
    desk, stated = intake(), counted()
    for hours in (3, 2, 1):
        await send(desk, event(stated, time=(NOW - timedelta(hours=hours)).isoformat()))

    assert len(desk.store.collections["consents"].entities) == 3


@pytest.mark.parametrize("first", ["publisher", "themselves"])
async def test_two_who_take_back_one_consent_leave_the_same_ledger_whoever_is_heard_first(
    first: str,
) -> None:
    desk, stated = intake(), counted()
    await send(desk, event(stated))
    own = an_event(
        ReplyConsentWithdrawn,
        data={"participant_id": only(desk).id, "purpose": "monitoring"},
        time=NOW - timedelta(hours=2),
    )

    if first == "publisher":
        await taken_back(desk, stated, "monitoring", NOW - timedelta(hours=1))
    desk.store.commit(await hear_consent_withdrawal(own, desk.desk))
    if first == "themselves":
        await taken_back(desk, stated, "monitoring", NOW - timedelta(hours=1))

    [_, line] = entries(desk, "monitoring")
    assert (line.by, line.at, line.again) == (
        "themselves",
        NOW - timedelta(hours=2),
        NOW - timedelta(hours=1),
    )


async def test_what_a_late_statement_says_was_agreed_to_is_noted_though_all_else_stays() -> None:
    desk, stated = intake(), counted(at=NOW - timedelta(days=1))
    older = {**stated, "consent": consents("involvement", "monitoring", at=GIVEN, version="1")}
    await send(desk, event(stated, time=NOW.isoformat()))

    await send(desk, event(older, time=(NOW - timedelta(hours=1)).isoformat()))

    assert [version for _, version, _ in ledger(desk, "monitoring")] == ["1", "2026-01"]
    assert only(desk).profile.consents["monitoring"].version == "2026-01"


@pytest.mark.parametrize("status", ["active", "erased"])
async def test_a_ledger_of_before_is_carried_over_line_by_line_and_left_empty(status: str) -> None:
    desk = intake()
    await send(desk, event(person()))
    desk.store.collections["consents"].entities.clear()
    last = NOW - timedelta(days=1)
    before = (
        LedgerEntry("monitoring", "given", "1", GIVEN, "nwl-trust", again=last),
        LedgerEntry("monitoring", "left_out", "1", last, "nwl-trust"),
        LedgerEntry("monitoring", "given", "1", last, "nwl-trust"),
        LedgerEntry("monitoring", "withdrawn", "1", NOW, "themselves"),
    )
    people, who = desk.store.collections["participants"].entities, only(desk)
    people[who.id] = replace(who, ledger=before, status=status)

    async with asyncio.timeout(5):
        sweep = asyncio.create_task(carry_over_ledgers(desk.desk, desk.commits))
        while only(desk).ledger:
            await asyncio.sleep(0)
    sweep.cancel()

    assert entries(desk, "monitoring") == list(before)


async def test_a_ledger_of_before_counts_until_it_is_carried_over() -> None:
    desk, stated = intake(), counted()
    await send(desk, event(stated))
    withdrawn = LedgerEntry("monitoring", "withdrawn", "2026-01", NOW, "themselves")
    people, who = desk.store.collections["participants"].entities, only(desk)
    people[who.id] = replace(who, ledger=(withdrawn,))

    await send(desk, event(stated))

    assert told(desk).monitoring == {}
