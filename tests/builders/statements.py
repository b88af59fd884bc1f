"""What one publisher says of its people and engagements, and what these say by their own link."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, get_args
from uuid import UUID, uuid5

from services.intake.domain.submissions import derived_id
from services.intake.use_cases.attendance import SessionEvent
from shared.contracts.erasures import ErasureConfirmed
from shared.contracts.own_details import ReplyConsentWithdrawn, ReplyDetailsGiven, ReplyErasureAsked
from shared.contracts.participants import ReplyAvailabilityGiven
from shared.contracts.sessions import ReplyLeft, ReplyNeedsGiven, SessionAttendanceNoted
from tests.builders.intake import HUB, NOW, engagement, event, person, without
from tests.builders.lives import Step, a_step

BEGINNING = NOW - timedelta(days=1)
NAMES = UUID("0b0f6a5c-0f0e-5f7e-9d53-3f6a4c1f2e11")
PUBLISHER = "nwl-trust"
NUMBERS: Mapping[str, int] = {
    "person": 4,
    "engagement": 2,
    "session": 1,
    "feedback": 1,
    "figure": 2,
}
DAYS = ("mon", "tue", "wed")
SELDOM: Mapping[str, int] = {"left": 2, "erased": 12, "cancelled": 8}
"""How many times more often than what ends a life all else is said."""


STEPS: Mapping[str, Step] = {
    "wlc.participant.submitted.v1": a_step("person", "new active left", "active"),
    "wlc.availability.submitted.v1": a_step("person", "active", "active"),
    "wlc.participant.withdrawn.v1": a_step("person", "active left", "left"),
    ReplyLeft.TYPE: a_step("person", "active", "left"),
    ReplyNeedsGiven.TYPE: a_step("person", "active", "active"),
    ReplyAvailabilityGiven.TYPE: a_step("person", "active", "active"),
    ReplyDetailsGiven.TYPE: a_step("person", "active", "active"),
    ReplyErasureAsked.TYPE: a_step("person", "active left", "erased"),
    "wlc.participant.erasure_requested.v1": a_step("person", "active left", "erased"),
    "wlc.consent.withdrawn.v1": a_step("person", "active", "active"),
    ReplyConsentWithdrawn.TYPE: a_step("person", "active", "active"),
    ErasureConfirmed.TYPE: a_step("person", "erased", "erased"),
    "wlc.engagement.submitted.v1": a_step("engagement", "new open", "open"),
    "wlc.engagement.cancelled.v1": a_step("engagement", "open", "cancelled"),
    "wlc.attendance.recorded.v1": a_step("session", "new", "new"),
    **{kind.TYPE: a_step("session", "new", "new") for kind in get_args(SessionEvent)},
    SessionAttendanceNoted.TYPE: a_step("session", "new", "new"),
    "wlc.feedback.submitted.v1": a_step("feedback", "new", "new"),
    "wlc.outcome.recorded.v1": a_step("figure", "new", "new"),
}


SAID_BY_LINK = frozenset(
    {
        ReplyLeft.TYPE,
        ReplyNeedsGiven.TYPE,
        ReplyAvailabilityGiven.TYPE,
        ReplyDetailsGiven.TYPE,
        ReplyErasureAsked.TYPE,
        ReplyConsentWithdrawn.TYPE,
    }
)
OF_SESSIONS = frozenset(kind.TYPE for kind in get_args(SessionEvent))
SAID_BY_US = SAID_BY_LINK | OF_SESSIONS | {SessionAttendanceNoted.TYPE, ErasureConfirmed.TYPE}
"""What intake hears from other services, not from a publisher."""

NEEDS = ("1108191000000103", "204331000000107")


@dataclass
class Topic:
    """What is spoken of: a person, an engagement, or what came of one; odd ones are not counted."""

    of: str
    number: int
    status: str = "new"
    sequence: int = 0
    said_by_link: int = 0
    consented_at: datetime = BEGINNING
    has_gone: bool = False

    @property
    def reference(self) -> str:
        """The publisher's own id."""
        return f"{self.of}-{self.number}"


@dataclass(frozen=True, eq=False)
class Statement:
    """One thing said, by the door it comes in at; `said` is the event, or what is in it."""

    id: str
    type: str
    topic: Topic
    said: Mapping[str, Any]
    at: datetime
    by_amqp: bool
    first: "Statement | None" = None
    sequence: int = 1

    @property
    def origin(self) -> "Statement":
        """What was said first, when this is sent again."""
        return self.first or self


