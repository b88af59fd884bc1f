"""What the mailer does with several mail servers, of which some fail."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import pytest
import trustme

from deploy.embedded.ports import free_port
from services.notification.clients.smtp import SmtpMailer, SmtpServer
from services.notification.domain import NotReachedError, RefusedError
from shared.errors import UnavailableError
from tests.builders.mail_servers import Moody, a_mail, a_server, at, knows_login


@asynccontextmanager
async def mailing(*servers: SmtpServer, **how: Any) -> AsyncIterator[SmtpMailer]:
    mailer = SmtpMailer(*servers, **how)
    try:
        yield mailer
    finally:
        mailer.close()


@asynccontextmanager
async def two(first: Any, second: Any, **how: Any) -> AsyncIterator[SmtpMailer]:
    """A mailer with two servers, the first asked first; 0.3 seconds are too long for it."""
    async with (
        a_server(first) as here,
        a_server(second) as there,
        mailing(at(here, timeout_seconds=0.3), at(there), **how) as mailer,
    ):
        yield mailer


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def ca_file(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    authority.cert_pem.write_to_path(path)
    return path


def certified(authority: trustme.CA, name: str) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(name).configure_cert(context)
    return context


@pytest.fixture
def silent() -> Iterator[int]:
    """The port of a server that accepts connections and never says a word."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        yield listening.getsockname()[1]


async def test_the_first_server_takes_what_it_can() -> None:
    first, second = Moody(), Moody()

    async with two(first, second) as mailer:
        await mailer.send(a_mail())

    assert (first.taken, second.taken) == (1, 0)


async def test_the_next_server_takes_what_one_that_is_away_cannot() -> None:
    handler = Moody()

    async with a_server(handler) as port, mailing(at(free_port()), at(port)) as mailer:
        taken = await mailer.send(a_mail())

    assert handler.taken == 1
    assert taken.provider == f"127.0.0.1:{port}"


async def test_the_next_server_takes_over_from_one_that_never_greets(silent: int) -> None:
    handler, mute = Moody(), at(silent, timeout_seconds=0.2)

    async with a_server(handler) as port, mailing(mute, at(port)) as mailer:
        await mailer.send(a_mail())

    assert handler.taken == 1


@pytest.mark.parametrize(
    "first",
    [
        Moody(mail="421 closing"),
        Moody(mail="451 later"),
        Moody(mail="550 we do not know you"),
        Moody(data="451 later"),
        Moody(data="452 full"),
        Moody(data="421 closing"),
    ],
    ids=lambda moody: f"{moody.mail}, {moody.data}",
)
async def test_the_next_server_takes_what_one_puts_off(first: Moody) -> None:
    second = Moody()

    async with two(first, second) as mailer:
        await mailer.send(a_mail())

    assert (first.taken, second.taken) == (0, 1)


@pytest.mark.parametrize("code", [421, 450, 451, 452, 530, 535])
async def test_the_next_server_is_asked_of_an_address_that_is_put_off(code: int) -> None:
    first, second = Moody(), Moody()

    async with two(first, second) as mailer:
        with pytest.raises(NotReachedError) as error:
            await mailer.send(a_mail(f"{code}-asha@example.org"))

    assert (first.asked, second.asked) == (1, 1)
    assert "asha" not in str(error.value)
    assert error.value.__cause__ is None


@pytest.mark.parametrize("how", [{"data": "554 spam"}, {"mail": "552 too large"}])
async def test_what_one_server_refuses_for_good_no_other_is_asked(how: dict[str, str]) -> None:
    first, second = Moody(**how), Moody()

    async with two(first, second) as mailer:
        with pytest.raises(RefusedError):
            await mailer.send(a_mail())

    assert second.asked == 0


@pytest.mark.parametrize("how", [{"drops": True}, {"hangs": True}])
async def test_what_one_server_may_have_is_offered_to_no_other(how: dict[str, bool]) -> None:
    first, second = Moody(**how), Moody()

    async with two(first, second) as mailer:
        with pytest.raises(UnavailableError) as error:
            await mailer.send(a_mail())

    assert not isinstance(error.value, NotReachedError)
    assert second.asked == 0


async def test_a_server_that_failed_three_times_in_a_row_is_asked_last() -> None:
    first, second = Moody(mail="451 later"), Moody()

    async with two(first, second) as mailer:
        for _ in range(5):
            await mailer.send(a_mail())

    assert (first.asked, second.taken) == (3, 5)


