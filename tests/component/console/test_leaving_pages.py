"""A person leaves in one step or is forgotten, and hears what becomes of their data."""

from datetime import timedelta
from typing import Any

import pytest

from shared.contracts.own_details import ReplyDetailsLinkAsked, ReplyErasureAsked
from shared.contracts.participants import ParticipantErased, ParticipantLeft
from shared.contracts.sessions import ReplyLeft
from shared.links import DETAILS_OPEN_FOR
from tests.builders.console import HELP, ConsoleInMemory
from tests.component.console.test_details_pages import (
    SECRETS,
    WHO,
    details,
    invitation,
    known,
    of_them,
)

BOTH = pytest.mark.parametrize("link", [invitation, details], ids=["invitation", "details"])


@BOTH
async def test_leaving_is_one_page_and_one_button_and_says_what_is_kept(link: Any) -> None:
    console = await known()
    path = link(console)

    async with console.visited() as browser:
        page = await browser.get(f"{path}/leave")
        await browser.post(f"{path}/leave")
        await browser.post(f"{path}/leave")
        after = await browser.get(f"{path}/leave")

    assert f'action="{path}/leave"' in page.text
    assert "What happens to what we know about you" in page.text
    assert "Forget me altogether" in page.text
    [left] = console.said(ReplyLeft)
    assert left.data.participant_id == WHO
    assert "You have left the collaborative" in after.text


async def test_whoever_holds_an_invitation_that_was_sent_on_cannot_have_the_person_forgotten() -> (
    None
):
    console = await known()
    path = invitation(console)

    async with console.visited() as browser:
        page = await browser.get(f"{path}/leave")
        tried = await browser.post(f"{path}/forget")
        sent = await browser.post(f"{path}/details")

    assert f'action="{path}/details"' in page.text
    assert "/forget" not in page.text
    assert tried.status_code == 404
    assert console.said(ReplyErasureAsked) == []
    assert sent.status_code == 303
    assert len(console.said(ReplyDetailsLinkAsked)) == 1


async def test_who_left_by_an_invitation_is_told_whom_to_ask_to_be_forgotten() -> None:
    console = await known()
    path = f"{invitation(console)}/leave"

    async with console.visited() as browser:
        await browser.post(path)
        page = (await browser.get(path)).text

    assert f"Do you want us to delete what we keep? {HELP}" in page
    assert "/forget" not in page


@pytest.mark.parametrize(("days", "said"), [(730, "2 years"), (400, "400 days")])
async def test_who_leaves_is_told_when_what_is_known_of_them_is_deleted(
    days: int, said: str
) -> None:
    console = await known()
    console.kept_left_days = days

    async with console.visited() as browser:
        pages = [
            await browser.get(f"{path}/leave") for path in (invitation(console), details(console))
        ]

    assert all(
        f"We delete it {said} after you left, or sooner if you ask." in x.text for x in pages
    )


async def test_being_forgotten_is_asked_about_once_more_and_said_each_time() -> None:
    console = await known()
    path = f"{details(console)}/forget"

    async with console.visited() as browser:
        page = await browser.get(path)
        before = len(console.stored.events)
        pressed = await browser.post(path)
        await browser.post(path)
        after = await browser.get(path)

    assert "This cannot be undone" in page.text
    assert before == 0
    assert (pressed.status_code, pressed.headers["location"]) == (303, path)
    event, again = console.said(ReplyErasureAsked)
    assert (event.subject, event.data.participant_id) == (str(WHO), WHO)
    assert again.data == event.data
    assert "We are forgetting you" in after.text
    assert not [each for each in SECRETS if each in page.text + after.text]


async def test_who_left_can_still_be_forgotten() -> None:
    console = await known()
    await console.hear(of_them(ParticipantLeft, sequence=5, data={"status": "left"}))

    async with console.visited() as browser:
        await browser.post(f"{details(console)}/forget")

    assert len(console.said(ReplyErasureAsked)) == 1


async def test_of_who_was_forgotten_nothing_is_left_here_but_that_it_was_done() -> None:
    console = await known()
    path, invited = details(console), invitation(console)
    async with console.visited() as browser:
        await browser.post(f"{invited}/details")
        await browser.post(f"{path}/forget")
        await console.hear(of_them(ParticipantErased, sequence=5, data={"status": "erased"}))
        page, by_invitation = await browser.get(f"{path}/forget"), await browser.get(invited)

    assert console.stored.known.details.entities == {}  # type: ignore[attr-defined]
    assert "We are forgetting you" in page.text
    assert f'action="{path}/forget"' not in page.text
    assert by_invitation.status_code == 404
    assert "Did you ask us to forget you? Then this is as it should be." in by_invitation.text


@pytest.mark.parametrize("page", ["leave", "forget"])
async def test_a_link_that_has_ended_or_is_none_does_neither(page: str) -> None:
    console = await known()
    over = details(console, ends_in=-timedelta(seconds=1))
    token = invitation(console).removeprefix("/i/")

    async with console.visited() as browser:
        ended = await browser.post(f"{over}/{page}")
        other = await browser.post(f"/d/{token}/{page}")

    assert (ended.status_code, other.status_code) == (410, 404)
    assert console.stored.events == []


async def test_of_somebody_not_heard_of_yet_nothing_is_asked() -> None:
    console = ConsoleInMemory()
    path = f"/d/{console.links.details(WHO, console.clock.at + DETAILS_OPEN_FOR)}"

    async with console.visited() as browser:
        pages = [await browser.post(f"{path}/{each}") for each in ("leave", "forget", "again")]

    assert {each.status_code for each in pages} == {404}
