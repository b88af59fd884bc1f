"""Writing e-mails: templates in Markdown, sent as plain text, as HTML and as calendar entries."""

from collections.abc import Iterator, Mapping
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from uuid import UUID

import css_inline
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from services.notification.clients import markdown, wording
from services.notification.clients.calendar import Entry, calendar, method
from services.notification.clients.headers import POLICY
from services.notification.domain import (
    NORMAL_POINT_SIZE,
    Addressee,
    Hub,
    Invitation,
    Kind,
    Letter,
    Letterhead,
    Match,
    Message,
    RefusedError,
    Session,
)
from shared.links import Links
from shared.odds import odds

TEMPLATES = Path(__file__).parent.parent / "templates"
LONGEST_LINE_BYTES = 990
WORDS = {
    "day": wording.day,
    "clock": wording.clock,
    "times": wording.times,
    "place": wording.place,
    "access": wording.access,
    "money": wording.money,
    "credits": wording.credits_,
    "hours": wording.hours,
    "quoted": markdown.quoted,
    "odds": odds,
}


class MarkdownComposer:
    """See ports.Composer."""

    def __init__(self, letterhead: Letterhead, links: Links) -> None:
        self._letterhead = letterhead
        self._links = links
        loader = FileSystemLoader(TEMPLATES)
        self._letters = Environment(  # noqa: S701 - Markdown: `finalize` neutralises every value
            loader=loader,
            undefined=StrictUndefined,
            finalize=markdown.neutral,
            trim_blocks=True,
            keep_trailing_newline=True,
        )
        self._letters.filters.update(WORDS)
        self._layout = Environment(
            loader=loader, undefined=StrictUndefined, autoescape=True
        ).get_template("layout.html")
        self._inliner = css_inline.CSSInliner(load_remote_stylesheets=False)

    def to_participant(self, letter: Letter, to: Addressee) -> EmailMessage:
        message, invitation = letter.message, letter.invitation
        link = self._link(message.invitation_id)
        values = {
            "name": to.address_as,
            "invitation": invitation,
            "link": markdown.Markdown(link),
            "due": message.session_id,
        }
        mail = self._mail(message, letter.kind, to.email, values, point_size=to.point_size)
        if wanted := method(letter.kind):
            _attach(mail, list(self._calendars(letter, to, wanted)))
        return mail

    def to_staff(self, message: Message, subject: Match | Session) -> EmailMessage | None:
        address = self._letterhead.hub(message.hub).staff_email
        if address is None:
            return None
        about = f"matches/{message.match_id}"
        if message.kind is Kind.STAFF_AT_RISK:
            about = f"sessions/{message.session_id}"
        link = markdown.Markdown(f"{self._letterhead.public_url}/{about}")
        values = {"subject": subject, "link": link, "again": message.is_of_a_later_draw}
        return self._mail(message, message.kind, address, values)

    def _mail(
        self,
        message: Message,
        kind: str,
        to: str,
        values: Mapping[str, object],
        *,
        point_size: int = NORMAL_POINT_SIZE,
    ) -> EmailMessage:
        hub = self._letterhead.hub(message.hub)
        source = self._letters.get_template(f"{kind}.md").render(hub=hub, **values)
        title, _, body = source.partition("\n")
        subject = markdown.plain(title.removeprefix("Subject: "))
        reading = markdown.read(body)
        page = self._page(subject, reading.html, hub, point_size)
        mail = self._headed(message, hub, to, subject)
        mail.set_content(reading.text, cte=_encoding(reading.text))
        mail.add_alternative(page, subtype="html", cte=_encoding(page))
        return mail

    def _headed(self, message: Message, hub: Hub, to: str, subject: str) -> EmailMessage:
        mail = EmailMessage(policy=POLICY)
        mail["Subject"] = subject
        mail["From"] = Address(hub.name, addr_spec=self._letterhead.sender)
        mail["To"] = _address(to)
        if hub.staff_email:
            mail["Reply-To"] = Address(hub.name, addr_spec=hub.staff_email)
        mail["Date"] = format_datetime(message.at)
        mail["Message-ID"] = f"<{message.id}@{self._letterhead.sender.partition('@')[2]}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail["Content-Language"] = "en-GB"
        return mail

    def _page(self, subject: str, body: str, hub: Hub, point_size: int) -> str:
        page = self._layout.render(
            subject=subject,
            body=Markup(body),  # noqa: S704 - cleaned by nh3
            hub=hub,
            point_size=point_size,
        )
        return self._inliner.inline(page)

    def _link(self, invitation_id: str | None) -> str:
        if invitation_id is None:
            return self._letterhead.public_url
        token = self._links.token(UUID(invitation_id))
        return f"{self._letterhead.public_url}/i/{token}"

    def _calendars(self, letter: Letter, to: Addressee, wanted: str) -> Iterator[tuple[str, str]]:
        """Yield method and entry of each session; what is dropped is taken out of the calendar."""
        for invitation in letter.in_calendar:
            entry = self._entry(letter, invitation, to)
            for session in invitation.sessions:
                yield wanted, calendar(session, entry, wanted)
            for session in invitation.dropped if letter.kind is Kind.CHANGED else ():
                yield "CANCEL", calendar(session, entry, "CANCEL")

    def _entry(self, letter: Letter, invitation: Invitation, to: Addressee) -> Entry:
        hub = self._letterhead.hub(letter.message.hub)
        return Entry(
            kind=letter.kind,
            sequence=invitation.sequence,
            hub_name=hub.name,
            organiser=hub.staff_email or self._letterhead.sender,
            attendee=to.email,
            answer=invitation.answer,
            link=self._link(invitation.id),
            at=letter.message.at,
        )


def _encoding(content: str) -> str:
    """Leave text readable on the wire, unless a line is longer than SMTP carries."""
    longest = max(len(line.encode()) for line in content.splitlines())
    return "8bit" if longest < LONGEST_LINE_BYTES else "quoted-printable"


def _address(email: str) -> Address:
    try:
        return Address(addr_spec=email)
    except (MessageError, ValueError, IndexError):
        raise RefusedError("not an e-mail address") from None


def _attach(mail: EmailMessage, calendars: list[tuple[str, str]]) -> None:
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