async def test_a_server_is_asked_again_after_its_rest() -> None:
    first, second = Moody(mail="451 later"), Moody()

    async with two(first, second, rest_seconds=0.01) as mailer:
        for _ in range(3):
            await mailer.send(a_mail())
        first.mail = "250 ok"
        await asyncio.sleep(0.02)
        await mailer.send(a_mail())

    assert (first.taken, second.taken) == (1, 3)


async def test_a_server_rests_only_while_another_works() -> None:
    first, second = Moody(mail="451 later"), Moody(mail="451 later")

    async with two(first, second) as mailer:
        for _ in range(3):
            with pytest.raises(NotReachedError):
                await mailer.send(a_mail())
        second.mail = "250 ok"
        await mailer.send(a_mail())

    assert second.taken == 1


async def test_addresses_that_are_put_off_say_nothing_of_the_server() -> None:
    first, second = Moody(), Moody()

    async with two(first, second) as mailer:
        for _ in range(5):
            with pytest.raises(NotReachedError):
                await mailer.send(a_mail("450-asha@example.org"))
        await mailer.send(a_mail())

    assert (first.taken, second.taken) == (1, 0)


async def test_what_waits_for_a_server_goes_elsewhere_once_it_rests(silent: int) -> None:
    handler, mute = Moody(), at(silent, timeout_seconds=0.2)

    async with a_server(handler) as port, mailing(mute, at(port), connections=4) as mailer:
        await asyncio.gather(*(mailer.send(a_mail()) for _ in range(40)))

    assert handler.taken == 40


@pytest.mark.filterwarnings("ignore:Requiring AUTH")  # aiosmtpd does not see TLS from the start
@pytest.mark.parametrize("tls", ["starttls", "tls"])
async def test_a_server_whose_certificate_is_good_lets_us_in(
    tls: Any, authority: trustme.CA, ca_file: Path
) -> None:
    handler, context = Moody(), certified(authority, "127.0.0.1")
    over = {"tls_context": context} if tls == "starttls" else {"implicit_tls": context}
    login = {"auth_required": True, "authenticator": knows_login}
    login |= {"auth_require_tls": tls == "starttls"}
    us = {"user": "gateway", "password": "secret", "tls": tls, "ca_file": ca_file}

    async with a_server(handler, **over, **login) as port, mailing(at(port, **us)) as mailer:
        await mailer.send(a_mail())
        await mailer.send(a_mail())

    assert handler.taken == 2
    assert len(handler.sessions) == 1


@pytest.mark.parametrize("tls", ["starttls", "tls"])
@pytest.mark.parametrize("named", ["127.0.0.1", "192.0.2.1"])
async def test_nothing_is_said_to_a_server_that_cannot_prove_who_it_is(
    tls: Any, named: str, authority: trustme.CA, ca_file: Path, tmp_path: Path
) -> None:
    handler, context = Moody(), certified(authority, named)
    over = {"tls_context": context} if tls == "starttls" else {"implicit_tls": context}
    other = tmp_path / "other.pem"
    trustme.CA().cert_pem.write_to_path(other)
    trusted = other if named == "127.0.0.1" else ca_file

    async with (
        a_server(handler, **over) as port,
        mailing(at(port, tls=tls, ca_file=trusted)) as mailer,
    ):
        with pytest.raises(NotReachedError):
            await mailer.send(a_mail())

    assert handler.asked == 0


async def test_nothing_goes_unencrypted_to_a_server_that_offers_no_encryption() -> None:
    handler = Moody()

    async with a_server(handler) as port, mailing(at(port, tls="starttls")) as mailer:
        with pytest.raises(NotReachedError):
            await mailer.send(a_mail())

    assert handler.asked == 0


async def test_the_next_server_takes_what_one_takes_from_no_stranger(
    authority: trustme.CA, ca_file: Path
) -> None:
    first, second = Moody(), Moody()
    context = certified(authority, "127.0.0.1")
    login = {"auth_required": True, "authenticator": knows_login, "tls_context": context}
    wrong = {"tls": "starttls", "ca_file": ca_file, "user": "gateway", "password": "wrong"}

    async with (
        a_server(first, **login) as here,
        a_server(second) as there,
        mailing(at(here, **wrong), at(there)) as mailer,
    ):
        await mailer.send(a_mail())

    assert (first.taken, second.taken) == (0, 1)


async def test_an_authority_that_cannot_be_read_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        SmtpMailer(at(25, tls="starttls", ca_file=tmp_path / "missing.pem"))
