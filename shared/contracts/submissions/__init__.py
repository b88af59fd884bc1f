"""What other systems may send to `inbound`, and how intake answers.

Unknown fields are refused by name. Shapes only: what a phone number or a postcode is, intake
decides, and it reports the faults of shape and of rule in one list.
"""

from shared.contracts.submissions.answers import (
    Fault,
    SubmissionAccepted,
    SubmissionAnswer,
    SubmissionRejected,
    SubmissionState,
    SubmissionStatus,
)
from shared.contracts.submissions.base import (
    LongText,
    Strict,
    Submission,
    Tag,
    Text,
)
from shared.contracts.submissions.engagements import (
    SubmittedAttendance,
    SubmittedAttendee,
    SubmittedCancellation,
    SubmittedEligibility,
    SubmittedEngagement,
    SubmittedFeedback,
    SubmittedLivedExperience,
    SubmittedOutcome,
    SubmittedPayment,
    SubmittedPlace,
    SubmittedQuota,
    SubmittedSessions,
)
from shared.contracts.submissions.people import (
    SubmittedAvailability,
    SubmittedConsent,
    SubmittedConsentWithdrawal,
    SubmittedContact,
    SubmittedDates,
    SubmittedErasure,
    SubmittedExclusions,
    SubmittedLanguage,
    SubmittedName,
    SubmittedNewAvailability,
    SubmittedParticipant,
    SubmittedSlot,
    SubmittedWithdrawal,
)

SUBMISSIONS: dict[str, type[Strict]] = {
    "wlc.participant.submitted.v1": SubmittedParticipant,
    "wlc.participant.withdrawn.v1": SubmittedWithdrawal,
    "wlc.participant.erasure_requested.v1": SubmittedErasure,
    "wlc.consent.withdrawn.v1": SubmittedConsentWithdrawal,
    "wlc.availability.submitted.v1": SubmittedNewAvailability,
    "wlc.engagement.submitted.v1": SubmittedEngagement,
    "wlc.engagement.cancelled.v1": SubmittedCancellation,
    "wlc.attendance.recorded.v1": SubmittedAttendance,
    "wlc.feedback.submitted.v1": SubmittedFeedback,
    "wlc.outcome.recorded.v1": SubmittedOutcome,
}
"""Every type that may be sent to `inbound`, with the shape of its data."""

__all__ = [
    "SUBMISSIONS",
    "Fault",
    "LongText",
    "Strict",
    "Submission",
    "SubmissionAccepted",
    "SubmissionAnswer",
    "SubmissionRejected",
    "SubmissionState",
    "SubmissionStatus",
    "SubmittedAttendance",
    "SubmittedAttendee",
    "SubmittedAvailability",
    "SubmittedCancellation",
    "SubmittedConsent",
    "SubmittedConsentWithdrawal",
    "SubmittedContact",
    "SubmittedDates",
    "SubmittedEligibility",
    "SubmittedEngagement",
    "SubmittedErasure",
    "SubmittedExclusions",
    "SubmittedFeedback",
    "SubmittedLanguage",
    "SubmittedLivedExperience",
    "SubmittedName",
    "SubmittedNewAvailability",
    "SubmittedOutcome",
    "SubmittedParticipant",
    "SubmittedPayment",
    "SubmittedPlace",
    "SubmittedQuota",
    "SubmittedSessions",
    "SubmittedSlot",
    "SubmittedWithdrawal",
    "Tag",
    "Text",
]
