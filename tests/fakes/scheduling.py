"""Scheduling on stage: its real handlers and rules, an in-memory diary, and a clock to turn."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from services.scheduling.domain.calendar import Days
from services.scheduling.domain.engagements.engagement import Engagement
from services.scheduling.domain.engagements.panels import Panel
from services.scheduling.domain.invitations.invitation import Invitation
from services.scheduling.domain.people.attendants import Attendant
from services.scheduling.domain.planning.slots import Rules
from services.scheduling.domain.resources.absences import Absences
from services.scheduling.domain.resources.bookings import BookedDay
from services.scheduling.domain.resources.busy import ResourceCalendar
from services.scheduling.domain.sessions.session import Session, SessionStatus
from services.scheduling.handlers import build_handlers, read_when_due
from services.scheduling.ports import Diary, Reading, UnreadableError
from services.scheduling.use_cases.asking import HUB_PLANS, PLANS
from shared.changes import Changes, Due
from shared.contracts.base import Event
from shared.contracts.sessions import Answer, InvitationState
from shared.due import DueWork
from shared.facts import Facts
from tests.builders.scheduling import ENGAGEMENT, person_id
from tests.fakes.store import InMemoryCollection, InMemoryStore

READ_EVERY = timedelta(minutes=15)
PEOPLE = ("ada", "ben", "cy", "dee", "eve", "fay")


class InMemoryPanels(InMemoryCollection[Panel]):
    async def with_person(self, participant_id: str) -> list[Panel]:
        return await self.where(lambda panel: participant_id in panel.people)

    async def to_place(self, hub: str) -> list[Panel]:
        found = await self.where(lambda panel: panel.hub == hub and panel.to_place)
        return sorted(found, key=lambda panel: panel.id)


class InMemorySessions(InMemoryCollection[Session]):
    async def of_engagement(self, engagement_id: str) -> list[Session]:
        found = await self.where(lambda session: session.engagement_id == engagement_id)
        return sorted(found, key=lambda session: session.number)

    async def worked_by(self, worker_id: str) -> list[Session]:
        return await self.where(lambda s: any(w.worker_id == worker_id for w in s.support))

    async def lacking(self, hub: str) -> list[Session]:
        return await self.where(
            lambda s: s.hub == hub and s.announced and bool(s.reasons or s.waived)
        )

    async def naming(self, participant_id: str) -> list[Session]:
        return await self.where(
            lambda s: any(
                a.participant_id == participant_id for a in (*s.attendees, *s.cannot_come)
            )
        )

    async def ahead(self, now: datetime) -> list[Session]:
        return await self.where(lambda session: _is_ahead(session, now))


class InMemoryInvitations(InMemoryCollection[Invitation]):
    async def of_engagement(self, engagement_id: str) -> list[Invitation]:
        return await self.where(lambda each: each.engagement_id == engagement_id)

    async def of_person(self, participant_id: str) -> list[Invitation]:
        return await self.where(lambda each: each.participant_id == participant_id)


class InMemoryBookedDays(InMemoryCollection[BookedDay]):
    async def within(self, days: Days) -> list[BookedDay]:
        return await self.where(lambda each: each.day in days)


class InMemoryResourceCalendars(InMemoryCollection[ResourceCalendar]):
    async def everything(self) -> list[ResourceCalendar]:
        return list(self.entities.values())


def _is_ahead(session: Session, now: datetime) -> bool:
    dated = session.announced and session.starts_at is not None and session.starts_at > now
    return dated or session.status is SessionStatus.UNSCHEDULED


@dataclass
class CalendarsElsewhere:
    """See ports.Calendars; a test says what each says, or why it cannot be read."""

    said: dict[str, Reading | str] = field(default_factory=dict)

    @property
    def resource_ids(self) -> frozenset[str]:
        return frozenset(self.said)

    async def read(self, resource_id: str, *, known_tag: str, now: datetime) -> Reading | None:
        del now  # all that is said lies ahead
        found = self.said[resource_id]
        if isinstance(found, str):
            raise UnreadableError(found)
        return None if known_tag and known_tag == found.tag else found


def in_memory_diary() -> tuple[Diary, InMemoryStore]:
    """An empty diary, and the store that commits what is to change in it."""
    attendants = InMemoryCollection[Attendant]("attendants")
    engagements = InMemoryCollection[Engagement]("engagements")
    panels, sessions = InMemoryPanels("panels"), InMemorySessions("sessions")
    invitations, booked_days = InMemoryInvitations("invitations"), InMemoryBookedDays("venue_days")
    absences = InMemoryCollection[Absences]("absences")
    calendars = InMemoryResourceCalendars("resource_calendars")
    people = attendants, engagements, panels, sessions, invitations
    kept = (*people, booked_days, absences, calendars)
    return Diary(*kept), InMemoryStore(*kept)


@dataclass
class Stage:
    """What is heard is handled and committed; what is due is done when the clock reaches it."""

    rules: Rules
    now: datetime
    calendars: CalendarsElsewhere = field(default_factory=CalendarsElsewhere)
    diary: Diary = field(init=False)
    store: InMemoryStore = field(init=False)

    def __post_init__(self) -> None:
        self.diary, self.store = in_memory_diary()
        facts = Facts("scheduling", now=lambda: self.now)
        self._handlers = build_handlers(self.diary, self.rules, facts)
        read_when_due(self._handlers, self.calendars, self.diary, facts, every=READ_EVERY)
        self._inbox: set[str] = set()

    async def hear(self, *events: Event) -> None:
        """Handle each event once, then whatever is due."""
        for event in events:
            if event.id not in self._inbox:
                changes = await self._handlers._of_event[event.TYPE](event)
                self.store.commit(changes)
                self._inbox.add(event.id)
        await self.settle()

    async def settle(self) -> None:
        """Do what is due now, and what becomes due by it."""
        while due := [row for row in self.store.due.values() if row.at <= self.now]:
            for row in due:
                await self._do(row)

    async def wait(self, span: timedelta) -> None:
        """Let time pass, stopping whenever something is due."""
        end = self.now + span
        while ahead := [row.at for row in self.store.due.values() if row.at <= end]:
            self.now = max(self.now, min(ahead))
            await self.settle()
        self.now = end

    async def settled_again(self) -> Changes:
        """What would change if the engagement were settled once more, now."""
        work = DueWork(str(ENGAGEMENT), self.now, {}, 0, "again")
        changes = await self._handlers.of_due[PLANS](work)
        plans = [each for each in changes.writes if isinstance(each, Due)]
        if [each.collection for each in plans] != [HUB_PLANS] or len(changes.writes) > 1:
            return changes
        return await self._handlers.of_due[HUB_PLANS](replace(work, id=plans[0].id))

    def heard(self, kind: type[Event]) -> list[Any]:
        """What was published of this type, in order."""
        return [event for event in self.store.events if type(event) is kind]

    def invited(self, name: str) -> InvitationState:
        """The newest that was said of a person's invitation."""
        said = [
            event.data
            for event in self.store.events
            if isinstance(event.data, InvitationState)
            and str(event.data.participant_id) == person_id(name)
        ]
        return said[-1]

    async def answers(self) -> dict[str, Answer]:
        """Who answered what, as the first session shows it to staff."""
        [session, *_] = await self.diary.sessions.of_engagement(str(ENGAGEMENT))
        attendees = session.attendees
        return {each.reference.removeprefix("ref-"): Answer(each.answer) for each in attendees}

    def forget_events(self) -> None:
        """Leave only what is published from now on."""
        self.store.events.clear()

    async def _do(self, row: Due) -> None:
        work = DueWork(row.id, row.at, row.about, 0, "once")
        changes = await self._handlers.of_due[row.collection](work)
        self.store.due.pop((row.collection, row.id), None)
        self.store.commit(changes)


def names(events: Iterable[Event]) -> set[str]:
    """Whom these events are about."""
    by_id = {person_id(name): name for name in PEOPLE}
    return {by_id[str(event.data.participant_id)] for event in events}
