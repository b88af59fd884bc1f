"""Every address times every role times own and other hub, generated from the router.

An address without a rule fails, and so does one of which this does not know what to send.
"""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.console.api.access import Address, addresses
from services.console.ports import RIGHTS, Right, Role
from services.console.use_cases.sign_in import digest
from tests.builders.console import ConsoleInMemory, a_member
from tests.builders.two_hubs import OTHER, OWN, Hub, TwoHubs, two_hubs

FOUND = tuple(addresses(ConsoleInMemory().app().routes))
FOR_STAFF = [each for each in FOUND if each.right]
STREAMS = frozenset({"/live"})
"""Addresses that answer for as long as somebody listens: only their refusals end."""
SHOWN = [each for each in FOR_STAFF if each.method == "GET" and each.path not in STREAMS]
UP_TO_DATE = {
    *("/", "/matches", "/sessions", "/engagements", "/calls", "/messages"),
    *("/matches/{match_id}", "/sessions/{session_id}", "/engagements/{engagement_id}"),
}
"""Pages that load themselves again while they are open."""
READING = frozenset({"GET", "HEAD"})
CHANGING = [each for each in FOR_STAFF if each.method not in READING]
REFUSED_HERE: Mapping[str, tuple[str, str]] = {
    "/engagements/{engagement_id}/film/back": ("test_films", "film_taken_back"),
    "/accounts/codes-off": ("test_accounts", "one_time_codes_taken_off"),
    "/matches/{match_id}/undo": ("test_held_decisions", "match_decision_undone"),
    "/matches/{match_id}/go-ahead": ("test_held_decisions", "match_decision_sent"),
    "/matches/{match_id}/panel": ("test_put_on_panel", "person_put_on_panel"),
    "/matches/{match_id}/people/{person_id}": ("test_person_changes", "person_left_out"),
    "/matches/{match_id}/what-ifs": ("test_what_ifs", "what_if_asked"),
    "/sessions/{session_id}/needs": ("test_session_directions", "session_needs_accepted"),
    "/sessions/{session_id}/attendance": ("test_attendance", "attendance_noted"),
}
"""What does not fit the objects that are here, with the test that sees its row written."""
PERSONS_OWN = "a person's own choice by their own link: the event of it is traced"
OWN_ACCOUNT = "noted as done to oneself where it is done: test_accounts, test_one_time_codes"
NOT_OF_STAFF: Mapping[str, str] = {
    **dict.fromkeys(("/sign-in", "/sign-in/code", "/sign-out"), OWN_ACCOUNT),
    **dict.fromkeys(("/account/sign-out-others", "/account/codes"), OWN_ACCOUNT),
    "/account/codes/begin": "it only shows a secret to be confirmed: nothing counts before it is",
    "/account/codes/off": OWN_ACCOUNT,
    **dict.fromkeys(("/i/{token}", "/i/{token}/leave", "/i/{token}/times"), PERSONS_OWN),
    **dict.fromkeys(("/i/{token}/details", "/i/{token}/needs", "/d/{token}"), PERSONS_OWN),
    **dict.fromkeys(("/d/{token}/again", "/d/{token}/leave", "/d/{token}/forget"), PERSONS_OWN),
    "/d/{token}/consents": PERSONS_OWN,
}
"""What changes something and is not for staff, and why the matrix sees no row of it."""
NOT_THERE = (404, 422)
"""As if it were not there; 422 where a form is shown again."""
SEQUENCE = {"sequence": 1}
SESSION = {"calendar_sequence": 0}
WORKER = {"resource_id": "west-london-facilitator-1"}
FORMS: Mapping[str, Mapping[str, Any]] = {
    "/matches/{match_id}": {**SEQUENCE, "choice": "rest", "reason": "too_few"},
    "/matches/{match_id}/undo": {"decision": "none"},
    "/matches/{match_id}/go-ahead": {"decision": "none"},
    "/matches/{match_id}/people/{person_id}": {**SEQUENCE, "choice": "not_now"},
    "/matches/{match_id}/what-ifs": {**SEQUENCE, "person": "{person_id}"},
    "/matches/{match_id}/panel": {**SEQUENCE, "reference": "nobody"},
    "/engagements/{engagement_id}/film": {"address": "https://film.example/1"},
    "/engagements/{engagement_id}/film/back": {},
    "/calls/{message_id}/done": {},
    "/people/{participant_id}/card": {},
    "/people/{participant_id}/access-request": {"received_on": "2026-11-18"},
    "/calls/{message_id}/tried": {},
    "/calls/{message_id}/answer": {"answer": "no"},
    "/calls/{message_id}/needs": {"need": "198061000000105"},
    "/accounts/lift": {"username": "{username}"},
    "/accounts/codes-off": {"username": "{username}"},
    "/calls/{details_call_id}/details": {
        "name": "Somebody",
        "address_as": "Somebody",
        "email": "somebody@example.org",
    },
    "/calendars": {"shown": "{hub}/hub/{hub}"},
    "/calendars/{link_id}/revoke": {},
    "/exports": {"hub": "{hub}", "file": "engagements"},
    "/previews": {"kind": "invitation", "about": "invitation/{invitation_id}"},
    "/sessions/{session_id}/cancel": SESSION,
    "/sessions/{session_id}/move": SESSION,
    "/sessions/{session_id}/needs": {**SESSION, "need": "parking", "wording": "None to be had."},
    "/sessions/{session_id}/support": {
        **SESSION,
        "resource_id": "west-london-facilitator-1",
        "cannot_come": "true",
    },
    "/sessions/{session_id}/attendance": {"notes": "0"},
    "/v1/matches/{match_id}/approve": SEQUENCE,
    "/v1/matches/{match_id}/send-back": SEQUENCE,
    "/v1/people": {"reference": "nobody"},
    "/v1/people/{participant_id}/card": {},
    "/v1/people/{participant_id}/copy": {},
    "/v1/people/{participant_id}/erase": {},
    "/v1/audit": {"what": "backup_made", "about": ["west-london"]},
    "/v1/previews": {"kind": "invitation", "invitation_id": "{invitation_id}"},
}
"""What is sent to each address that takes something; names in braces are of the hub's objects."""


