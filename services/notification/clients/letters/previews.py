"""Looking at messages before they are sent: the real thing, of nobody in particular.

What staff look at goes over the bus and is kept: it names nobody, and its link opens nothing.
"""

import base64
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from services.notification.clients.letters.composer import MarkdownComposer
from services.notification.clients.letters.library import STAFF_KINDS, WRITTEN_KINDS
from services.notification.domain import (
    ENGLISH,
    NORMAL_POINT_SIZE,
    ONLY_CALLED,
    About,
    Addressee,
    ContactPreference,
    Invitation,
    Kind,
    Letter,
    Letterhead,
    Match,
    Message,
    Participant,
    Session,
    Standing,
)
from services.notification.domain.people import FORMATS, POINT_SIZES, Format
from shared.contracts.previews import Form, PreviewPart, PreviewRequest, PreviewState
from shared.errors import RuleError
from shared.links import Links

NOBODY = UUID(int=0)
SOMEBODY = Addressee(
    address_as="[name]",
    email="name@example.org",
    mobile="+447700900000",
    address=("[address]", "[town]", "[postcode]"),
    display_name="[name]",
)

ABOUT_MATCHES = frozenset({Kind.STAFF_MATCH, Kind.STAFF_SHORT})
WITHOUT_INVITATION = frozenset({Kind.GOODBYE, Kind.DETAILS_LINK, Kind.CALL_ME, Kind.TRANSLATE})
NEVER_OF_AN_INVITATION = frozenset({Kind.GOODBYE, Kind.DETAILS_LINK})
FORMATS_OF = {
    Form.EASY_READ: Format.EASY_READ,
    Form.BRAILLE: Format.BRAILLE_2,
    Form.AUDIO: Format.AUDIO,
}
"""Which format a person has whose letter has this form; of Braille, the one most people read."""


class CannotBeShownError(RuleError):
    """What was asked for cannot be written; the sentence says why."""

    code = "cannot-be-shown"


class Looked(NamedTuple):
    """What there is to look at."""

    subject: str
    parts: tuple[PreviewPart, ...]


class _NoLinks(Links):
    """Makes links that open nobody's page."""

    def __init__(self) -> None:
        super().__init__("opens nothing")

    def invitation(self, invitation_id: UUID, ends_at: datetime) -> str:
        del invitation_id, ends_at
        return "preview"

    def details(self, participant_id: UUID, ends_at: datetime) -> str:
        del participant_id, ends_at
        return "preview"


