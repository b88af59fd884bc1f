"""What a console of two busy hubs has stored: people, matches, and all that came of them.

Written through the store's own encoders, so that documents are those of the service.
"""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from random import Random
from typing import Any
from uuid import UUID

from services.console.ports import (
    EngagementView,
    InvitationView,
    Knowledge,
    MatchView,
    MessageView,
    PersonView,
    SessionView,
    TraceEntry,
)
from shared.changes import Put
from shared.contracts.engagements import EngagementPublished, EngagementState
from shared.contracts.matches import Evenness, MatchProposed, MatchState, MatchStatus, QuotaFit
from shared.contracts.messages import MessageState, MessageStatus, NotificationSent
from shared.contracts.participants import Channel, ParticipantStatus
from shared.contracts.sessions import (
    Answer,
    InvitationIssued,
    InvitationState,
    SessionAnnounced,
    SessionState,
    SessionStatus,
)
from shared.mongo import Database
from tests.builders.events import an_event

HUBS = ("west-london", "north-west-london")
LARGE, USUAL, RESERVES, POOL = 200, 24, 12, 200
"""People on a panel, in reserve beside a usual one, and how many could have been drawn."""
ONE_IN_SO_MANY_IS_LARGE = 10
AT_ONCE = 2_000
GROUPS = {
    "sex": ("female", "male"),
    "ethnicity": ("asian", "black", "mixed", "other", "white"),
    "borough": ("Brent", "Ealing", "Harrow", "Hillingdon", "Hounslow"),
    "age_band": ("16-24", "25-44", "45-64", "65+"),
}
FREE = ("Monday mornings", "Tuesday afternoons", "Thursday evenings", "Saturday mornings")
STATUSES = {
    MatchStatus.PROPOSED: 60,
    MatchStatus.SHORT: 20,
    MatchStatus.SENT_BACK: 40,
    MatchStatus.CANCELLED: 60,
}
"""Of a thousand matches; the others are approved."""
ANSWERS = (Answer.ACCEPTED, Answer.ACCEPTED, Answer.ACCEPTED, Answer.INVITED, Answer.DECLINED)
DAYS_BACK, DAYS_AHEAD = 300, 60
TRACED = ("participant.registered", "engagement.published", "match.proposed", "invitation.issued")


@dataclass(frozen=True, slots=True)
class Amount:
    """How many people take part, and how many matches there are."""

    people: int
    matches: int


@dataclass(frozen=True, slots=True)
class Stored:
    """What pages are about: by the size of the panel a match that waits, and one of the invited."""

    waiting: Mapping[int, str]
    approved: Mapping[int, str]


