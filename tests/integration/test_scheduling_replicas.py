"""Two replicas of scheduling on one MongoDB: each place and each room is given once."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID, uuid5

from services.scheduling.domain.calendar import Days, Hours
from services.scheduling.domain.invitations.invitation import Answer, Invitation
from services.scheduling.handlers import build_handlers
from services.scheduling.store import INDEXES, mongo_diary
from services.scheduling.use_cases.asking import HUB_PLANS, PLANS
from services.scheduling.use_cases.telling import invitation_state
from shared import due, transaction
from shared.committer import Committer
from shared.contracts.base import Event
from shared.contracts.sessions import ReplyAccepted, ReplyDeclined
from shared.due import DueWorker
from shared.facts import Facts
from shared.handlers import Handlers
from shared.mongo import Database
from shared.outbox import INDEXES as OUTBOX_INDEXES
from shared.outbox import Outbox
from tests.builders.exclusions import EXCLUSIONS
from tests.builders.scheduling import (
    ENGAGEMENT,
    a_hub,
    a_venue,
    approved,
    engagement,
    left,
    participant,
    person_id,
    reply,
    rules,
)
from tests.fakes.publisher import InMemoryPublisher

FIRST = datetime.now(UTC).date() + timedelta(days=30)
WINDOW = {"from": FIRST, "to": FIRST + timedelta(days=60)}
PEOPLE = [f"p{n}" for n in range(12)]


class Replica:
    """Handlers with a committer of their own."""

    def __init__(self, database: Database, publisher: InMemoryPublisher) -> None:
        hub = a_hub(a_venue(), hours={day: (Hours(time(18), time(20)),) for day in range(7)})
        self.diary = mongo_diary(database, EXCLUSIONS)
        self.handlers: Handlers = build_handlers(self.diary, rules(hub=hub), Facts("scheduling"))
        outbox = Outbox(database, publisher, lease_seconds=15, limit=1000)
        self._committer = Committer(transaction.Transaction(database), outbox, group_size=20)
        self._workers = [
            DueWorker(database, name, handler, self._committer)
            for name, handler in self.handlers.of_due.items()
        ]
        self.loops = [asyncio.create_task(worker.run(asyncio.Event())) for worker in self._workers]

    async def hear(self, event: Event) -> None:
        """Commit what the handler of an event changes."""
        handler = self.handlers._of_event[event.TYPE]
        await self._committer.commit(event.id, lambda: handler(event))


@asynccontextmanager
async def two_replicas(database: Database) -> AsyncIterator[list[Replica]]:
    """Both at work on one database."""
    handlers = build_handlers(mongo_diary(database, EXCLUSIONS), rules(), Facts("scheduling"))
    work = dict.fromkeys(handlers.of_due, due.INDEXES)
    own = {"outbox": OUTBOX_INDEXES, "inbox": transaction.INBOX_INDEXES}
    for name, models in {**own, **work, **INDEXES}.items():
        await database.create_collection(name)
        if models:
            await database[name].create_indexes(list(models))
    publisher = InMemoryPublisher()
    replicas = [Replica(database, publisher) for _ in range(2)]
    try:
        yield replicas
    finally:
        loops = [loop for replica in replicas for loop in replica.loops]
        for loop in loops:
            loop.cancel()
        await asyncio.gather(*loops, return_exceptions=True)


async def hear_all(replicas: list[Replica], events: Iterable[Event]) -> None:
    """Deliver each event to one replica, and again to the other, all at once."""
    pairs = [(replica, event) for event in events for replica in replicas]
    await asyncio.gather(*(replica.hear(event) for replica, event in pairs))


async def settled(database: Database) -> None:
    """Wait until no plan is due, of an engagement or of a hub."""
    async with asyncio.timeout(60):
        while sum([await database[name].count_documents({}) for name in (PLANS, HUB_PLANS)]):
            await asyncio.sleep(0.05)


async def test_engagements_that_want_one_room_at_once_each_get_their_own_evening(
    database: Database,
) -> None:
    ids = [uuid5(ENGAGEMENT, str(n)) for n in range(6)]
    async with two_replicas(database) as replicas:
        await hear_all(replicas, [participant(name) for name in PEOPLE])
        await hear_all(replicas, [_engagement(each) for each in ids])
        panels = zip(ids, PEOPLE[::2], PEOPLE[1::2], strict=True)
        await hear_all(replicas, [_approved(each, *pair) for each, *pair in panels])
        await settled(database)

        every_day = Days(date(2020, 1, 1), date(2100, 1, 1))
        booked = await replicas[0].diary.booked_days.within(every_day)

    evenings = {each.day: [b.engagement_id for b in each.bookings] for each in booked}
    assert all(len(there) == 1 for there in evenings.values())
    assert sorted(each for there in evenings.values() for each in there) == sorted(
        str(each) for each in ids for _ in range(2)
    )


async def test_answers_and_departures_at_once_leave_every_place_with_one_person(
    database: Database,
) -> None:
    async with two_replicas(database) as replicas:
        await hear_all(replicas, [participant(name) for name in PEOPLE])
        await hear_all(replicas, [_engagement(ENGAGEMENT)])
        await hear_all(replicas, [_approved(ENGAGEMENT, *PEOPLE[:6], reserves=PEOPLE[6:])])
        await settled(database)
        invitations = await replicas[0].diary.invitations.of_engagement(str(ENGAGEMENT))
        by_person = {each.participant_id: each for each in invitations}

        answers = [
            *(_reply(ReplyDeclined, by_person[person_id(name)]) for name in PEOPLE[:2]),
            *(_reply(ReplyAccepted, by_person[person_id(name)]) for name in PEOPLE[2:4]),
            *(left(name) for name in (PEOPLE[4], PEOPLE[6])),
        ]
        await hear_all(replicas, answers)
        await settled(database)

        after = await replicas[1].diary.invitations.of_engagement(str(ENGAGEMENT))
        [session, _] = await replicas[1].diary.sessions.of_engagement(str(ENGAGEMENT))
    counted = Counter(each.answer for each in after)
    expected = {Answer.ACCEPTED: 2, Answer.INVITED: 4, Answer.DECLINED: 2}
    assert {answer: counted[answer] for answer in expected} == expected
    assert person_id(PEOPLE[4]) not in {e.participant_id for e in after if e.is_open}
    assert person_id(PEOPLE[6]) not in {e.participant_id for e in after if e.is_open}
    assert session.missing == 0


def _engagement(engagement_id: UUID) -> Event:
    found: Event = engagement(engagement_id=engagement_id, window=WINDOW)
    return found


def _approved(engagement_id: UUID, *panel: str, reserves: Sequence[str] = ()) -> Event:
    match_id = uuid5(engagement_id, "match")
    found: Event = approved(
        *panel, reserves=reserves, engagement_id=engagement_id, match_id=match_id
    )
    return found


def _reply(kind: type[Event], invitation: Invitation) -> Event:
    found: Event = reply(kind, invitation_state(invitation))
    return found
