"""What the console knows: its read models, and how they are asked for and kept."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol, TypeVar

from shared.changes import Put, Remove
from shared.contracts.engagements import EngagementState
from shared.contracts.matches import AnnouncedDraw, DrawState, MatchChange, MatchState
from shared.contracts.messages import MessageState
from shared.contracts.participants import (
    Availability,
    Channel,
    ParticipantStatus,
    Reference,
    ReminderTime,
    SealedContact,
)
from shared.contracts.sessions import Answer, InvitationState, SessionState
from shared.mongo import Entity

LIST_LIMIT = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The newest public state of an aggregate, and the event that told it.

    `at` orders a list: when a session starts, when a message was sent, else when the event was,
    which is `told_at`; None of what was kept before that was.
    """

    id: str
    hub: str
    sequence: int
    at: datetime
    event_id: str
    correlation_id: str
    told_at: datetime | None = None
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchView(View):
    """A match; `decided_by` is the account that approved it or sent it back."""

    state: MatchState
    decided_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeView(View):
    """The newest that staff want of one person in a match; the id is that of the two together."""

    state: MatchChange


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnouncedView(View):
    """What was told before a draw, so that nobody could choose its seed."""

    state: AnnouncedDraw


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawView(View):
    """How the panel of a match was drawn that was approved."""

    state: DrawState


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """What a named member of staff wrote when they accepted that needs will not be met."""

    needs: tuple[str, ...]
    wording: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportNote:
    """Whether somebody who was booked can come, as staff noted it here; `count` is how often.

    It is of the time that the session had when its changes were counted `calendar_sequence`.
    """

    resource_id: str
    shown_as: str
    cannot_come: bool
    by: str
    count: int
    calendar_sequence: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionView(View):
    """A session with everybody's answers; `called_off_by` is who of staff asked for that here.

    `notes` counts how often staff noted here who came. `moved_by` asked that it be moved. Both are
    of the session as it stood at `called_off_at` and `moved_at` (see `stand`). `acceptances` and
    `support_notes` are what else staff did here.
    """

    state: SessionState
    called_off_by: str | None = None
    called_off_at: int | None = None
    notes: int = 0
    moved_by: str | None = None
    moved_at: tuple[int, int] | None = None
    acceptances: tuple[Acceptance, ...] = ()
    support_notes: tuple[SupportNote, ...] = ()

    @property
    def is_to_move(self) -> bool:
        """Whether staff asked that it be moved from where it is now, and no answer came yet."""
        return self.moved_at == self.stand

    @property
    def is_called_off(self) -> bool:
        """Whether staff called it off as it is now; an installation of before kept not of when."""
        at = self.called_off_at
        return self.called_off_by is not None and at in {None, self.state.calendar_sequence}

    @property
    def stand(self) -> tuple[int, int]:
        """How often its time or place changed, and how often a move of it was refused."""
        return self.state.calendar_sequence, self.state.moves_refused

    @property
    def absent_workers(self) -> list[SupportNote]:
        """Who cannot work at it at the time it has now."""
        now = self.state.calendar_sequence
        return [n for n in self.support_notes if n.cannot_come and n.calendar_sequence == now]


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationView(View):
    """An invitation, and what was answered here that scheduling may not have taken in yet.

    `replies` counts answers; the newest is `said`, or `left` for good. `needs` are the codes that
    the person said here they need, `needs_told` how often they said so; `call_me`: they asked to be
    rung about something else.
    """

    state: InvitationState
    replies: int = 0
    said: Answer | None = None
    left: bool = False
    needs: tuple[str, ...] = ()
    needs_told: int = 0
    call_me: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EngagementView(View):
    """What a partner asks people into."""

    state: EngagementState


