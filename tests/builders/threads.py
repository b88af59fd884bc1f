"""The aggregates of a small world, none of which has lived yet."""

from dataclasses import dataclass, field
from uuid import UUID, uuid5

from services.matching.domain.matches import match_id
from services.scheduling.domain.sessions.arrangement import session_id
from services.scheduling.domain.settling.offers import invitation_id

NAMES = UUID("7d0f2f0e-64d4-5d0c-8f0b-2f1c6f3e9a55")
PEOPLE, ENGAGEMENTS, SESSIONS = 5, 2, 2
PLACES = 2
DIRECTIONS = ("move", "acceptance", "support", "order")


@dataclass
class Thread:
    """One aggregate: how far its life has come; `told` is the sequence last said of it."""

    of: str
    id: UUID
    number: int
    person: UUID
    engagement: UUID
    status: str = "new"
    sequence: int = 0
    told: int = 0
    been: set[str] = field(default_factory=set)
    missing: int = 0
    asked: int = 0


def threads() -> list[Thread]:
    people = [uuid5(NAMES, f"person {n}") for n in range(PEOPLE)]
    asked = [uuid5(NAMES, f"engagement {n}") for n in range(ENGAGEMENTS)]
    found = [Thread("person", each, n, each, asked[0]) for n, each in enumerate(people)]
    for noun in ("times", "link", "details", "wish", "forgetting"):
        found += [Thread(noun, each, n, each, asked[0]) for n, each in enumerate(people)]
    for n, each in enumerate(asked):
        found.append(Thread("engagement", each, n, people[0], each))
        found.append(Thread("match", UUID(match_id(str(each))), n, people[0], each))
        found.append(Thread("film", each, n, people[0], each))
        met = [met_id(each, m) for m in range(SESSIONS)]
        found += [Thread("session", one, m, people[0], each) for m, one in enumerate(met, start=1)]
        found += [Thread(noun, met[0], 0, people[0], each) for noun in ("attendance", "note")]
        first = UUID(session_id(str(each), 1))
        found += [Thread(noun, first, 0, people[0], each) for noun in DIRECTIONS]
        found += [
            _of(noun, people[0], each)
            for noun in ("announcement", "draw", "outcome", "outreach", "submission", "preview")
        ]
        for person in people[: PLACES + 1]:
            offer = UUID(invitation_id(str(each), str(person)))
            nouns = ("invitation", "reply", "needs")
            found += [Thread(noun, offer, 0, person, each) for noun in nouns]
            found += [
                _of(noun, person, each)
                for noun in ("message", "feedback", "change", "chances", "what_if")
            ]
    return found


def met_id(engagement: UUID, number: int) -> UUID:
    return uuid5(engagement, f"session {number}")


def _of(noun: str, person: UUID, engagement: UUID) -> Thread:
    return Thread(noun, uuid5(person, f"{noun} {engagement}"), 0, person, engagement)
