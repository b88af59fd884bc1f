"""What the door for bounces takes, of whom, and what it leaves with the mail server."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import aiosmtplib
import pytest

from deploy.embedded.ports import free_port
from services.notification.clients.bounces import BounceDoor
from services.notification.clients.return_paths import ReturnPaths
from services.notification.domain import Receipt
from services.notification.domain.bounces import Bounced
from shared.errors import NotFoundError, UnavailableError
from tests.builders import bounces
from tests.builders.bounce_door import PATHS, Ear, a_mail_server, bring, bring_over, patiently

REPORT = bounces.postfix_unknown()
KNOWN = str(UUID(int=7))


@pytest.fixture
def ear() -> Ear:
    return Ear()


@pytest.fixture
async def port(ear: Ear) -> AsyncIterator[int]:
    """An open door."""
    async with BounceDoor(PATHS, ear.hear, host="127.0.0.1", port=None).open() as port:
        yield port


async def test_a_bounce_is_heard_of_the_message_that_it_came_back_for(ear: Ear, port: int) -> None:
    message_id = str(uuid4())

    await bring(port, REPORT, message_id)

    [heard] = ear.heard
    said = (heard.message_id, heard.outcome, heard.code)
    assert said == (message_id, Receipt.UNKNOWN_ADDRESS, "5.1.1")


async def test_the_same_report_again_is_known_as_the_same(ear: Ear, port: int) -> None:
    message_id = str(uuid4())

    await bring(port, REPORT, message_id)
    await bring(port, REPORT, message_id)
    await bring(port, bounces.postfix_late(), message_id)

    first, again, other = [each.received_id for each in ear.heard]
    assert first == again != other


async def test_an_address_whose_case_was_changed_is_ours(ear: Ear, port: int) -> None:
    async with a_mail_server(port) as server:
        await bring_over(server, REPORT, PATHS.address(str(uuid4())).upper())

    assert len(ear.heard) == 1


@pytest.mark.parametrize(
    "address",
    [
        "asha@example.org",
        "postmaster@bounces.example.org",
        "bounce@bounces.example.org",
        f"bounce+{'0' * 32}.{'0' * 16}@bounces.example.org",
        PATHS.address(KNOWN).replace("bounces.", "other."),
        ReturnPaths("another key of some length", PATHS.domain).address(KNOWN),
    ],
)
async def test_nothing_is_taken_for_an_address_that_we_did_not_make(
    address: str, ear: Ear, port: int
) -> None:
    async with a_mail_server(port) as server:
        with pytest.raises(aiosmtplib.SMTPRecipientRefused) as refusal:
            await bring_over(server, REPORT, address)

    assert refusal.value.code == 550
    assert ear.heard == []


async def test_reports_for_several_messages_are_taken_one_by_one(ear: Ear, port: int) -> None:
    first, second = (PATHS.address(str(uuid4())) for _ in range(2))

    async with a_mail_server(port) as server:
        await server.mail("mailer-daemon@example.org")
        await server.rcpt(first)
        with pytest.raises(aiosmtplib.SMTPRecipientRefused) as refusal:
            await server.rcpt(second)
        await server.data(REPORT)
        await bring_over(server, REPORT, second)

    assert refusal.value.code == 452
    assert len(ear.heard) == 2


@pytest.mark.parametrize("mail", [bounces.away(), bounces.read_receipt(), b"", b"\0\xff"])
async def test_what_is_no_bounce_is_taken_and_heard_by_nobody(
    mail: bytes, ear: Ear, port: int
) -> None:
    await bring(port, mail, str(uuid4()))

    assert ear.heard == []


@pytest.mark.parametrize("failing", [UnavailableError("away"), RuntimeError("asha@example.org")])
async def test_a_report_that_could_not_be_kept_is_left_with_the_mail_server(
    failing: Exception, ear: Ear, port: int
) -> None:
    ear.failing = failing

    with pytest.raises(aiosmtplib.SMTPDataError) as refusal:
        await bring(port, REPORT, str(uuid4()))

    assert refusal.value.code == 451
    assert "asha" not in refusal.value.message


async def test_a_report_is_heard_when_it_is_brought_again(ear: Ear, port: int) -> None:
    ear.failing, address = UnavailableError("away"), PATHS.address(str(uuid4()))

    async with a_mail_server(port) as server:
        with pytest.raises(aiosmtplib.SMTPDataError):
            await bring_over(server, REPORT, address)
        ear.failing = None
        await bring_over(server, REPORT, address)

    assert len(ear.heard) == 1


async def test_a_report_of_a_message_that_nobody_knows_is_not_brought_for_ever(
    ear: Ear, port: int
) -> None:
    ear.failing = NotFoundError("no such message")

    await bring(port, REPORT, str(uuid4()))

    assert ear.heard == []


async def test_a_report_is_taken_only_once_it_is_kept() -> None:
    kept, asked = asyncio.Event(), asyncio.Event()

    async def hear(_bounced: Bounced) -> None:
        asked.set()
        await kept.wait()

    async with BounceDoor(PATHS, hear, host="127.0.0.1", port=None).open() as port:
        bringing = asyncio.create_task(bring(port, REPORT, str(uuid4())))
        await asked.wait()
        was_taken_before = bringing.done()
        kept.set()
        await bringing

    assert not was_taken_before


async def test_a_report_under_way_when_the_service_stops_stays_with_the_mail_server() -> None:
    asked = asyncio.Event()

    async def hear(_bounced: Bounced) -> None:
        asked.set()
        await asyncio.Event().wait()

    port = free_port()
    running = asyncio.create_task(BounceDoor(PATHS, hear, host="127.0.0.1", port=port).run())
    bringing = asyncio.create_task(patiently(lambda: bring(port, REPORT, str(uuid4()))))
    await asked.wait()
    running.cancel()

    with pytest.raises(asyncio.CancelledError):
        await running
    with pytest.raises(aiosmtplib.SMTPServerDisconnected):
        await bringing


async def test_nothing_that_a_report_says_gets_into_a_log(
    ear: Ear, port: int, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level("DEBUG")
    reports = [
        bounces.postfix_unknown(),
        bounces.qmail_unknown(),
        bounces.away(),
        bounces.answered_by_hand(),
    ]

    for report in reports:
        await bring(port, report, str(uuid4()))
    ear.failing = RuntimeError("asha.marked@example.org")
    with pytest.raises(aiosmtplib.SMTPDataError):
        await bring(port, reports[0], str(uuid4()))

    said = capsys.readouterr()
    assert "bounce_heard" in said.out
    assert "marked" not in said.out + said.err + caplog.text
