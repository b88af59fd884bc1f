"""The services as listeners: what each may be told when, and where its end depends on the order."""

from collections import Counter
from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from services.matching.domain.matches import Match
from services.matching.use_cases.states import match_state
from services.scheduling.domain.engagements.panels import Panel
from services.scheduling.domain.sessions.session import Session
from shared.contracts import matches, sessions
from shared.contracts.base import Event
from shared.contracts.engagements import EngagementPublished
from shared.contracts.participants import ParticipantRegistered, ParticipantUpdated
from tests.builders.console import Clock, ConsoleInMemory
from tests.builders.events import an_event
from tests.builders.histories import NOW, World, member
from tests.builders.lives import DECISIONS, ENDS, LIVES
from tests.builders.scheduling import rules
from tests.builders.threads import DIRECTIONS, PLACES, Thread
from tests.fakes.listening import Listener, Plain
from tests.fakes.matching_service import Matching
from tests.fakes.notification_service import NotificationOnFakes
from tests.fakes.scheduling import Stage

PUT_OFF = 2
GAVE_UP = frozenset({"declined", "another_time"})
STAFF_HEAR = frozenset({"proposed", "short"})
SEED = UUID("5b0d4a52-7a0c-4c3e-9a51-6f2f4b1f7d10")


COUNTED = frozenset({"changed"})
"""How much of a person went when they were erased: what came first shows in it."""


class Console:
    """Reads everything, and says nothing by itself."""

    unlike: ClassVar[Mapping[str, frozenset[str]]] = {"said": COUNTED}

    def __init__(self) -> None:
        self.clean, self.late = self.listener(), self.listener()
        self.world = World(self.clean.handlers.events)
        self.rested: dict[str, dict[str, Any]] = {}
        self.told = Counter[type[Event]]()

    def listener(self) -> Listener:
        """Return the service, with nothing heard."""
        clock = Clock(NOW)
        console = ConsoleInMemory(clock=clock)
        return Listener(console.handlers, console.stored, clock)

    def beginnings(self) -> list[tuple[type[Event], Thread]]:
        """Return what happens first: people join, and engagements are published."""
        kinds = (ParticipantRegistered, EngagementPublished)
        return [(kind, each) for kind in kinds for each in self.who_can(kind)]

    def seldom_told(self) -> list[type[Event]]:
        """Return what can happen now, first what seldom did; what ends a life is put off."""
        can = [kind for kind in reversed(self.world.kinds) if self.who_can(kind)]
        return sorted(can, key=lambda kind: self.told[kind] + PUT_OFF * (LIVES[kind].then in ENDS))

    def who_can(self, kind: type[Event]) -> list[Thread]:
        """Return the aggregates to which it can happen now."""
        threads = self.world.of(LIVES[kind].of) if kind in self.world.kinds else []
        return [each for each in threads if self.may_tell(kind, each)]

    def tell(self, kind: type[Event], thread: Thread, lot: int) -> Event:
        """Let it happen; return the event that tells of it."""
        self.told[kind] += 1
        return self.world.tell(kind, thread, **self.data(thread, lot))

    def may_tell(self, kind: type[Event], thread: Thread) -> bool:
        """Whether the world can tell this, of what the service said before it last rested."""
        return self.world.can_tell(kind, thread)

    def data(self, thread: Thread, lot: int) -> dict[str, Any]:
        """Return what the event says beyond what the world does; `lot` is 0 or 1."""
        if thread.of == "session" and thread.number == 1:
            thread.missing = min(thread.missing + lot, PLACES)
        return {}

    def untold(self) -> set[str]:
        """Return what the service hears of, and never happened."""
        return set(self.clean.handlers.events - {kind.TYPE for kind in self.told})

    def plain(self) -> Plain:
        """Return how ends are compared."""
        return Plain(self.unlike)

    async def rest(self) -> None:
        """Let all that is due be done in both, and remember how the clean one stands."""
        await self.clean.rest()
        await self.late.rest()
        kept = self.clean.store.collections
        self.rested = {name: dict(each.entities) for name, each in kept.items()}