@dataclass(frozen=True)
class Case:
    """One request: an address as it is for the objects of a hub, and what is sent."""

    address: Address
    hub: Hub

    async def ask(self, client: httpx.AsyncClient) -> httpx.Response:
        """Send it."""
        path = _filled(self.address.path.replace(":path", ""), self.hub)
        if self.address.method == "GET":
            return await client.get(path)
        form = FORMS[self.address.path]
        sent = {k: _filled(v, self.hub) if isinstance(v, str) else v for k, v in form.items()}
        if path.startswith("/v1/"):
            return await client.post(path, json=sent)
        return await client.post(path, data=sent)

    @property
    def names_an_object(self) -> bool:
        """Whether the address, or what is sent, is about one thing of the hub."""
        form = FORMS[self.address.path] if self.address.method != "GET" else {}
        return "{" in self.address.path or any("{" in str(value) for value in form.values())


def _filled(text: str, hub: Hub) -> str:
    return re.sub(r"\{(\w+)\}", lambda found: hub.ids[found[1]], text)


def _named(address: Address) -> str:
    return f"{address.method} {address.path}"


@asynccontextmanager
async def asking_as(console: ConsoleInMemory, *roles: Role) -> AsyncIterator[httpx.AsyncClient]:
    """Open a client of somebody with these roles in their own hub, and in no other."""
    console.employ(a_member("kim", hubs=(OWN,), roles=roles, token="st_kim"))
    async with console.scripted("st_kim") as client:
        yield client


KEPT: list[TwoHubs] = []


@pytest.fixture
async def console() -> TwoHubs:
    """Return the same console to every test, as it was when it was filled."""
    if not KEPT:
        KEPT.append(await two_hubs())
    KEPT[0].restore()
    return KEPT[0]


def test_every_address_that_takes_something_is_asked_with_what_it_takes() -> None:
    posts = {each.path for each in FOR_STAFF if each.method != "GET"}

    assert posts == set(FORMS), "say in FORMS what these addresses take"


