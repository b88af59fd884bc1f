"""Pages are compressed only where their size can tell nobody a secret."""

from uuid import uuid4

import pytest

from shared.contracts.matches import MatchProposed
from shared.contracts.sessions import InvitationIssued
from tests.builders.console import ConsoleInMemory
from tests.builders.events import an_event

OURS = {"sec-fetch-site": "same-origin", "accept-encoding": "gzip, deflate, br, zstd"}


async def busy() -> ConsoleInMemory:
    console = ConsoleInMemory()
    others = (an_event(MatchProposed, data={"match_id": uuid4()}) for _ in range(5))
    await console.hear(an_event(MatchProposed), *others, an_event(InvitationIssued))
    return console


@pytest.mark.parametrize("site", ["same-origin", "none"])
async def test_a_page_of_staff_that_a_person_asked_for_is_compressed(site: str) -> None:
    async with (await busy()).signed_in() as browser:
        page = await browser.get("/", headers={**OURS, "sec-fetch-site": site})

    assert page.headers["content-encoding"] == "gzip"
    assert int(page.headers["content-length"]) < len(page.content) / 2
    assert "Signed in as amina" in page.text


@pytest.mark.parametrize(
    "said",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": ""},
        {"accept-encoding": "identity"},
    ],
)
async def test_a_page_that_another_site_can_have_asked_for_is_not(said: dict[str, str]) -> None:
    async with (await busy()).signed_in() as browser:
        page = await browser.get("/", headers={**OURS, **said})

    assert "content-encoding" not in page.headers
    assert page.headers["vary"] == "Accept-Encoding, Sec-Fetch-Site"
    assert "Signed in as amina" in page.text


async def test_a_page_by_a_secret_link_or_before_signing_in_is_not() -> None:
    console = await busy()
    link = console.link(an_event(InvitationIssued).data.invitation_id)

    async with console.visited(**OURS) as browser:
        pages = [await browser.get(each) for each in (link, f"{link}/times", "/sign-in")]

    assert [each.status_code for each in pages] == [200, 200, 200]
    assert all("content-encoding" not in each.headers for each in pages)
