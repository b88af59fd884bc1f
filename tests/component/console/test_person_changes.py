"""Staff change a match for one person: on the panel, left out, or put back in the draw."""

import re
from typing import Any

import httpx
import pytest

from services.console.use_cases.decisions import Decision
from services.console.use_cases.match_people import pair_id
from services.console.use_cases.person_changes import Wanted, change_person
from shared.contracts.matches import (
    Followed,
    MatchApproved,
    MatchChangeRequested,
    MatchFellShort,
    MatchProposed,
    PersonChange,
)
from shared.contracts.participants import ParticipantErased, ParticipantLeft
from shared.contracts.sessions import (
    InvitationAccepted,
    InvitationDeclined,
    InvitationExpired,
    InvitationIssued,
)
from shared.errors import ConflictError
from tests.builders.console import ConsoleInMemory, a_member
from tests.builders.events import an_event

PROPOSED = an_event(MatchProposed)
PAGE = f"/matches/{PROPOSED.data.match_id}"
ANN, BEN, *_ = PROPOSED.data.panel
GONE = an_event(InvitationDeclined).data
SEQUENCE = str(PROPOSED.sequence)


async def a_console() -> ConsoleInMemory:
    console = ConsoleInMemory()
    await console.hear(PROPOSED)
    return console


def of(participant_id: Any) -> str:
    """Return the id of a person in the match, as the event of a change has it."""
    return pair_id(PROPOSED.data.match_id, participant_id)


def page_of(participant_id: Any) -> str:
    """Return where the person of the match is changed."""
    return f"{PAGE}/people/{of(participant_id)}"


async def change(
    browser: httpx.AsyncClient, participant_id: Any, choice: str, *, sequence: str = SEQUENCE
) -> httpx.Response:
    data = {"sequence": sequence, "choice": choice}
    return await browser.post(page_of(participant_id), data=data)


async def decide(browser: httpx.AsyncClient, choice: str = "approve") -> httpx.Response:
    return await browser.post(PAGE, data={"sequence": SEQUENCE, "choice": choice})


def invited_somebody_else(kind: type[Any], **data: Any) -> Any:
    """Tell of an invitation of somebody whom the match does not name."""
    who = "0b5c5b1e-6f0e-4f0a-9d6f-0c1f6f0a7b52"
    return an_event(kind, data={"participant_id": who, "participant_reference": "NWL-77", **data})


def rows(page: httpx.Response, caption: str) -> list[str]:
    table = re.search(rf'aria-label="{caption}".*?</table>', page.text, re.DOTALL)
    return re.findall(r'<tr role="row" class=.*?</tr>', table[0], re.DOTALL) if table else []


async def test_staff_put_somebody_on_the_panel() -> None:
    console = await a_console()

    async with console.signed_in() as browser:
        done = await change(browser, ANN.participant_id, "pin")
        page = await browser.get(PAGE)

    [event] = console.said(MatchChangeRequested)
    assert done.status_code == 303
    assert (event.data.change, event.data.participant_id) == (PersonChange.PIN, ANN.participant_id)
    assert (event.subject, event.sequence, event.data.match_sequence) == (
        of(ANN.participant_id),
        1,
        PROPOSED.sequence,
    )
    assert (event.correlationid, event.causationid) == (PROPOSED.correlationid, PROPOSED.id)
    [row] = rows(page, "Changes by staff")
    assert "Put on the panel" in row
    assert "Not yet" in row


async def test_every_change_is_written_down_with_who_made_it() -> None:
    console = await a_console()

    async with console.signed_in() as browser:
        for choice in ("pin", "ask_again", "safety"):
            await change(browser, ANN.participant_id, choice)

    about = f"{PROPOSED.data.match_id} {ANN.participant_id}"
    written = [what for who, what, of_what in console.stored.audited if of_what == about]
    assert written == ["person_put_on_panel", "person_asked_again", "person_left_out"]
    assert [each.sequence for each in console.said(MatchChangeRequested)] == [1, 2, 3]


