"""Beside yes and no: another time, and what a person needs; by link and by telephone."""

import csv
from importlib.resources import files
from uuid import UUID

import pytest

from services.console.api.words.needs import ASKED_NEEDS
from services.console.use_cases.needs import MeetingNeed
from services.console.use_cases.own_details import SaidDetails, give_details, known_details
from shared.changes import Changes
from shared.contracts.messages import NotificationCallNeeded
from shared.contracts.participants import Channel, ParticipantRegistered, SealedContact
from shared.contracts.sessions import (
    InvitationAnotherTime,
    InvitationIssued,
    ReplyAccepted,
    ReplyAnotherTime,
    ReplyDeclined,
    ReplyNeedsGiven,
)
from tests.builders.console import ConsoleInMemory
from tests.builders.events import an_event

WHEELCHAIR, BSL = MeetingNeed.WHEELCHAIR.value, MeetingNeed.BSL.value
INVITED = an_event(InvitationIssued).data.participant_id


async def invited() -> tuple[ConsoleInMemory, str]:
    console, issued = ConsoleInMemory(), an_event(InvitationIssued)
    await console.hear(issued)
    return console, console.link(issued.data.invitation_id)


async def called() -> tuple[ConsoleInMemory, str]:
    console, call = ConsoleInMemory(), an_event(NotificationCallNeeded)
    who = {
        "participant_id": call.data.participant_id,
        "invitation_id": call.data.invitation_id,
    }
    issued = an_event(InvitationIssued, subject=str(call.data.invitation_id), data=who)
    await console.hear(issued, call)
    return console, f"/calls/{call.data.message_id}"


async def test_another_time_is_published_once_and_shown() -> None:
    console, link = await invited()

    async with console.visited() as browser:
        for _ in range(2):
            await browser.post(link, data={"answer": "another_time"})
        said = await browser.get(link)
        await console.hear(
            an_event(InvitationAnotherTime, sequence=2, data={"answer": "another_time"})
        )
        taken_in = await browser.get(link)

    assert len(console.said(ReplyAnotherTime)) == 1
    for page in (said, taken_in):
        assert "You want to come at another time" in page.text
        assert "You are on the waiting list" in page.text


@pytest.mark.parametrize(("then", "event"), [("yes", ReplyAccepted), ("no", ReplyDeclined)])
async def test_who_wants_another_time_can_still_say_yes_or_no(
    then: str, event: type[ReplyAccepted | ReplyDeclined]
) -> None:
    console, link = await invited()

    async with console.visited() as browser:
        await browser.post(link, data={"answer": "another_time"})
        await browser.post(link, data={"answer": then})

    assert [each.sequence for each in console.said(event)] == [2]


async def test_who_is_asked_again_about_other_times_can_answer_again() -> None:
    console, link = await invited()

    async with console.visited() as browser:
        await browser.post(link, data={"answer": "another_time"})
        await console.hear(an_event(InvitationIssued, sequence=3, data={"asked": 2}))
        page = await browser.get(link)

    assert "Can you come?" in page.text


async def test_what_a_person_needs_is_published_once_and_is_no_answer() -> None:
    console, link = await invited()

    async with console.visited() as browser:
        form = await browser.get(f"{link}/needs")
        for _ in range(2):
            pressed = await browser.post(f"{link}/needs", data={"need": [WHEELCHAIR, BSL]})
        page = await browser.get(link)
        await browser.post(link, data={"answer": "yes"})

    assert "To get in without steps" in form.text
    assert (pressed.status_code, pressed.headers["location"]) == (303, link)
    [event] = console.said(ReplyNeedsGiven)
    assert event.data.needs == (WHEELCHAIR, BSL)
    assert not event.data.call_me
    assert "You told us what you need" in page.text
    assert "Please still say yes or no" in page.text
    assert len(console.said(ReplyAccepted)) == 1


async def test_who_needs_something_else_asks_to_be_phoned_once() -> None:
    console, link = await invited()

    async with console.visited() as browser:
        await browser.post(f"{link}/needs", data={"call_me": "true"})
        await browser.post(f"{link}/needs", data={"call_me": "true", "need": [BSL]})

    [first, second] = console.said(ReplyNeedsGiven)
    assert (first.data.call_me, first.data.needs) == (True, ())
    assert (second.data.call_me, second.data.needs) == (False, (BSL,))
    assert [each.sequence for each in (first, second)] == [1, 2]


async def test_looking_at_the_form_changes_nothing() -> None:
    console, link = await invited()

    async with console.visited() as browser:
        await browser.get(f"{link}/needs")

    assert console.stored.events == []


