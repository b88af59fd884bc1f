"""E-mails around what was written: headers, text, page, calendar entries and files."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address, BaseHeader, HeaderRegistry
from email.message import EmailMessage
from email.policy import Policy
from email.utils import format_datetime
from functools import cache, lru_cache
from secrets import token_hex

from services.notification.clients.headers import POLICY
from services.notification.clients.letters.blanks import Own
from services.notification.clients.letters.layout import Layout
from services.notification.clients.letters.writer import REMEMBERED, Words
from services.notification.clients.wording import Wording
from services.notification.domain import NORMAL_POINT_SIZE, Document, Hub, Letterhead, RefusedError

LONGEST_LINE_BYTES = 990
"""What SMTP carries on a line, with some room."""

ALIKE = frozenset(
    {
        "auto-submitted",
        "content-disposition",
        "content-language",
        "content-transfer-encoding",
        "content-type",
        "mime-version",
        "subject",
    }
)
"""Headers that say the same in many e-mails, nothing of whom it is for: parsed once."""


BOUNDARY = f"=_{token_hex(16)}"
"""Drawn when the process starts, so that nothing that anybody wrote holds it."""

Invite = tuple[str, str]
"""A calendar entry: its iTIP method, and itself."""

NOBODY = Own("", "")


@dataclass(frozen=True, slots=True)
class Envelope:
    """What goes around an e-mail; `key` makes its Message-ID, `own` is the person's own."""

    key: str
    at: datetime
    hub: Hub
    to: str
    own: Own = NOBODY
    point_size: int = NORMAL_POINT_SIZE


class Envelopes:
    """Puts written words into e-mails from the hub."""

    def __init__(self, letterhead: Letterhead, layout: Layout) -> None:
        self._letterhead = letterhead
        self._layout = layout

    def mail(
        self,
        envelope: Envelope,
        words: Words,
        wording: Wording,
        *,
        calendars: Sequence[Invite] = (),
        document: Document | None = None,
    ) -> EmailMessage:
        """Return an e-mail as plain text and as a page, with calendar entries and a file."""
        own = envelope.own
        mail = self._headed(envelope, own.in_text(words.subject))
        text = own.in_text(words.reading.text)
        page = self._layout.page(words, wording, envelope.hub, envelope.point_size)
        page = own.in_html(page)
        mail.set_content(text, cte=_encoding(text))
        mail.add_alternative(page, subtype="html", cte=_encoding(page))
        _attach_calendars(mail, calendars)
        if document:
            _attach(mail, document)
        mail["Content-Language"] = wording.tag
        _set_boundaries(mail)
        return mail

    def _headed(self, envelope: Envelope, subject: str) -> EmailMessage:
        hub, sender = envelope.hub, self._letterhead.sender
        mail = EmailMessage(policy=LETTER_POLICY)
        mail["Subject"] = subject
        mail["From"] = _hub_header("From", hub.name, sender)
        mail["To"] = _address(envelope.to)
        if hub.staff_email:
            mail["Reply-To"] = _hub_header("Reply-To", hub.name, hub.staff_email)
        mail["Date"] = format_datetime(envelope.at)
        mail["Message-ID"] = f"<{envelope.key}@{sender.partition('@')[2]}>"
        mail["Auto-Submitted"] = "auto-generated"
        return mail


def _attach_calendars(mail: EmailMessage, calendars: Sequence[Invite]) -> None:
    """Offer the first session to the mail program as an invitation, the others as files."""
    for number, (itip, content) in enumerate(calendars, start=1):
        params = {"method": itip}
        if number == 1:
            mail.add_alternative(content, subtype="calendar", cte="8bit", params=params)
        else:
            name = f"session-{number}.ics"
            mail.add_attachment(
                content, subtype="calendar", cte="8bit", filename=name, params=params
            )


def _attach(mail: EmailMessage, document: Document) -> None:
    """Add the letter as a file."""
    maintype, _, subtype = document.media_type.partition("/")
    name = f"letter.{document.ending}"
    mail.add_attachment(document.content, maintype=maintype, subtype=subtype, filename=name)


def _set_boundaries(mail: EmailMessage) -> None:
    """Name what stands between parts; else each e-mail is searched for words that it lacks."""
    for number, part in enumerate(part for part in mail.walk() if part.is_multipart()):
        part.set_boundary(f"{BOUNDARY}-{number}")


def _encoding(content: str) -> str:
    """Leave text readable on the wire, unless a line is longer than SMTP carries."""
    longest = max(map(len, content.splitlines()))
    if not content.isascii():
        longest = max(len(line.encode()) for line in content.splitlines())
    return "8bit" if longest < LONGEST_LINE_BYTES else "quoted-printable"


def _address(email: str) -> Address:
    try:
        return Address(addr_spec=email)
    except (MessageError, ValueError, IndexError):
        raise RefusedError("not an e-mail address") from None


@lru_cache(REMEMBERED)
def _hub_header(header: str, hub: str, email: str) -> BaseHeader:
    made: BaseHeader = LETTER_POLICY.header_factory(header, Address(hub, addr_spec=email))
    return made


class _FoldedOnce(BaseHeader):
    """A header that is laid out on the wire once: it is the same object in many e-mails."""

    def fold(self, *, policy: Policy) -> str:
        """Return the lines of the header."""
        known: dict[tuple[str, int | None, bool], str] = self.__dict__.setdefault("_folded", {})
        layout = (policy.linesep, policy.max_line_length, getattr(policy, "utf8", False))
        if layout not in known:
            known[layout] = super().fold(policy=policy)
        return known[layout]


class _Headers:
    """Makes headers as the policy's own factory does, those that are alike once."""

    def __init__(self, registry: HeaderRegistry) -> None:
        self._class_of = cache(lambda name: _folded_once(registry[name]))
        self._remembered = lru_cache(REMEMBERED)(self._made)

    def __getitem__(self, name: str) -> type[BaseHeader]:
        return self._class_of(name.lower())

    def __call__(self, name: str, value: str) -> BaseHeader:
        if name.lower() in ALIKE:
            return self._remembered(name, value)
        return self._made(name, value)

    def _made(self, name: str, value: str) -> BaseHeader:
        return self[name](name, value)


def _folded_once(header: type[BaseHeader]) -> type[BaseHeader]:
    return type(header.__name__, (_FoldedOnce, header), {})


def _registry() -> HeaderRegistry:
    registry = POLICY.header_factory
    if not isinstance(registry, HeaderRegistry):
        raise TypeError("the policy makes headers in a way of its own")
    return registry


LETTER_POLICY = POLICY.clone(header_factory=_Headers(_registry()))
