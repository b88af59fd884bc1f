"""What can happen in the world, in an order that can be: each aggregate counts its own events."""

from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid5

from services.matching.domain.matches import match_id
from services.scheduling.domain.settling.offers import invitation_id
from shared.contracts import matches, participants, sessions
from shared.contracts.base import Event
from tests.builders.events import an_event
from tests.builders.lives import DECISIONS, LIVES
from tests.builders.threads import DIRECTIONS, NAMES, PLACES, Thread, met_id, threads

NOW = datetime(2027, 1, 4, 12, tzinfo=UTC)
HUB = "west-london"
WHEELCHAIR = "1108191000000103"
OF_AN_APPROVED_MATCH = frozenset({"session", "invitation", "reply", "needs", *DIRECTIONS})


class World:
    """People, engagements, and all that becomes of them; steps nobody listens to are passed by."""

    def __init__(self, listens: frozenset[str]) -> None:
        self._silent = [step for kind, step in LIVES.items() if kind.TYPE not in listens]
        self.kinds = [kind for kind in LIVES if kind.TYPE in listens]
        self._passed: dict[tuple[str, str], frozenset[str]] = {}
        self._threads = defaultdict[str, list[Thread]](list)
        for thread in threads():
            self._threads[thread.of].append(thread)
        self._events = 0

    def can_tell(self, kind: type[Event], thread: Thread) -> bool:
        """Whether this can happen to this aggregate now."""
        where = self._where(thread.of, thread.status)
        return not where.isdisjoint(LIVES[kind].before) and self._is_founded(thread)

    def tell(self, kind: type[Event], thread: Thread, **data: Any) -> Event:
        """Let it happen; return the event that tells of it."""
        thread.status = LIVES[kind].then
        thread.been.add(thread.status)
        thread.sequence += 1
        thread.asked += kind is sessions.InvitationIssued
        self._events += 1
        if kind not in DECISIONS:
            thread.told = thread.sequence
        return an_event(
            kind,
            data={**self._data(kind, thread), **data},
            id=str(uuid5(NAMES, f"event {self._events}")),
            subject=str(thread.id),
            sequence=thread.sequence,
            time=NOW + timedelta(seconds=self._events),
            hub=HUB,
            causationid=None,
        )

    def of(self, noun: str) -> list[Thread]:
        """All aggregates of a kind."""
        return self._threads[noun]

    def _where(self, noun: str, status: str) -> frozenset[str]:
        """Where an aggregate may have come to without anybody here having heard."""
        if (noun, status) not in self._passed:
            found, more = set[str](), {status}
            while more:
                found |= more
                steps = [s for s in self._silent if s.of == noun and not found.isdisjoint(s.before)]
                more = {step.then for step in steps} - found
            self._passed[noun, status] = frozenset(found)
        return self._passed[noun, status]

    def _is_founded(self, thread: Thread) -> bool:
        """Whether what it builds on has happened."""
        if thread.of in {"person", "engagement", "submission"}:
            return True
        people = self.of("person")
        [person] = [each for each in people if each.id == thread.person]
        [asked] = [each for each in self.of("engagement") if each.id == thread.engagement]
        is_open = "open" in self._where("engagement", asked.status)
        if not is_open or person.status not in {"active", "left"}:
            return False
        if thread.of == "match":
            return all("active" in each.been for each in people[: PLACES + 1])
        [match] = [each for each in self.of("match") if each.engagement == thread.engagement]
        return thread.of not in OF_AN_APPROVED_MATCH or "approved" in match.been

    def _data(self, kind: type[Event], thread: Thread) -> dict[str, Any]:
        of_engagement = {
            "engagement_id": thread.engagement,
            "match_id": match_id(str(thread.engagement)),
            "title": f"Title {thread.sequence}",
        }
        if kind in DECISIONS:
            match = an_event(matches.MatchProposed, data=self.match(thread)).data
            return {"match": match, "match_sequence": thread.told, "draw_again": False}
        tells: dict[str, Callable[[Thread], dict[str, Any]]] = {
            "person": partial(_person, kind),
            "engagement": _engagement,
            "match": self.match,
            "session": self._session,
            "invitation": partial(self._invitation, kind),
            "change": _change,
            "chances": _chances,
        }
        return of_engagement | tells.get(thread.of, self._of_others)(thread)

    def match(self, thread: Thread) -> dict[str, Any]:
        """Return what is said of a match, of the first of the people."""
        members = [member(each.id, thread.told) for each in self.of("person")]
        return {
            "match_id": thread.id,
            "engagement_id": thread.engagement,
            "title": f"Title {thread.told}",
            "status": thread.status if thread.status in {"short", "cancelled"} else "proposed",
            "places": PLACES,
            "panel": members[:PLACES],
            "reserves": members[PLACES : PLACES + 1],
            "quotas": (),
        }

    def _session(self, thread: Thread) -> dict[str, Any]:
        starts_at = NOW + timedelta(days=30 + thread.sequence)
        dated = thread.status != "unscheduled"
        attendees = [
            {
                "participant_id": each.person,
                "participant_reference": f"R-{thread.sequence}",
                "invitation_id": each.id,
                "answer": "invited",
            }
            for each in self.of("invitation")
            if each.engagement == thread.engagement and each.status != "new"
        ]
        return {
            "session_id": thread.id,
            "status": thread.status,
            "number": thread.number,
            "starts_at": starts_at if dated else None,
            "ends_at": starts_at + timedelta(hours=1) if dated else None,
            "joinable_until": starts_at - timedelta(days=1) if dated else None,
            "attendees": attendees,
            "missing": thread.missing,
            "reasons": () if dated else (f"Reason {thread.sequence}",),
        }

    def _invitation(self, kind: type[Event], thread: Thread) -> dict[str, Any]:
        data: dict[str, Any] = {
            "invitation_id": thread.id,
            "participant_id": thread.person,
            "participant_reference": f"R-{thread.sequence}",
            "answer": thread.status,
            "answer_by": NOW + timedelta(days=7),
            "asked": max(thread.asked, 1),
            "chosen": {"how": "lot", "chance": 1 / (1 + thread.asked)},
        }
        sample = an_event(sessions.InvitationIssued).data.sessions[0]
        dates = {"starts_at": NOW + timedelta(days=30), "ends_at": NOW + timedelta(days=30.1)}
        first = {"session_id": met_id(thread.engagement, 0)}
        data["sessions"] = [sample.model_copy(update=dates | first)]
        if kind is sessions.InvitationFollowUpDue:
            data |= {"step": list(sessions.FollowUpStep)[thread.sequence % 2]}
        if kind is sessions.InvitationReminderDue:
            data |= {"due_session_id": first["session_id"]}
        return data

    def _of_others(self, thread: Thread) -> dict[str, Any]:
        return {
            f"{thread.of}_id": thread.id,
            "session_id": thread.id,
            "invitation_id": invitation_id(str(thread.engagement), str(thread.person)),
            "participant_id": thread.person,
            "engagement_id": thread.engagement,
            "attendances": [
                {"participant_id": thread.person, "attended": thread.sequence % 2 == 1}
            ],
            "at": NOW + timedelta(seconds=thread.sequence),
            "needs": [WHEELCHAIR] if thread.sequence % 2 else [],
            "cannot_come": thread.sequence % 2 == 1,
            "call_me": thread.sequence % 2 == 0,
        }


