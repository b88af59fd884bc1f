"""What staff asked to see of messages, the films they supplied, and whom messages reached."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Self

from services.console.ports.views import View
from shared.contracts.messages import MessageStatus
from shared.contracts.previews import FilmState, PreviewRequest, PreviewState


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewView:
    """A message that staff asked to see; `rendered` once notification wrote it. Kept for a day."""

    id: str
    hub: str
    asked_by: str
    asked_at: datetime
    wanted: PreviewRequest
    rendered: PreviewState | None = None
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmView(View):
    """The film in sign language of an engagement; the id is the engagement's."""

    state: FilmState


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """One message by which a person was to hear of their invitation.

    `instead`: another one had not reached them. `is_taken`: a provider took it, or staff rang.
    """

    kind: str
    channel: str
    status: MessageStatus
    at: datetime
    sequence: int
    instead: bool = False
    is_taken: bool = False

    def joined(self, other: Self | None) -> Self:
        """Return the newer of the two, with what was true of either; both are of one message."""
        if other is None:
            return self
        newer = self if self.sequence > other.sequence else other
        is_taken = self.is_taken or other.is_taken
        return replace(newer, at=min(self.at, other.at), is_taken=is_taken)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Whether one person who was asked heard of it, and answered; the id is the invitation's.

    `channel` is that of the first message. What follows from `tellings` is kept beside them, so
    that it can be counted where it lies.
    """

    id: str
    hub: str
    participant_id: str
    at: datetime
    tellings: Mapping[str, Telling] = field(default_factory=dict)
    channel: str | None = None
    told: bool = False
    reached: bool = False
    answered: bool = False
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """What a person answered about equality, apart from all that names them; the id is theirs.

    Read for counting and for nothing else. Empty without consent to monitoring, and of who left.
    """

    id: str
    hub: str
    answers: Mapping[str, str] = field(default_factory=dict)
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many people were asked, and how far it came; each is part of the one before."""

    asked: int = 0
    told: int = 0
    reached: int = 0
    answered: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """The counts of everybody with one value of a feature: `channel`, `need`, or a question.

    The feature `all` is everybody, `first` those who had never been asked before in that hub; the
    need `""` is none. Who gave no answer is in no value.
    """

    feature: str
    value: str
    counts: Counts
