"""Staff see which sessions are at risk, what they can do, and may call one off."""

from datetime import timedelta

from shared.contracts.sessions import (
    SessionAnnounced,
    SessionCancelled,
    SessionCancelRequested,
    SessionUpdated,
)
from tests.builders.console import ConsoleInMemory, a_member
from tests.builders.events import an_event

AT_RISK = {"at_risk": True, "quorum": 2}


async def at_risk() -> tuple[ConsoleInMemory, str]:
    console, session = ConsoleInMemory(), an_event(SessionAnnounced, data=AT_RISK)
    await console.hear(session)
    return console, f"/sessions/{session.data.session_id}"


async def test_the_overview_and_the_session_say_that_too_few_said_yes() -> None:
    console, page = await at_risk()

    async with console.signed_in() as browser:
        overview = await browser.get("/")
        session = await browser.get(page)

    assert "At risk: 2 needed" in overview.text
    assert "Too few people said yes" in session.text
    assert "0 said yes; 2 are needed" in session.text


async def test_a_session_is_called_off_after_it_was_asked_once_more_and_once() -> None:
    console, page = await at_risk()

    async with console.signed_in() as browser:
        asked = await browser.get(f"{page}/cancel")
        assert console.said(SessionCancelRequested) == []
        for _ in range(2):
            await browser.post(f"{page}/cancel", data={"calendar_sequence": 0})
        shown = await browser.get(page)

    [order] = console.said(SessionCancelRequested)
    assert order.data.by == "amina"
    assert "Do you want to call off session 1?" in asked.text
    assert "amina called this session off" in shown.text
    assert "Call this session off" not in shown.text
    assert ("amina", "session_called_off", page.rpartition("/")[2]) in console.stored.audited


async def test_what_is_told_of_a_session_later_leaves_who_called_it_off() -> None:
    console, page = await at_risk()

    async with console.signed_in() as browser:
        await browser.post(f"{page}/cancel", data={"calendar_sequence": 0})
        await console.hear(an_event(SessionUpdated, sequence=2, data=AT_RISK))
        waiting = await browser.get(page)
        session_id = an_event(SessionAnnounced).data.session_id
        off = {"session_id": session_id, "status": "cancelled"}
        await console.hear(an_event(SessionCancelled, sequence=3, data=off))
        gone = await browser.get(page)

    assert "amina called this session off" in waiting.text
    assert "It shows here in a moment" not in gone.text


async def test_a_session_that_moved_meanwhile_is_not_called_off() -> None:
    console, page = await at_risk()
    moved = an_event(SessionUpdated, sequence=2, data={"calendar_sequence": 1})
    await console.hear(moved)

    async with console.signed_in() as browser:
        refused = await browser.post(f"{page}/cancel", data={"calendar_sequence": 0})

    assert refused.status_code == 409
    assert console.said(SessionCancelRequested) == []


async def test_a_session_that_has_begun_cannot_be_called_off() -> None:
    console, page = await at_risk()
    console.clock.pass_by(timedelta(days=90))

    async with console.signed_in() as browser:
        asked = await browser.get(f"{page}/cancel")
        refused = await browser.post(f"{page}/cancel", data={"calendar_sequence": 0})

    assert "cannot be called off" in asked.text
    assert refused.status_code == 409


async def test_staff_of_another_hub_call_nothing_off() -> None:
    console, page = await at_risk()
    console.employ(a_member("ben", hubs=("lambeth",)))

    async with console.signed_in("ben") as browser:
        refused = await browser.post(f"{page}/cancel", data={"calendar_sequence": 0})

    assert refused.status_code == 404
    assert console.said(SessionCancelRequested) == []
