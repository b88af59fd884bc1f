"""Signing in through an OpenID provider that runs on this machine."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from deploy.embedded.ports import free_port
from services.console.ports import How
from tests.builders.console import PASSWORD, ConsoleInMemory, a_member
from tests.builders.openid import AMINA, NAME, OLD_AUTHLIB, PEOPLE, RunningProvider, a_provider

BEGIN = "/sign-in/with-provider"

pytestmark = pytest.mark.filterwarnings(OLD_AUTHLIB)


@pytest.fixture(scope="module")
def provider() -> Iterator[RunningProvider]:
    with a_provider() as running:
        yield running


def a_console(provider: RunningProvider, claim: str = "sub", oidc: str = AMINA) -> ConsoleInMemory:
    console = ConsoleInMemory(provider=provider.client(claim))
    console.employ(replace(a_member(), oidc=oidc, password_hash=None))
    return console


async def test_who_the_provider_vouches_for_is_signed_in_and_gets_where_they_were_going(
    provider: RunningProvider,
) -> None:
    console = a_console(provider)

    async with console.visited() as browser:
        asked = await browser.get("/sign-in", params={"wanted": "/matches"})
        begun = await browser.get(BEGIN, params={"wanted": "/matches"})
        entered = await browser.get(await provider.vouch(begun.headers["location"]))
        page = await browser.get("/matches")

    [signed_in] = console.stored.known.browsers.entities.values()  # type: ignore[attr-defined]
    assert f"Sign in with {NAME}" in asked.text
    assert f'href="{BEGIN}?wanted=/matches"' in asked.text
    assert (entered.status_code, entered.headers["location"]) == (303, "/matches")
    assert "Signed in as amina" in page.text
    assert (signed_in.username, signed_in.how) == ("amina", How.PROVIDER)
    assert ("amina", "signed_in", "amina") in console.stored.audited


async def test_what_is_asked_of_the_provider_can_be_used_once_by_this_browser_alone(
    provider: RunningProvider,
) -> None:
    async with a_console(provider).visited() as browser:
        begun = await browser.get(BEGIN)

    address = urlsplit(begun.headers["location"])
    asked = {name: value for name, [value] in parse_qs(address.query).items()}
    cookie = begun.headers["set-cookie"].lower()
    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"] == "http://console.test/sign-in/callback"
    assert asked["scope"] == "openid"
    assert all(len(asked[each]) >= 20 for each in ("state", "nonce", "code_challenge"))
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "max-age=600" in cookie
    assert "path=/sign-in" in cookie


async def test_another_browser_s_answer_signs_nobody_in(provider: RunningProvider) -> None:
    console = a_console(provider)

    async with console.visited() as attacker, console.visited() as victim:
        begun = await attacker.get(BEGIN)
        answer = await provider.vouch(begun.headers["location"])
        refused = await victim.get(answer)
        own = await victim.get(BEGIN)
        still_refused = await victim.get(answer)

    assert (refused.status_code, still_refused.status_code) == (403, 403)
    assert f"Signing in with {NAME} did not work" in refused.text
    assert "wlc_staff" not in victim.cookies
    assert own.status_code == 303


async def test_an_answer_counts_once_and_for_ten_minutes(provider: RunningProvider) -> None:
    console = a_console(provider)

    async with console.visited() as browser:
        begun = await browser.get(BEGIN)
        answer = await provider.vouch(begun.headers["location"])
        first = await browser.get(answer)
        again = await browser.get(answer)
        begun = await browser.get(BEGIN)
        answer = await provider.vouch(begun.headers["location"])
        console.clock.pass_by(timedelta(minutes=11))
        late = await browser.get(answer)

    assert [each.status_code for each in (first, again, late)] == [303, 403, 403]


@pytest.mark.parametrize(
    "query", ["", "?error=access_denied&error_description=%3Cb%3Eno", "?code=x&state=y"]
)
async def test_who_was_not_vouched_for_is_told_to_try_again(
    provider: RunningProvider, query: str
) -> None:
    async with a_console(provider).visited() as browser:
        await browser.get(BEGIN)
        refused = await browser.get(f"/sign-in/callback{query}")

    assert refused.status_code == 403
    assert f"Signing in with {NAME} did not work. Please try again." in refused.text
    assert "<b>no" not in refused.text


async def test_who_is_in_no_staff_file_learns_that_and_of_nobody_else(
    provider: RunningProvider,
) -> None:
    console = a_console(provider)

    async with console.visited() as browser:
        begun = await browser.get(BEGIN)
        refused = await browser.get(await provider.vouch(begun.headers["location"], "stranger"))
        page = await browser.get("/matches")

    assert refused.status_code == 403
    assert "You have no account here" in refused.text
    assert "amina" not in refused.text
    assert page.status_code == 303
    assert ("unknown", "sign_in_refused", "unknown") in console.stored.audited


@pytest.mark.parametrize(("subject", "status"), [(AMINA, 303), ("unproved", 403), ("other", 403)])
async def test_an_address_names_somebody_only_where_the_provider_has_proved_it(
    provider: RunningProvider, subject: str, status: int
) -> None:
    console = a_console(provider, "email", str(PEOPLE[AMINA]["email"]).lower())

    async with console.visited() as browser:
        begun = await browser.get(BEGIN)
        entered = await browser.get(await provider.vouch(begun.headers["location"], subject))

    assert entered.status_code == status


async def test_who_has_no_password_cannot_sign_in_with_one(provider: RunningProvider) -> None:
    async with a_console(provider).visited() as browser:
        refused = await browser.post("/sign-in", data={"username": "amina", "password": PASSWORD})

    assert refused.status_code == 403


async def test_while_the_provider_is_away_passwords_still_work() -> None:
    away = RunningProvider(f"http://localhost:{free_port()}")
    console = ConsoleInMemory(provider=away.client())

    async with console.visited() as browser:
        begun = await browser.get(BEGIN, params={"wanted": "/matches"})
        back = await browser.get("/sign-in/callback?code=x&state=y")
        form = {"username": "amina", "password": PASSWORD, "wanted": "/matches"}
        entered = await browser.post("/sign-in", data=form)

    assert (begun.status_code, back.status_code) == (503, 503)
    assert f"{NAME} does not answer now. Sign in with your user name and password" in begun.text
    assert 'name="wanted" value="/matches"' in begun.text
    assert entered.headers["location"] == "/matches"


async def test_a_provider_that_calls_itself_otherwise_is_not_believed(
    provider: RunningProvider,
) -> None:
    other = provider.client(issuer=provider.issuer.replace("localhost", "127.0.0.1") + "/")
    console = ConsoleInMemory(provider=other)

    async with console.visited() as browser:
        begun = await browser.get(BEGIN)

    assert begun.status_code == 503


async def test_signing_out_ends_the_sign_in_here_and_offers_to_end_it_there(
    provider: RunningProvider,
) -> None:
    console = a_console(provider)

    async with console.visited() as browser:
        begun = await browser.get(BEGIN)
        await browser.get(await provider.vouch(begun.headers["location"]))
        cookies = dict(browser.cookies)
        left = await browser.post("/sign-out")
        page = await browser.get(left.headers["location"])
        browser.cookies.update(cookies)
        ended = await browser.get("/matches")

    assert left.headers["location"] == "/sign-out/elsewhere"
    assert f"Sign out of {NAME}" in page.text
    assert f'href="{provider.issuer}/oauth2/end_session?' in page.text
    assert "post_logout_redirect_uri=http%3A%2F%2Fconsole.test%2Fsign-in" in page.text
    assert ended.status_code == 303


async def test_where_there_is_no_provider_nothing_leads_to_one() -> None:
    async with ConsoleInMemory().visited() as browser:
        form = await browser.get("/sign-in")
        pages = [await browser.get(path) for path in (BEGIN, "/sign-in/callback")]

    assert "Sign in with" not in form.text
    assert {page.status_code for page in pages} == {404}


async def test_nobody_is_sent_to_another_site_by_way_of_the_provider(
    provider: RunningProvider,
) -> None:
    async with a_console(provider).visited() as browser:
        begun = await browser.get(BEGIN, params={"wanted": "https://evil.example/"})
        entered = await browser.get(await provider.vouch(begun.headers["location"]))

    assert entered.headers["location"] == "/"


async def test_the_secret_of_the_provider_stands_in_no_page(provider: RunningProvider) -> None:
    async with a_console(provider).visited() as browser:
        begun = await browser.get(BEGIN)
        entered: httpx.Response = await browser.get(await provider.vouch(begun.headers["location"]))

    said = f"{begun.headers} {begun.text} {entered.headers} {entered.text}"
    assert "a secret of the two" not in said