async def test_the_trace_shows_a_change() -> None:
    console = await a_console()
    async with console.signed_in() as browser:
        await change(browser, ANN.participant_id, "pin")
    await console.hear(*console.said(MatchChangeRequested))

    async with console.scripted() as script:
        traced = (await script.get(f"/v1/trace/{PROPOSED.correlationid}")).json()

    assert [each["type"] for each in traced][-1] == MatchChangeRequested.TYPE


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        ("conflict_of_interest", "Left out: conflict of interest"),
        ("already_involved", "Left out: already involved with this partner"),
        ("not_now", "Left out: asked not to be contacted now"),
        ("safety", "Left out: safety"),
    ],
)
async def test_staff_leave_somebody_out_for_one_of_four_reasons(choice: str, said: str) -> None:
    console = await a_console()

    async with console.signed_in() as browser:
        await change(browser, ANN.participant_id, choice)
        page = await browser.get(PAGE)

    [event] = console.said(MatchChangeRequested)
    assert (event.data.change, event.data.reason) == (PersonChange.EXCLUDE, choice)
    assert said in rows(page, "Changes by staff")[0]


@pytest.mark.parametrize("choice", ["exclude", "she is difficult"])
async def test_nobody_is_left_out_for_another_reason(choice: str) -> None:
    console = await a_console()

    async with console.signed_in() as browser:
        refused = await change(browser, ANN.participant_id, choice)

    assert refused.status_code == 400
    assert console.said(MatchChangeRequested) == []


async def test_a_form_in_which_nothing_was_chosen_comes_back_and_says_so() -> None:
    console = await a_console()

    async with console.signed_in() as browser:
        refused = await change(browser, ANN.participant_id, "")

    assert refused.status_code == 422
    assert "Error: Change for" in refused.text
    assert refused.text.count("Choose what to change") == 2
    assert 'value="safety"' in refused.text
    assert console.said(MatchChangeRequested) == []


async def test_the_page_of_a_person_shows_how_they_stand_and_only_what_may_be_changed() -> None:
    console = await a_console()

    async with console.signed_in() as browser:
        drawn = (await browser.get(page_of(ANN.participant_id))).text
        await change(browser, ANN.participant_id, "pin")
        put = (await browser.get(page_of(ANN.participant_id))).text

    assert "On the panel" in drawn
    assert 'value="pin"' in drawn
    assert 'value="ask_again"' not in drawn
    assert 'value="pin"' not in put
    assert 'value="ask_again"' in put
    assert "Put on the panel, by amina" in put
    assert str(ANN.participant_id) not in drawn


async def test_the_page_of_a_person_of_a_match_that_was_decided_has_no_form() -> None:
    console = await a_console()

    async with console.signed_in() as browser:
        await decide(browser)
        page = (await browser.get(page_of(ANN.participant_id))).text

    assert "does not wait for a decision any more" in page
    assert 'name="choice"' not in page


async def test_a_panel_is_approved_only_when_it_was_drawn_by_all_changes() -> None:
    console = await a_console()

    async with console.signed_in() as browser:
        await change(browser, ANN.participant_id, "safety")
        refused = await decide(browser)
        [event] = console.said(MatchChangeRequested)
        followed = (Followed(participant_id=ANN.participant_id, sequence=event.sequence),)
        await console.hear(an_event(MatchProposed, data={"followed": followed}, sequence=3))
        page = await browser.get(PAGE)
        done = await browser.post(PAGE, data={"sequence": "3", "choice": "approve"})

    assert refused.status_code == 409
    assert "The panel is being drawn again" in refused.text
    assert "Approve this panel" not in refused.text
    assert "Approve this panel" in page.text
    assert done.status_code == 303
    assert len(console.said(MatchApproved)) == 1


