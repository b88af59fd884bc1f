"""The whole life of each aggregate: what can happen to it, and when."""

from collections.abc import Mapping
from dataclasses import dataclass

from shared.contracts import (
    draws,
    engagements,
    erasures,
    matches,
    messages,
    outreach,
    own_details,
    participants,
    previews,
    sessions,
    submissions,
)
from shared.contracts.base import Event


@dataclass(frozen=True)
class Step:
    """Of what something tells, how it may have stood before, and how it stands after it."""

    of: str
    before: frozenset[str]
    then: str


def a_step(of: str, before: str, then: str) -> Step:
    """Build a step; `before` are states apart by blanks."""
    return Step(of, frozenset(before.split()), then)


LIVES: Mapping[type[Event], Step] = {
    participants.ParticipantRegistered: a_step("person", "new", "active"),
    participants.ParticipantUpdated: a_step("person", "active left", "active"),
    participants.ParticipantContactChanged: a_step("person", "active", "active"),
    participants.ParticipantLeft: a_step("person", "active", "left"),
    participants.ParticipantErased: a_step("person", "active left", "erased"),
    engagements.EngagementPublished: a_step("engagement", "new", "open"),
    engagements.EngagementUpdated: a_step("engagement", "open", "open"),
    engagements.EngagementClosed: a_step("engagement", "open", "closed"),
    matches.MatchProposed: a_step("match", "new proposed short approved sent_back", "proposed"),
    matches.MatchFellShort: a_step("match", "new proposed short sent_back", "short"),
    matches.MatchCancelled: a_step("match", "proposed short approved sent_back", "cancelled"),
    matches.MatchApproved: a_step("match", "proposed", "approved"),
    matches.MatchSentBack: a_step("match", "proposed short", "sent_back"),
    matches.MatchDrawAnnounced: a_step("announcement", "new", "announced"),
    matches.MatchDrawRecorded: a_step("draw", "new", "recorded"),
    draws.MatchChancesRemembered: a_step("chances", "new", "remembered"),
    draws.MatchWhatIfAsked: a_step("what_if", "new", "asked"),
    draws.MatchWhatIfAnswered: a_step("what_if", "asked", "answered"),
    matches.MatchChangeRequested: a_step("change", "new changed", "changed"),
    outreach.OutreachRequested: a_step("outreach", "new requested over", "requested"),
    outreach.OutreachClosed: a_step("outreach", "requested", "over"),
    sessions.SessionAnnounced: a_step("session", "new unscheduled", "announced"),
    sessions.SessionUpdated: a_step("session", "announced", "announced"),
    sessions.SessionRescheduled: a_step("session", "announced", "announced"),
    sessions.SessionUnscheduled: a_step("session", "new announced unscheduled", "unscheduled"),
    sessions.SessionCancelled: a_step("session", "announced unscheduled", "cancelled"),
    sessions.InvitationIssued: a_step("invitation", "new declined expired another_time", "invited"),
    sessions.InvitationAccepted: a_step("invitation", "invited declined another_time", "accepted"),
    sessions.InvitationDeclined: a_step("invitation", "invited accepted another_time", "declined"),
    sessions.InvitationAnotherTime: a_step("invitation", "invited accepted", "another_time"),
    sessions.InvitationChanged: a_step("invitation", "accepted", "accepted"),
    sessions.InvitationReminderDue: a_step("invitation", "accepted", "accepted"),
    sessions.InvitationExpired: a_step("invitation", "invited", "expired"),
    sessions.InvitationCancelled: a_step("invitation", "invited accepted", "withdrawn"),
    sessions.ReplyAccepted: a_step("reply", "new no later", "yes"),
    sessions.ReplyDeclined: a_step("reply", "new yes later", "no"),
    sessions.ReplyAnotherTime: a_step("reply", "new yes", "later"),
    sessions.ReplyLeft: a_step("reply", "new yes no later", "gone"),
    sessions.ReplyNeedsGiven: a_step("needs", "new", "new"),
    sessions.SessionAttendanceNoted: a_step("note", "new", "new"),
    sessions.SessionCancelRequested: a_step("order", "new", "over"),
    sessions.InvitationFollowUpDue: a_step("invitation", "invited", "invited"),
    sessions.SessionMoveRequested: a_step("move", "new", "new"),
    sessions.SessionNeedsAccepted: a_step("acceptance", "new", "new"),
    sessions.SessionSupportChanged: a_step("support", "new", "new"),
    participants.ReplyAvailabilityGiven: a_step("times", "new given", "given"),
    own_details.ReplyDetailsLinkAsked: a_step("link", "new asked", "asked"),
    own_details.ReplyDetailsGiven: a_step("details", "new given", "given"),
    own_details.ReplyErasureAsked: a_step("wish", "new", "over"),
    own_details.ReplyConsentWithdrawn: a_step("wish", "new over", "over"),
    erasures.ErasureConfirmed: a_step("forgetting", "new over", "over"),
    messages.NotificationSent: a_step("message", "new", "sent"),
    messages.NotificationFailed: a_step("message", "new", "failed"),
    messages.NotificationCallNeeded: a_step("message", "new failed", "to_call"),
    messages.NotificationDelivered: a_step("message", "sent", "delivered"),
    previews.PreviewRequested: a_step("preview", "new", "asked"),
    previews.PreviewRendered: a_step("preview", "asked", "written"),
    previews.FilmSupplied: a_step("film", "new supplied", "supplied"),
    engagements.EngagementAttendanceRecorded: a_step("attendance", "new", "new"),
    engagements.EngagementFeedbackReceived: a_step("feedback", "new", "over"),
    engagements.EngagementOutcomeRecorded: a_step("outcome", "new", "new"),
    submissions.SubmissionAccepted: a_step("submission", "new rejected", "accepted"),
    submissions.SubmissionRejected: a_step("submission", "new", "rejected"),
}
"""The whole life of each aggregate, as far as events tell of it."""

ENDS = frozenset({"left", "erased", "closed", "cancelled", "gone"})
DECISIONS = (matches.MatchApproved, matches.MatchSentBack)
