"""Forgetting a person: what is about them goes, and does not come back."""

from dataclasses import replace
from datetime import UTC
from typing import TypeVar

from services.console.ports import (
    ContactView,
    Knowledge,
    MatchView,
    MessageView,
    PersonView,
    SessionView,
)
from shared.changes import Changes, Write
from shared.contracts.matches import Member
from shared.contracts.participants import Channel, ParticipantErased, ParticipantStatus
from shared.contracts.sessions import Attendee

ERASED = "erased"

Person = TypeVar("Person", Member, Attendee)


async def forget_person(event: ParticipantErased, known: Knowledge) -> Changes:
    """Drop the person's invitations and contacts, and their reference wherever it stands.

    Two empty rows stay behind, so that a late event does not bring the person back.
    """
    who = str(event.data.participant_id)
    writes: list[Write] = [
        *(known.invitations.drop(view) for view in await known.invitations.about_person(who)),
        *(known.matches.keep(_match(v, who)) for v in await known.matches.about_person(who)),
        *(known.sessions.keep(_session(v, who)) for v in await known.sessions.about_person(who)),
        *(known.messages.keep(_message(view)) for view in await known.messages.about_person(who)),
        known.people.keep(await _nobody(event, known)),
        known.contacts.keep(await _no_contact(event, known)),
    ]
    return Changes(tuple(writes))


def _match(view: MatchView, who: str) -> MatchView:
    state = view.state
    update = {"panel": _without(state.panel, who), "reserves": _without(state.reserves, who)}
    return replace(view, state=state.model_copy(update=update))


def _session(view: SessionView, who: str) -> SessionView:
    attendees = _without(view.state.attendees, who)
    return replace(view, state=view.state.model_copy(update={"attendees": attendees}))


def _message(view: MessageView) -> MessageView:
    nobody = {"participant_reference": ERASED, "participant_id": None}
    return replace(view, state=view.state.model_copy(update=nobody))


def _without(people: tuple[Person, ...], who: str) -> tuple[Person, ...]:
    """Return the list with the person made anonymous; how many there were stays true."""
    nothing = {"participant_reference": ERASED, "reasons": (), "features": {}}
    return tuple(
        person.model_copy(update={k: v for k, v in nothing.items() if hasattr(person, k)})
        if str(person.participant_id) == who
        else person
        for person in people
    )


async def _nobody(event: ParticipantErased, known: Knowledge) -> PersonView:
    stored = await known.people.get(str(event.data.participant_id))
    return PersonView(
        id=str(event.data.participant_id),
        hub=event.hub,
        sequence=event.sequence,
        at=event.time.astimezone(UTC),
        event_id=event.id,
        correlation_id=event.correlationid,
        version=stored.version if stored else 0,
        reference=ERASED,
        status=ParticipantStatus.ERASED,
        preferred_channel=Channel.EMAIL,
    )


async def _no_contact(event: ParticipantErased, known: Knowledge) -> ContactView:
    stored = await known.contacts.get(str(event.data.participant_id))
    return ContactView(
        id=str(event.data.participant_id),
        hub=event.hub,
        sequence=event.sequence,
        at=event.time.astimezone(UTC),
        event_id=event.id,
        correlation_id=event.correlationid,
        version=stored.version if stored else 0,
        sealed=None,
    )