PREVIEWED = frozenset({"subject", "parts", "fault"})
"""A preview shows how things stand when it is asked for."""


class Notification(Console):
    """A message is told by what it says to whom: which of two events caused it is all one.

    Between a departure and a return all has come: each departure then has a goodbye of its own.
    One session of a series lacks people: of two, one mail is sent if it says as much as both.
    Nor does a match fall short, or meet its terms, or a session lose its slot, for a moment only.
    Of which panel staff were told shows in the messages. What falls away of an invitation is what
    was told of it before.
    """

    unlike: ClassVar[Mapping[str, frozenset[str]]] = {
        "matches": frozenset({"told", "told_at"}),
        "invitations": frozenset({"dropped"}),
        "messages": frozenset(
            {"id", "caused_by", "correlation_id", "at", "sequence", "provider_reference", "since"}
        ),
        "said": frozenset(
            {"message_id", "caused_by", "at", "provider_reference", *PREVIEWED, *COUNTED}
        ),
        "due": frozenset({"id"}),
    }

    def listener(self) -> Listener:
        service = NotificationOnFakes(now=NOW)
        return Listener(service.handlers, service.records, service)

    def may_tell(self, kind: type[Event], thread: Thread) -> bool:
        drawn = self.rested.get("matches", {}).get(str(thread.id))
        if (
            drawn
            and thread.status in STAFF_HEAR
            and thread.status != LIVES[kind].then == drawn.told
        ):
            return False
        dated = self.rested.get("sessions", {}).get(str(thread.id))
        if kind is sessions.SessionAnnounced and dated and dated.status == "announced":
            return False
        known = self.rested.get("participants", {}).get(str(thread.id))
        if thread.of == "person" and known is not None and "left" in thread.been:
            return known.standing == thread.status and self.world.can_tell(kind, thread)
        return self.world.can_tell(kind, thread) and not (
            kind is ParticipantUpdated and thread.status == "left"
        )


class MatchingListens(Console):
    """Draws, and hears what staff decide of what it drew, and what came of it.

    One decision is taken on a panel. `told` counts writes; whether a match that was called off had
    been sent back shows in its `cause`, and nowhere else; `steps` are blank from when staff send a
    panel back until it is drawn again, if it ever is. A panel has people's references of when it
    was drawn, and who leaves and comes back in between may have it drawn again. Of who left or
    was erased, what was said before says why they fitted, what was said after does not.
    """

    unlike: ClassVar[Mapping[str, frozenset[str]]] = {
        "matches": frozenset({"told", "cause", "steps", "participant_reference"}),
        "said": frozenset({"steps", "participant_reference", *COUNTED}),
    }

    def __init__(self) -> None:
        super().__init__()
        self._decided: dict[UUID, int] = {}

    def listener(self) -> Listener:
        service = Matching(new_id=lambda: SEED)
        service.now = NOW
        return Listener(service.handlers, service.kept.store, service)

    def may_tell(self, kind: type[Event], thread: Thread) -> bool:
        if kind not in DECISIONS:
            return self.world.can_tell(kind, thread)
        drawn = self._drawn(thread)
        if drawn is None or self._decided.get(thread.id) == drawn.version:
            return False
        return self.world.can_tell(kind, thread) and (
            drawn.status == "proposed" or (drawn.status, kind) == ("short", matches.MatchSentBack)
        )

    def data(self, thread: Thread, lot: int) -> dict[str, Any]:
        if thread.of == "session":
            return {"missing": lot}
        drawn = self._drawn(thread)
        if thread.of != "match" or drawn is None:
            return {}
        self._decided[thread.id] = drawn.version
        return {"match": match_state(drawn), "match_sequence": drawn.told, "draw_again": True}

    def plain(self) -> Plain:
        people = self.world.of("person")
        gone = (str(each.id) for each in people if not each.been.isdisjoint({"left", "erased"}))
        return Plain(self.unlike, frozenset(gone))

    def _drawn(self, thread: Thread) -> Match | None:
        found: Match | None = self.rested.get("matches", {}).get(str(thread.id))
        return found