async def test_a_script_is_told_that_the_panel_is_being_drawn() -> None:
    console = await a_console()
    async with console.signed_in() as browser:
        await change(browser, ANN.participant_id, "safety")

    async with console.scripted() as script:
        refused = await script.post(f"/v1{PAGE}/approve", json={"sequence": PROPOSED.sequence})

    assert (refused.status_code, refused.json()["code"]) == (409, "match-being-drawn")


async def test_a_change_of_a_match_that_moved_on_is_refused_in_a_sentence() -> None:
    console = await a_console()
    await console.hear(an_event(MatchProposed, sequence=3))

    async with console.signed_in() as browser:
        refused = await change(browser, ANN.participant_id, "pin")

    assert refused.status_code == 409
    assert "This match changed while you looked" in refused.text
    assert console.said(MatchChangeRequested) == []


async def test_a_change_of_a_match_that_was_approved_is_refused_in_a_sentence() -> None:
    console = await a_console()

    async with console.signed_in() as browser:
        await decide(browser)
        refused = await change(browser, ANN.participant_id, "pin")

    assert refused.status_code == 409
    assert "does not wait for a decision any more" in refused.text
    assert ">Change<" not in refused.text
    assert console.said(MatchChangeRequested) == []


async def test_a_change_and_an_approval_at_the_same_moment_are_not_both_kept() -> None:
    console = await a_console()
    asked = Decision(
        match_id=str(PROPOSED.data.match_id),
        sequence=PROPOSED.sequence,
        by="ben",
        hubs=("west-london",),
    )
    wanted = Wanted(person_id=of(ANN.participant_id), change=PersonChange.PIN)
    outrun = await change_person(asked, wanted, console.stored.known, console.facts)

    async with console.signed_in() as browser:
        await decide(browser)

    with pytest.raises(ConflictError):
        console.stored.commit(outrun)


async def test_the_same_change_twice_is_made_once() -> None:
    console = await a_console()

    async with console.signed_in() as browser:
        twice = [await change(browser, ANN.participant_id, "pin") for _ in range(2)]

    assert [each.status_code for each in twice] == [303, 303]
    assert len(console.said(MatchChangeRequested)) == 1


async def test_a_person_is_put_back_in_the_draw_by_one_name_wherever_they_stood() -> None:
    console = await a_console()

    async with console.signed_in() as browser:
        await change(browser, ANN.participant_id, "safety")
        changed = await browser.get(PAGE)
        await change(browser, ANN.participant_id, "ask_again")
        taken_back = await browser.get(PAGE)

    assert "Put back in the draw" in rows(changed, "Changes by staff")[0]
    assert console.said(MatchChangeRequested)[-1].data.change is PersonChange.ASK_AGAIN
    [row] = rows(taken_back, "Changes by staff")
    assert row.count("Put back in the draw") == 1
    assert "<button" not in row


@pytest.mark.parametrize(
    ("kind", "answer"), [(InvitationDeclined, "declined"), (InvitationExpired, "expired")]
)
async def test_who_gave_an_invitation_up_is_listed_and_can_be_asked_again(
    kind: type[Any], answer: str
) -> None:
    console = await a_console()
    await console.hear(invited_somebody_else(kind, answer=answer, asked=2))
    who = invited_somebody_else(kind).data.participant_id

    async with console.signed_in() as browser:
        page, form = await browser.get(PAGE), await browser.get(page_of(who))
        await change(browser, who, "ask_again")

    [row] = rows(page, "People invited before")
    assert f'href="{page_of(who)}"' in row
    assert "Put back in the draw" in form.text
    [event] = console.said(MatchChangeRequested)
    assert (event.data.change, event.data.asked) == (PersonChange.ASK_AGAIN, 2)


async def test_who_was_asked_again_and_gave_up_once_more_can_be_asked_again() -> None:
    console = await a_console()
    await console.hear(invited_somebody_else(InvitationDeclined))
    who = invited_somebody_else(InvitationDeclined).data.participant_id

    async with console.signed_in() as browser:
        await change(browser, who, "ask_again")
        await console.hear(
            invited_somebody_else(InvitationDeclined, asked=2).model_copy(update={"sequence": 4})
        )
        await change(browser, who, "ask_again")

    assert [each.data.asked for each in console.said(MatchChangeRequested)] == [1, 2]


