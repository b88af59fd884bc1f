"""The contract of hooks: in memory, and by signed HTTP to a hub's own system."""

import json
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from threading import Event
from typing import Any

import pytest
import trustme
from pytest_httpserver import HTTPServer
from standardwebhooks import Webhook, WebhookVerificationError
from werkzeug import Response

from services.notification.clients.webhook import TYPE, Hook, WebhookHook
from services.notification.domain import (
    Kind,
    Match,
    Message,
    NotReachedError,
    RefusedError,
    Session,
)
from services.notification.ports import StaffHook
from shared.errors import UnavailableError
from tests.builders.notification import HUB, a_match, a_message
from tests.fakes.hooks import InMemoryHook

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER_SECRET = "whsec_AAAA9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
PATH = "/heard"


@pytest.fixture
def hub_system() -> Iterator[HTTPServer]:
    """The system of a hub."""
    with HTTPServer() as server:
        yield server


@asynccontextmanager
async def hooked(url: str, **fields: Any) -> AsyncIterator[WebhookHook]:
    hook = WebhookHook({HUB: Hook(url, SECRET)}, "https://wlc.example.org", **fields)
    try:
        yield hook
    finally:
        await hook.aclose()


@pytest.fixture(params=["memory", "http"])
async def hook(request: pytest.FixtureRequest, hub_system: HTTPServer) -> AsyncIterator[StaffHook]:
    """A hook of which one hub has a system."""
    if request.param == "memory":
        yield InMemoryHook(HUB)
        return
    hub_system.expect_request(PATH).respond_with_data("")
    async with hooked(hub_system.url_for(PATH)) as real:
        yield real


def staff_news(kind: Kind = Kind.STAFF_MATCH, **fields: Any) -> tuple[Message, Match]:
    match = a_match()
    return a_message(kind, match_id=match.id, participant_id=None, **fields), match


def a_session_of(match: Match) -> Session:
    return Session(
        id="5b7e7ad4-8f5d-4f0c-a2ae-3f9d3c9fb6d7",
        sequence=1,
        hub=HUB,
        match_id=match.id,
        engagement_id=match.engagement_id,
        title=match.title,
        partner=match.partner,
        status="announced",
        starts_at=None,
        places=12,
        missing=2,
        reasons=(),
    )


async def test_a_hub_hears_under_the_id_of_the_message(hook: StaffHook) -> None:
    message, match = staff_news()

    handed = await hook.tell(message, match)

    assert handed
    assert (handed.provider, handed.reference) == ("webhook", message.id)


async def test_a_hub_without_a_system_is_told_otherwise(hook: StaffHook) -> None:
    message, match = staff_news(hub="lambeth")

    assert await hook.tell(message, match) is None


async def test_what_is_told_is_ids_and_a_link(hub_system: HTTPServer) -> None:
    message, match = staff_news()
    hub_system.expect_request(PATH, method="POST").respond_with_data("")

    async with hooked(hub_system.url_for(PATH)) as hook:
        await hook.tell(message, match)

    [(request, _)] = hub_system.log
    assert json.loads(request.get_data()) == {
        "type": TYPE,
        "kind": "staff-match",
        "hub": HUB,
        "engagement_id": match.engagement_id,
        "match_id": match.id,
        "session_id": None,
        "link": f"https://wlc.example.org/matches/{match.id}",
        "at": message.at.isoformat(),
    }


async def test_a_session_at_risk_is_linked_to_its_own_page(hub_system: HTTPServer) -> None:
    message, match = staff_news(Kind.STAFF_AT_RISK)
    session = a_session_of(match)
    hub_system.expect_request(PATH, method="POST").respond_with_data("")

    async with hooked(hub_system.url_for(PATH)) as hook:
        await hook.tell(message, session)

    [(request, _)] = hub_system.log
    told = json.loads(request.get_data())
    assert told["link"] == f"https://wlc.example.org/sessions/{session.id}"
    assert (told["match_id"], told["session_id"]) == (match.id, session.id)


async def test_a_hub_can_tell_that_it_was_us_and_counts_a_retry_once(
    hub_system: HTTPServer,
) -> None:
    message, match = staff_news()
    hub_system.expect_request(PATH).respond_with_data("")

    async with hooked(hub_system.url_for(PATH)) as hook:
        await hook.tell(message, match)
        await hook.tell(message, match)

    requests = [request for request, _ in hub_system.log]
    for request in requests:
        Webhook(SECRET).verify(request.get_data(), dict(request.headers))
        with pytest.raises(WebhookVerificationError):
            Webhook(OTHER_SECRET).verify(request.get_data(), dict(request.headers))
    assert {request.headers["webhook-id"] for request in requests} == {message.id}


@pytest.mark.parametrize("status", [200, 201, 202, 204])
async def test_whatever_says_yes_is_a_yes(hub_system: HTTPServer, status: int) -> None:
    hub_system.expect_request(PATH).respond_with_data("", status)

    async with hooked(hub_system.url_for(PATH)) as hook:
        assert await hook.tell(*staff_news())


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 422])
async def test_a_system_that_will_not_hear_is_not_told_again(
    hub_system: HTTPServer, status: int
) -> None:
    hub_system.expect_request(PATH).respond_with_data("", status)

    async with hooked(hub_system.url_for(PATH)) as hook:
        with pytest.raises(RefusedError):
            await hook.tell(*staff_news())


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503])
async def test_a_system_that_cannot_hear_now_is_told_later(
    hub_system: HTTPServer, status: int
) -> None:
    hub_system.expect_request(PATH).respond_with_data("", status)

    async with hooked(hub_system.url_for(PATH)) as hook:
        with pytest.raises(UnavailableError):
            await hook.tell(*staff_news())


async def test_nobody_is_told_by_way_of_somebody_else(hub_system: HTTPServer) -> None:
    elsewhere = {"location": hub_system.url_for("/elsewhere")}
    hub_system.expect_request(PATH).respond_with_data("", 307, headers=elsewhere)

    async with hooked(hub_system.url_for(PATH)) as hook:
        with pytest.raises(UnavailableError):
            await hook.tell(*staff_news())

    assert [request.path for request, _ in hub_system.log] == [PATH]


async def test_a_system_that_does_not_answer_may_have_heard(hub_system: HTTPServer) -> None:
    is_over = Event()

    def too_late(request: Any) -> Response:
        is_over.wait()
        return Response("")

    hub_system.expect_request(PATH).respond_with_handler(too_late)

    async with hooked(hub_system.url_for(PATH), timeout_seconds=0.2) as hook:
        with pytest.raises(UnavailableError) as fault:
            await hook.tell(*staff_news())
    is_over.set()

    assert not isinstance(fault.value, NotReachedError)
    assert "did not answer" in str(fault.value)


async def test_a_system_that_is_away_has_certainly_not_heard() -> None:
    with HTTPServer() as gone:
        url = gone.url_for(PATH)

    async with hooked(url) as hook:
        with pytest.raises(NotReachedError):
            await hook.tell(*staff_news())


async def test_a_system_whose_certificate_nobody_vouches_for_hears_nothing() -> None:
    certificate = trustme.CA().issue_cert("localhost", "127.0.0.1")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)

    with HTTPServer(ssl_context=context) as server:
        async with hooked(server.url_for(PATH)) as hook:
            with pytest.raises(NotReachedError):
                await hook.tell(*staff_news())

        assert server.log == []


def test_the_address_and_the_secret_are_not_shown() -> None:
    shown = repr(Hook("https://hub.example.org/heard?token=t", SECRET))

    assert "token" not in shown
    assert SECRET not in shown
