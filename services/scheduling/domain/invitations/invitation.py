"""An offer to one person, the answers it may get, and what is to happen at which time."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from enum import StrEnum

from services.scheduling.domain.calendar import LONDON, ONE_DAY, to_utc
from services.scheduling.domain.engagements.choosing import Chosen
from services.scheduling.domain.engagements.engagement import Payment
from services.scheduling.domain.invitations.reminders import (
    USUAL,
    Reminder,
    ReminderTime,
    reminders,
)
from services.scheduling.domain.resources.venues import Venue

LONGEST_TO_ANSWER = timedelta(days=7)
OFFICE_CLOSES = time(17)


class Answer(StrEnum):
    """Where an invitation stands."""

    INVITED = "invited"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    ANOTHER_TIME = "another_time"


OPEN = frozenset({Answer.INVITED, Answer.ACCEPTED})
GIVEN_UP = frozenset({Answer.DECLINED, Answer.EXPIRED, Answer.WITHDRAWN})


@dataclass(frozen=True, slots=True)
class InvitedSession:
    """A session as this person takes part in it: at the venue, or from home."""

    session_id: str
    calendar_sequence: int
    starts_at: datetime
    ends_at: datetime
    venue: Venue


@dataclass(frozen=True, slots=True)
class Invitation:
    """All sessions of one engagement, offered to one person.

    `reply_sequence` is that of the newest reply heard; older ones change nothing. It is also the
    `refused_reply` where the place that it asked for again was taken. `reminded` holds the marks of
    the reminders given; `reminder_times` are the person's own, None the usual. `by_phone`: the
    person gave the answer to staff on the telephone and knows how it stands. `issued_at` and
    `chosen` are not known of those from before they were kept. `asked` counts how often it was
    offered. `not_at`: starts of sessions to which the person would have come at another time.
    `followed_up`: the steps taken since nothing was heard.
    """

    id: str
    hub: str
    correlation_id: str
    participant_id: str
    reference: str
    engagement_id: str
    engagement_reference: str
    match_id: str
    title: str
    description: str
    partner: str
    payment: Payment
    answer: Answer
    answer_by: datetime
    sessions: tuple[InvitedSession, ...] = ()
    replaces: str | None = None
    reply_sequence: int = 0
    refused_reply: int = 0
    reminded: tuple[str, ...] = ()
    by_phone: bool = False
    issued_at: datetime | None = None
    asked: int = 1
    chosen: Chosen | None = None
    not_at: tuple[datetime, ...] = ()
    followed_up: tuple[str, ...] = ()
    reminder_times: tuple[ReminderTime, ...] | None = None
    version: int = 0

    @property
    def is_open(self) -> bool:
        """Whether the person is invited or comes."""
        return self.answer in OPEN

    def answered(self, answer: Answer, reply_sequence: int, *, by_phone: bool) -> "Invitation":
        """Return the invitation with a person's answer.

        A yes after a no is news to the person however they said it: the place may have gone.
        """
        is_news = answer is Answer.ACCEPTED and not self.is_open
        return replace(
            self,
            answer=answer,
            reply_sequence=reply_sequence,
            refused_reply=0,
            by_phone=by_phone and not is_news,
            not_at=self._not_at_after(answer),
        )

    def _not_at_after(self, answer: Answer) -> tuple[datetime, ...]:
        """Return the times that do not suit: a yes takes these back, a no makes them no matter."""
        offered = {each.starts_at for each in self.sessions}
        if answer is Answer.ANOTHER_TIME:
            return tuple(sorted({*self.not_at, *offered}))
        return tuple(sorted({*self.not_at} - offered)) if answer is Answer.ACCEPTED else ()

    def put_off(self, starts: Iterable[datetime]) -> "Invitation":
        """Return it waiting for other times than these, which the person cannot make."""
        not_at = tuple(sorted({*self.not_at, *starts}))
        return replace(self, answer=Answer.ANOTHER_TIME, not_at=not_at, by_phone=False)

    def waits_for_other_times(self, starts: Collection[datetime]) -> bool:
        """Whether the person wants another time, and all these are ones that they said it of."""
        return self.answer is Answer.ANOTHER_TIME and set(starts) <= set(self.not_at)

    def having_heard(self, reply_sequence: int) -> "Invitation":
        """Return it as it stands after a reply that changes nothing, but outdates older ones."""
        return replace(self, reply_sequence=reply_sequence)

    def refused(self, reply_sequence: int) -> "Invitation":
        """Return the invitation after a yes that came when the place was taken: that is news."""
        return replace(
            self, reply_sequence=reply_sequence, refused_reply=reply_sequence, by_phone=False
        )

    def reminders(self) -> dict[str, Reminder]:
        """Return by id the reminders that a person who comes is to get."""
        if self.answer is not Answer.ACCEPTED:
            return {}
        return {
            reminder.id: reminder
            for session in self.sessions
            for reminder in reminders(
                self.id,
                session.session_id,
                calendar_sequence=session.calendar_sequence,
                starts_at=session.starts_at,
                times=USUAL if self.reminder_times is None else self.reminder_times,
            )
            if reminder.mark not in self.reminded
        }


def answer_by(now: datetime, first_start: datetime) -> datetime:
    """Return the last moment to answer: in a week, or after half of the time that is left.

    The other half is for whoever is asked next. It is moved to the end of an office day, that day
    or the day before, where this neither takes from the other half nor halves the time to answer.
    """
    half = max((first_start - now) / 2, timedelta())
    span = min(LONGEST_TO_ANSWER, half)
    day = (now + span).astimezone(LONDON).date()
    for closing in (to_utc(day, OFFICE_CLOSES), to_utc(day - ONE_DAY, OFFICE_CLOSES)):
        if span / 2 <= closing - now <= half:
            return closing
    return now + span


def ahead(sessions: Sequence[InvitedSession], now: datetime) -> tuple[InvitedSession, ...]:
    """Return the sessions that have not begun."""
    return tuple(session for session in sessions if session.starts_at > now)
