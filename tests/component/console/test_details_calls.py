"""Staff go through a person's details with them on the telephone, because the person asked."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import pytest

from services.console.ports import Role
from shared.contracts.messages import NotificationCallNeeded
from shared.contracts.own_details import ReplyDetailsGiven
from shared.contracts.participants import ParticipantLeft
from tests.builders.console import ConsoleInMemory, a_member
from tests.builders.events import an_event
from tests.component.console.test_details_pages import FORM, SECRETS, WHO, errors, known, of_them


async def called(**data: Any) -> tuple[ConsoleInMemory, str]:
    """A call to a person who asked to go through their details."""
    console, call_id = await known(), uuid4()
    about: Mapping[str, Any] = {
        "message_id": call_id,
        "participant_id": WHO,
        "kind": "details-link",
        "invitation_id": None,
        "engagement_id": None,
    }
    await console.hear(
        an_event(NotificationCallNeeded, data={**about, **data}, subject=str(call_id))
    )
    return console, f"/calls/{call_id}"


async def test_staff_see_and_change_them_and_each_look_is_written_down() -> None:
    console, call = await called()

    async with console.signed_in() as browser:
        leads = await browser.get(call)
        page = await browser.get(f"{call}/details")
        kept = await browser.post(f"{call}/details", data=FORM)

    assert f'href="{call}/details"' in leads.text
    assert 'value="Zaxquil Brindle"' in page.text
    assert "Your chances so far" not in page.text
    assert (kept.status_code, kept.headers["location"]) == (303, call)
    assert len(console.said(ReplyDetailsGiven)) == 1
    done = [what for _, what, about in console.stored.audited if about == str(WHO)]
    assert done[-3:] == ["looked_at_person", "looked_at_person", "details_taken_by_phone"]


async def test_what_is_wrong_is_asked_for_again() -> None:
    console, call = await called()

    async with console.signed_in() as browser:
        again = await browser.post(f"{call}/details", data=FORM | {"postcode": "nowhere"})

    assert (again.status_code, errors(again)) == (
        422,
        ["Write the whole postcode like this: W12 7RZ"],
    )
    assert console.said(ReplyDetailsGiven) == []


async def test_what_they_said_meanwhile_is_shown_in_place_of_being_written_over() -> None:
    console, call = await called()

    async with console.signed_in() as browser:
        await browser.post(f"{call}/details", data=FORM | {"given": "0"})
        refused = await browser.post(f"{call}/details", data=FORM | {"name": "A", "given": "0"})

    assert refused.status_code == 409
    assert "Their details were changed on another page meanwhile." in refused.text
    assert 'value="Zaxquil Brindle-Okoro"' in refused.text
    assert len(console.said(ReplyDetailsGiven)) == 1
    done = [what for _, what, about in console.stored.audited if about == str(WHO)]
    assert done[-2:] == ["details_taken_by_phone", "looked_at_person"]


@pytest.mark.parametrize(
    "roles", [(Role.VIEWER,), ()], ids=["who may only look", "who has no role"]
)
async def test_nobody_else_of_staff_sees_them(roles: tuple[Role, ...]) -> None:
    console, call = await called()
    console.employ(a_member(roles=roles))

    async with console.signed_in() as browser:
        page = await browser.get(f"{call}/details")
        posted = await browser.post(f"{call}/details", data=FORM)

    assert {page.status_code, posted.status_code} == {403}
    assert not [each for each in SECRETS if each in page.text]


async def test_a_call_about_something_else_or_of_another_hub_opens_no_details() -> None:
    other, call = await called(kind="invitation")
    elsewhere, call_there = await called()
    elsewhere.employ(a_member(hubs=("lambeth",)))

    async with other.signed_in() as browser:
        page = await browser.get(f"{call}/details")
    async with elsewhere.signed_in() as browser:
        there = await browser.get(f"{call_there}/details")

    assert (page.status_code, there.status_code) == (404, 404)


async def test_of_somebody_who_has_left_it_is_said_that_they_have() -> None:
    console, call = await called()
    await console.hear(of_them(ParticipantLeft, sequence=2, data={"status": "left"}))

    async with console.signed_in() as browser:
        page = await browser.get(f"{call}/details")
        posted = await browser.post(f"{call}/details", data=FORM)

    assert (page.status_code, posted.status_code) == (409, 409)
    assert "This person does not take part any more" in page.text
    assert "invitation" not in page.text.partition("<main")[2]