@pytest.mark.parametrize("kind", [InvitationIssued, InvitationAccepted])
async def test_who_holds_a_place_is_neither_left_out_nor_shown_a_form(kind: type[Any]) -> None:
    console = await a_console()
    await console.hear(an_event(kind, data={"participant_id": ANN.participant_id}))

    async with console.signed_in() as browser:
        page, form = await browser.get(PAGE), await browser.get(page_of(ANN.participant_id))
        refused = await change(browser, ANN.participant_id, "safety")

    assert f'href="{page_of(ANN.participant_id)}"' not in page.text
    assert f'href="{page_of(BEN.participant_id)}"' in page.text
    assert 'name="choice"' not in form.text
    assert "Nothing can be changed for this person" in form.text
    assert refused.status_code == 409
    assert "This cannot be changed for this person" in refused.text


@pytest.mark.parametrize("kind", [ParticipantLeft, ParticipantErased])
async def test_who_left_or_was_erased_cannot_be_put_on_the_panel(kind: type[Any]) -> None:
    console = await a_console()
    await console.hear(an_event(kind, data={"participant_id": ANN.participant_id}))

    async with console.signed_in() as browser:
        refused = await change(browser, ANN.participant_id, "pin")

    assert refused.status_code == 409
    assert console.said(MatchChangeRequested) == []


async def test_what_staff_wanted_of_who_is_erased_goes_and_does_not_come_back() -> None:
    console = await a_console()
    async with console.signed_in() as browser:
        await change(browser, ANN.participant_id, "safety")
        await console.hear(
            an_event(ParticipantErased, data={"participant_id": ANN.participant_id}),
            *console.said(MatchChangeRequested),
        )
        page = await browser.get(PAGE)

    assert rows(page, "Changes by staff") == []
    assert "Approve this panel" in page.text


async def test_a_change_that_comes_late_after_an_erasure_is_not_kept() -> None:
    console = await a_console()
    late = an_event(MatchChangeRequested)
    await console.hear(
        an_event(ParticipantErased, data={"participant_id": late.data.participant_id}), late
    )

    assert await console.stored.known.changes.get(late.subject) is None


async def test_nobody_outside_the_match_and_no_other_hub_is_changed() -> None:
    console = await a_console()
    console.employ(a_member("ben", hubs=("lambeth",)))

    async with console.signed_in() as browser:
        nobody = await change(browser, GONE.invitation_id, "pin")
    async with console.signed_in("ben") as browser:
        elsewhere = await change(browser, ANN.participant_id, "pin")

    assert (nobody.status_code, elsewhere.status_code) == (404, 404)
    assert console.said(MatchChangeRequested) == []


async def test_a_panel_by_staff_tells_no_chance_and_a_short_match_can_be_changed() -> None:
    console = ConsoleInMemory()
    short = an_event(MatchFellShort)
    put = short.data.panel[0].model_copy(update={"by_staff": True, "chance": 0.0})
    await console.hear(an_event(MatchFellShort, data={"panel": [put, *short.data.panel[1:]]}))

    async with console.signed_in() as browser:
        page = await browser.get(f"/matches/{short.data.match_id}")

    first = rows(page, "The panel")[0]
    assert "Put on the panel by staff, not by lot" in first
    assert "%" not in first
    assert ">Change<" in first


async def test_no_participant_id_is_on_the_page_of_a_match() -> None:
    console = await a_console()
    await console.hear(invited_somebody_else(InvitationDeclined))

    async with console.signed_in() as browser:
        page = await browser.get(PAGE)

    assert str(ANN.participant_id) not in page.text
    assert str(invited_somebody_else(InvitationDeclined).data.participant_id) not in page.text