class Scheduling(Console):
    """Sets up sessions for approved panels, and hears what the invited reply.

    What is taken back at once (a yes, another time) was heard before, or never. Whose place a
    newcomer takes is told by who went first. Nor do a yes of who gave a place up and an approval
    that fills it come at the same time: whoever is first has it.
    """

    unlike: ClassVar[Mapping[str, frozenset[str]]] = {
        "invitations": frozenset({"replaces", "refused_reply", "not_at"}),
        "said": frozenset({"replaces", "refused_reply", *COUNTED}),
    }

    def __init__(self) -> None:
        super().__init__()
        self._approved: set[tuple[UUID, int]] = set()
        self._back: set[tuple[UUID, int]] = set()

    def listener(self) -> Listener:
        stage = Stage(rules(), NOW)
        return Listener(stage._handlers, stage.store, stage)

    def may_tell(self, kind: type[Event], thread: Thread) -> bool:
        if not self.world.can_tell(kind, thread):
            return False
        if thread.of == "reply":
            invited = self.rested.get("invitations", {}).get(str(thread.id))
            is_back = kind is sessions.ReplyAccepted and invited and invited.answer in GAVE_UP
            return invited is not None and not (is_back and self._seen(thread) in self._approved)
        if thread.of in DIRECTIONS:
            return self._dated(thread) is not None
        if kind is not matches.MatchApproved or "approved" not in thread.been:
            return True
        panel = self._panel(thread)
        can_join = self._newcomers(thread) or self._gave_up(thread)
        taken = self._approved | self._back
        return bool(panel and panel.missing and can_join) and self._seen(thread) not in taken

    def tell(self, kind: type[Event], thread: Thread, lot: int) -> Event:
        if kind is sessions.ReplyAccepted:
            self._back.add(self._seen(thread))
        return super().tell(kind, thread, lot)

    def _seen(self, thread: Thread) -> tuple[UUID, int]:
        """Return the engagement, and the version of its panel when all had come."""
        panel = self._panel(thread)
        return thread.engagement, panel.version if panel else 0

    def data(self, thread: Thread, lot: int) -> dict[str, Any]:
        panel, session = self._panel(thread), self._dated(thread)
        if session is not None:
            return {
                "calendar_sequence": session.calendar_sequence,
                "starts_at": session.starts_at,
                "ends_at": session.ends_at,
            }
        if thread.of != "match" or panel is None:
            return {}
        self._approved.add(self._seen(thread))
        now = thread.sequence
        members = [member(UUID(each.participant_id), now) for each in panel.members]
        newcomers = [member(each, now) for each in self._newcomers(thread)]
        gave_up = self._gave_up(thread)
        joins = gave_up if gave_up and (lot or not newcomers) else newcomers
        panel_now = {"panel": [*members, *joins[:1]], "reserves": []}
        drawn = self.world.match(thread) | panel_now
        return {"match": an_event(matches.MatchProposed, data=drawn).data, "match_sequence": now}

    def _dated(self, thread: Thread) -> Session | None:
        """Return the session that staff see, of which they want something."""
        found: Session | None = self.rested.get("sessions", {}).get(str(thread.id))
        return found if thread.of in DIRECTIONS and found and found.announced else None

    def _panel(self, thread: Thread) -> Panel | None:
        found: Panel | None = self.rested.get("panels", {}).get(str(thread.engagement))
        return found

    def _gave_up(self, thread: Thread) -> list[dict[str, Any]]:
        """Return those who gave up, as staff have them asked again."""
        panel = self._panel(thread)
        invited = self.rested.get("invitations", {}).values()
        asked = {
            each.participant_id: each.asked for each in invited if each.match_id == str(thread.id)
        }
        former = [each.participant_id for each in (panel.former if panel else ())]
        return [
            {**member(UUID(each), thread.sequence), "asked_again": asked[each]} for each in former
        ]

    def _newcomers(self, thread: Thread) -> list[UUID]:
        panel = self._panel(thread)
        known = panel.people if panel else frozenset()
        active = [each.id for each in self.world.of("person") if each.status == "active"]
        return [each for each in active if str(each) not in known]
