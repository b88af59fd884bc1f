"""The pages of staff: signing in, looking, and deciding about a match."""

import re
from datetime import timedelta

import pytest

from shared.contracts.engagements import EngagementPublished
from shared.contracts.matches import (
    DecisionReason,
    MatchApproved,
    MatchFellShort,
    MatchProposed,
    MatchSentBack,
)
from shared.contracts.messages import NotificationFailed, NotificationSent
from shared.contracts.sessions import SessionAnnounced
from tests.builders.codes import give_password
from tests.builders.console import PASSWORD, ConsoleInMemory, a_member
from tests.builders.events import an_event

FILTER = re.compile(r'"(/[a-z]+\?status=[a-z_]+)"')
PAGES = ["/", "/matches", "/sessions", "/calls", "/messages", "/engagements", "/calendars"]


async def busy() -> ConsoleInMemory:
    console = ConsoleInMemory()
    await console.hear(
        an_event(EngagementPublished),
        an_event(MatchProposed),
        an_event(SessionAnnounced),
        an_event(NotificationSent),
        an_event(NotificationFailed),
    )
    return console


@pytest.mark.parametrize("page", [*PAGES, "/matches/1", "/sessions/1", "/calls/1"])
async def test_nobody_sees_a_staff_page_without_signing_in(page: str) -> None:
    async with (await busy()).visited() as browser:
        refused = await browser.get(page)

    assert refused.status_code == 303
    assert refused.headers["location"].startswith("/sign-in")


@pytest.mark.parametrize("page", PAGES)
async def test_every_page_opens_for_staff(page: str) -> None:
    async with (await busy()).signed_in() as browser:
        shown = await browser.get(page)

    assert shown.status_code == 200
    assert "Signed in as amina" in shown.text


async def test_signing_in_gives_a_cookie_that_scripts_cannot_read() -> None:
    console = ConsoleInMemory()

    async with console.visited() as browser:
        entered = await browser.post(
            "/sign-in", data={"username": "amina", "password": PASSWORD, "wanted": "/matches"}
        )

    cookie = entered.headers["set-cookie"]
    assert (entered.status_code, entered.headers["location"]) == (303, "/matches")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert ("amina", "signed_in", "amina") in console.stored.audited
    assert cookie.split("=")[1].split(";")[0] not in str(console.stored.known.browsers.entities)  # type: ignore[attr-defined]


async def test_after_signing_in_nobody_is_sent_to_another_site() -> None:
    async with ConsoleInMemory().visited() as browser:
        entered = await browser.post(
            "/sign-in",
            data={"username": "amina", "password": PASSWORD, "wanted": "//evil.example"},
        )

    assert entered.headers["location"] == "/"


async def test_an_unknown_name_is_answered_as_a_wrong_password_is() -> None:
    console = ConsoleInMemory()

    async with console.visited() as browser:
        wrong = await browser.post("/sign-in", data={"username": "amina", "password": "no"})
        unknown = await browser.post("/sign-in", data={"username": "zoe", "password": "no"})

    assert wrong.status_code == unknown.status_code == 403
    assert "The user name or the password is not right." in wrong.text
    assert "The user name or the password is not right." in unknown.text
    assert ("unknown", "sign_in_refused", "unknown") in console.stored.audited


async def test_what_is_missing_to_sign_in_is_said_at_its_field_and_is_no_wrong_try() -> None:
    console = ConsoleInMemory()

    async with console.visited() as browser:
        nothing = [await give_password(browser, "", "") for _ in range(6)]
        half = [await give_password(browser, "") for _ in range(6)]
        entered = await give_password(browser)

    assert {each.status_code for each in (*nothing, *half)} == {422}
    assert '<a href="#username">Enter your user name</a>' in nothing[0].text
    assert '<a href="#password">Enter your password</a>' in nothing[0].text
    assert "Enter your user name" not in half[0].text
    assert entered.status_code == 303
    assert {what for _, what, _ in console.stored.audited} == {"signed_in"}


@pytest.mark.parametrize(
    ("name", "password"), [("amina", "no"), ("amina", "x" * 300), ("a" * 300, "no")]
)
async def test_a_wrong_try_keeps_the_user_name_that_was_typed(name: str, password: str) -> None:
    async with ConsoleInMemory().visited() as browser:
        wrong = await give_password(browser, password, name, "/matches")

    assert wrong.status_code == 403
    assert "The user name or the password is not right." in wrong.text
    assert f'value="{name}"' in wrong.text
    assert 'value="/matches"' in wrong.text


async def test_a_blank_that_a_phone_puts_after_the_user_name_does_no_harm() -> None:
    async with ConsoleInMemory().visited() as browser:
        page = await browser.get("/sign-in")
        entered = await give_password(browser, username="amina ")

    assert 'autocapitalize="none"' in page.text
    assert entered.status_code == 303