@pytest.mark.parametrize("address", FOR_STAFF, ids=_named)
async def test_nobody_is_let_in_without_signing_in(console: TwoHubs, address: Address) -> None:

    async with console.visited() as client:
        answered = await Case(address, console.own).ask(client)

    to_sign_in = answered.headers.get("location", "").startswith("/sign-in")
    assert answered.status_code == 401 or (answered.status_code == 303 and to_sign_in)
    assert console.unchanged()


@pytest.mark.parametrize("address", CHANGING, ids=_named)
async def test_what_staff_change_is_written_down_with_who_did_it(
    console: TwoHubs, address: Address
) -> None:
    before = len(console.stored.audited)

    async with asking_as(console, *Role) as client:
        await Case(address, console.own).ask(client)

    rows = console.stored.audited[before:]
    assert {who for who, *_ in rows} <= {"kim"}
    assert bool(rows) == (not console.unchanged()), "it changes something: note it"
    assert bool(rows) != (address.path in REFUSED_HERE)


@pytest.mark.parametrize(("file", "act"), REFUSED_HERE.values())
def test_what_does_not_fit_here_is_seen_to_be_written_down_by_another_test(
    file: str, act: str
) -> None:
    assert f'"{act}"' in (Path(__file__).parent / f"{file}.py").read_text(encoding="utf-8")


def test_all_that_changes_something_and_is_not_for_staff_is_a_persons_own_or_a_sign_in() -> None:
    others = {each.path for each in FOUND if each.method not in READING and not each.right}

    assert others == set(NOT_OF_STAFF), "say in NOT_OF_STAFF why no row names a member of staff"


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("address", FOR_STAFF, ids=_named)
async def test_a_role_opens_what_it_has_the_right_to_and_nothing_else(
    console: TwoHubs, address: Address, role: Role
) -> None:
    may = address.right in RIGHTS[role]
    if may and address.path in STREAMS:
        return

    async with asking_as(console, role) as client:
        answered = await Case(address, console.own).ask(client)

    if may:
        assert answered.status_code not in {401, 403, 404}
        assert not answered.headers.get("location", "").startswith("/sign-in")
    else:
        assert answered.status_code == 403
        assert console.unchanged()


@pytest.mark.parametrize("address", FOR_STAFF, ids=_named)
async def test_nothing_of_another_hub_is_shown_or_changed(
    console: TwoHubs, address: Address
) -> None:
    if address.path in STREAMS:
        return
    case = Case(address, console.other)

    async with asking_as(console, *Role) as client:
        answered = await case.ask(client)

    assert OTHER.title() not in answered.text
    assert not any(mark in answered.text for mark in console.other.marks)
    if case.names_an_object:
        assert answered.status_code in NOT_THERE
        assert console.unchanged()


@pytest.mark.parametrize("address", FOR_STAFF, ids=_named)
async def test_a_role_in_one_hub_gives_no_right_in_another(
    console: TwoHubs, address: Address
) -> None:
    """Whoever may only look in a hub, and do everything in another, only looks in the first."""
    if address.right is Right.LOOK:
        return
    member = a_member("kim", hubs=(OTHER,), roles=tuple(Role), token="st_kim")
    console.employ(_with_role(member, OWN, Role.VIEWER))
    case = Case(address, console.own)

    async with console.scripted("st_kim") as client:
        answered = await case.ask(client)

    if case.names_an_object:
        assert answered.status_code in NOT_THERE
        assert console.unchanged()
    else:
        assert not any(mark in answered.text for mark in console.own.marks)


def _with_role(member: Any, hub: str, role: Role) -> Any:
    return type(member)(
        id=member.id,
        password_hash=member.password_hash,
        roles={**member.roles, hub: (role,)},
        token_sha256=digest("st_kim"),
        version=1,
    )


@pytest.mark.parametrize("address", SHOWN, ids=_named)
async def test_no_page_that_is_brought_up_to_date_by_itself_writes_anything_down(
    console: TwoHubs, address: Address
) -> None:
    """Else each news would be written down as one more look at a person."""
    async with asking_as(console, *Role) as client:
        answered = await Case(address, console.own).ask(client)

    is_live = 'data-live="' in answered.text
    assert is_live == (address.path in UP_TO_DATE)
    assert console.unchanged() or not is_live
