"""What an attacker tries at every address of the console; addresses come from the router itself."""

import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

import argon2
import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

from services.console.api.bodies import MOST_BYTES
from services.console.api.sign_in.passwords import NOBODYS_HASH, PASSWORDS
from services.console.ports import StaffMember
from services.console.use_cases.sign_in import digest
from shared.contracts.engagements import EngagementPublished
from shared.contracts.matches import MatchProposed
from shared.contracts.messages import NotificationCallNeeded
from shared.contracts.participants import ParticipantRegistered
from shared.contracts.previews import PreviewRequested
from shared.contracts.sessions import InvitationIssued, SessionAnnounced
from tests.builders.codes import give_password
from tests.builders.console import PASSWORD, TOKEN, ConsoleInMemory, a_member
from tests.builders.events import an_event

SCRIPT = "\"'><script>alert(1)</script>"
SPLIT = "x\r\nSet-Cookie: evil=1\r\n\r\nevil"
PATH_PARAMETER = re.compile(r"{(\w+)(?::\w+)?}")
BUTTONS = ("wlc.reply.", PreviewRequested.TYPE)
"""What follows from a button whose form has no fields: what somebody sends is not looked at."""
KEPT_FOR_A_WHILE = ("/static", "/calendar/")
OWN = {
    "match_id": str(an_event(MatchProposed).data.match_id),
    "session_id": str(an_event(SessionAnnounced).data.session_id),
    "engagement_id": str(an_event(EngagementPublished).data.engagement_id),
    "message_id": str(an_event(NotificationCallNeeded).data.message_id),
}


async def a_busy_console() -> ConsoleInMemory:
    console = ConsoleInMemory()
    await console.hear(
        an_event(EngagementPublished),
        an_event(MatchProposed),
        an_event(SessionAnnounced),
        an_event(ParticipantRegistered),
        an_event(InvitationIssued),
        an_event(NotificationCallNeeded),
    )
    return console


def routes(app: FastAPI) -> Iterator[APIRoute]:
    """Yield every route, also those of routers that the app holds as a whole."""
    waiting: list[Any] = list(app.routes)
    while waiting:
        each = waiting.pop()
        if isinstance(each, APIRoute):
            yield each
        else:
            inner = getattr(each, "original_router", None) or getattr(each, "app", None)
            waiting.extend(getattr(inner, "routes", ()))


def addresses(method: str) -> list[str]:
    found = {route.path for route in routes(ConsoleInMemory().app()) if method in route.methods}
    return sorted(found)


def filled(console: ConsoleInMemory, path: str, value: str = "x") -> str:
    """Return an address with ids that are there, or with a value in each place."""
    link = console.link(an_event(InvitationIssued).data.invitation_id)
    own = {**OWN, "token": link.rsplit("/", 1)[1]} if value == "x" else {}
    return PATH_PARAMETER.sub(lambda found: own.get(found[1], value), path)


def asked_by(path: str, method: str) -> list[str]:
    """Return the names that an address takes in its query or its form."""
    for route in routes(ConsoleInMemory().app()):
        if route.path == path and method in route.methods:
            taken = route.dependant.query_params + route.dependant.body_params
            return [each.alias for each in taken]
    raise LookupError(path)


STREAMS = frozenset({"/live"})
"""Addresses that answer for as long as somebody listens: a client in memory waits for their end."""
POSTS, GETS = addresses("POST"), [each for each in addresses("GET") if each not in STREAMS]


@pytest.fixture
async def console() -> ConsoleInMemory:
    return await a_busy_console()


@pytest.fixture
async def browser(console: ConsoleInMemory) -> AsyncIterator[httpx.AsyncClient]:
    async with console.signed_in() as client:
        yield client


