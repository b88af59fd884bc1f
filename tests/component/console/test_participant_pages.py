from datetime import timedelta

import pytest

from shared.contracts.matches import MatchApproved, MatchProposed
from shared.contracts.sessions import (
    InvitationAccepted,
    InvitationCancelled,
    InvitationDeclined,
    InvitationExpired,
    InvitationIssued,
    ReplyAccepted,
    ReplyDeclined,
    ReplyLeft,
)
from tests.builders.console import HELP, ConsoleInMemory
from tests.builders.events import an_event


async def invited() -> tuple[ConsoleInMemory, str]:
    console, issued = ConsoleInMemory(), an_event(InvitationIssued)
    await console.hear(issued)
    return console, console.link(issued.data.invitation_id)


async def test_looking_changes_nothing() -> None:
    console, link = await invited()

    async with console.visited() as browser:
        page = await browser.get(link)
        await browser.get(f"{link}/leave")
        await browser.head(link)

    assert page.status_code == 200
    assert "Tuesday 12 January 2027, 1:00pm to 3:00pm" in page.text
    assert "£15 an hour" in page.text
    assert "Friday 27 November 2026, 5:00pm" in page.text
    assert console.stored.events == []


async def test_yes_by_button_is_published_and_shown() -> None:
    console, link = await invited()

    async with console.visited() as browser:
        pressed = await browser.post(link, data={"answer": "yes"})
        await browser.post(link, data={"answer": "yes"})
        page = await browser.get(link)

    assert (pressed.status_code, pressed.headers["location"]) == (303, link)
    assert len(console.said(ReplyAccepted)) == 1
    assert "You said yes" in page.text


async def test_a_person_who_said_yes_can_still_say_no() -> None:
    console, link = await invited()

    async with console.visited() as browser:
        await browser.post(link, data={"answer": "yes"})
        await browser.post(link, data={"answer": "no"})
        page = await browser.get(link)

    assert len(console.said(ReplyDeclined)) == 1
    assert "You said no" in page.text


async def test_who_said_no_by_mistake_says_yes_and_is_promised_no_place_until_it_is_theirs() -> (
    None
):
    console, link = await invited()

    async with console.visited() as browser:
        await browser.post(link, data={"answer": "no"})
        await console.hear(an_event(InvitationDeclined, sequence=2, data={"answer": "declined"}))
        declined = await browser.get(link)
        await browser.post(link, data={"answer": "yes"})
        await browser.post(link, data={"answer": "yes"})
        rejoining = await browser.get(link)
        await console.hear(an_event(InvitationAccepted, sequence=3, data={"answer": "accepted"}))
        back = await browser.get(link)

    assert "I want to come after all" in declined.text
    assert [reply.sequence for reply in console.said(ReplyAccepted)] == [2]
    assert "If there is still a place, it is yours" in rejoining.text
    assert "You said yes. Thank you" not in rejoining.text
    assert "You said yes. Thank you" in back.text


async def test_who_said_no_is_not_asked_again_once_the_last_session_has_begun() -> None:
    console, link = await invited()

    async with console.visited() as browser:
        await browser.post(link, data={"answer": "no"})
        console.clock.pass_by(timedelta(days=90))
        page = await browser.get(link)
        refused = await browser.post(link, data={"answer": "yes"})

    assert 'value="yes"' not in page.text
    assert refused.status_code == 409
    assert console.said(ReplyAccepted) == []


async def test_leaving_is_asked_about_before_it_is_done() -> None:
    console, link = await invited()

    async with console.visited() as browser:
        asked = await browser.get(f"{link}/leave")
        assert console.said(ReplyLeft) == []
        await browser.post(f"{link}/leave")
        await browser.post(f"{link}/leave")
        page = await browser.get(link)

    assert "Do you want to leave" in asked.text
    assert len(console.said(ReplyLeft)) == 1
    assert "You have left the collaborative" in page.text
    assert 'value="yes"' not in page.text


@pytest.mark.parametrize(
    ("event", "answer", "sentence"),
    [
        (InvitationCancelled, "cancelled", "This invitation has been taken back"),
        (InvitationCancelled, "withdrawn", "This invitation has been taken back"),
        (InvitationExpired, "expired", "The time to answer has passed"),
    ],
)
async def test_an_invitation_that_is_off_says_so_and_takes_no_yes(
    event: type[InvitationCancelled], answer: str, sentence: str
) -> None:
    console, link = await invited()
    issued = an_event(InvitationIssued).data.model_dump(mode="json")
    await console.hear(an_event(event, sequence=8, data={**issued, "answer": answer}))

    async with console.visited() as browser:
        page = await browser.get(link)
        refused = await browser.post(link, data={"answer": "yes"})

    assert sentence in page.text
    assert 'value="yes"' not in page.text
    assert refused.status_code == 409
    assert console.stored.events == []


@pytest.mark.parametrize(
    ("later", "sentence"),
    [
        (timedelta(days=8), "The time to answer has passed"),
        (timedelta(days=90), "This has already taken place"),
    ],
)
async def test_time_alone_closes_an_invitation(later: timedelta, sentence: str) -> None:
    console, link = await invited()
    console.clock.pass_by(later)

    async with console.visited() as browser:
        page = await browser.get(link)

    assert sentence in page.text


async def test_unknown_and_tampered_links_get_one_and_the_same_page() -> None:
    console, link = await invited()
    other = ConsoleInMemory().link(an_event(InvitationIssued).data.invitation_id)

    async with console.visited() as browser:
        pages = [
            (await browser.get(path))
            for path in (link + "x", "/i/nonsense", "/i/%00", f"/i/{'a' * 3000}")
        ]
        posted = await browser.post("/i/nonsense", data={"answer": "yes"})
    async with ConsoleInMemory().visited() as elsewhere:
        pages.append(await elsewhere.get(other))

    assert {page.status_code for page in [*pages, posted]} == {404}
    assert all("We cannot find this invitation" in page.text for page in pages)
    assert all(HELP in page.text for page in pages)


