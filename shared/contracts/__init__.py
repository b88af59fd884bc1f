"""What services may say to each other, and what other systems may say to us."""

from shared.contracts import engagements, matches, messages, participants, sessions, submissions
from shared.contracts.base import Event

ALL_EVENTS: tuple[type[Event], ...] = (
    participants.ParticipantRegistered,
    participants.ParticipantUpdated,
    participants.ParticipantLeft,
    participants.ParticipantErased,
    participants.ParticipantContactChanged,
    engagements.EngagementPublished,
    engagements.EngagementUpdated,
    engagements.EngagementClosed,
    engagements.EngagementAttendanceRecorded,
    engagements.EngagementFeedbackReceived,
    engagements.EngagementOutcomeRecorded,
    submissions.SubmissionAccepted,
    submissions.SubmissionRejected,
    matches.MatchProposed,
    matches.MatchFellShort,
    matches.MatchCancelled,
    matches.MatchApproved,
    matches.MatchSentBack,
    sessions.SessionAnnounced,
    sessions.SessionUpdated,
    sessions.SessionRescheduled,
    sessions.SessionUnscheduled,
    sessions.SessionCancelled,
    sessions.InvitationIssued,
    sessions.InvitationAccepted,
    sessions.InvitationDeclined,
    sessions.InvitationChanged,
    sessions.InvitationExpired,
    sessions.InvitationCancelled,
    sessions.InvitationReminderDue,
    sessions.ReplyAccepted,
    sessions.ReplyDeclined,
    sessions.ReplyLeft,
    messages.NotificationSent,
    messages.NotificationFailed,
    messages.NotificationCallNeeded,
)

EVENT_BY_TYPE: dict[str, type[Event]] = {event.TYPE: event for event in ALL_EVENTS}
