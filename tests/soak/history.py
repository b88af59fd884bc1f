"""The numbered histories: what is said of whom, and how it must stand when all is through."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from tests.soak.marked import Marked

SOURCE = "nwl-trust"
HUB = "west-london"
LONGEST_HISTORY = 5
FAR_KM = 100
OF_TEN_LEAVE = 1
OF_TEN_BY_PHONE = 2
OF_TEN_IN_PERSON = 1
PEOPLE_TO_AN_ENGAGEMENT = 20
PLACES, RESERVES = 6, 2
MARKED_EVERY = 2
CONTROL = "Wroxplen evenings"
WEEK = [{"day": day, "from": "09:00", "to": "17:00"} for day in ("mon", "tue", "wed", "thu", "fri")]

Event = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Person:
    """How a person must stand: the distance they travel tells the version of their history."""

    reference: str
    travel_km: int
    leaves: bool


@dataclass(slots=True)
class History:
    """All that is to be said, from a seed: the same seed says the same.

    Of the first people every second one is `marked`, by reference; their events have opaque ids.
    """

    seed: int
    to_be_marked: int = 0
    people: dict[str, Person] = field(default_factory=dict)
    engagements: list[str] = field(default_factory=list)
    marked: dict[str, Marked] = field(init=False)

    def __post_init__(self) -> None:
        numbers = range(MARKED_EVERY, MARKED_EVERY * self.to_be_marked + 1, MARKED_EVERY)
        self.marked = {self.reference(each): Marked.of(self.seed, each) for each in numbers}

    @property
    def has_told_of_marked(self) -> bool:
        """Whether all of them have been handed out."""
        return len(self.people) >= MARKED_EVERY * self.to_be_marked

    def reference(self, number: int) -> str:
        """Return what the publisher calls somebody."""
        return f"SOAK-P-{self.seed}-{number:06}"

    def events(self) -> Iterator[tuple[list[Event], list[Event]]]:
        """Yield without end what is said of one person or one engagement: in any order, then last.

        Who leaves must be known first: to say so of a stranger is refused.
        """
        die = random.Random(self.seed)  # noqa: S311 - a repeatable die, no secret
        number = 0
        while True:
            number += 1
            yield self._of_person(number, die)
            if number % PEOPLE_TO_AN_ENGAGEMENT == 0:
                yield [self._engagement(number // PEOPLE_TO_AN_ENGAGEMENT)], []

    def _of_person(self, number: int, die: random.Random) -> tuple[list[Event], list[Event]]:
        reference = self.reference(number)
        versions = die.randint(1, LONGEST_HISTORY)
        leaves = die.randrange(10) < OF_TEN_LEAVE
        channel = "phone" if die.randrange(10) < OF_TEN_BY_PHONE else "email"
        self.people[reference] = Person(reference, FAR_KM + versions, leaves)
        tag = f"soak-{number // PEOPLE_TO_AN_ENGAGEMENT % 7}"
        told = [
            self.said_of(reference, version, tag, channel) for version in range(1, versions + 1)
        ]
        left = self._event(
            "participant.withdrawn", reference, versions + 1, {"reference": reference}
        )
        return told, [left] if leaves else []

    def said_of(self, reference: str, version: int, tag: str, channel: str) -> Event:
        """Return one version of what is said of somebody, with their marks in it."""
        data, who = _person(reference, version, tag, channel), self.marked.get(reference)
        said = who.marked(data, channel) if who else data
        return self._event("participant.submitted", reference, version, said)

    def _engagement(self, number: int) -> Event:
        reference = f"SOAK-E-{self.seed}-{number:04}"
        self.engagements.append(reference)
        in_person = number % 10 < OF_TEN_IN_PERSON
        data = _engagement(reference, f"soak-{number % 7}", in_person=in_person)
        return self._event("engagement.submitted", reference, 1, data)

    def control(self) -> Event:
        """Return an engagement that is told of last, whose title nothing else has."""
        reference = f"SOAK-E-{self.seed}-control"
        data = {**_engagement(reference, "nobody", in_person=False), "title": CONTROL}
        return self._event("engagement.submitted", reference, 1, data)

    def _event(self, kind: str, reference: str, version: int, data: Event) -> Event:
        plain = f"{reference}-{version}"
        return {
            "specversion": "1.0",
            "id": str(uuid5(NAMESPACE_OID, plain)) if reference in self.marked else plain,
            "source": SOURCE,
            "type": f"wlc.{kind}.v1",
            "subject": reference,
            "time": (datetime(2026, 11, 1, tzinfo=UTC) + timedelta(hours=version)).isoformat(),
            "hub": HUB,
            "sequence": version,
            "data": data,
        }


def _person(reference: str, version: int, tag: str, channel: str) -> Event:
    number = reference[-6:]
    value = {"email": f"{reference.lower()}@example.org", "phone": f"+44 7700 {number}"}[channel]
    given = {"version": "1", "given_at": "2026-10-01T09:00:00Z", "how": "web"}
    return {
        "reference": reference,
        "name": {"display": f"Person {reference}", "address_as": "friend"},
        "contacts": [{"channel": channel, "value": value}],
        "postcode": "SW3 6RL",
        "age_band": "25-44",
        "languages": [{"code": "en", "interpreter": False}],
        "lived_experience": [tag],
        "availability": {"weekly": WEEK, "except": []},
        "travel_km": FAR_KM + version,
        "online": True,
        "in_person": True,
        "consent": {"involvement": given},
    }


def _engagement(reference: str, tag: str, *, in_person: bool) -> Event:
    today = datetime.now(UTC).date()
    return {
        "reference": reference,
        "title": f"Engagement {reference}",
        "description": "People say how it should be.",
        "partner": "North West London Mental Health Trust",
        "kind": "service_redesign",
        "ladder_step": "co-design",
        "decision_owner": "Director of Nursing",
        "feedback_due": (today + timedelta(days=150)).isoformat(),
        "places": PLACES,
        "reserves": RESERVES,
        "place": {"postcode": "HA9 0FJ", "online": not in_person, "in_person": in_person},
        "lived_experience": {"any": [tag], "all": []},
        "eligibility": {},
        "quotas": {},
        "window": {
            "from": (today + timedelta(days=40)).isoformat(),
            "to": (today + timedelta(days=110)).isoformat(),
        },
        "sessions": {"count": 1, "minutes": 60, "every_days": 7},
        "payment": {"gbp_per_hour": 15, "time_credits": 0},
        "approval": "automatic",
    }
