"""Mail servers of every mood, on loopback, and mails to hand to them."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any
from uuid import uuid4

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

from services.notification.clients.smtp import SmtpServer

LOGIN = LoginPassword(b"gateway", b"secret")


def a_mail(to: str = "asha@example.org", message_id: str | None = None) -> EmailMessage:
    mail = EmailMessage()
    mail["Message-ID"] = f"<{message_id or uuid4()}@wlc.example.org>"
    mail["From"], mail["To"], mail["Subject"] = "no-reply@wlc.example.org", to, "Hello"
    mail.set_content("Grüße aus Hanwell\n")
    return mail


@dataclass
class Moody:
    """Answers as it is told to: to RCPT by the address, to MAIL and to DATA always the same.

    `drops` closes the connection after the text, `hangs` never answers it.
    """

    data: str = "250 kept"
    mail: str = "250 ok"
    drops: bool = False
    hangs: bool = False
    sessions: set[int] = field(default_factory=set)
    envelopes: list[Any] = field(default_factory=list)
    options: list[str] = field(default_factory=list)
    asked: int = 0

    @property
    def taken(self) -> int:
        return len(self.envelopes)

    async def handle_MAIL(  # noqa: N802 - the name that aiosmtpd calls
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        self.asked += 1
        if self.mail.startswith("250"):
            envelope.mail_from = address
        return self.mail

    async def handle_RCPT(  # noqa: N802 - the name that aiosmtpd calls
        self, _server: Any, session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        self.sessions.add(id(session))
        code, is_number, _ = address.partition("@")[0].partition("-")
        if is_number and code.isdecimal():
            return f"{code} no {address}"
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(  # noqa: N802 - the name that aiosmtpd calls
        self, server: Any, _session: Any, envelope: Any
    ) -> str:
        if self.drops:
            server.transport.abort()
        if self.hangs:
            await asyncio.Event().wait()
        if self.data.startswith("250"):
            self.envelopes.append(envelope)
        return self.data


class Reporting(SMTP):
    """A server that offers DSN, and notes what it is asked to report."""

    async def smtp_EHLO(self, hostname: str) -> None:  # noqa: N802 - the name that aiosmtpd calls
        await self.push(f"250-{self.hostname}")
        await self.push("250-DSN")
        self._set_rset_state()
        self.session.extended_smtp, self.session.host_name = True, hostname
        await self.push("250 8BITMIME")

    def _getparams(self, params: Sequence[str]) -> dict[str, Any] | None:
        self.event_handler.options.extend(params)
        found: dict[str, Any] = super()._getparams([p for p in params if "ENVID" not in p])
        return {k: v for k, v in found.items() if k not in {"RET", "NOTIFY"}}


def knows_login(
    _server: Any, _session: Any, _envelope: Any, _mechanism: str, login: Any
) -> AuthResult:
    return AuthResult(success=login == LOGIN, handled=False)


@asynccontextmanager
async def a_server(
    handler: Any, *, implicit_tls: ssl.SSLContext | None = None, kind: type = SMTP, **smtp: Any
) -> AsyncIterator[int]:
    """Run a mail server; yields its port."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: kind(handler, hostname="mail.example.org", **smtp),
        "127.0.0.1",
        0,
        ssl=implicit_tls,
    )
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await server.wait_closed()


def at(port: int, **how: Any) -> SmtpServer:
    return SmtpServer("127.0.0.1", port, **how)