async def test_what_is_not_on_the_form_is_refused() -> None:
    console, link = await invited()

    async with console.visited() as browser:
        refused = await browser.post(f"{link}/needs", data={"need": "123456"})
        unknown = await browser.post("/i/nonsense/needs", data={"need": BSL})

    assert (refused.status_code, unknown.status_code) == (400, 404)
    assert console.said(ReplyNeedsGiven) == []


async def test_needs_given_on_the_telephone_leave_the_call_to_be_finished() -> None:
    console, call = await called()

    async with console.signed_in() as browser:
        form = await browser.get(f"{call}/needs")
        pressed = await browser.post(f"{call}/needs", data={"need": BSL})
        sheet = await browser.get(call)

    [event] = console.said(ReplyNeedsGiven)
    assert event.data.by_phone
    assert "What do they need?" in form.text
    assert pressed.headers["location"] == call
    assert "They told us that they need: british sign language interpreter" in sheet.text
    assert "They said yes" in sheet.text
    assert ("amina", "needs_taken_by_phone", str(event.data.invitation_id)) in (
        console.stored.audited
    )


async def test_another_time_said_on_the_telephone_ends_the_call() -> None:
    console, call = await called()

    async with console.signed_in() as browser:
        await browser.post(f"{call}/answer", data={"answer": "another_time"})
        listed = await browser.get("/calls")

    [event] = console.said(ReplyAnotherTime)
    assert event.data.by_phone
    assert "No calls to make" in listed.text


def test_every_need_on_the_form_has_words_and_may_be_stated() -> None:
    text = (files("services.intake") / "reference/needs.csv").read_text("utf-8")
    may_be_stated = {row["code"] for row in csv.DictReader(text.splitlines())}

    asked = {need.value for need in MeetingNeed}

    assert asked == ASKED_NEEDS.keys()
    assert asked <= may_be_stated


async def took_back(console: ConsoleInMemory, who: UUID) -> None:
    """On the page of their details they say that they need nothing of what is known."""
    state = {"participant_id": who, "needs": [BSL, WHEELCHAIR]}
    await console.hear(an_event(ParticipantRegistered, data=state, subject=str(who)))
    said = SaidDetails(
        sealed=SealedContact(participant_id=who, nonce="bm9uY2U=", ciphertext="c2VhbGVk"),
        preferred_channel=Channel.EMAIL,
        languages=(),
        needs=(),
        shown=(BSL, WHEELCHAIR),
        contact_preference=None,
        seen=0,
    )
    known, facts = console.stored.known, console.facts

    async def work() -> Changes:
        return give_details(await known_details(str(who), known), said, known, facts)

    await console.commits.commit("said", work)


async def test_a_need_that_was_taken_back_can_be_said_again() -> None:
    console, link = await invited()

    async with console.visited() as browser:
        await browser.post(f"{link}/needs", data={"need": [BSL]})
        await took_back(console, INVITED)
        page, form = await browser.get(link), await browser.get(f"{link}/needs")
        for _ in range(2):
            await browser.post(f"{link}/needs", data={"need": [BSL]})
        again = await browser.get(link)

    assert "You told us what you need" not in page.text
    assert f'value="{BSL}" checked' not in form.text
    assert [each.data.needs for each in console.said(ReplyNeedsGiven)] == [(BSL,), (BSL,)]
    assert "You told us what you need" in again.text
    kept = await console.stored.known.details.get(str(INVITED))
    assert kept is not None
    assert (kept.needs, kept.needs_dropped) == ((BSL,), (WHEELCHAIR,))


async def test_a_need_that_was_taken_back_can_be_said_again_by_telephone() -> None:
    console, call = await called()

    async with console.signed_in() as browser:
        await browser.post(f"{call}/needs", data={"need": [BSL]})
        await took_back(console, an_event(NotificationCallNeeded).data.participant_id)
        sheet = await browser.get(call)
        await browser.post(f"{call}/needs", data={"need": [BSL]})

    assert "They told us that they need" not in sheet.text
    assert [each.sequence for each in console.said(ReplyNeedsGiven)] == [1, 2]


async def test_a_form_of_needs_with_nothing_ticked_is_not_taken_without_a_word() -> None:
    console, link = await invited()

    async with console.visited() as browser:
        page = await browser.post(f"{link}/needs", data={})

    assert page.status_code == 422
    assert "Nothing was sent" in page.text
    assert page.text.count("Tick what you need, or go back") == 2
    assert console.said(ReplyNeedsGiven) == []
