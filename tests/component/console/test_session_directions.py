"""Staff move a session, settle who works there, and accept in writing what cannot be met."""

import html
import re
from datetime import timedelta
from typing import Any

import pytest

from shared.contracts.sessions import (
    SessionAnnounced,
    SessionMoveRequested,
    SessionNeedsAccepted,
    SessionSupportChanged,
    SessionUnscheduled,
    SessionUpdated,
)
from tests.builders.console import ConsoleInMemory, a_member
from tests.builders.events import an_event

BSL = "british-sign-language"
WRITTEN = "The agency has nobody that week; Ada's group agreed to captions."
AS_SEEN = {"calendar_sequence": 0}


async def a_session(**data: Any) -> tuple[ConsoleInMemory, str]:
    console, session = ConsoleInMemory(), an_event(SessionAnnounced, data=data)
    await console.hear(session)
    return console, f"/sessions/{session.data.session_id}"


async def undated() -> tuple[ConsoleInMemory, str]:
    console, session = ConsoleInMemory(), an_event(SessionUnscheduled)
    await console.hear(session)
    return console, f"/sessions/{session.data.session_id}"


async def test_a_session_says_why_it_is_then_and_there_who_works_and_who_cannot_come() -> None:
    absent = [{"participant_id": "931f33f5-525b-4613-a5a7-d0e28115dd9a", "why": "time"}]
    console, page = await a_session(cannot_come=absent)

    async with console.signed_in() as browser:
        shown = (await browser.get(page)).text

    assert "Why then and there" in shown
    assert "4 of 4" in shown
    assert "Thursday 14 January 2027, 1:00pm" in shown
    assert "British Sign Language interpreter" in shown
    assert "not free at that time of the week" in shown
    assert "931f33f5" not in shown


async def test_another_time_is_asked_for_once_for_the_time_that_was_seen() -> None:
    console, page = await a_session()

    async with console.signed_in() as browser:
        for _ in range(2):
            await browser.post(f"{page}/move", data=AS_SEEN)
        shown = await browser.get(page)

    [asked] = console.said(SessionMoveRequested)
    assert (asked.data.by, asked.data.calendar_sequence) == ("amina", 0)
    assert "amina asked for another time" in shown.text
    assert ("amina", "session_move_requested", page.rpartition("/")[2]) in console.stored.audited


@pytest.mark.parametrize("days", [0, 90])
@pytest.mark.parametrize("what", ["move", "support"])
async def test_what_moved_meanwhile_or_has_begun_is_not_directed(what: str, days: int) -> None:
    console, page = await a_session()
    data = {"resource_id": "west-london-bsl-1", "cannot_come": "true"}
    console.clock.pass_by(timedelta(days=days))

    async with console.signed_in() as browser:
        seen = AS_SEEN if days else {"calendar_sequence": 7}
        refused = await browser.post(f"{page}/{what}", data={**data, **seen})

    assert refused.status_code == 409
    assert console.said(SessionMoveRequested) == console.said(SessionSupportChanged) == []


async def test_who_cannot_come_is_noted_and_may_be_noted_to_come_again() -> None:
    console, page = await a_session()
    booked = {"resource_id": "west-london-bsl-1", **AS_SEEN}

    async with console.signed_in() as browser:
        for cannot in ("true", "true", "false"):
            await browser.post(f"{page}/support", data={**booked, "cannot_come": cannot})
        shown = await browser.get(page)

    said = console.said(SessionSupportChanged)
    assert [(each.data.cannot_come, each.sequence) for each in said] == [(True, 1), (False, 2)]
    assert len({each.subject for each in said}) == 1
    assert "Can come again" not in shown.text


async def test_nobody_is_noted_who_was_never_booked_there() -> None:
    console, page = await a_session()

    async with console.signed_in() as browser:
        stranger = {"resource_id": "stranger", "cannot_come": "true", **AS_SEEN}
        refused = await browser.post(f"{page}/support", data=stranger)

    assert refused.status_code == 404


async def test_a_need_is_given_up_by_name_and_in_writing_that_stays_with_staff() -> None:
    console, page = await undated()

    async with console.signed_in() as browser:
        await browser.post(f"{page}/needs", data={"need": BSL, "wording": WRITTEN, **AS_SEEN})
        await console.hear(an_event(SessionUpdated, sequence=2))
        shown = await browser.get(page)

    [accepted] = console.said(SessionNeedsAccepted)
    assert (accepted.data.needs, accepted.data.by) == ((BSL,), "amina")
    assert WRITTEN not in accepted.model_dump_json()
    assert ("amina", "session_needs_accepted", page.rpartition("/")[2]) in console.stored.audited
    assert "agreed to captions" in shown.text


@pytest.mark.parametrize(
    ("data", "faults"),
    [
        ({"wording": WRITTEN}, ["need-1"]),
        ({"need": BSL}, ["wording"]),
        ({"need": BSL, "wording": "ok"}, ["wording"]),
        ({"need": BSL, "wording": "x" * 2_001}, ["wording"]),
        ({}, ["need-1", "wording"]),
    ],
)
async def test_a_need_is_not_given_up_without_saying_which_and_why(
    data: dict[str, str], faults: list[str]
) -> None:
    console, page = await undated()

    async with console.signed_in() as browser:
        refused = await browser.post(f"{page}/needs", data={**data, **AS_SEEN})

    assert refused.status_code == 422
    assert re.findall(r'<li><a href="#([a-z0-9-]+)">', refused.text) == faults
    assert f">{data.get('wording', '')}</textarea>" in html.unescape(refused.text)
    assert (f'value="{BSL}" checked' in refused.text) == ("need" in data)
    assert console.said(SessionNeedsAccepted) == []


async def test_what_was_written_stays_where_the_session_changed_meanwhile() -> None:
    console, page = await undated()

    async with console.signed_in() as browser:
        written = {"need": BSL, "wording": WRITTEN, "calendar_sequence": 7}
        refused = await browser.post(f"{page}/needs", data=written)

    assert refused.status_code == 409
    assert "This session changed while you looked" in refused.text
    assert f">{WRITTEN}</textarea>" in html.unescape(refused.text)
    assert console.said(SessionNeedsAccepted) == []


async def test_staff_of_another_hub_direct_nothing() -> None:
    console, page = await a_session()
    console.employ(a_member("ben", hubs=("lambeth",)))

    async with console.signed_in("ben") as browser:
        refused = await browser.post(f"{page}/move", data=AS_SEEN)

    assert refused.status_code == 404
    assert console.said(SessionMoveRequested) == []