async def test_the_page_tells_nobody_else_and_is_kept_nowhere() -> None:
    console, link = await invited()

    async with console.visited() as browser:
        page = await browser.get(link)

    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["cache-control"] == "no-store"
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    assert "NWL-00412" not in page.text


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec-fetch-site": "cross-site", "origin": "https://evil.example"}, 403),
        ({"sec-fetch-site": "cross-site", "origin": "null"}, 403),
        ({"origin": "https://evil.example"}, 403),
        ({"sec-fetch-site": "same-origin", "origin": "null"}, 303),
        ({"origin": "null"}, 303),
    ],
)
async def test_another_site_cannot_press_the_button(headers: dict[str, str], status: int) -> None:
    console, link = await invited()

    async with console.visited(**headers) as browser:
        pressed = await browser.post(link, data={"answer": "yes"})

    assert pressed.status_code == status


async def test_what_a_partner_wrote_is_text_and_never_markup() -> None:
    console = ConsoleInMemory()
    hostile = "<script>alert(1)</script>"
    issued = an_event(InvitationIssued, data={"title": hostile, "description": hostile})
    await console.hear(issued)

    async with console.visited() as browser:
        page = await browser.get(console.link(issued.data.invitation_id))

    assert hostile not in page.text
    assert "&lt;script&gt;" in page.text


@pytest.mark.parametrize("header", ["host", "origin", "sec-fetch-site"])
async def test_a_header_that_no_browser_writes_is_refused(header: str) -> None:
    async with ConsoleInMemory().visited() as browser:
        answer = await browser.get("/sign-in", headers={header.encode(): b"\xff"})

    assert answer.status_code == 400


async def why(console: ConsoleInMemory, link: str) -> str:
    async with console.visited() as browser:
        page = (await browser.get(link)).text
    return " ".join(page.partition("Why you?")[2].partition("</details>")[0].split())


async def invited_as(chosen: dict[str, object] | None) -> str:
    console, issued = ConsoleInMemory(), an_event(InvitationIssued, data={"chosen": chosen})
    await console.hear(issued)
    return await why(console, console.link(issued.data.invitation_id))


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ({"how": "lot", "chance": 0.12}, "drawn by lot. You had a chance of about 12 in 100."),
        ({"how": "lot", "chance": 0.0012}, "You had a chance of about 1 in 830."),
        ({"how": "lot", "chance": 1.0}, "This time you were sure to be drawn."),
        ({"how": "staff"}, "Our staff chose you themselves. Your name was not drawn by lot."),
        ({"how": "reserve", "chance": 0.08}, "You were drawn as a reserve. Then a place became"),
    ],
)
async def test_the_page_says_how_the_person_was_chosen(
    chosen: dict[str, object], said: str
) -> None:
    assert said in await invited_as(chosen)


async def test_who_was_put_on_the_panel_is_told_of_no_chance() -> None:
    told = await invited_as({"how": "staff"})

    assert "chance of" not in told
    assert "depended" not in told
    assert "Saying no never makes a later chance smaller" in told


@pytest.mark.parametrize(
    ("chance", "said"), [(0.08, "a place straight away was about 8 in 100"), (0.0, "as a reserve")]
)
async def test_a_reserve_is_told_the_chance_of_a_place_straight_away_if_there_was_one(
    chance: float, said: str
) -> None:
    told = await invited_as({"how": "reserve", "chance": chance})

    assert said in told
    assert ("straight away" in told) is (chance > 0)


@pytest.mark.parametrize("follows", [True, False])
async def test_the_page_says_what_the_chance_hung_on(*, follows: bool) -> None:
    told = await invited_as(
        {
            "how": "lot",
            "chance": 0.1,
            "features": ["sex", "age_band"],
            "follows_population": follows,
        }
    )

    assert "about: sex, age band." in told
    assert ("like the people who live here" in told) is follows


async def test_a_later_draw_of_the_match_leaves_the_first_peoples_chance_on_their_page() -> None:
    console, link = await invited()
    before = await why(console, link)
    who = an_event(InvitationIssued).data.participant_id
    panel = [
        each.model_copy(update={"chance": 0.77, "by_staff": True})
        for each in an_event(MatchProposed).data.panel
        if each.participant_id == who
    ]

    await console.hear(an_event(MatchApproved))
    approved = await why(console, link)
    await console.hear(an_event(MatchProposed, sequence=4, data={"panel": panel}))
    drawn_again = await why(console, link)

    assert "You had a chance of about 10 in 100." in before
    assert before == approved == drawn_again


async def test_an_invitation_from_before_it_was_kept_says_nothing_of_a_chance() -> None:
    console, issued = ConsoleInMemory(), an_event(InvitationIssued, data={"chosen": None})
    await console.hear(issued, an_event(MatchApproved))

    assert await why(console, console.link(issued.data.invitation_id)) == ""


async def test_a_wrong_address_leads_who_was_invited_to_their_message_and_not_to_staff() -> None:
    console, _ = await invited()

    async with console.visited() as browser, console.signed_in() as staff:
        nowhere, details = await browser.get("/nowhere"), await browser.get("/d/abc")
        of_staff = await staff.get("/nowhere")

    for page in (nowhere, of_staff):
        assert "There is no page at this address." in page.text
    assert "Open the link in your message again" in nowhere.text
    assert HELP in nowhere.text
    assert "Were you invited" not in of_staff.text
    assert "We cannot find your details by this link" in details.text
    assert "invitation" not in details.text