def _person(kind: type[Event], thread: Thread) -> dict[str, Any]:
    if kind is participants.ParticipantContactChanged:
        return {"participant_id": thread.id, "ciphertext": f"p{thread.sequence}@example.org"}
    known = thread.status != "erased"
    reference = {"publisher": "nwl-trust", "reference": f"P-{thread.number}-{thread.sequence}"}
    return {
        "participant_id": thread.id,
        "status": thread.status,
        "references": [reference] if known else [],
        "interests": [f"interest {thread.sequence}"] if known else [],
        "availability": {},
    }


def _engagement(thread: Thread) -> dict[str, Any]:
    return {
        "status": "cancelled" if thread.status == "closed" else "open",
        "places": PLACES,
        "eligibility": {},
        "quotas": {},
        "lived_experience": {},
        "window": {"from": "2027-01-18", "to": "2027-03-31"},
    }


def _change(thread: Thread) -> dict[str, Any]:
    changes = list(matches.PersonChange)
    change = changes[(thread.person.int + thread.sequence) % len(changes)]
    excluded = change is matches.PersonChange.EXCLUDE
    return {
        "participant_id": thread.person,
        "change": change,
        "reason": matches.ExclusionReason.SAFETY if excluded else None,
        "asked": 1 + thread.sequence % 2,
    }


def _chances(thread: Thread) -> dict[str, Any]:
    chance = {"participant_id": thread.person, "chance": 0.25, "drawn_as": "not_drawn"}
    return {"draw_id": thread.id, "chances": [chance]}


def member(person: UUID, sequence: int) -> dict[str, Any]:
    """Return what is said of one chosen person: of each draw, another chance."""
    return {
        "participant_id": person,
        "participant_reference": f"R-{sequence}",
        "chance": 1 / (1 + sequence),
        "reasons": ["lives near"],
        "features": {"sex": "female"},
    }