@dataclass
class Account:
    """All that is said, in order."""

    topics: list[Topic] = field(
        default_factory=lambda: [
            Topic(noun, number) for noun, count in NUMBERS.items() for number in range(count)
        ]
    )
    count: int = 0

    def of(self, noun: str) -> list[Topic]:
        """Return what is spoken of, of a kind."""
        return [topic for topic in self.topics if topic.of == noun]

    def can_say(self, kind: str, topic: Topic) -> bool:
        """Whether this can be said now, all that it builds on having been said."""
        step = STEPS[kind]
        if topic.of != step.of or topic.status not in step.before:
            return False
        return topic.of in {"person", "engagement"} or all(
            each.sequence for each in self.topics if each.of in {"person", "engagement"}
        )

    def say(self, kind: str, topic: Topic, lot: int) -> Statement:
        """Say it; `lot` is 0 or 1."""
        self.count += 1
        at = BEGINNING + timedelta(seconds=self.count)
        by_us = kind in SAID_BY_US
        if by_us:
            topic.said_by_link += 1
        else:
            topic.sequence += 1
        by_link = kind in SAID_BY_LINK
        data = _by_link(kind, topic, lot) if by_link else self._data(kind, topic, lot, at)
        stays_away = topic.status == "left" and STEPS[kind].then == "active" and not lot
        topic.status = "left" if stays_away else STEPS[kind].then
        topic.has_gone = topic.has_gone or topic.status in {"left", "erased"}
        counted = {"sequence": topic.sequence} if topic.number % 2 == 0 else {}
        name = str(uuid5(NAMES, str(self.count)))
        stem = kind.removeprefix("wlc.").removesuffix(".v1")
        if by_us:
            counts = topic.said_by_link
            return Statement(name, kind, topic, data, at, by_amqp=False, sequence=counts)
        said = event(data, type=stem, id=name, time=at.isoformat(), **counted)
        return Statement(name, kind, topic, said, at, self.count % 3 == 0)

    def _data(self, kind: str, topic: Topic, lot: int, at: datetime) -> dict[str, Any]:
        if kind == "wlc.participant.submitted.v1":
            return _person(topic, lot, at)
        if kind == "wlc.engagement.submitted.v1":
            return engagement(reference=topic.reference, title=f"Title {lot}")
        if kind == "wlc.availability.submitted.v1":
            return {"reference": topic.reference, "availability": _times(topic.sequence)}
        if kind == "wlc.consent.withdrawn.v1":
            return {"reference": topic.reference, "purpose": "monitoring"}
        if topic.of in {"person", "engagement"}:
            return {"reference": topic.reference}
        return self._of_what_came_of_it(kind, topic, lot)

    def _of_what_came_of_it(self, kind: str, topic: Topic, lot: int) -> dict[str, Any]:
        asked = self.of("engagement")[topic.number].reference
        if topic.of == "session":
            met = {"session_id": str(uuid5(NAMES, topic.reference)), **self._came(topic, lot)}
            if kind not in SAID_BY_US:
                return {**met, "engagement_reference": asked}
            return {**met, "engagement_id": derived_id("engagement", HUB, PUBLISHER, asked)}
        if topic.of == "figure":
            figure = {"measure": "wait", "period": "2026-11", "value": float(lot)}
            return {"engagement_reference": asked, **figure}
        who = self.of("person")[lot].reference
        said = {"participant_reference": who, "ladder_step": "co-design"}
        return {"engagement_reference": asked, **said}

    def _came(self, topic: Topic, lot: int) -> dict[str, Any]:
        people = self.of("person")
        named = people if topic.sequence % 3 == 0 else [people[topic.sequence % len(people)]]
        came = [{"reference": each.reference, "attended": bool(lot)} for each in named]
        return {"attendances": came}


def _by_link(kind: str, topic: Topic, lot: int) -> dict[str, Any]:
    if kind == ReplyConsentWithdrawn.TYPE:
        return {"purpose": "needs-sharing" if lot else "monitoring"}
    if kind == ReplyNeedsGiven.TYPE:
        return {"needs": NEEDS[lot:]}
    if kind == ReplyDetailsGiven.TYPE:
        return {
            "preferred_channel": "email",
            "languages": [{"code": "so", "interpreter": bool(lot)}],
            "needs": NEEDS[:lot],
            "needs_dropped": NEEDS[lot:],
        }
    if kind == ReplyAvailabilityGiven.TYPE:
        times = _times(topic.said_by_link + 1)
        return {"availability": times, "reminders": [] if lot else None}
    return {}


def _person(topic: Topic, lot: int, at: datetime) -> dict[str, Any]:
    """Say the whole of a person, with consent given anew on one lot, and when they first join."""
    if lot or topic.status == "new":
        topic.consented_at = at
    given = {"version": "2026-01", "given_at": topic.consented_at.isoformat(), "how": "web"}
    asked = {"monitoring": {"sex": "female"}} if lot else {}
    value = f"{topic.reference}-{lot}@example.com"
    return (
        without(person(), "name", "contacts", "consent")
        | asked
        | {
            "reference": topic.reference,
            "name": {"display": f"Amina {topic.reference} {lot}", "address_as": "Amina"},
            "contacts": [{"channel": "email", "value": value, "preferred": True}],
            "travel_km": topic.sequence,
            "availability": _times(topic.sequence),
            "consent": dict.fromkeys(("involvement", *asked), given),
        }
    )


def _times(number: int) -> dict[str, Any]:
    day = DAYS[number % len(DAYS)]
    return {"weekly": [{"day": day, "from": "10:00", "to": f"{12 + number % 9}:00"}]}