def test_the_router_tells_of_all_its_addresses() -> None:
    assert {"/sign-in", "/account/codes/off", "/matches/{match_id}", "/i/{token}"} <= {*POSTS}
    assert {"/", "/accounts", "/v1/matches", "/calendar/{token}.ics"} & {*GETS}
    assert len(POSTS) > 20
    assert len(GETS) > 30


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site", "origin": "https://evil.example"},
        {"sec-fetch-site": "same-site", "origin": "https://other.console.test"},
        {"sec-fetch-site": "cross-site"},
        {"origin": "https://evil.example"},
        {"origin": "http://console.test.evil.example"},
        {"origin": "http://console.test:81"},
    ],
)
async def test_no_address_takes_what_another_site_makes_a_browser_send(
    console: ConsoleInMemory, browser: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    before = list(console.stored.audited)
    let_through = []
    for path in POSTS:
        for form in ({"data": {"username": "amina"}}, {"content": b"{}"}):
            sent = await browser.post(filled(console, path), headers=headers, **form)  # type: ignore[arg-type]
            let_through += [path] if sent.status_code != 403 else []

    assert let_through == []
    assert console.stored.audited == before
    assert console.stored.events == []


async def test_our_own_forms_are_let_through(
    console: ConsoleInMemory, browser: httpx.AsyncClient
) -> None:
    own = {"sec-fetch-site": "same-origin", "origin": console.origin}

    answer = await browser.post("/account/sign-out-others", headers=own)

    assert answer.status_code == 303


@pytest.mark.parametrize(
    "wanted",
    [
        *("//evil.example", "\\\\evil.example", "/\\evil.example", "https://evil.example"),
        *("https:evil.example", "javascript:alert(1)", "evil.example", "///evil.example", ""),
        *("/\t/evil.example", "/\n/evil.example", " //evil.example", "/x\r\nSet-Cookie: a=b"),
        *("/\u2028/evil.example", "http:/\\evil.example", "/" + "x" * 150 + "\u00e9"),
    ],
)
async def test_nobody_is_sent_to_another_site(wanted: str) -> None:
    async with ConsoleInMemory().visited() as browser:
        entered = await give_password(browser, wanted=wanted)
        form = await browser.get("/sign-in", params={"wanted": wanted})

    assert entered.headers["location"] == "/"
    assert 'name="wanted" value="/"' in form.text


@pytest.mark.parametrize("wanted", ["/%2f/evil.example", "/%5cevil.example", "/.//evil.example"])
async def test_a_path_of_ours_stays_on_our_site_however_it_looks(wanted: str) -> None:
    async with ConsoleInMemory().visited() as browser:
        entered = await give_password(browser, wanted=wanted)
        address = httpx.URL(browser.base_url).join(entered.headers["location"])

    assert address.host == "console.test"


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_no_parameter_splits_a_header(
    console: ConsoleInMemory, browser: httpx.AsyncClient, method: str
) -> None:
    split = []
    for path in GETS if method == "GET" else POSTS:
        given = dict.fromkeys(asked_by(path, method), SPLIT)
        sent = {"params": given} if method == "GET" else {"data": given}
        for value in ("x", "x%0d%0aSet-Cookie:%20evil=1"):
            answer = await browser.request(method, filled(console, path, value), **sent)  # type: ignore[arg-type]
            said = b"".join(name + text for name, text in answer.headers.raw)
            bad = b"\r" in said or b"\n" in said or "evil" in answer.cookies
            split += [path] if bad else []
            browser.cookies.delete("evil") if "evil" in browser.cookies else None

    assert split == []


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_what_is_sent_is_never_shown_as_markup(
    console: ConsoleInMemory, browser: httpx.AsyncClient, method: str
) -> None:
    shown = []
    for path in GETS if method == "GET" else POSTS:
        if path == "/sign-out":
            continue
        given = dict.fromkeys(asked_by(path, method), SCRIPT)
        sent = {"params": given} if method == "GET" else {"data": given}
        for value in ("x", "%22'%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E"):
            answer = await browser.request(method, filled(console, path, value), **sent)  # type: ignore[arg-type]
            is_page = answer.headers.get("content-type", "").startswith("text/html")
            shown += [path] if is_page and "<script>alert" in answer.text else []

    assert shown == []


async def test_every_page_tells_the_browser_to_be_careful(
    console: ConsoleInMemory, browser: httpx.AsyncClient
) -> None:
    careless = []
    for path in [*GETS, "/nothing-here"]:
        answer = await browser.get(filled(console, path))
        said, policy = answer.headers, answer.headers["content-security-policy"]
        scripts = policy.split("script-src")[1].split(";")[0]
        is_careful = (
            "default-src 'none'" in policy
            and "frame-ancestors 'none'" in policy
            and "base-uri 'none'" in policy
            and "form-action 'self'" in policy
            and "unsafe" not in scripts
            and "*" not in policy
            and said["x-frame-options"].lower() == "deny"
            and said["x-content-type-options"] == "nosniff"
            and said["referrer-policy"] == "no-referrer"
        )
        kept = path.startswith(KEPT_FOR_A_WHILE) or said["cache-control"] == "no-store"
        careless += [] if is_careful and kept else [path]

    assert careless == []


async def test_a_refused_request_is_answered_as_carefully(console: ConsoleInMemory) -> None:
    async with console.visited() as browser:
        refused = await browser.post("/sign-in", headers={"sec-fetch-site": "cross-site"})

    assert refused.status_code == 403
    assert refused.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in refused.headers["content-security-policy"]


async def test_a_cookie_that_somebody_planted_is_never_made_a_sign_in(
    console: ConsoleInMemory,
) -> None:
    planted = "known-to-the-attacker"
    async with console.visited(cookie=f"wlc_staff={planted}") as browser:
        entered = await give_password(browser)
    async with console.visited(cookie=f"wlc_staff={planted}") as attacker:
        refused = await attacker.get("/matches")

    assert planted not in entered.headers["set-cookie"]
    assert refused.status_code == 303


async def test_cookies_are_for_browsers_alone_and_over_https_where_there_is_any(
    console: ConsoleInMemory,
) -> None:
    console.origin = "https://console.test"
    async with console.visited() as browser:
        entered = await give_password(browser)

    cookies = entered.headers.get_list("set-cookie")
    given = [each for each in cookies if "Max-Age=0" not in each]
    assert {each.split("=")[0] for each in given} == {"wlc_staff", "wlc_known"}
    assert all("HttpOnly" in each and "SameSite=lax" in each for each in cookies)
    assert all("Domain" not in each for each in cookies)
    assert all("Secure" in each for each in cookies)


@pytest.mark.parametrize(
    "authorization",
    [
        *(f"Bearer {TOKEN.upper()}", f"Bearer {TOKEN[:-1]}", f"Bearer {TOKEN}x", TOKEN),
        *(f"Bearer {digest(TOKEN)}", f"Basic {TOKEN}", f"Bearer{TOKEN}", "Bearer ", "Bearer null"),
        *(f"Bearer Bearer {TOKEN}", f"Bearer {TOKEN},x", "Bearer \x00", "Bearer ''||1==1"),
    ],
)
async def test_only_the_whole_token_opens_anything(
    console: ConsoleInMemory, authorization: str
) -> None:
    async with console.visited(authorization=authorization) as script:
        refused = await script.get("/v1/matches")

    assert refused.status_code == 401
    assert TOKEN not in refused.text


async def test_no_address_sends_on_to_whatever_host_is_named(
    console: ConsoleInMemory, browser: httpx.AsyncClient
) -> None:
    named = []
    for path in GETS:
        for address in (filled(console, path), filled(console, path) + "/"):
            answer = await browser.get(address, headers={"host": "evil.example"})
            said = f"{answer.headers} {answer.text}"
            named += [address] if "evil.example" in said else []

    assert named == []


@pytest.mark.parametrize("named", [True, False])
async def test_nothing_reads_a_body_that_is_longer_than_any_form(
    console: ConsoleInMemory, *, named: bool
) -> None:
    long = b"username=" + b"x" * MOST_BYTES

    async def in_pieces() -> AsyncIterator[bytes]:
        for at in range(0, len(long), 65536):
            yield long[at : at + 65536]

    statuses = {}
    async with console.visited() as browser:
        for path in POSTS:
            for kind in ("application/x-www-form-urlencoded", "application/json"):
                body = long if named else in_pieces()
                sent = await browser.post(
                    filled(console, path), content=body, headers={"content-type": kind}
                )
                statuses[path, kind] = sent.status_code
        entered = await give_password(browser)

    read = {where for where, status in statuses.items() if status < 300 or status >= 500}
    assert read == set()
    assert statuses["/sign-in", "application/x-www-form-urlencoded"] == 413
    assert entered.status_code == 303


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", b'{"username": "amina", "password": "x"}'),
        ("text/plain", b"username=amina"),
        ("application/xml", b"<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><x>&e;</x>"),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data"),
        ("multipart/form-data", b"nothing"),
        ("application/x-www-form-urlencoded", b"&".join([b"a=b"] * 20_000)),
        ("application/x-www-form-urlencoded", b"username[]=amina&username=a&username=b&%00=%ff"),
        ("", b"\x00\xff"),
    ],
)
async def test_what_is_no_form_changes_nothing_and_breaks_nothing(
    console: ConsoleInMemory, browser: httpx.AsyncClient, kind: str, body: bytes
) -> None:
    broken = []
    for path in POSTS:
        sent = await browser.post(
            filled(console, path), content=body, headers={"content-type": kind}
        )
        broken += [(path, sent.status_code)] if sent.status_code >= 500 else []

    assert broken == []
    said = {each.TYPE for each in console.stored.events}
    assert {each for each in said if not each.startswith(BUTTONS)} == set()


