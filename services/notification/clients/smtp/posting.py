"""An e-mail as it goes over the wire: its envelope, and its text in what a server can carry."""

from collections.abc import Iterator
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as LINES
from typing import Literal
from uuid import UUID

from aiosmtplib import SMTP

from services.notification.clients.return_paths import ReturnPaths
from services.notification.domain import RefusedError

Dsn = Literal["none", "failure", "all"]
"""What a server is asked to report (RFC 3461): nothing, what fails or is late, deliveries too."""

NOTIFY = {"failure": "NOTIFY=FAILURE,DELAY", "all": "NOTIFY=SUCCESS,FAILURE,DELAY"}


@dataclass(frozen=True, slots=True)
class Posting:
    """One e-mail to one address. `message_id` is None for one that is no message of ours."""

    mail: EmailMessage
    message_id: str | None
    sender: str
    recipient: str

    @property
    def encoding(self) -> str:
        """The one of the commands that hold its addresses."""
        is_plain = self.sender.isascii() and self.recipient.isascii()
        return "ascii" if is_plain else "utf-8"

    def content(self, server: SMTP) -> bytes:
        """Return its text. Raises RefusedError when the server cannot carry the address."""
        is_wide = self.encoding == "utf-8"
        if is_wide and not server.supports_extension("smtputf8"):
            raise RefusedError("the mail server cannot carry this address")
        bits = "8bit" if server.supports_extension("8bitmime") else "7bit"
        return self.mail.as_bytes(policy=LINES.clone(utf8=is_wide, cte_type=bits))

    def sender_options(self, server: SMTP, dsn: Dsn, size: int) -> Iterator[str]:
        """Yield what is said of the message with its sender."""
        if server.supports_extension("size"):
            yield f"SIZE={size}"
        if server.supports_extension("8bitmime"):
            yield "BODY=8BITMIME"
        if self.encoding == "utf-8":
            yield "SMTPUTF8"
        if self._notify(server, dsn):
            yield "RET=HDRS"
            if self.message_id:
                yield f"ENVID={self.message_id}"

    def recipient_options(self, server: SMTP, dsn: Dsn) -> list[str]:
        """Return what is to be reported of the recipient."""
        return self._notify(server, dsn)

    def _notify(self, server: SMTP, dsn: Dsn) -> list[str]:
        if dsn == "none" or not server.supports_extension("dsn"):
            return []
        return [NOTIFY[dsn]]


def posting(mail: EmailMessage, paths: ReturnPaths | None) -> Posting:
    """Return the mail with its envelope. Raises RefusedError unless it is to exactly one address.

    Its bounces come back to where `paths` says, else to who writes.
    """
    message_id = _message_id(mail)
    sender = paths.address(message_id) if paths and message_id else _address(mail, "From")
    return Posting(mail, message_id, sender, _address(mail, "To"))


def _message_id(mail: EmailMessage) -> str | None:
    name = str(mail["Message-ID"]).strip().lstrip("<").partition("@")[0]
    try:
        return str(UUID(name))
    except ValueError:
        return None


def _address(mail: EmailMessage, header: str) -> str:
    addresses: tuple[Address, ...] = mail[header].addresses if mail[header] else ()
    if len(addresses) != 1:
        raise RefusedError("not one e-mail address")
    return addresses[0].addr_spec
