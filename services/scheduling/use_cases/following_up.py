"""Silence is followed up, each step once."""

from dataclasses import replace

from services.scheduling.domain.invitations.following_up import follow_ups
from services.scheduling.domain.invitations.reminders import next_daytime
from services.scheduling.ports import Diary
from services.scheduling.use_cases.asking import FOLLOW_UPS
from services.scheduling.use_cases.telling import follow_up_event
from shared.changes import NOTHING, Changes, Due
from shared.facts import Facts


async def follow_up(follow_up_id: str, invitation_id: str, diary: Diary, facts: Facts) -> Changes:
    """Have a silent person reached another way, by day; what comes too late is dropped."""
    invitation = await diary.invitations.get(invitation_id)
    due = follow_ups(invitation).get(follow_up_id) if invitation else None
    now = facts.now()
    if invitation is None or due is None or not due.at <= now < due.useful_until:
        return NOTHING
    daytime = next_daytime(now)
    if daytime > now:
        return Changes((Due(FOLLOW_UPS, due.id, daytime, {"invitation_id": invitation_id}),))
    after = replace(invitation, followed_up=(*invitation.followed_up, due.step))
    header = facts.started(invitation.hub, correlation_id=invitation.correlation_id)
    event = follow_up_event(after, due.step, header)
    return Changes((diary.invitations.keep(after),), (event,))
