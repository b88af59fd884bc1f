"""Composing messages: in the form, the language and the discretion that each person needs."""

from collections.abc import Iterator, Sequence
from email.message import EmailMessage
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from services.notification.clients.calendar import Entry, calendar, method
from services.notification.clients.letters.blanks import Own
from services.notification.clients.letters.envelopes import Envelope, Envelopes, Invite
from services.notification.clients.letters.layout import Layout
from services.notification.clients.letters.library import Library
from services.notification.clients.letters.staff import StaffMail
from services.notification.clients.letters.writer import Words, Writer
from services.notification.clients.wording import Wording
from services.notification.domain import (
    Addressee,
    Document,
    Format,
    Invitation,
    Kind,
    Letter,
    Letterhead,
    Match,
    Message,
    PostalLetter,
    RefusedError,
    Session,
    TextMessage,
)
from services.notification.domain.discretion import shown
from shared.links import DETAILS_OPEN_FOR, Links, invitation_ends

if TYPE_CHECKING:
    from services.notification.clients.letters.documents import Documents

NAMELESS = Own("[name]", "their own page")
"""In a script, which is kept, stand neither a name nor a link that opens somebody's page."""


ATTACHED = frozenset({Format.EASY_READ, Format.BRAILLE_1, Format.BRAILLE_2})
"""Formats that come as a file with an e-mail."""


class MarkdownComposer:
    """See ports.Composer. `locale_folder` has the translations, see catalogues."""

    def __init__(
        self, letterhead: Letterhead, links: Links, *, locale_folder: Path | None = None
    ) -> None:
        self._letterhead = letterhead
        self._links = links
        self._library = Library(locale_folder)
        self._writer = Writer(letterhead, self._library)
        self._envelopes = Envelopes(letterhead, Layout())
        self._staff = StaffMail(letterhead, self._writer, self._envelopes)

    def is_translated(self, kind: Kind, language: str) -> bool:
        return self._library.is_translated(kind, language)

    def email(self, letter: Letter, to: Addressee) -> EmailMessage:
        words = self._words(letter)
        wording = self._library.wording(words.language)
        envelope = self._envelope(letter, to)
        wanted = method(letter.kind)
        return self._envelopes.mail(
            envelope,
            words,
            wording,
            calendars=list(self._calendars(letter, envelope, wording, wanted)) if wanted else (),
            document=self._attached(letter, words, envelope.own),
        )

    def text_message(self, letter: Letter, to: Addressee) -> TextMessage:
        words = self._writer.text_message(letter)
        own = self._own(letter, to)
        return TextMessage(letter.message.id, _given(to.mobile), own.in_text(words))

    def postal(self, letter: Letter, to: Addressee) -> PostalLetter:
        address = _named(to)
        document = self._documents.posted(letter, address, self._own(letter, to))
        return PostalLetter(letter.message.id, address, document)

    def script(self, letter: Letter) -> str:
        return NAMELESS.in_text(self._writer.script(letter))

    def to_staff(self, message: Message, subject: Match | Session) -> EmailMessage | None:
        return self._staff.mail(message, subject)

    def to_staff_digest(
        self, hub: str, items: Sequence[tuple[Message, Match | Session]], *, key: str
    ) -> EmailMessage | None:
        """Write several pieces of news in one e-mail, whose Message-ID is made of the key.

        Return None when no address is known for the hub's staff, or there is no news.
        """
        return self._staff.digest(hub, items, key)

    @cached_property
    def _documents(self) -> "Documents":
        from services.notification.clients.letters.documents import Documents  # noqa: PLC0415 - slow

        return Documents(self._letterhead, self._writer)

    def _words(self, letter: Letter) -> Words:
        if letter.participant.format is Format.EASY_READ:
            return self._writer.easy_read(letter)
        return self._writer.standard(letter)

    def _own(self, letter: Letter, to: Addressee) -> Own:
        if letter.kind is Kind.DETAILS_LINK:
            return Own(to.address_as, self._link_to_details(letter.message))
        return Own(to.address_as, self._link(letter.invitation))

    def _attached(self, letter: Letter, words: Words, own: Own) -> Document | None:
        is_attached = letter.participant.format in ATTACHED
        return self._documents.attached(letter, words, own) if is_attached else None

    def _envelope(self, letter: Letter, to: Addressee) -> Envelope:
        message = letter.message
        return Envelope(
            key=message.id,
            at=message.at,
            hub=self._letterhead.hub(message.hub),
            to=_given(to.email),
            own=self._own(letter, to),
            point_size=letter.participant.point_size,
        )

    def _link(self, invitation: Invitation | None) -> str:
        if invitation is None:
            return self._letterhead.public_url
        ends = invitation_ends((each.ends_at for each in invitation.sessions), invitation.answer_by)
        token = self._links.invitation(UUID(invitation.id), ends)
        return f"{self._letterhead.public_url}/i/{token}"

    def _link_to_details(self, message: Message) -> str:
        ends = message.due_by or message.at + DETAILS_OPEN_FOR
        token = self._links.details(UUID(message.participant_id), ends)
        return f"{self._letterhead.public_url}/d/{token}"

    def _link_to(self, invitation: Invitation, letter: Letter, own: Own) -> str:
        """Return the link of an invitation; signing it once for a letter is enough."""
        if invitation.id == letter.message.invitation_id:
            return own.link
        return self._link(invitation)

    def _calendars(
        self, letter: Letter, envelope: Envelope, wording: Wording, wanted: str
    ) -> Iterator[Invite]:
        """Yield method and entry of each session; what is dropped is taken out of the calendar."""
        for invitation in shown(letter).in_calendar:
            entry = self._entry(letter, invitation, envelope, wording)
            for session in invitation.sessions:
                yield wanted, calendar(session, entry, wanted)
            for session in invitation.dropped if letter.kind is Kind.CHANGED else ():
                yield "CANCEL", calendar(session, entry, "CANCEL")

    def _entry(
        self, letter: Letter, invitation: Invitation, envelope: Envelope, wording: Wording
    ) -> Entry:
        return Entry(
            kind=letter.kind,
            sequence=invitation.sequence,
            hub_name=envelope.hub.name,
            organiser=envelope.hub.staff_email or self._letterhead.sender,
            attendee=envelope.to,
            answer=invitation.answer,
            link=self._link_to(invitation, letter, envelope.own),
            at=envelope.at,
            wording=wording,
        )


def _named(to: Addressee) -> tuple[str, ...]:
    """Return the lines of the address below the name, which some addresses begin with."""
    first = to.address[0].casefold() if to.address else ""
    names = () if not to.display_name or first == to.display_name.casefold() else (to.display_name,)
    return (*names, *to.address)


def _given(address: str | None) -> str:
    if not address:
        raise RefusedError("there is no such address")
    return address
