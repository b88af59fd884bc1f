"""When a person can come: as they say it on their own page, and as it is known."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from services.console.ports import InvitationView, Knowledge, TimesView
from services.console.use_cases.envelope import told_by
from services.console.use_cases.erasure import erased_among
from services.console.use_cases.known_people import AnyPerson
from services.console.use_cases.replies import TooLateError
from shared.changes import NOTHING, Changes
from shared.contracts.base import Event
from shared.contracts.participants import (
    HOURS_OF,
    Availability,
    Day,
    DayPart,
    ParticipantStatus,
    ReminderTime,
    ReplyAvailabilityGiven,
    TimesGiven,
    WeeklySlot,
)
from shared.errors import NotFoundError
from shared.facts import Facts


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a day of every week, as it is ticked."""

    day: Day
    part: DayPart

    @property
    def slot(self) -> WeeklySlot:
        """Its hours."""
        start, end = HOURS_OF[self.part]
        return WeeklySlot(day=self.day, start=start, end=end)

    def __str__(self) -> str:
        """Return its name on the page: mon-morning."""
        return f"{self.day}-{self.part}"


PARTS = {str(each): each for each in (Part(day, part) for day in Day for part in DayPart)}


@dataclass(frozen=True, slots=True)
class Given:
    """What a person says: times, and reminders (None: as usual)."""

    availability: Availability
    reminders: tuple[ReminderTime, ...] | None


def week_of(can: Sequence[WeeklySlot], hard: Sequence[WeeklySlot]) -> tuple[WeeklySlot, ...]:
    """Return when a person can come: what is hard is possible; nothing ticked is any time.

    Hard times alone do not keep anybody from all others.
    """
    return in_order((*can, *hard)) if can else ()


def in_order(slots: Iterable[WeeklySlot]) -> tuple[WeeklySlot, ...]:
    """Return the slots in the order of the week, none twice."""
    days = list(Day)
    return tuple(sorted(set(slots), key=lambda each: (days.index(each.day), each.start, each.end)))


def parts_in(slots: Iterable[WeeklySlot]) -> frozenset[Part]:
    """Return the parts of days that make up those of these hours that parts can say."""
    known = [each for each in slots if is_of_parts(each)]
    return frozenset(
        part for part in PARTS.values() if any(_holds(each, part.slot) for each in known)
    )


def is_of_parts(slot: WeeklySlot) -> bool:
    """Whether the hours are one part of a day, or several in a row."""
    return {slot.start, slot.end} <= {at for hours in HOURS_OF.values() for at in hours}


async def known_times(invitation: InvitationView, known: Knowledge) -> TimesView:
    """Return what is known of when the person can come; of nobody heard of, nothing."""
    stored = await known.times.get(str(invitation.state.participant_id))
    return stored or TimesView(
        id=str(invitation.state.participant_id),
        hub=invitation.hub,
        sequence=0,
        at=invitation.at,
        event_id=invitation.event_id,
        correlation_id=invitation.correlation_id,
        availability=Availability(),
    )


async def give_times(invitation_id: UUID, given: Given, known: Knowledge, facts: Facts) -> Changes:
    """Take what a person says; the same again changes nothing.

    Raises NotFoundError, and TooLateError when the person takes part no more.
    """
    invitation = await known.invitations.get(str(invitation_id))
    if invitation is None:
        raise NotFoundError("no such invitation")
    person = await known.people.get(str(invitation.state.participant_id))
    if invitation.left or (person and person.status is not ParticipantStatus.ACTIVE):
        raise TooLateError("the person takes part no more")
    before = await known_times(invitation, known)
    if before.given and Given(before.availability, before.reminders) == given:
        return NOTHING
    after = replace(
        before,
        availability=given.availability,
        reminders=given.reminders,
        given=before.given + 1,
    )
    return Changes((known.times.keep(after),), (_event(after, invitation, facts),))


async def know_times(event: AnyPerson, known: Knowledge) -> Changes:
    """Keep when a person can come; of who has left only how often they said so here."""
    person, stored = event.data, await known.times.get(str(event.data.participant_id))
    if event.is_old(stored) or await erased_among([person.participant_id], known.people):
        return NOTHING
    is_here = person.status is ParticipantStatus.ACTIVE
    view = TimesView(
        id=str(person.participant_id),
        availability=person.availability if is_here else Availability(),
        reminders=person.reminders if is_here else None,
        given=stored.given if stored else 0,
        **told_by(event, stored),
    )
    return Changes((known.times.keep(view),))


def _event(given: TimesView, invitation: InvitationView, facts: Facts) -> Event:
    header = facts.started(
        invitation.hub,
        correlation_id=invitation.correlation_id,
        causation_id=invitation.event_id,
    )
    return ReplyAvailabilityGiven(
        **header,
        subject=given.id,
        sequence=given.given,
        data=TimesGiven(
            participant_id=UUID(given.id),
            availability=given.availability,
            reminders=given.reminders,
        ),
    )


def _holds(slot: WeeklySlot, other: WeeklySlot) -> bool:
    return slot.day is other.day and slot.start <= other.start and other.end <= slot.end
