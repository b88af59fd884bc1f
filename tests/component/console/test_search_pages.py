"""What staff find by the field on every page, and what nobody finds."""

from uuid import uuid4

import pytest

from services.console.ports import Role
from services.console.use_cases.naming import pseudonym
from shared.contracts.engagements import EngagementPublished
from shared.contracts.matches import MatchProposed
from shared.contracts.participants import (
    ParticipantErased,
    ParticipantRegistered,
    ReplyAvailabilityGiven,
)
from shared.contracts.sessions import InvitationIssued, SessionAnnounced
from tests.builders.console import ConsoleInMemory, a_member
from tests.builders.events import an_event

ENGAGEMENT = an_event(EngagementPublished).data.engagement_id
MATCH = an_event(MatchProposed).data
SESSION = an_event(SessionAnnounced).data
WHO = MATCH.panel[0].participant_id
CALLED = [{"publisher": "trust", "reference": MATCH.panel[0].participant_reference}]
PERSON = {"participant_id": WHO, "references": CALLED}


async def a_console(*members: tuple[str, tuple[str, ...], Role]) -> ConsoleInMemory:
    console = ConsoleInMemory()
    for name, hubs, role in members:
        console.employ(a_member(name, hubs=hubs, roles=(role,), token=f"st_{name}"))
    await console.hear(
        an_event(EngagementPublished, subject=str(ENGAGEMENT)),
        an_event(MatchProposed),
        an_event(SessionAnnounced),
        an_event(ParticipantRegistered, data=PERSON, subject=str(WHO)),
    )
    return console


async def found(console: ConsoleInMemory, text: str, by: str = "amina") -> str:
    async with console.signed_in(by) as browser:
        answer = await browser.get("/search", params={"q": text})
    page: str = answer.text.split("<main")[1]
    return page


@pytest.mark.parametrize("text", ["leaving WARD", "nwl-2026-014", "2026-014"])
async def test_an_engagement_its_match_and_its_sessions_are_found_by_what_it_is_called(
    text: str,
) -> None:
    page = await found(await a_console(), text)

    assert f"/engagements/{ENGAGEMENT}" in page
    assert f"/matches/{MATCH.match_id}" in page
    assert f"/sessions/{SESSION.session_id}" in page


async def test_a_session_is_found_by_its_venue() -> None:
    assert SESSION.venue is not None

    page = await found(await a_console(), SESSION.venue.name)

    assert f"/sessions/{SESSION.session_id}" in page
    assert "/matches/" not in page


async def test_a_person_is_found_by_the_beginning_of_their_reference_and_by_nothing_else() -> None:
    console = await a_console()
    reference = CALLED[0]["reference"]

    pages = [await found(console, text) for text in (reference.lower(), reference[:5])]
    inside = await found(console, reference[1:])

    assert [f"/people/{WHO}" in page for page in pages] == [True, True]
    assert f"/people/{WHO}" not in inside


async def test_a_reference_does_not_lead_to_the_matches_or_the_code_of_the_person() -> None:
    console = await a_console()
    code = pseudonym(str(MATCH.engagement_id), str(WHO))

    by_reference = await found(console, CALLED[0]["reference"])
    by_code = await found(console, code)
    by_id = await found(console, str(WHO))

    for page in (by_reference, by_id):
        assert "/matches/" not in page
        assert "/engagements/" not in page
        assert code not in page
    assert "Nothing was found" in by_code


async def test_an_id_of_an_event_about_a_person_does_not_tell_in_what_they_take_part() -> None:
    console = await a_console()
    issued = an_event(InvitationIssued, correlationid="cause", data={"participant_id": WHO})
    given = an_event(ReplyAvailabilityGiven, correlationid="cause", subject=str(WHO))
    await console.hear(issued, given)

    by_event, by_person = await found(console, given.id), await found(console, str(WHO))

    assert "Nothing was found" in by_event
    assert "By this id" not in by_person


