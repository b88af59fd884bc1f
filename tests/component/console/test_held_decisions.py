"""A decision made on a page can be undone while nobody was told of it."""

from datetime import timedelta
from uuid import uuid4

import httpx
import pytest

from services.console.ports import HeldDecision, MatchView, Role
from services.console.use_cases.held import go_ahead, send_when_due, undo
from services.console.use_cases.quota_answers import as_told
from shared.contracts.matches import (
    DecisionReason,
    MatchApproved,
    MatchCancelled,
    MatchChangeRequested,
    MatchProposed,
    MatchSentBack,
    MatchStatus,
)
from shared.errors import ConflictError
from tests.builders.console import BEFORE_THE_SAMPLES_END as NOW
from tests.builders.console import ConsoleInMemory, a_member
from tests.builders.events import an_event

WAIT = timedelta(seconds=20)
PROPOSED = an_event(MatchProposed)
MATCH = str(PROPOSED.data.match_id)
PAGE = f"/matches/{MATCH}"
HUBS = ("west-london",)


async def proposed() -> ConsoleInMemory:
    console = ConsoleInMemory(undo=WAIT)
    await console.hear(PROPOSED)
    return console


def shown(console: ConsoleInMemory) -> MatchView:
    match = console.stored.known.matches.entities[MATCH]  # type: ignore[attr-defined]
    assert isinstance(match, MatchView)
    return match


def held(console: ConsoleInMemory) -> HeldDecision:
    decision = shown(console).held
    assert decision is not None
    return decision


async def decided(
    browser: httpx.AsyncClient, choice: str = "approve", reason: str = ""
) -> httpx.Response:
    data = {"sequence": str(PROPOSED.sequence), "choice": choice, "reason": reason}
    return await browser.post(PAGE, data=data)


async def test_nobody_is_told_before_its_time_and_then_as_of_who_decided_when_and_why() -> None:
    console = await proposed()
    async with console.signed_in() as browser:
        await decided(browser, reason="partner_agreed")
        page = await browser.get(PAGE)
    await console.do_what_is_due()
    before = list(console.stored.events)

    console.clock.pass_by(WAIT)
    await console.do_what_is_due()
    await console.do_what_is_due()

    [event] = console.said(MatchApproved)
    assert before == []
    assert (event.data.by, event.data.reason) == ("amina", DecisionReason.PARTNER_AGREED)
    assert (event.data.decided_at, event.time) == (NOW, NOW + WAIT)
    assert event.data.match.status is MatchStatus.PROPOSED
    assert "Approved by amina at 9:30:00am: the partner agreed to it." in page.text
    assert "Invitations are set in motion at 9:30:20am" in page.text
    assert "Approve this panel" not in page.text
    assert "Waits for a decision" not in page.text
    stored = shown(console)
    assert (stored.state.status, stored.decided_by) == (MatchStatus.APPROVED, "amina")
    assert (stored.decided_at, stored.reason) == (NOW, DecisionReason.PARTNER_AGREED)


async def test_anybody_who_may_decide_in_the_hub_can_undo_it() -> None:
    console = await proposed()
    console.employ(a_member("ben", token="st_ben"))
    async with console.signed_in() as browser:
        await decided(browser)
    async with console.signed_in("ben") as browser:
        await browser.post(f"{PAGE}/undo", data={"decision": held(console).id})
        page = await browser.get(PAGE)
    console.clock.pass_by(WAIT)
    await console.do_what_is_due()

    assert console.stored.events == []
    assert shown(console).held is None
    assert await as_told(shown(console), console.stored.known) == PROPOSED.data
    assert "Approve this panel" in page.text
    assert ("ben", "match_decision_undone", MATCH) in console.stored.audited


async def test_who_may_only_look_sees_it_and_cannot_undo_it() -> None:
    console = await proposed()
    console.employ(a_member("vera", roles=(Role.VIEWER,), token="st_vera"))
    async with console.signed_in() as browser:
        await decided(browser)
    async with console.signed_in("vera") as browser:
        page = await browser.get(PAGE)
        refused = await browser.post(f"{PAGE}/undo", data={"decision": held(console).id})

    assert "Approved by amina" in page.text
    assert ">Undo<" not in page.text
    assert refused.status_code == 403
    assert shown(console).held is not None


async def test_it_goes_ahead_at_once_when_staff_want_that_and_not_again_later() -> None:
    console = await proposed()
    async with console.signed_in() as browser:
        await decided(browser, "draw_again", "not_balanced")
        await browser.post(f"{PAGE}/go-ahead", data={"decision": held(console).id})
    console.clock.pass_by(WAIT)
    await console.do_what_is_due()

    [event] = console.said(MatchSentBack)
    assert (event.data.draw_again, event.data.reason) == (True, DecisionReason.NOT_BALANCED)
    assert ("amina", "match_decision_sent", MATCH) in console.stored.audited