@dataclass(frozen=True, slots=True, kw_only=True)
class CallTry:
    """That staff rang, and nobody picked up."""

    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageView(View):
    """A message that was sent, failed, or is a call to make; `done_by` rang the person."""

    state: MessageState
    done_by: str | None = None
    tries: tuple[CallTry, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonView(View):
    """What staff need to know of a participant before they speak to them, and no more."""

    reference: str
    references: tuple[Reference, ...] = ()
    status: ParticipantStatus
    preferred_channel: Channel
    languages: tuple[str, ...] = ()
    interpreter: bool = False
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TimesView(View):
    """When a participant can come, for their own page alone; `given` counts their sayings there."""

    availability: Availability
    reminders: tuple[ReminderTime, ...] | None = None
    given: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactView(View):
    """Name and contacts of a participant, sealed; None once they are erased."""

    sealed: SealedContact | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceEntry:
    """That an event happened, without what it said."""

    id: str
    type: str
    correlation_id: str
    causation_id: str | None
    at: datetime
    source: str
    subject: str
    hub: str
    sequence: int
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffMember:
    """An account; the id is the user name. Scripts sign in with the token of `token_sha256`."""

    id: str
    password_hash: str
    hubs: tuple[str, ...]
    token_sha256: str | None = None
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A browser in which a member of staff is signed in; the id is the SHA-256 of its cookie."""

    id: str
    username: str
    since: datetime
    seen_at: datetime
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedSignIns:
    """Wrong passwords from one address for one name; the id is a hash of both."""

    id: str
    count: int
    since: datetime
    version: int = 0


class Whose(StrEnum):
    """Whose sessions a calendar shows."""

    HUB = "hub"
    VENUE = "venue"
    WORKER = "worker"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a calendar shows: all sessions of a hub, those at one venue, or those of one worker."""

    hub: str
    whose: Whose
    id: str
    name: str

    @property
    def key(self) -> str:
        """What stands for it in a form."""
        return f"{self.hub}/{self.whose}/{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarLink:
    """An address at which a calendar programme reads sessions; the id is the SHA-256 of its token.

    It answers until somebody of the hub revokes it.
    """

    id: str
    shown: Shown
    made_by: str
    made_at: datetime
    revoked_by: str | None = None
    revoked_at: datetime | None = None
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """Who did what to which object, when. Rows are only ever added."""

    id: str
    who: str
    what: str
    about: str
    hub: str | None
    at: datetime
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which views are wanted. Nothing is ever listed without naming the hubs.

    `undone` leaves out the calls that somebody has made; `reference` is that of an engagement.
    """

    hubs: tuple[str, ...]
    statuses: tuple[str, ...] = ()
    undone: bool = False
    engagement_id: str | None = None
    reference: str | None = None
    start: datetime | None = None
    end: datetime | None = None
    oldest_first: bool = False
    limit: int = LIST_LIMIT
    skip: int = 0


E = TypeVar("E", bound=Entity)


class Kept(Protocol[E]):
    """Entities of one kind, by id."""

    async def get(self, entity_id: str, /) -> E | None: ...
    def keep(self, entity: E, /) -> Put: ...
    def drop(self, entity: E, /) -> Remove: ...


class Views(Kept[E], Protocol[E]):
    """Read models that are listed."""

    async def listed(self, asked: Asked, /) -> list[E]:
        """Return what is asked for, newest first unless asked otherwise."""
        ...

    async def how_many(self, asked: Asked, /) -> int:
        """Return how many there are, whatever the limit."""
        ...

    async def about_person(self, participant_id: str, /) -> list[E]:
        """Return every view in which the participant occurs."""
        ...


class People(Kept[PersonView], Protocol):
    """Everybody who takes part, or did."""

    async def known_as(self, reference: str, hub: str, /) -> list[PersonView]:
        """Return whom any publisher calls so in a hub; nobody who was erased."""
        ...


class Trace(Kept[TraceEntry], Protocol):
    """Every event that passed."""

    async def of(self, *correlation_ids: str) -> list[TraceEntry]:
        """Return all that was done under these correlation ids, oldest first."""
        ...

    async def about(self, any_id: str, /) -> list[TraceEntry]:
        """Return the event of that id, and those whose subject has it, oldest first."""
        ...


class Staff(Kept[StaffMember], Protocol):
    """Accounts."""

    async def everyone(self) -> list[StaffMember]: ...

    async def by_token(self, token_sha256: str, /) -> StaffMember | None:
        """Return whose token has this hash."""
        ...


class Browsers(Kept[SignedIn], Protocol):
    """Where staff are signed in."""

    async def of(self, username: str, /) -> list[SignedIn]: ...


class CalendarLinks(Kept[CalendarLink], Protocol):
    """Addresses of calendars, also those that were revoked."""

    async def of_hubs(self, hubs: tuple[str, ...], /) -> list[CalendarLink]:
        """Return those of some hubs, the newest first."""
        ...


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Everything that is stored, in one value to pass on."""

    matches: Views[MatchView]
    changes: Views[ChangeView]
    announced: Views[AnnouncedView]
    draws: Views[DrawView]
    sessions: Views[SessionView]
    invitations: Views[InvitationView]
    engagements: Views[EngagementView]
    messages: Views[MessageView]
    people: People
    contacts: Kept[ContactView]
    times: Kept[TimesView]
    trace: Trace
    staff: Staff
    browsers: Browsers
    failed_sign_ins: Kept[FailedSignIns]
    calendar_links: CalendarLinks
    audit: Kept[AuditRow]
