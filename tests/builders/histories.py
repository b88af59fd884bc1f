"""What can happen in the world, in an order that can be: each aggregate counts its own events."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid5

from services.matching.domain.matches import match_id
from services.scheduling.domain.sessions.arrangement import session_id
from services.scheduling.domain.settling.offers import invitation_id
from shared.contracts import (
    draws,
    engagements,
    erasures,
    matches,
    messages,
    outreach,
    own_details,
    participants,
    previews,
    sessions,
    submissions,
)
from shared.contracts.base import Event
from tests.builders.events import an_event

NOW = datetime(2027, 1, 4, 12, tzinfo=UTC)
HUB = "west-london"
NAMES = UUID("7d0f2f0e-64d4-5d0c-8f0b-2f1c6f3e9a55")
PEOPLE, ENGAGEMENTS, SESSIONS = 5, 2, 2
WHEELCHAIR = "1108191000000103"
PLACES = 2


@dataclass(frozen=True)
class Step:
    """Of what something tells, how it may have stood before, and how it stands after it."""

    of: str
    before: frozenset[str]
    then: str


def a_step(of: str, before: str, then: str) -> Step:
    """Build a step; `before` are states apart by blanks."""
    return Step(of, frozenset(before.split()), then)


LIVES: Mapping[type[Event], Step] = {
    participants.ParticipantRegistered: a_step("person", "new", "active"),
    participants.ParticipantUpdated: a_step("person", "active left", "active"),
    participants.ParticipantContactChanged: a_step("person", "active", "active"),
    participants.ParticipantLeft: a_step("person", "active", "left"),
    participants.ParticipantErased: a_step("person", "active left", "erased"),
    engagements.EngagementPublished: a_step("engagement", "new", "open"),
    engagements.EngagementUpdated: a_step("engagement", "open", "open"),
    engagements.EngagementClosed: a_step("engagement", "open", "closed"),
    matches.MatchProposed: a_step("match", "new proposed short approved sent_back", "proposed"),
    matches.MatchFellShort: a_step("match", "new proposed short sent_back", "short"),
    matches.MatchCancelled: a_step("match", "proposed short approved sent_back", "cancelled"),
    matches.MatchApproved: a_step("match", "proposed", "approved"),
    matches.MatchSentBack: a_step("match", "proposed short", "sent_back"),
    matches.MatchDrawAnnounced: a_step("announcement", "new", "announced"),
    matches.MatchDrawRecorded: a_step("draw", "new", "recorded"),
    draws.MatchChancesRemembered: a_step("chances", "new", "remembered"),
    draws.MatchWhatIfAsked: a_step("what_if", "new", "asked"),
    draws.MatchWhatIfAnswered: a_step("what_if", "asked", "answered"),
    matches.MatchChangeRequested: a_step("change", "new changed", "changed"),
    outreach.OutreachRequested: a_step("outreach", "new requested over", "requested"),
    outreach.OutreachClosed: a_step("outreach", "requested", "over"),
    sessions.SessionAnnounced: a_step("session", "new unscheduled", "announced"),
    sessions.SessionUpdated: a_step("session", "announced", "announced"),
    sessions.SessionRescheduled: a_step("session", "announced", "announced"),
    sessions.SessionUnscheduled: a_step("session", "new announced unscheduled", "unscheduled"),
    sessions.SessionCancelled: a_step("session", "announced unscheduled", "cancelled"),
    sessions.InvitationIssued: a_step("invitation", "new declined expired another_time", "invited"),
    sessions.InvitationAccepted: a_step("invitation", "invited declined another_time", "accepted"),
    sessions.InvitationDeclined: a_step("invitation", "invited accepted another_time", "declined"),
    sessions.InvitationAnotherTime: a_step("invitation", "invited accepted", "another_time"),
    sessions.InvitationChanged: a_step("invitation", "accepted", "accepted"),
    sessions.InvitationReminderDue: a_step("invitation", "accepted", "accepted"),
    sessions.InvitationExpired: a_step("invitation", "invited", "expired"),
    sessions.InvitationCancelled: a_step("invitation", "invited accepted", "withdrawn"),
    sessions.ReplyAccepted: a_step("reply", "new no later", "yes"),
    sessions.ReplyDeclined: a_step("reply", "new yes later", "no"),
    sessions.ReplyAnotherTime: a_step("reply", "new yes", "later"),
    sessions.ReplyLeft: a_step("reply", "new yes no later", "gone"),
    sessions.ReplyNeedsGiven: a_step("needs", "new", "new"),
    sessions.SessionAttendanceNoted: a_step("note", "new", "new"),
    sessions.SessionCancelRequested: a_step("order", "new", "over"),
    sessions.InvitationFollowUpDue: a_step("invitation", "invited", "invited"),
    sessions.SessionMoveRequested: a_step("move", "new", "new"),
    sessions.SessionNeedsAccepted: a_step("acceptance", "new", "new"),
    sessions.SessionSupportChanged: a_step("support", "new", "new"),
    participants.ReplyAvailabilityGiven: a_step("times", "new given", "given"),
    own_details.ReplyDetailsLinkAsked: a_step("link", "new asked", "asked"),
    own_details.ReplyDetailsGiven: a_step("details", "new given", "given"),
    own_details.ReplyErasureAsked: a_step("wish", "new", "over"),
    own_details.ReplyConsentWithdrawn: a_step("wish", "new over", "over"),
    erasures.ErasureConfirmed: a_step("forgetting", "new over", "over"),
    messages.NotificationSent: a_step("message", "new", "sent"),
    messages.NotificationFailed: a_step("message", "new", "failed"),
    messages.NotificationCallNeeded: a_step("message", "new failed", "to_call"),
    messages.NotificationDelivered: a_step("message", "sent", "delivered"),
    previews.PreviewRequested: a_step("preview", "new", "asked"),
    previews.PreviewRendered: a_step("preview", "asked", "written"),
    previews.FilmSupplied: a_step("film", "new supplied", "supplied"),
    engagements.EngagementAttendanceRecorded: a_step("attendance", "new", "new"),
    engagements.EngagementFeedbackReceived: a_step("feedback", "new", "over"),
    engagements.EngagementOutcomeRecorded: a_step("outcome", "new", "new"),
    submissions.SubmissionAccepted: a_step("submission", "new rejected", "accepted"),
    submissions.SubmissionRejected: a_step("submission", "new", "rejected"),
}
"""The whole life of each aggregate, as far as events tell of it."""

ENDS = frozenset({"left", "erased", "closed", "cancelled", "gone"})

DIRECTIONS = ("move", "acceptance", "support", "order")
OF_AN_APPROVED_MATCH = frozenset({"session", "invitation", "reply", "needs", *DIRECTIONS})

DECISIONS = (matches.MatchApproved, matches.MatchSentBack)


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


class World:
    """People, engagements, and all that becomes of them; steps nobody listens to are passed by."""

    def __init__(self, listens: frozenset[str]) -> None:
        self._silent = [step for kind, step in LIVES.items() if kind.TYPE not in listens]
        self.kinds = [kind for kind in LIVES if kind.TYPE in listens]
        self._passed: dict[tuple[str, str], frozenset[str]] = {}
        self._threads = defaultdict[str, list[Thread]](list)
        for thread in _threads():
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
        first = {"session_id": _session_id(thread.engagement, 0)}
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


def _threads() -> list[Thread]:
    people = [uuid5(NAMES, f"person {n}") for n in range(PEOPLE)]
    asked = [uuid5(NAMES, f"engagement {n}") for n in range(ENGAGEMENTS)]
    found = [Thread("person", each, n, each, asked[0]) for n, each in enumerate(people)]
    for noun in ("times", "link", "details", "wish", "forgetting"):
        found += [Thread(noun, each, n, each, asked[0]) for n, each in enumerate(people)]
    for n, each in enumerate(asked):
        found.append(Thread("engagement", each, n, people[0], each))
        found.append(Thread("match", UUID(match_id(str(each))), n, people[0], each))
        found.append(Thread("film", each, n, people[0], each))
        met = [_session_id(each, m) for m in range(SESSIONS)]
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


def _session_id(engagement: UUID, number: int) -> UUID:
    return uuid5(engagement, f"session {number}")


def _of(noun: str, person: UUID, engagement: UUID) -> Thread:
    return Thread(noun, uuid5(person, f"{noun} {engagement}"), 0, person, engagement)


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
