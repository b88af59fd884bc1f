"""The contract of the mailer, against real SMTP servers and on the fake."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from deploy.embedded.catcher import Catcher
from services.notification.clients.smtp import SmtpMailer, SmtpServer
from services.notification.domain import RefusedError
from services.notification.ports import Mailer
from shared.errors import UnavailableError
from tests.builders.mail_servers import Moody, a_mail, a_server, at
from tests.fakes.notification import InMemoryMailer


@asynccontextmanager
async def serving(handler: Any, **smtp: Any) -> AsyncIterator[SmtpMailer]:
    """Run an SMTP server for a mailer."""
    async with a_server(handler, **smtp) as port:
        mailer = SmtpMailer(at(port))
        try:
            yield mailer
        finally:
            mailer.close()


@pytest.fixture(params=["memory", "smtp"])
async def mailer(request: pytest.FixtureRequest) -> AsyncIterator[Mailer]:
    """A mailer whose server refuses one address for good."""
    if request.param == "memory":
        fake = InMemoryMailer()
        fake.refused.add("550-nobody@example.org")
        yield fake
        return
    async with serving(Moody()) as real:
        yield real


async def test_a_mail_that_is_taken_is_known_by_its_message_id(mailer: Mailer) -> None:
    mail = a_mail()

    taken = await mailer.send(mail)

    assert taken.provider
    assert mail["Message-ID"] == f"<{taken.reference}@wlc.example.org>"


async def test_an_address_refused_for_good_is_refused_without_naming_it(mailer: Mailer) -> None:
    with pytest.raises(RefusedError) as refusal:
        await mailer.send(a_mail("550-nobody@example.org"))

    assert "nobody" not in str(refusal.value)
    assert refusal.value.__cause__ is None


async def test_a_refusal_harms_no_other_mail(mailer: Mailer) -> None:
    with pytest.raises(RefusedError):
        await mailer.send(a_mail("550-nobody@example.org"))

    await mailer.send(a_mail())


@pytest.mark.parametrize("code", [421, 450, 451, 452, 530, 535])
async def test_a_passing_fault_or_one_of_our_own_is_tried_again_later(code: int) -> None:
    async with serving(Moody()) as mailer:
        with pytest.raises(UnavailableError):
            await mailer.send(a_mail(f"{code}-asha@example.org"))

        await mailer.send(a_mail())


@pytest.mark.parametrize(
    ("answer", "error"), [("554 spam", RefusedError), ("451 later", UnavailableError)]
)
async def test_the_answer_to_the_text_counts_too(answer: str, error: type[Exception]) -> None:
    async with serving(Moody(answer)) as mailer:
        with pytest.raises(error):
            await mailer.send(a_mail())


async def test_an_address_that_the_server_cannot_carry_is_refused() -> None:
    async with serving(Moody(), enable_SMTPUTF8=False) as mailer:
        with pytest.raises(RefusedError):
            await mailer.send(a_mail("jürgen@example.org"))


async def test_a_server_that_is_away_is_tried_again_later() -> None:
    async with serving(Moody()) as mailer:
        pass

    with pytest.raises(UnavailableError):
        await mailer.send(a_mail())


async def test_connections_are_used_again_and_few() -> None:
    handler = Moody()

    async with serving(handler) as mailer:
        for _ in range(3):
            await asyncio.gather(*(mailer.send(a_mail()) for _ in range(30)))

    assert handler.taken == 90
    assert len(handler.sessions) <= 8


async def test_a_connection_that_the_server_dropped_is_replaced() -> None:
    handler = Moody()

    async with serving(handler, timeout=0.1) as mailer:
        await mailer.send(a_mail())
        await asyncio.sleep(0.3)
        await mailer.send(a_mail())

    assert handler.taken == 2


async def test_what_the_server_took_is_not_handed_over_again() -> None:
    mail, handler = a_mail(), Moody()

    async with serving(handler) as mailer:
        first = await mailer.send(mail)
        second = await mailer.send(mail)

    assert handler.taken == 1
    assert first == second


async def test_the_catcher_keeps_a_mail_as_a_private_file(tmp_path: Path) -> None:
    mail = a_mail()

    async with Catcher(tmp_path / "mail") as catcher:
        mailer = SmtpMailer(SmtpServer("127.0.0.1", catcher.port))
        await mailer.send(mail)
        mailer.close()

    [file] = (tmp_path / "mail").glob("*.eml")
    assert file.name == f"{mail['Message-ID'].strip('<>')}.eml"
    assert file.stat().st_mode & 0o077 == 0
    kept = message_from_bytes(file.read_bytes(), policy=default)
    assert kept.get_content().strip() == "Grüße aus Hanwell"


async def test_the_catcher_counts_what_comes_again(tmp_path: Path) -> None:
    mail = a_mail()

    async with Catcher(tmp_path) as catcher:
        for _ in range(3):
            after_a_crash = SmtpMailer(SmtpServer("127.0.0.1", catcher.port))
            await after_a_crash.send(mail)
            after_a_crash.close()

    assert len(list(tmp_path.glob("*.eml"))) == 1
    assert len((tmp_path / "repeats.log").read_text().splitlines()) == 2
