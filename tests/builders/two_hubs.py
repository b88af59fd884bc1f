"""A console with one of everything in each of two hubs, so that what is whose can be told apart."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from fastapi import FastAPI

from services.console.ports import CalendarLink, PreviewView, Shown, WhatIfView, Whose
from services.console.use_cases.match_people import pair_id
from shared.changes import Changes
from shared.contracts.base import Event
from shared.contracts.draws import MatchWhatIfAsked
from shared.contracts.engagements import EngagementPublished
from shared.contracts.matches import MatchDrawRecorded, MatchProposed
from shared.contracts.messages import NotificationCallNeeded
from shared.contracts.participants import (
    Channel,
    Contact,
    ContactCard,
    ParticipantContactChanged,
    ParticipantRegistered,
)
from shared.contracts.previews import PreviewRendered, PreviewRequested
from shared.contracts.sessions import InvitationIssued, SessionAnnounced
from tests.builders.console import ConsoleInMemory, a_member
from tests.builders.events import an_event

OWN, OTHER = "west-london", "lambeth"


@dataclass(frozen=True)
class Hub:
    """What lies in a hub: the id of each thing by the name it has in addresses, and its marks."""

    ids: dict[str, str]
    marks: tuple[str, ...]


@dataclass
class TwoHubs(ConsoleInMemory):
    """A console that can tell whether anything was changed, and be as it was; its app is one."""

    hubs: dict[str, Hub] = field(default_factory=dict)
    before: tuple[int, dict[str, Any]] = (0, {})
    built: FastAPI | None = None

    def app(self) -> FastAPI:
        """Return the app, which takes longer to build than to ask."""
        self.built = self.built or super().app()
        return self.built

    @property
    def own(self) -> Hub:
        """What lies in the visitor's hub."""
        return self.hubs[OWN]

    @property
    def other(self) -> Hub:
        """What lies in the other hub."""
        return self.hubs[OTHER]

    def state(self) -> tuple[int, dict[str, Any]]:
        """Return what is stored, but for accounts, and how many events were said."""
        kept = {
            name: dict(collection.entities)
            for name, collection in self.stored.collections.items()
            if name != "staff"
        }
        return len(self.stored.events), kept

    def restore(self) -> None:
        """Make all as it was when it was filled; of staff there is one in each hub."""
        said, kept = self.before
        del self.stored.events[said:]
        for name, collection in self.stored.collections.items():
            collection.entities = dict(kept.get(name, {}))
        for name, hub in self.hubs.items():
            username = hub.ids["username"]
            self.employ(a_member(username, hubs=(name,), token=f"st_{username}"))

    def unchanged(self) -> bool:
        """Tell whether all is as it was."""
        return self.state() == self.before


async def two_hubs() -> TwoHubs:
    """Fill a console with one of everything in each hub."""
    console = TwoHubs()
    for hub in (OWN, OTHER):
        console.hubs[hub] = await _filled(console, hub)
    console.before = console.state()
    return console


async def _filled(console: ConsoleInMemory, hub: str) -> Hub:
    mark = f"mark-of-{hub}"
    names = "engagement_id match_id session_id invitation_id message_id participant_id draw_id"
    names += " details_call_id"
    ids = {name: str(uuid4()) for name in names.split()}
    about = {
        key: ids[key] for key in ("engagement_id", "match_id", "session_id", "invitation_id")
    } | {"participant_id": ids["participant_id"]}
    console.opener.cards[ids["participant_id"]] = ContactCard(
        display_name=mark,
        address_as=mark,
        contacts=(Contact(channel=Channel.EMAIL, value="somebody@example.com", preferred=True),),
    )
    titled = {"title": mark, "partner": mark, "engagement_reference": mark}
    await console.hear(
        _event(EngagementPublished, hub, about["engagement_id"], {**about, **titled}),
        _event(ParticipantRegistered, hub, about["participant_id"], about),
        _event(MatchProposed, hub, about["match_id"], {**about, **titled, **_panel(about, mark)}),
        _event(SessionAnnounced, hub, about["session_id"], {**about, **titled}),
        _event(InvitationIssued, hub, about["invitation_id"], {**about, **titled}),
        _event(
            NotificationCallNeeded,
            hub,
            ids["message_id"],
            {**about, "message_id": ids["message_id"], "participant_reference": mark},
        ),
        _event(ParticipantContactChanged, hub, about["participant_id"], about),
        _event(
            NotificationCallNeeded,
            hub,
            ids["details_call_id"],
            {**about, "message_id": ids["details_call_id"], "kind": "details-link"},
        ),
        _event(MatchDrawRecorded, hub, ids["draw_id"], {**about, **titled}),
    )
    ids |= {"hub": hub, "username": f"staff-of-{hub}"}
    ids |= {"person_id": pair_id(UUID(ids["match_id"]), UUID(ids["participant_id"]))}
    trace = await console.stored.known.trace.about(ids["match_id"])
    ids |= {"correlation_id": trace[0].correlation_id, **await _made(console, hub, ids)}
    return Hub(ids, (mark, ids["username"], *(ids[key] for key in about)))


def _event(kind: Any, hub: str, subject: str, data: dict[str, Any]) -> Event:
    fields = set(kind.model_fields["data"].annotation.model_fields)
    known = {key: value for key, value in data.items() if key in fields}
    cause = f"person-{hub}" if kind.TYPE.startswith("wlc.participant.") else f"trace-{hub}"
    event: Event = an_event(
        kind, data=known, hub=hub, subject=subject, correlationid=cause, sequence=1
    )
    return event


def _panel(about: dict[str, str], mark: str) -> dict[str, Any]:
    sample = an_event(MatchProposed).data.panel[0].model_dump(mode="json")
    who = {"participant_id": about["participant_id"], "participant_reference": mark}
    return {"panel": [{**sample, **who}], "reserves": [], "followed": []}


async def _made(console: ConsoleInMemory, hub: str, ids: dict[str, str]) -> dict[str, str]:
    """Make what no event tells: a link to a calendar, a preview, a what-if."""
    known, now = console.stored.known, console.clock.now
    link_id, preview_id = f"link-{hub}", str(uuid4())
    shown = Shown(hub=hub, whose=Whose.HUB, id=hub, name=f"mark-of-{hub}")
    link = CalendarLink(id=link_id, shown=shown, made_by="zoe", made_at=now)
    wanted = an_event(PreviewRequested).data
    preview = PreviewView(id=preview_id, hub=hub, asked_by="zoe", asked_at=now, wanted=wanted)
    console.stored.commit(Changes((known.calendar_links.keep(link), known.previews.keep(preview))))
    parts = [{"media_type": "text/plain", "content": f"mark-of-{hub}"}]
    await console.hear(
        an_event(PreviewRendered, subject=preview_id, hub=hub, data={"parts": parts})
    )
    what_if_id = await _what_if(console, hub, ids)
    made = {"link_id": link_id, "preview_id": preview_id, "what_if_id": what_if_id}
    return {**made, "name": "message.txt"}


async def _what_if(console: ConsoleInMemory, hub: str, ids: dict[str, str]) -> str:
    """Let staff have asked what the match would be without its person."""
    what_ifs, what_if_id = console.stored.known.what_ifs, str(uuid4())
    data = {key: ids[key] for key in ("match_id", "engagement_id", "participant_id")}
    asked = an_event(MatchWhatIfAsked, data=data).data
    view = WhatIfView(
        id=what_if_id, hub=hub, asked_by="zoe", asked_at=console.clock.now, asked=asked
    )
    console.stored.commit(Changes((what_ifs.keep(view),)))
    return what_if_id
