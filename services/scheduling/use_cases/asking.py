"""Asking for what is to be done later: settling an engagement, reminding, closing an offer."""

from collections.abc import Iterator

from services.scheduling.domain.invitations.following_up import follow_ups
from services.scheduling.domain.invitations.invitation import Answer, Invitation
from services.scheduling.domain.sessions.quorum import counted_from
from services.scheduling.domain.sessions.session import Session
from shared.changes import Due, Undue, Write
from shared.contracts.base import Event
from shared.facts import Facts

PLANS = "plans"
HUB_PLANS = "hub_plans"
DEADLINES = "deadlines"
REMINDERS = "reminders"
FOLLOW_UPS = "follow_ups"
QUORUMS = "quorums"
CALENDAR_READS = "calendar_reads"
ERASURES = "erasures"


def resettle(engagement_id: str, facts: Facts, *, caused_by: str | Event | None) -> Due:
    """Ask that an engagement be settled at once; however many ask, it is done once for all."""
    cause = caused_by.id if isinstance(caused_by, Event) else caused_by
    return Due(PLANS, engagement_id, facts.now(), {"caused_by": cause} if cause else {})


def replan(hub: str, facts: Facts, *, caused_by: str | None) -> Due:
    """Ask that all of a hub that has no time yet be given one, at once and together."""
    return Due(HUB_PLANS, hub, facts.now(), {"caused_by": caused_by} if caused_by else {})


def quorum_timer(before: Session | None, after: Session) -> tuple[Write, ...]:
    """Ask that an engagement be settled when the yeses to a session are counted."""
    was, wanted = counted_from(before) if before else None, counted_from(after)
    if wanted is not None and wanted != was:
        return (Due(QUORUMS, after.id, wanted, {"engagement_id": after.engagement_id}),)
    return (Undue(QUORUMS, after.id),) if wanted is None and was is not None else ()


def timers(before: Invitation | None, after: Invitation, facts: Facts) -> tuple[Write, ...]:
    """Return what is to be asked for, or no longer, when an invitation changes."""
    return (
        *_deadline(before, after),
        *_reminders(before, after, facts),
        *_follow_ups(before, after),
    )


def _deadline(before: Invitation | None, after: Invitation) -> Iterator[Write]:
    was = before.answer_by if before and before.answer is Answer.INVITED else None
    now = after.answer_by if after.answer is Answer.INVITED else None
    if now is not None and now != was:
        yield Due(DEADLINES, after.id, now)
    elif now is None and was is not None:
        yield Undue(DEADLINES, after.id)


def _reminders(before: Invitation | None, after: Invitation, facts: Facts) -> Iterator[Write]:
    """Ask for the reminders still to come; who says yes too late for one needs none."""
    old, new = before.reminders() if before else {}, after.reminders()
    for reminder_id in sorted(old.keys() | new.keys()):
        wanted = new.get(reminder_id)
        if wanted == old.get(reminder_id):
            continue
        if wanted and wanted.at > facts.now():
            yield Due(REMINDERS, reminder_id, wanted.at, {"invitation_id": after.id})
        elif reminder_id in old:
            yield Undue(REMINDERS, reminder_id)


def _follow_ups(before: Invitation | None, after: Invitation) -> Iterator[Write]:
    """Ask for what is to be done about silence; a deadline that moves takes it along."""
    old, new = follow_ups(before) if before else {}, follow_ups(after)
    for follow_up_id in sorted(old.keys() | new.keys()):
        wanted = new.get(follow_up_id)
        if wanted is None:
            yield Undue(FOLLOW_UPS, follow_up_id)
        elif wanted != old.get(follow_up_id):
            yield Due(FOLLOW_UPS, follow_up_id, wanted.at, {"invitation_id": after.id})