async def test_after_five_wrong_passwords_even_the_right_one_waits() -> None:
    console = ConsoleInMemory()
    right, wrong = ({"username": "amina", "password": word} for word in (PASSWORD, "no"))

    async with console.visited() as browser:
        for _ in range(5):
            await browser.post("/sign-in", data=wrong)
        refused = await browser.post("/sign-in", data=right)
        console.clock.pass_by(timedelta(minutes=16))
        entered = await browser.post("/sign-in", data=right)

    assert (refused.status_code, entered.status_code) == (429, 303)


@pytest.mark.parametrize(
    ("sent_to", "page"),
    [
        ("/calls/c-1/answer", "/calls/c-1"),
        ("/matches/m-1/panel", "/matches/m-1"),
        ("/matches/m-1/people/p-1", "/matches/m-1/people/p-1"),
        ("/engagements/e-1/film/back", "/engagements/e-1"),
        ("/account/codes/begin", "/account/codes"),
        ("/accounts/lift", "/accounts"),
    ],
)
async def test_who_was_signed_out_learns_that_what_they_sent_was_not_done(
    sent_to: str, page: str
) -> None:
    async with ConsoleInMemory().visited() as browser:
        led = await browser.post(sent_to, data={"answer": "yes"})
        form = await browser.get(led.headers["location"])
        asked = await browser.get((await browser.get(page)).headers["location"])

    assert led.status_code == 303
    assert "what you just sent was not done. Sign in, then do it again." in form.text
    assert f'name="wanted" value="{page}"' in form.text
    assert "was not done" not in asked.text


async def test_a_cookie_ends_when_idle_and_when_signed_out() -> None:
    console = ConsoleInMemory()

    async with console.signed_in() as browser:
        console.clock.pass_by(timedelta(minutes=29))
        assert (await browser.get("/")).status_code == 200
        console.clock.pass_by(timedelta(minutes=29))
        assert (await browser.get("/")).status_code == 200
        console.clock.pass_by(timedelta(minutes=31))
        idle = await browser.get("/")
    async with console.signed_in() as browser:
        cookie = dict(browser.cookies)
        await browser.post("/sign-out")
        browser.cookies.update(cookie)
        signed_out = await browser.get("/")

    assert (idle.status_code, signed_out.status_code) == (303, 303)


async def test_staff_see_why_each_person_was_chosen() -> None:
    console = await busy()
    match = an_event(MatchProposed).data

    async with console.signed_in() as browser:
        page = await browser.get(f"/matches/{match.match_id}")

    assert all(reason[1:] in page.text for member in match.panel for reason in member.reasons)
    assert "10%" in page.text
    assert "Approve this panel" in page.text


async def quotas_shown(**quota: float) -> str:
    console, match = ConsoleInMemory(), an_event(MatchProposed).data
    black = {"feature": "ethnicity", "value": "black", "min": 3, "max": 5, "selected": 4}
    await console.hear(an_event(MatchProposed, data={"quotas": [black | quota]}))
    async with console.signed_in() as browser:
        page = await browser.get(f"/matches/{match.match_id}")
    table = page.text.split("How the panel compares")[1].split("</table>")[0]
    return " ".join(re.sub("<[^>]+>", " ", table).split())


async def test_staff_see_a_quota_beside_its_share_of_the_people_here() -> None:
    assert "Ethnicity: Black 11% 3 to 5 4 (100%) Met" in await quotas_shown(population_share=0.1109)


async def test_staff_see_that_a_quota_was_raised_on_purpose() -> None:
    shown = await quotas_shown(population_share=0.1109, raised_times=2)

    assert "Ethnicity: Black 11% · twice its share, on purpose 3 to 5 4 (100%) Met" in shown


async def test_a_quota_of_the_engagement_s_own_has_no_share_beside_it() -> None:
    shown = await quotas_shown()

    assert "Ethnicity: Black 3 to 5 4 Met" in shown
    assert "people here" not in shown


async def test_staff_approve_the_panel_that_they_saw() -> None:
    console = ConsoleInMemory()
    proposed = an_event(MatchProposed)
    await console.hear(proposed)
    path = f"/matches/{proposed.data.match_id}"

    async with console.signed_in() as browser:
        done = await browser.post(path, data={"sequence": "2", "choice": "approve"})
        page = await browser.get(path)

    [event] = console.said(MatchApproved)
    assert done.status_code == 303
    assert event.data.match == proposed.data
    assert (event.data.match_sequence, event.data.by) == (2, "amina")
    assert (event.correlationid, event.causationid) == (proposed.correlationid, proposed.id)
    assert "Approved" in page.text
    assert "Approve this panel" not in page.text
    assert ("amina", "match_approved", str(proposed.data.match_id)) in console.stored.audited