@pytest.fixture
def verified(monkeypatch: pytest.MonkeyPatch) -> list[argon2.Parameters]:
    """Count what the real library verifies: the cost of each hash that a password is held to."""
    costs: list[argon2.Parameters] = []
    verify = argon2.PasswordHasher.verify

    def counted(self: argon2.PasswordHasher, stored: str | bytes, password: str | bytes) -> bool:
        text = stored.decode() if isinstance(stored, bytes) else stored
        costs.append(argon2.extract_parameters(text))
        return verify(self, stored, password)

    monkeypatch.setattr(argon2.PasswordHasher, "verify", counted)
    return costs


async def test_an_unknown_name_costs_as_much_as_a_wrong_password(
    verified: list[argon2.Parameters],
) -> None:
    console = ConsoleInMemory()
    console.employ(
        StaffMember(id="amina", password_hash=PASSWORDS.hash(PASSWORD), version=1),
        StaffMember(id="by-provider", oidc="7f0c", version=1),
    )

    costs = {}
    async with console.visited() as browser:
        for name, password in (
            ("amina", "wrong"),
            ("nobody", "wrong"),
            ("by-provider", "wrong"),
            ("amina", PASSWORD),
            *((name, "") for name in ("amina", "by-provider", "nobody", "")),
        ):
            verified.clear()
            await give_password(browser, password, name)
            costs[name, password] = list(verified)

    as_recommended = argon2.extract_parameters(NOBODYS_HASH)
    assert costs == {each: [as_recommended] if each[1] else [] for each in costs}


async def test_whoever_is_locked_out_learns_nothing_of_whether_there_is_such_a_name() -> None:
    console = ConsoleInMemory()
    console.employ(a_member("ben", token="b"))
    said = {}

    for name in ("ben", "nobody"):
        async with console.visited() as browser:
            answers = [await give_password(browser, "no", name) for _ in range(6)]
        said[name] = [
            (each.status_code, re.sub(rf"nonce-?=?\"?[\w-]+|{name}", "", each.text))
            for each in answers
        ]

    assert said["ben"] == said["nobody"]
    assert said["ben"][-1][0] == 429