@pytest.mark.parametrize("step", ["undo", "go-ahead"])
async def test_what_was_undone_or_sent_is_so_once_and_the_other_sees_that(step: str) -> None:
    console = await proposed()
    async with console.signed_in() as browser:
        await decided(browser)
        decision = {"decision": held(console).id}
        await browser.post(f"{PAGE}/{step}", data=decision)
        refused = [
            await browser.post(f"{PAGE}/{each}", data=decision) for each in ("undo", "go-ahead")
        ]

    assert [each.status_code for each in refused] == [409, 409]
    assert all("not held any more" in each.text for each in refused)
    assert len(console.stored.events) == (step == "go-ahead")


async def test_of_undoing_going_ahead_and_the_time_that_comes_one_alone_is_stored() -> None:
    console = await proposed()
    async with console.signed_in() as browser:
        await decided(browser)
    decision, known, facts = held(console).id, console.stored.known, console.facts
    steps = [
        await undo(MATCH, decision, "amina", HUBS, known, facts),
        await go_ahead(MATCH, decision, "ben", HUBS, known, facts),
        await send_when_due(MATCH, decision, known, facts),
    ]
    console.stored.commit(steps[0])

    for late in steps[1:]:
        with pytest.raises(ConflictError):
            console.stored.commit(late)
    assert console.stored.events == []


async def test_the_second_to_decide_sees_that_somebody_did() -> None:
    console = await proposed()
    async with console.signed_in() as browser:
        await decided(browser)
        second = await decided(browser, "rest", "too_few")
    async with console.scripted() as script:
        by_script = await script.post(f"/v1{PAGE}/approve", json={"sequence": PROPOSED.sequence})

    assert (second.status_code, by_script.status_code) == (409, 409)
    assert "does not wait for a decision any more" in second.text
    assert held(console).choice == "approve"


@pytest.mark.parametrize("news", [MatchProposed, MatchCancelled])
async def test_a_match_that_moved_on_drops_it_and_staff_see_why(
    news: type[MatchProposed | MatchCancelled],
) -> None:
    console = await proposed()
    async with console.signed_in() as browser:
        await decided(browser)
        await console.hear(an_event(news, sequence=9, data={"match_id": MATCH}))
        console.clock.pass_by(WAIT)
        await console.do_what_is_due()
        page = await browser.get(PAGE)

    assert console.said(MatchApproved) == []
    assert "Approved by amina" in page.text
    assert "That was not sent: the match changed before that" in page.text


async def test_a_panel_that_is_being_drawn_again_when_the_time_comes_is_not_approved() -> None:
    console = await proposed()
    async with console.signed_in() as browser:
        await decided(browser)
    who = PROPOSED.data.panel[0].participant_id
    change = {"match_id": MATCH, "participant_id": who}
    await console.hear(an_event(MatchChangeRequested, subject=str(uuid4()), data=change))
    console.clock.pass_by(WAIT)
    await console.do_what_is_due()

    assert console.said(MatchApproved) == []
    assert shown(console).dropped is not None


async def test_scripts_act_at_once_and_may_say_why() -> None:
    console = await proposed()
    async with console.scripted() as script:
        body = {"sequence": PROPOSED.sequence, "reason": "time_presses"}
        answer = await script.post(f"/v1{PAGE}/approve", json=body)

    [event] = console.said(MatchApproved)
    assert event.data.reason is DecisionReason.TIME_PRESSES
    assert answer.json()["reason"] == "time_presses"


async def test_a_reason_for_another_decision_is_refused() -> None:
    console = await proposed()
    async with console.scripted() as script:
        body = {"sequence": PROPOSED.sequence, "reason": "too_few"}
        refused = await script.post(f"/v1{PAGE}/approve", json=body)

    assert (refused.status_code, refused.json()["code"]) == (422, "other-reason")
    assert console.stored.events == []


async def test_whoever_sends_a_panel_back_on_a_page_says_why() -> None:
    console = await proposed()
    async with console.signed_in() as browser:
        refused = await decided(browser, "rest")

    assert refused.status_code == 422
    assert "Choose why you send the panel back" in refused.text
    assert shown(console).held is None


async def test_going_ahead_while_the_panel_is_drawn_again_notes_no_sending() -> None:
    console = await proposed()
    who = PROPOSED.data.panel[0].participant_id
    change = {"match_id": MATCH, "participant_id": who}
    async with console.signed_in() as browser:
        await decided(browser)
        decision = {"decision": held(console).id}
        await console.hear(an_event(MatchChangeRequested, subject=str(uuid4()), data=change))
        await browser.post(f"{PAGE}/go-ahead", data=decision)
        page = await browser.get(PAGE)

    assert console.said(MatchApproved) == []
    assert shown(console).dropped is not None
    assert "That was not sent" in page.text
    assert "match_decision_sent" not in [what for _, what, _ in console.stored.audited]