@pytest.mark.parametrize(("choice", "again"), [("draw_again", True), ("rest", False)])
async def test_staff_send_a_short_match_back(choice: str, again: bool) -> None:  # noqa: FBT001
    console = ConsoleInMemory()
    short = an_event(MatchFellShort)
    await console.hear(short)

    async with console.signed_in() as browser:
        await browser.post(
            f"/matches/{short.data.match_id}",
            data={"sequence": "1", "choice": choice, "reason": "too_few"},
        )

    [event] = console.said(MatchSentBack)
    assert event.data.draw_again is again
    assert event.data.reason is DecisionReason.TOO_FEW


async def test_a_match_that_moved_on_is_shown_again_and_not_decided() -> None:
    console = ConsoleInMemory()
    seen = an_event(MatchProposed, sequence=2)
    await console.hear(seen, an_event(MatchProposed, sequence=3))

    async with console.signed_in() as browser:
        refused = await browser.post(
            f"/matches/{seen.data.match_id}", data={"sequence": "2", "choice": "approve"}
        )

    assert refused.status_code == 409
    assert "This match changed while you looked" in refused.text
    assert 'name="sequence" value="3"' in refused.text
    assert console.said(MatchApproved) == []


async def test_staff_of_another_hub_see_and_decide_nothing() -> None:
    console = await busy()
    console.employ(a_member("ben", hubs=("lambeth",)))
    match = an_event(MatchProposed).data

    async with console.signed_in("ben") as browser:
        lists = [await browser.get(page) for page in PAGES]
        looked = await browser.get(f"/matches/{match.match_id}")
        decided = await browser.post(
            f"/matches/{match.match_id}", data={"sequence": "2", "choice": "approve"}
        )

    assert all(match.title not in page.text for page in lists)
    assert (looked.status_code, decided.status_code) == (404, 404)
    assert console.stored.events == []


async def test_another_site_cannot_decide_for_staff() -> None:
    console = await busy()
    match = an_event(MatchProposed).data

    async with console.signed_in() as browser:
        refused = await browser.post(
            f"/matches/{match.match_id}",
            data={"sequence": "2", "choice": "approve"},
            headers={"origin": "null"},
        )

    assert refused.status_code == 403


async def test_inline_script_runs_only_with_a_nonce_that_is_new_each_time() -> None:
    async with ConsoleInMemory().visited() as browser:
        first, second = [await browser.get("/sign-in") for _ in range(2)]

    nonces = [
        page.headers["content-security-policy"].split("'nonce-")[1][:22] for page in (first, second)
    ]
    assert nonces[0] != nonces[1]
    assert f'nonce="{nonces[0]}' in first.text


async def test_an_unknown_page_is_a_page() -> None:
    async with ConsoleInMemory().visited() as browser:
        missing = await browser.get("/nothing-here")

    assert missing.status_code == 404
    assert "West London Collaborative" in missing.text


@pytest.mark.parametrize("page", ["/matches", "/sessions", "/messages", "/engagements"])
async def test_a_filter_that_is_not_known_is_said_to_be_unknown(page: str) -> None:
    async with (await busy()).signed_in() as browser:
        refused = await browser.get(page, params={"status": "zzz"})

    assert refused.status_code == 400
    assert "This filter is not known." in refused.text


async def test_every_filter_that_a_list_offers_is_known() -> None:
    async with (await busy()).signed_in() as browser:
        lists = [await browser.get(page) for page in PAGES]
        offered = {path for page in lists for path in FILTER.findall(page.text)}
        chosen = [await browser.get(path) for path in offered]

    assert len(offered) == 15
    assert {page.status_code for page in chosen} == {200}


async def test_a_page_that_cannot_be_read_says_so_in_plain_words() -> None:
    async with (await busy()).signed_in() as browser:
        refused = await browser.get("/matches", params={"page": "abc"})

    assert refused.status_code == 400
    assert "Go back and try again" in refused.text
    assert "/page" not in refused.text


async def test_a_message_to_staff_names_their_hub_as_people_do() -> None:
    console = ConsoleInMemory()
    to_staff = {"participant_id": None, "participant_reference": None, "staff": "west-london"}
    await console.hear(an_event(NotificationSent, data=to_staff))

    async with console.signed_in() as browser:
        page = await browser.get("/messages")

    assert "Staff: West London" in page.text


@pytest.mark.parametrize(
    "path",
    [
        *("/matches", "/sessions", "/engagements", "/messages", "/people?q=nwl", "/audit"),
        f"/engagements/{an_event(EngagementPublished).data.engagement_id}/timeline",
    ],
)
@pytest.mark.parametrize("page", [10**5, 10**20])
async def test_a_page_that_no_list_has_is_refused_in_words(path: str, page: int) -> None:
    console = ConsoleInMemory()
    await console.hear(an_event(EngagementPublished))
    async with console.signed_in() as browser:
        answered = await browser.get(f"{path}{'&' if '?' in path else '?'}page={page}")

    assert answered.status_code == 400
    assert "cannot be read" in answered.text
