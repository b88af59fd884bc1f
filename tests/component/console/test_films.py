"""Staff supply the film in sign language of an engagement."""

import pytest

from shared.contracts.engagements import EngagementPublished
from shared.contracts.previews import FilmSupplied
from tests.builders.console import ConsoleInMemory, a_member
from tests.builders.events import an_event

ENGAGEMENT = an_event(EngagementPublished).data.engagement_id
PATH = f"/engagements/{ENGAGEMENT}"
FILM = "https://films.example/leaving-the-ward"


async def published() -> ConsoleInMemory:
    console = ConsoleInMemory()
    await console.hear(an_event(EngagementPublished))
    return console


async def test_a_film_is_told_shown_and_written_down_and_can_be_taken_back() -> None:
    console = await published()

    async with console.signed_in() as browser:
        await browser.post(f"{PATH}/film", data={"address": f" {FILM} "})
        await browser.post(f"{PATH}/film", data={"address": FILM})
        shown = (await browser.get(PATH)).text
        await browser.post(f"{PATH}/film/back")
        after = (await browser.get(PATH)).text

    supplied, taken_back = console.said(FilmSupplied)
    assert (str(supplied.data.url), supplied.data.by, supplied.sequence) == (FILM, "amina", 1)
    assert (taken_back.data.url, taken_back.sequence) == (None, 2)
    assert f'href="{FILM}"' in shown
    assert FILM not in after
    assert "amina took one back" in after
    done = [what for _, what, about in console.stored.audited if about == str(ENGAGEMENT)]
    assert done == ["film_supplied", "film_taken_back"]


async def test_a_film_told_elsewhere_is_shown_unless_a_newer_one_is_known() -> None:
    console = await published()
    subject = str(ENGAGEMENT)
    newer = an_event(
        FilmSupplied, sequence=2, subject=subject, data={"engagement_id": subject, "url": FILM}
    )
    older = an_event(
        FilmSupplied, sequence=1, subject=subject, data={"engagement_id": subject, "url": None}
    )

    await console.hear(newer, older)

    async with console.signed_in() as browser:
        assert FILM in (await browser.get(PATH)).text


def test_that_a_film_was_taken_back_can_be_read_without_its_empty_address() -> None:
    event = an_event(FilmSupplied, data={"url": None})

    sent = event.model_dump_json(exclude_none=True)

    assert FilmSupplied.model_validate_json(sent).data.url is None


@pytest.mark.parametrize(
    "address",
    [
        "",
        "leaving the ward",
        "http://films.example/x",
        "javascript:alert(1)",
        "https://amina:secret@films.example/x",
        f"https://films.example/{'x' * 2000}",
    ],
)
async def test_what_is_no_https_address_is_refused_and_said_so(address: str) -> None:
    console = await published()

    async with console.signed_in() as browser:
        refused = await browser.post(f"{PATH}/film", data={"address": address})

    assert refused.status_code == 422
    assert "Enter an address that begins with https://" in refused.text
    assert "secret@" not in str(console.stored.audited)
    assert console.said(FilmSupplied) == []


async def test_staff_of_another_hub_supply_no_film_and_take_none_back() -> None:
    console = await published()
    console.employ(a_member("zoe", hubs=("lambeth",)))

    async with console.signed_in("zoe") as other:
        answers = [
            await other.post(f"{PATH}/film", data={"address": FILM}),
            await other.post(f"{PATH}/film/back"),
        ]

    assert [each.status_code for each in answers] == [404, 404]
    assert console.said(FilmSupplied) == []
