"""A participant's link opens one thing until its end, and then says so in plain words."""

from datetime import timedelta
from uuid import UUID

import pytest
from itsdangerous import URLSafeSerializer

from shared.contracts.sessions import InvitationChanged, InvitationIssued
from shared.links import OPEN_AFTER_THE_LAST_SESSION
from tests.builders.console import HELP, ConsoleInMemory
from tests.builders.events import an_event

ISSUED = an_event(InvitationIssued)
ENDS = max(each.ends_at for each in ISSUED.data.sessions) + OPEN_AFTER_THE_LAST_SESSION
PAGES = ("", "/needs", "/times", "/leave")


async def invited() -> ConsoleInMemory:
    console = ConsoleInMemory()
    await console.hear(ISSUED)
    return console


def of_old(invitation_id: UUID) -> str:
    """The link as it was made before links had an end."""
    serializer = URLSafeSerializer("a key that only this test knows", salt="wlc.invitation.v1")
    return f"/i/{serializer.dumps(invitation_id.hex)!s}"


@pytest.mark.parametrize("old", [False, True], ids=["new", "old"])
@pytest.mark.parametrize("page", PAGES)
async def test_every_page_opens_until_thirteen_months_after_the_last_session(
    page: str, *, old: bool
) -> None:
    console, invitation_id = await invited(), ISSUED.data.invitation_id
    link = of_old(invitation_id) if old else console.link(invitation_id)

    async with console.visited() as browser:
        console.clock.now = ENDS - timedelta(seconds=1)
        before = await browser.get(link + page)
        console.clock.now = ENDS
        after = await browser.get(link + page)
        posted = await browser.post(link + page, data={"answer": "no"})

    assert before.status_code == 200
    assert (after.status_code, posted.status_code) == (410, 410)
    assert "This link has ended" in after.text
    assert HELP in after.text
    assert ISSUED.data.title not in after.text
    assert console.stored.events == []


async def test_a_link_made_before_a_session_moved_away_opens_as_long_as_one_made_now() -> None:
    console, link = await invited(), ""
    link = f"/i/{console.links.invitation(ISSUED.data.invitation_id, ENDS)}"
    later = timedelta(days=90)
    sessions = [
        each.model_copy(
            update={"starts_at": each.starts_at + later, "ends_at": each.ends_at + later}
        )
        for each in ISSUED.data.sessions
    ]
    await console.hear(an_event(InvitationChanged, sequence=2, data={"sessions": sessions}))

    async with console.visited() as browser:
        console.clock.now = ENDS + timedelta(days=1)
        still = await browser.get(link)
        console.clock.now = ENDS + later
        over = await browser.get(link)

    assert (still.status_code, over.status_code) == (200, 410)


async def test_a_link_to_details_opens_no_invitation_whatever_it_names() -> None:
    console = await invited()
    token = console.links.details(ISSUED.data.invitation_id, ENDS)

    async with console.visited() as browser:
        pages = [await browser.get(f"/i/{token}{page}") for page in PAGES]

    assert {each.status_code for each in pages} == {404}