class MarkdownPreviews:
    """See ports.Previews. `now` is the date that letters show."""

    def __init__(
        self,
        letterhead: Letterhead,
        now: Callable[[], datetime],
        *,
        locale_folder: Path | None = None,
    ) -> None:
        self._composer = MarkdownComposer(letterhead, _NoLinks(), locale_folder=locale_folder)
        self._now = now

    def preview(self, wanted: PreviewRequest, hub: str, about: About) -> PreviewState:
        try:
            kind = _kind(wanted)
            subject, parts = self._looked(kind, wanted, hub, about)
        except CannotBeShownError as fault:
            return PreviewState(
                preview_id=wanted.preview_id,
                kind=wanted.kind,
                form=wanted.form,
                fault=str(fault),
            )
        return PreviewState(
            preview_id=wanted.preview_id,
            kind=wanted.kind,
            form=wanted.form,
            subject=subject,
            parts=parts,
            is_translated=self._is_translated(kind, wanted),
        )

    def _is_translated(self, kind: Kind, wanted: PreviewRequest) -> bool:
        """Whether it is in the language that was asked for; staff are always told in English."""
        if kind in WRITTEN_KINDS and wanted.form is not Form.SCRIPT:
            return self._composer.is_translated(kind, wanted.language)
        return wanted.language == ENGLISH

    def _looked(self, kind: Kind, wanted: PreviewRequest, hub: str, about: About) -> Looked:
        if kind in STAFF_KINDS:
            return self._to_staff(kind, wanted, hub, about)
        return self._to_person(self._letter(kind, wanted, hub, about), wanted.form)

    def _to_staff(self, kind: Kind, wanted: PreviewRequest, hub: str, about: About) -> Looked:
        if wanted.form is not Form.EMAIL:
            raise CannotBeShownError("Staff get this message by e-mail only.")
        news = (self._message(kind, wanted, hub, about), _subject(kind, about))
        mail = self._mail_to_staff(*news)
        if mail is None:
            raise CannotBeShownError("This hub has no e-mail address of its staff.")
        return _mail(mail)

    def _mail_to_staff(self, message: Message, subject: Match | Session) -> EmailMessage | None:
        if message.kind is not Kind.STAFF_DIGEST:
            return self._composer.to_staff(message, subject)
        kind = Kind.STAFF_MATCH if isinstance(subject, Match) else Kind.STAFF_MISSING
        item = (replace(message, kind=kind), subject)
        return self._composer.to_staff_digest(message.hub, [item], key=message.id)

    def _to_person(self, letter: Letter, form: Form) -> Looked:
        if form is Form.SCRIPT:
            return Looked("", (_text(self._composer.script(letter)),))
        if letter.kind in ONLY_CALLED:
            raise CannotBeShownError("This is only said on the telephone.")
        if form is Form.SMS:
            return Looked("", (_text(self._composer.text_message(letter, SOMEBODY).words),))
        mail = self._composer.email(letter, SOMEBODY)
        if form in {Form.EMAIL, Form.EASY_READ}:
            return _mail(mail)
        document = self._composer.postal(letter, SOMEBODY).document
        return Looked(str(mail["Subject"]), (_file(document.media_type, document.content),))

    def _letter(self, kind: Kind, wanted: PreviewRequest, hub: str, about: About) -> Letter:
        if kind in STAFF_KINDS:
            raise CannotBeShownError("This message is for staff.")
        if not isinstance(about, Invitation | None):
            raise CannotBeShownError("This message is about an invitation, not about a match.")
        if about is None and kind not in WITHOUT_INVITATION:
            raise CannotBeShownError("This message is about an invitation: say which one.")
        message = self._message(kind, wanted, hub, about)
        invitation = None if kind in NEVER_OF_AN_INVITATION else about
        letter = Letter(message, kind, _participant(wanted), invitation)
        if kind is Kind.REMINDER and letter.due_session is None:
            raise CannotBeShownError("This message reminds of a session, and there is none.")
        return letter

    def _message(self, kind: Kind, wanted: PreviewRequest, hub: str, about: About) -> Message:
        """Return the message as it would stand; of several sessions a reminder is of the first."""
        sessions = about.sessions if isinstance(about, Invitation) else ()
        session = wanted.session_id or (sessions[0].id if sessions else None)
        return Message(
            id=str(wanted.preview_id),
            kind=kind,
            hub=hub,
            caused_by=str(wanted.preview_id),
            correlation_id=str(wanted.preview_id),
            at=self._now(),
            sequence=1,
            participant_id=str(NOBODY),
            invitation_id=_invitation_id(kind, about),
            match_id=_match_id(about),
            session_id=str(session) if session else None,
        )


def _kind(wanted: PreviewRequest) -> Kind:
    try:
        return Kind(wanted.kind)
    except ValueError:
        raise CannotBeShownError("There is no message of this kind.") from None


def _subject(kind: Kind, about: About) -> Match | Session:
    if isinstance(about, Match) and kind in ABOUT_MATCHES | {Kind.STAFF_DIGEST}:
        return about
    if isinstance(about, Session) and kind not in ABOUT_MATCHES:
        return about
    needed = "match" if kind in ABOUT_MATCHES else "session"
    raise CannotBeShownError(f"This message is about a {needed}: say which one.")


def _invitation_id(kind: Kind, about: About) -> str | None:
    if not isinstance(about, Invitation) or kind in NEVER_OF_AN_INVITATION:
        return None
    return about.id


def _match_id(about: About) -> str | None:
    if isinstance(about, Match):
        return about.id
    return about.match_id if isinstance(about, Session) else None


def _participant(wanted: PreviewRequest) -> Participant:
    """Return somebody who reads this form, and this type size or the next that there is."""
    wanted_format = FORMATS_OF.get(wanted.form)
    is_large = wanted.point_size > NORMAL_POINT_SIZE
    sizes = [need for need, size in POINT_SIZES.items() if is_large and size >= wanted.point_size]
    formats = [need for need, form in FORMATS.items() if form is wanted_format]
    return Participant(
        id=str(NOBODY),
        sequence=1,
        standing=Standing.ACTIVE,
        needs=(*sizes[:1], *formats[:1]),
        language=wanted.language,
        preference=ContactPreference(discreet=wanted.discreet),
    )


def _mail(mail: EmailMessage) -> Looked:
    return Looked(str(mail["Subject"]), tuple(_parts(mail)))


def _parts(mail: EmailMessage) -> Iterator[PreviewPart]:
    for part in mail.walk():
        if part.get_content_maintype() == "text":
            yield PreviewPart(media_type=part.get_content_type(), content=part.get_content())
        elif not part.is_multipart():
            yield _file(part.get_content_type(), part.get_content())


def _text(words: str) -> PreviewPart:
    return PreviewPart(media_type="text/plain", content=words)


def _file(media_type: str, content: bytes) -> PreviewPart:
    if media_type.startswith("text/"):
        return PreviewPart(media_type=media_type, content=content.decode())
    return PreviewPart(media_type=media_type, content=base64.b64encode(content).decode())