async def test_ids_of_events_causes_and_subjects_lead_to_the_engagement() -> None:
    console = await a_console()
    event = an_event(
        EngagementPublished, correlationid="sub-77", id="evt-77", subject=str(ENGAGEMENT)
    )
    await console.hear(event)

    pages = [await found(console, text) for text in ("sub-77", "evt-77", str(ENGAGEMENT))]

    assert [f"/engagements/{ENGAGEMENT}" in page for page in pages] == [True] * 3
    assert "/v1/trace/sub-77" in pages[0]


async def test_nothing_of_another_hub_is_found_and_nobody_by_who_may_not_know_people() -> None:
    console = await a_console(
        ("lena", ("lambeth",), Role.LEAD), ("vi", ("west-london",), Role.VIEWER)
    )
    texts = ("leaving", CALLED[0]["reference"], str(ENGAGEMENT), str(WHO))

    elsewhere = [await found(console, text, "lena") for text in texts]
    viewed = await found(console, CALLED[0]["reference"], "vi")
    async with console.signed_in("vi") as browser:
        refused = await browser.get("/people", params={"q": "n"})

    assert all("Nothing was found" in page for page in elsewhere)
    assert "/people/" not in viewed
    assert refused.status_code == 403


async def test_who_was_erased_is_not_found() -> None:
    console = await a_console()
    await console.hear(an_event(ParticipantErased, data={"participant_id": WHO}, sequence=9))

    pages = [await found(console, text) for text in (CALLED[0]["reference"], "erased", str(WHO))]

    assert [f"/people/{WHO}" in page for page in pages] == [False] * 3


@pytest.mark.parametrize("text", [".*", "leav.*", "^leaving", "(", "leaving|x", "\\", "$where"])
async def test_signs_stand_for_themselves(text: str) -> None:
    assert "Nothing was found" in await found(await a_console(), text)


async def test_an_empty_search_says_what_can_be_looked_for_and_a_long_one_is_refused() -> None:
    console = await a_console(("vi", ("west-london",), Role.VIEWER))

    empty, viewed = await found(console, "  "), await found(console, "", "vi")
    async with console.signed_in() as browser:
        refused = await browser.get("/search", params={"q": "x" * 201})

    assert "their reference, or how it begins" in empty
    assert "never write a name" in empty
    assert "their reference" not in viewed
    assert refused.status_code == 422
    assert "200 letters or fewer" in refused.text


async def test_of_many_the_first_are_shown_and_the_list_has_all_of_them_on_its_pages() -> None:
    console = await a_console()
    for number in range(60):
        called = [{"publisher": "trust", "reference": f"ZZ-{number:03}"}]
        one = {"engagement_id": uuid4(), "title": f"Crossing {number}"}
        await console.hear(
            an_event(EngagementPublished, data=one),
            an_event(ParticipantRegistered, data={"participant_id": uuid4(), "references": called}),
        )

    engagements, people = await found(console, "crossing"), await found(console, "zz-")
    async with console.signed_in() as browser:
        listed = (await browser.get("/engagements", params={"q": "crossing"})).text
        second = (await browser.get("/engagements", params={"q": "crossing", "page": 2})).text
        people_listed = (await browser.get("/people", params={"q": "ZZ-"})).text

    assert engagements.count(">Crossing ") == 20
    assert "/engagements?q=crossing" in engagements
    assert people.count(">ZZ-") == 20
    assert "/people?q=zz-" in people
    assert (listed.count(">Crossing "), second.count(">Crossing ")) == (50, 10)
    assert "page=2&amp;q=crossing" in listed
    assert people_listed.count('">ZZ-0') == 50
    assert "page=2&amp;q=ZZ-" in people_listed


async def test_what_is_typed_is_text_on_the_page() -> None:
    page = await found(await a_console(), "<script>alert(1)</script>")

    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


async def test_the_field_is_on_every_page_of_staff() -> None:
    console = await a_console()

    async with console.signed_in() as browser:
        page = (await browser.get("/matches")).text

    assert 'action="/search"' in page
