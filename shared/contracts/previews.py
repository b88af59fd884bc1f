"""What staff see of messages before they are sent, and the films that go with them."""

from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field, HttpUrl

from shared.contracts.base import Event, Model


class Form(StrEnum):
    """In which form a message can be looked at."""

    EMAIL = "email"
    SMS = "sms"
    LETTER = "letter"
    EASY_READ = "easy_read"
    BRAILLE = "braille"
    AUDIO = "audio"
    SCRIPT = "script"


class PreviewRequest(Model):
    """A message that staff want to see as it would be written about this invitation now.

    `kind` is that of the message. Of a person it shows no name: `[name]` stands in its place.
    """

    preview_id: UUID
    kind: str
    form: Form = Form.EMAIL
    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}$")] = "en"
    point_size: Annotated[int, Field(ge=12, le=28)] = 14
    discreet: bool = False
    invitation_id: UUID | None = None
    match_id: UUID | None = None
    session_id: UUID | None = None


class PreviewPart(Model):
    """One reading of a message. `content` is text, or base64 where the media type is not text."""

    media_type: str
    content: str


class PreviewState(Model):
    """A message as it would be written. Without parts it could not be: `fault` says why.

    `is_translated` is false where the language has no reviewed translation, and English stands in.
    """

    preview_id: UUID
    kind: str
    form: Form
    subject: str = ""
    parts: tuple[PreviewPart, ...] = ()
    is_translated: bool = True
    fault: str | None = None


class FilmState(Model):
    """A film in British Sign Language that says what an engagement is about; None: no more."""

    engagement_id: UUID
    url: HttpUrl | None = None
    by: str


class PreviewRequested(Event):
    """Staff want to see a message."""

    TYPE: ClassVar[str] = "wlc.preview.requested.v1"
    data: PreviewRequest


class PreviewRendered(Event):
    """A message as it would be written."""

    TYPE: ClassVar[str] = "wlc.preview.rendered.v1"
    data: PreviewState


class FilmSupplied(Event):
    """Staff supplied the film in sign language of an engagement, or took it back."""

    TYPE: ClassVar[str] = "wlc.film.supplied.v1"
    data: FilmState
