"""What scheduling says of sessions and invitations, and what participants answer."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from shared.contracts.base import Event, Model
from shared.contracts.engagements import Attendance, Payment


class Answer(StrEnum):
    """Where an invitation stands."""

    INVITED = "invited"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    ANOTHER_TIME = "another_time"


class SessionStatus(StrEnum):
    """Where a session stands. `unscheduled`: no slot and venue suit; `reasons` say why."""

    ANNOUNCED = "announced"
    UNSCHEDULED = "unscheduled"
    CANCELLED = "cancelled"


class Venue(Model):
    """Where a session takes place; an online session has no postcode."""

    venue_id: str
    name: str
    address: str = ""
    postcode: str | None = None
    online: bool = False
    access: tuple[str, ...] = ()


class Attendee(Model):
    """A person invited to a session, and their answer.

    `attended`, and for how many `hours`: as far as somebody noted it.
    """

    participant_id: UUID
    participant_reference: str
    invitation_id: UUID
    answer: Answer
    attended: bool | None = None
    hours: float | None = None


class WorkerKind(StrEnum):
    """Facilitators hold a session; communication professionals make it possible for a person."""

    FACILITATOR = "facilitator"
    PROFESSIONAL = "professional"


class SupportWorker(Model):
    """Somebody booked to work at a session; `skill` is a professional's.

    `shown_as` is what staff call them: a role and a number, or initials.
    """

    resource_id: str
    shown_as: str
    kind: WorkerKind
    skill: str = ""


class Hindrance(StrEnum):
    """Why somebody is not expected at a session: the one thing that would have to change."""

    TIME = "time"
    AWAY = "away"
    ELSEWHERE = "elsewhere"
    PLACE = "place"


class Absentee(Model):
    """A member of the panel, or a reserve, who cannot come to a session, by what they said."""

    participant_id: UUID
    why: Hindrance


class Alternative(Model):
    """Other times of the series that were next best, in the terms of `SlotChoice`."""

    starts_at: tuple[datetime, ...]
    venue: Venue
    present: int
    of: int
    quota_deviation: int = 0


class SlotChoice(Model):
    """Why a series is when and where it is: no other time did better, in this order.

    By how many people the quotas are missed among those who can come (`quota_deviation`, summed
    over the sessions); how many can come (`present` of `of`, counting people at sessions);
    `travel_km` as the crow flies, of all together; how often somebody called those hours hard.
    """

    quota_deviation: int = 0
    present: int
    of: int
    travel_km: int = 0
    hard: int = 0
    next_best: tuple[Alternative, ...] = ()


class Waiver(Model):
    """A named member of staff accepted in writing that a need will not be met."""

    need: str
    by: str


class SessionState(Model):
    """A dated meeting of an engagement. `calendar_sequence` counts changes of time or place.

    `support` works at it. `unmet` are needs, features of a venue or skills, that stand in the way
    of a time, or of the session as it is; `waived` what staff accepted. `cannot_come` are members
    of the panel who are not expected. Until `joinable_until` somebody new may be given a place for
    its sake; who joins a series joins all that lies ahead of it. None where it has no time.
    `quorum`: how many it needs; `at_risk`: fewer said yes, and it is late or nobody is left to be
    asked instead. Staff decide what follows.
    """

    session_id: UUID
    engagement_id: UUID
    engagement_reference: str
    match_id: UUID
    title: str
    partner: str
    status: SessionStatus
    number: int = 1
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    joinable_until: datetime | None = None
    venue: Venue | None = None
    calendar_sequence: int = 0
    attendees: tuple[Attendee, ...] = ()
    places: int
    missing: int = 0
    reasons: tuple[str, ...] = ()
    support: tuple[SupportWorker, ...] = ()
    unmet: tuple[str, ...] = ()
    waived: tuple[Waiver, ...] = ()
    choice: SlotChoice | None = None
    cannot_come: tuple[Absentee, ...] = ()
    moves_refused: int = 0
    quorum: int = 0
    at_risk: bool = False


class InvitedSession(Model):
    """A session as an invitation shows it."""

    session_id: UUID
    calendar_sequence: int = 0
    starts_at: datetime
    ends_at: datetime
    venue: Venue


class Choice(StrEnum):
    """Drawn for the panel, drawn in reserve, or put on the panel by staff."""

    LOT = "lot"
    RESERVE = "reserve"
    STAFF = "staff"


class Chosen(Model):
    """How an invited person was chosen, as it was when they were.

    `chance` (0 to 1) is the one they had of being drawn for the panel, not in reserve; None where
    staff chose. `features` are what the quotas asked about, the same for everybody of that draw,
    and never what anybody answered. `follows_population`: the quotas followed the people here.
    """

    how: Choice
    chance: float | None = None
    features: tuple[str, ...] = ()
    follows_population: bool = False


class InvitationState(Model):
    """An offer to one person: all sessions of one engagement.

    `asked` counts how often it was offered: once, unless staff had the person asked again.
    `replaces` is the person whose place it fills, where it does. `refused_reply` is the sequence of
    the reply, a yes after a no, that came when the place was taken; 0 where none did. `by_phone`:
    the person gave this answer to staff on the telephone and knows how it stands. `issued_at`: when
    the person was asked, and `chosen` how they came to be; None where it was before that was kept.
    """

    invitation_id: UUID
    participant_id: UUID
    participant_reference: str
    engagement_id: UUID
    engagement_reference: str
    match_id: UUID
    title: str
    description: str = ""
    partner: str
    answer: Answer
    answer_by: datetime
    sessions: tuple[InvitedSession, ...]
    payment: Payment = Payment()
    replaces: UUID | None = None
    refused_reply: int = 0
    by_phone: bool = False
    issued_at: datetime | None = None
    asked: int = 1
    chosen: Chosen | None = None


class ReminderState(InvitationState):
    """An invitation with the session that is coming up."""

    due_session_id: UUID


class FollowUpStep(StrEnum):
    """What is done about silence: another way to reach the person, then a call by staff."""

    SECOND_CHANNEL = "second_channel"
    CALL = "call"


class FollowUpState(InvitationState):
    """An invitation that nobody answered yet, and what is to be done about it."""

    step: FollowUpStep


class ReplyState(Model):
    """What a participant answered by their link, or `by_phone` to staff, who noted it."""

    invitation_id: UUID
    participant_id: UUID
    by_phone: bool = False


class NeedsState(ReplyState):
    """What a participant needs to take part: codes of needs, and whether staff are to ring them."""

    needs: tuple[str, ...] = ()
    call_me: bool = False


class SessionAnnounced(Event):
    """A session has a time and a place."""

    TYPE: ClassVar[str] = "wlc.session.announced.v1"
    data: SessionState


class SessionUpdated(Event):
    """Who comes to a session changed."""

    TYPE: ClassVar[str] = "wlc.session.updated.v1"
    data: SessionState


class SessionRescheduled(Event):
    """A session moved."""

    TYPE: ClassVar[str] = "wlc.session.rescheduled.v1"
    data: SessionState


class SessionUnscheduled(Event):
    """No slot and venue suit; staff must act."""

    TYPE: ClassVar[str] = "wlc.session.unscheduled.v1"
    data: SessionState


class SessionCancelled(Event):
    """A session will not take place."""

    TYPE: ClassVar[str] = "wlc.session.cancelled.v1"
    data: SessionState


class InvitationIssued(Event):
    """A person is invited."""

    TYPE: ClassVar[str] = "wlc.invitation.issued.v1"
    data: InvitationState


class InvitationAccepted(Event):
    """A person comes."""

    TYPE: ClassVar[str] = "wlc.invitation.accepted.v1"
    data: InvitationState


class InvitationDeclined(Event):
    """A person does not come, or no longer; no reason is asked."""

    TYPE: ClassVar[str] = "wlc.invitation.declined.v1"
    data: InvitationState


class InvitationChanged(Event):
    """Time or place changed for a person who is invited or comes."""

    TYPE: ClassVar[str] = "wlc.invitation.changed.v1"
    data: InvitationState


class InvitationExpired(Event):
    """No answer came in time."""

    TYPE: ClassVar[str] = "wlc.invitation.expired.v1"
    data: InvitationState


class InvitationCancelled(Event):
    """The offer is taken back: the engagement was called off, or the person left."""

    TYPE: ClassVar[str] = "wlc.invitation.cancelled.v1"
    data: InvitationState


class InvitationReminderDue(Event):
    """It is time to remind a person of a session."""

    TYPE: ClassVar[str] = "wlc.invitation.reminder_due.v1"
    data: ReminderState


class ReplyAccepted(Event):
    """A participant said yes. Subject: the invitation."""

    TYPE: ClassVar[str] = "wlc.reply.accepted.v1"
    data: ReplyState


class ReplyDeclined(Event):
    """A participant said no, or no longer. Subject: the invitation."""

    TYPE: ClassVar[str] = "wlc.reply.declined.v1"
    data: ReplyState


class ReplyLeft(Event):
    """A participant leaves the collaborative. Subject: the invitation."""

    TYPE: ClassVar[str] = "wlc.reply.left.v1"
    data: ReplyState


class InvitationAnotherTime(Event):
    """A person wants to come, but not then. They are asked again when the sessions move."""

    TYPE: ClassVar[str] = "wlc.invitation.another_time.v1"
    data: InvitationState


class ReplyAnotherTime(Event):
    """A participant wants to come, but not then. Subject: the invitation."""

    TYPE: ClassVar[str] = "wlc.reply.another_time.v1"
    data: ReplyState


class ReplyNeedsGiven(Event):
    """A participant said what they need; that is neither yes nor no. Subject: the invitation."""

    TYPE: ClassVar[str] = "wlc.reply.needs_given.v1"
    data: NeedsState


class MoveRequest(Model):
    """Staff want a session at another time than it had when `calendar_sequence` was counted."""

    engagement_id: UUID
    session_id: UUID
    calendar_sequence: int
    by: str


class NeedsAcceptance(Model):
    """A named member of staff accepted, in writing, that `needs` will not be met.

    They are features of a venue, or skills, as `SessionState.unmet` has them. What was written
    stays with the staff: it may be about a person.
    """

    engagement_id: UUID
    session_id: UUID
    needs: tuple[str, ...]
    by: str


class SupportChange(Model):
    """Somebody booked to work at a session cannot come from `starts_at` to `ends_at`, or can again.

    `cannot_come` false takes it back.
    """

    engagement_id: UUID
    session_id: UUID
    resource_id: str
    starts_at: datetime
    ends_at: datetime
    cannot_come: bool = True
    by: str


class SessionMoveRequested(Event):
    """Staff want a session moved. Subject: the session."""

    TYPE: ClassVar[str] = "wlc.session.move_requested.v1"
    data: MoveRequest


class SessionNeedsAccepted(Event):
    """Staff accepted that needs will not be met. Subject: the session."""

    TYPE: ClassVar[str] = "wlc.session.needs_accepted.v1"
    data: NeedsAcceptance


class SessionSupportChanged(Event):
    """Staff noted that somebody cannot work at a session, or can again. Subject: both of them."""

    TYPE: ClassVar[str] = "wlc.session.support_changed.v1"
    data: SupportChange


class InvitationFollowUpDue(Event):
    """A person has not answered, and is to be reached another way."""

    TYPE: ClassVar[str] = "wlc.invitation.follow_up_due.v1"
    data: FollowUpState


class CancelOrder(Model):
    """That a session is not to take place, and who of staff decided so."""

    session_id: UUID
    engagement_id: UUID
    by: str


class SessionCancelRequested(Event):
    """Staff call one session off. Subject: the session."""

    TYPE: ClassVar[str] = "wlc.session.cancel_requested.v1"
    data: CancelOrder


class AttendanceNote(Model):
    """Who came to a session, and who of those expected did not, as a member of staff noted it."""

    session_id: UUID
    engagement_id: UUID
    by: str
    attendances: tuple[Attendance, ...]


class SessionAttendanceNoted(Event):
    """Staff noted who came, or corrected it. Subject: the session."""

    TYPE: ClassVar[str] = "wlc.session.attendance_noted.v1"
    data: AttendanceNote