class Hubs:
    """Makes documents, the same each time but for the day that it is."""

    def __init__(self, known: Knowledge, amount: Amount) -> None:
        self._known, self._amount = known, amount
        self._die = Random(1)  # noqa: S311 - repeatable, no secret
        self._now = datetime.now(UTC).replace(microsecond=0)
        self._people = [(self._id(), f"NWL-{each:05}") for each in range(amount.people)]
        samples = (MatchProposed, SessionAnnounced, InvitationIssued, NotificationSent)
        self._match, self._session, self._invitation, self._message = (
            an_event(kind).data.model_dump() for kind in samples
        )
        self._engagement = an_event(EngagementPublished).data.model_dump()
        self.waiting: dict[int, str] = {}
        self.approved: dict[int, str] = {}

    def puts(self) -> Iterator[Put]:
        """Yield every document."""
        keep = self._known.people.keep
        for who, reference in self._people:
            yield keep(
                PersonView(
                    reference=reference,
                    status=ParticipantStatus.ACTIVE,
                    preferred_channel=self._die.choice(list(Channel)),
                    **self._told(who, self._die.choice(HUBS), self._now),
                )
            )
            yield self._traced(TRACED[0], who)
        statuses = [s for s, many in STATUSES.items() for _ in range(many)]
        for number in range(self._amount.matches):
            place = number * 1000 // self._amount.matches
            status = statuses[place] if place < len(statuses) else MatchStatus.APPROVED
            yield from self._of_match(number, status)

    def _of_match(self, number: int, status: MatchStatus) -> Iterator[Put]:
        waits = status in {MatchStatus.PROPOSED, MatchStatus.SHORT}
        is_large = number % ONE_IN_SO_MANY_IS_LARGE == 1 or (waits and number % 2 == 1)
        size = LARGE if is_large else USUAL
        at = self._now - timedelta(days=self._die.random() * (14 if waits else DAYS_BACK))
        hub, match_id, engagement_id = HUBS[number % 2], self._id(), self._id()
        about = {
            "match_id": match_id,
            "engagement_id": engagement_id,
            "engagement_reference": f"NWL-2026-{number:04}",
            "title": f"Leaving the ward: a discharge that holds, part {number}",
        }
        people = self._die.sample(self._people, size)
        spare = () if is_large else self._die.sample(self._people, RESERVES)
        reserves = [self._member(*each, {}) for each in spare]
        state = self._match_state(about, status, people, reserves)
        told = self._told(match_id, hub, at)
        decided_by = None if waits else "amina"
        yield self._known.matches.keep(MatchView(state=state, decided_by=decided_by, **told))
        engagement = EngagementState(**{**self._engagement, **about, "places": size})
        told = self._told(engagement_id, hub, at)
        yield self._known.engagements.keep(EngagementView(state=engagement, **told))
        yield from (self._traced(kind, match_id) for kind in TRACED[1:3])
        if status is MatchStatus.PROPOSED:
            self.waiting.setdefault(size, str(match_id))
        if status is MatchStatus.APPROVED:
            self.approved.setdefault(size, str(match_id))
            yield from self._of_panel(about, hub, people, at)

    def _match_state(
        self,
        about: dict[str, Any],
        status: MatchStatus,
        people: list[tuple[UUID, str]],
        reserves: list[dict[str, Any]],
    ) -> MatchState:
        values = {name: [self._die.choice(each) for _ in people] for name, each in GROUPS.items()}
        quotas = [
            QuotaFit(
                feature=name,
                value=value,
                min=len(people) // len(each) - 5,
                max=len(people) // len(each) + 5,
                selected=values[name].count(value),
                population_share=1 / len(each),
            )
            for name, each in GROUPS.items()
            for value in each
        ]
        panel = [
            self._member(who, reference, {name: each[place] for name, each in values.items()})
            for place, (who, reference) in enumerate(people)
        ]
        fields = {
            **self._match,
            **about,
            "status": status,
            "places": len(people),
            "eligible": POOL,
            "panel": panel,
            "reserves": reserves,
            "quotas": quotas,
            "evenness": Evenness(even=1, minimum=0.05, gini=0.1, geometric_mean=0.4),
        }
        return MatchState(**fields)

    def _member(self, who: UUID, reference: str, features: dict[str, str]) -> dict[str, Any]:
        return {
            "participant_id": who,
            "participant_reference": reference,
            "chance": round(self._die.uniform(0.05, 1), 4),
            "reasons": self._reasons(),
            "features": features,
        }

    def _reasons(self) -> list[str]:
        free = (f"free on {each} in the window" for each in self._die.sample(FREE, 2))
        distance = f"lives {self._die.randint(1, 12)} km from the venue"
        tags = ("discharge", "inpatient ward")[: self._die.randint(1, 2)]
        return [*(f"has lived experience of {tag}" for tag in tags), distance, *free]

    def _of_panel(
        self, about: dict[str, Any], hub: str, people: list[tuple[UUID, str]], at: datetime
    ) -> Iterator[Put]:
        attendees = []
        for who, reference in people:
            invitation_id = self._id()
            is_asked_about = {**about, "participant_id": who, "participant_reference": reference}
            answer = self._die.choice(ANSWERS)
            mine = {**is_asked_about, "invitation_id": invitation_id}
            attendees.append({**mine, "answer": answer})
            state = InvitationState(**{**self._invitation, **mine, "answer": answer})
            told = self._told(invitation_id, hub, at)
            yield self._known.invitations.keep(InvitationView(state=state, **told))
            yield self._traced(TRACED[3], invitation_id)
            yield from self._messages(mine, hub, at)
        for number in (1, 2):
            yield self._session_of(about, hub, attendees, number)

    def _messages(self, mine: dict[str, Any], hub: str, at: datetime) -> Iterator[Put]:
        """Yield the message by which a person was told; of some, that it came to nothing."""
        message_id, drawn = self._id(), self._die.random()
        status = MessageStatus.DELIVERED
        if drawn < 1 / 100:
            status = MessageStatus.TO_CALL if drawn < 1 / 300 else MessageStatus.FAILED
        fields = {**self._message, **mine, "message_id": message_id, "status": status, "at": at}
        told = self._told(message_id, hub, at)
        yield self._known.messages.keep(MessageView(state=MessageState(**fields), **told))
        yield self._traced("notification.sent", message_id)

    def _session_of(
        self, about: dict[str, Any], hub: str, attendees: list[dict[str, Any]], number: int
    ) -> Put:
        session_id, drawn = self._id(), self._die.random()
        days = self._die.uniform(-DAYS_BACK, DAYS_AHEAD)
        starts_at = self._now + timedelta(days=days)
        status = SessionStatus.UNSCHEDULED if drawn < 1 / 200 else SessionStatus.ANNOUNCED
        is_placed = status is SessionStatus.ANNOUNCED
        fields = {
            **self._session,
            **about,
            "session_id": session_id,
            "number": number,
            "status": status,
            "starts_at": starts_at if is_placed else None,
            "ends_at": starts_at + timedelta(hours=2) if is_placed else None,
            "attendees": attendees,
            "places": len(attendees),
            "missing": 2 if drawn > 29 / 30 else 0,
            "at_risk": is_placed and drawn > 49 / 50,
        }
        told = self._told(session_id, hub, starts_at)
        return self._known.sessions.keep(SessionView(state=SessionState(**fields), **told))

    def _told(self, any_id: UUID, hub: str, at: datetime) -> dict[str, Any]:
        return {
            "id": str(any_id),
            "hub": hub,
            "sequence": 1,
            "at": at,
            "told_at": at,
            "event_id": str(self._id()),
            "correlation_id": str(self._id()),
        }

    def _traced(self, kind: str, subject: UUID) -> Put:
        event_id = str(self._id())
        return self._known.trace.keep(
            TraceEntry(
                id=event_id,
                type=f"wlc.{kind}.v1",
                correlation_id=event_id,
                causation_id=None,
                at=self._now,
                source="bench",
                subject=str(subject),
                hub=HUBS[0],
                sequence=1,
            )
        )

    def _id(self) -> UUID:
        """Return ids in no order, as those of services are."""
        return UUID(int=self._die.getrandbits(128), version=4)


async def store(database: Database, known: Knowledge, amount: Amount) -> Stored:
    """Store it all."""
    hubs = Hubs(known, amount)
    puts = hubs.puts()
    while batch := list(islice(puts, AT_ONCE)):
        by_collection: dict[str, list[dict[str, Any]]] = {}
        for put in batch:
            row = {**put.document, "_id": put.id, "version": 1}
            by_collection.setdefault(put.collection, []).append(row)
        inserts = (database[n].insert_many(r, ordered=False) for n, r in by_collection.items())
        await asyncio.gather(*inserts)
    return Stored(hubs.waiting, hubs.approved)
