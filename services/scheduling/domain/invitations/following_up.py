"""Silence: when a person who has not answered is written to another way, and when they are rung."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from services.scheduling.domain.calendar import LONDON, ONE_DAY, to_utc
from services.scheduling.domain.invitations.invitation import Answer, Invitation
from services.scheduling.domain.invitations.reminders import next_daytime

SHORT = timedelta(days=2)
"""In less time than this a second message would hardly be read: staff ring at once when due."""
EVENING = time(19)


class Step(StrEnum):
    """What is done about silence, in this order."""

    SECOND_CHANNEL = "second_channel"
    CALL = "call"


SHARE = {Step.SECOND_CHANNEL: 1 / 2, Step.CALL: 3 / 4}
"""Which part of the time to answer has passed by then."""


@dataclass(frozen=True, slots=True)
class FollowUp:
    """One step for one invitation; of no use from `useful_until` on."""

    id: str
    step: Step
    at: datetime
    useful_until: datetime


def follow_ups(invitation: Invitation) -> dict[str, FollowUp]:
    """Return by id the steps still to take, until the person has answered."""
    if invitation.answer is not Answer.INVITED or invitation.issued_at is None:
        return {}
    planned = _planned(invitation.issued_at, invitation.answer_by)
    steps = (
        FollowUp(f"{invitation.id}:{step}", step, at, useful_until)
        for step, at, useful_until in planned
        if step not in invitation.followed_up
    )
    return {each.id: each for each in steps}


def _planned(asked_at: datetime, answer_by: datetime) -> Iterator[tuple[Step, datetime, datetime]]:
    """Yield each step with its times: by day, in order, before the deadline."""
    call = _by_day(asked_at, answer_by, SHARE[Step.CALL])
    second = _by_day(asked_at, answer_by, SHARE[Step.SECOND_CHANNEL])
    until = call or answer_by
    if second and second < until and answer_by - asked_at >= SHORT:
        yield Step.SECOND_CHANNEL, second, until
    if call:
        yield Step.CALL, call, answer_by


def _by_day(asked_at: datetime, answer_by: datetime, share: float) -> datetime | None:
    """Return the time of day nearest after this share of the span, else the evening before."""
    wanted = asked_at + (answer_by - asked_at) * share
    evening = to_utc(wanted.astimezone(LONDON).date() - ONE_DAY, EVENING)
    for at in (next_daytime(wanted), evening):
        if asked_at <= at < answer_by:
            return at
    return None
