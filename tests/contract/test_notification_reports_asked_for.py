"""What the mailer asks servers to report, and where reports come back to."""

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notification.clients.return_paths import ReturnPaths
from services.notification.clients.smtp import Dsn, SmtpMailer
from tests.builders.mail_servers import Moody, Reporting, a_mail, a_server, at

PATHS = ReturnPaths("a link key of some length", "bounces.example.org")
IDS = st.uuids().map(str)


@pytest.mark.parametrize(
    ("dsn", "asked"),
    [("failure", "NOTIFY=FAILURE,DELAY"), ("all", "NOTIFY=SUCCESS,FAILURE,DELAY")],
)
async def test_a_server_that_reports_is_asked_to(dsn: Dsn, asked: str) -> None:
    handler, message_id = Moody(), str(uuid4())

    async with a_server(handler, kind=Reporting) as port:
        mailer = SmtpMailer(at(port), dsn=dsn)
        await mailer.send(a_mail(message_id=message_id))
        mailer.close()

    assert asked in handler.options
    assert "RET=HDRS" in handler.options
    assert f"ENVID={message_id}".upper() in handler.options


@pytest.mark.parametrize(("kind", "dsn"), [("silent", "all"), ("reporting", "none")])
async def test_nothing_is_asked_of_a_server_that_does_not_report_or_need_not(
    kind: str, dsn: Dsn
) -> None:
    handler = Moody()

    how = {"kind": Reporting} if kind == "reporting" else {}
    async with a_server(handler, **how) as port:
        mailer = SmtpMailer(at(port), dsn=dsn)
        await mailer.send(a_mail())
        mailer.close()

    assert handler.taken == 1
    assert not [each for each in handler.options if each.startswith(("RET", "ENVID", "NOTIFY"))]


async def test_bounces_come_back_to_an_address_that_names_the_message() -> None:
    handler, message_id = Moody(), str(uuid4())

    async with a_server(handler) as port:
        mailer = SmtpMailer(at(port), paths=PATHS)
        await mailer.send(a_mail(message_id=message_id))
        mailer.close()

    [envelope] = handler.envelopes
    assert PATHS.message_id(envelope.mail_from) == message_id


async def test_bounces_come_back_to_who_writes_when_nothing_else_is_set() -> None:
    handler = Moody()

    async with a_server(handler) as port:
        mailer = SmtpMailer(at(port))
        await mailer.send(a_mail())
        mailer.close()

    [envelope] = handler.envelopes
    assert envelope.mail_from == "no-reply@wlc.example.org"


async def test_a_mail_that_is_no_message_of_ours_bounces_to_who_writes() -> None:
    handler = Moody()

    async with a_server(handler) as port:
        mailer = SmtpMailer(at(port), paths=PATHS)
        await mailer.send(a_mail(message_id="weekly-report"))
        mailer.close()

    [envelope] = handler.envelopes
    assert envelope.mail_from == "no-reply@wlc.example.org"


@given(IDS, st.sampled_from([str.upper, str.title, str.swapcase, str]))
def test_a_return_path_names_its_message_in_whatever_case(message_id: str, cased: type) -> None:
    address = PATHS.address(message_id)

    assert PATHS.message_id(cased(address)) == message_id
    assert len(address.partition("@")[0]) <= 64


@given(IDS, st.integers(0, 55), st.sampled_from("0123456789abcdef+.x"))
def test_a_return_path_with_another_letter_names_nothing(
    message_id: str, place: int, letter: str
) -> None:
    address = PATHS.address(message_id)
    forged = address[:place] + letter + address[place + 1 :]

    assert PATHS.message_id(forged) == (message_id if forged == address else None)


@given(st.text())
def test_any_text_is_read_as_an_address_of_no_message(text: str) -> None:
    assert PATHS.message_id(text) is None


def test_a_return_path_of_another_installation_names_nothing() -> None:
    message_id = str(UUID(int=7))

    assert (
        ReturnPaths("another key of some length", PATHS.domain).message_id(
            PATHS.address(message_id)
        )
        is None
    )
    assert PATHS.message_id(PATHS.address(message_id).replace("bounces.", "other.")) is None
