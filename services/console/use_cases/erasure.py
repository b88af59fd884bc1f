"""Forgetting a person: what is about them goes, and does not come back."""

import asyncio
from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import TypeVar
from uuid import UUID

from services.console.ports import (
    ContactView,
    Kept,
    Knowledge,
    MatchView,
    MessageView,
    PersonView,
    SessionView,
    WhatIfView,
)
from services.console.use_cases.envelope import told_by
from services.console.use_cases.quota_answers import without_answers
from shared.changes import Changes, Write
from shared.contracts.matches import Member
from shared.contracts.messages import MessageStatus
from shared.contracts.participants import Channel, ParticipantErased, ParticipantStatus
from shared.contracts.sessions import Attendee
from shared.due import DueWork
from shared.facts import Facts
from shared.forgetting import looked, looked_for_again

ERASED = "erased"
SECOND_LOOKS = "second_looks"

Person = TypeVar("Person", Member, Attendee)


async def forget_person(event: ParticipantErased, known: Knowledge, facts: Facts) -> Changes:
    """Drop the person's invitations, whether they reached them, answers, chances, contacts.

    Two empty rows stay behind, so that a late event does not bring the person back; an event that
    was read before these rows and is kept after them is found by a second look.
    """
    who = str(event.data.participant_id)
    marks: tuple[Write, ...] = (
        known.people.keep(await _nobody(event, known)),
        known.contacts.keep(await _no_contact(event, known)),
    )
    done = await forget_what_is_left(who, known) + Changes(marks)
    return done + Changes((looked_for_again(SECOND_LOOKS, event, done, facts),))


async def look_again(work: DueWork, known: Knowledge, facts: Facts) -> Changes:
    """Blank what came after the mark of an erased person, and confirm that nothing is left."""
    found = await forget_what_is_left(work.id, known)
    return looked(SECOND_LOOKS, work, found, facts)


async def forget_what_is_left(who: str, known: Knowledge) -> Changes:
    """Drop or blank every view that still tells of an erased person."""
    gone = {who}
    matches = [(view, match_without(view, gone)) for view in await known.matches.about_person(who)]
    sessions = [
        (view, session_without(view, gone)) for view in await known.sessions.about_person(who)
    ]
    answers = await without_answers([view.id for view, _ in matches], who, known)
    times, group = await known.times.get(who), await known.groups.get(who)
    details = await known.details.get(who)
    writes: tuple[Write, ...] = (
        *((known.times.drop(times),) if times else ()),
        *((known.details.drop(details),) if details else ()),
        *((known.groups.drop(group),) if group else ()),
        *(known.askings.drop(row) for row in await known.askings.about_person(who)),
        *(_what_if(view, who, known) for view in await known.what_ifs.about_person(who)),
        *(known.chances.drop(row) for row in await known.chances.about_person(who)),
        *(known.invitations.drop(view) for view in await known.invitations.about_person(who)),
        *(known.changes.drop(view) for view in await known.changes.about_person(who)),
        *(known.matches.keep(blank) for view, blank in matches if blank != view),
        *(known.sessions.keep(blank) for view, blank in sessions if blank != view),
        *(known.messages.keep(_message(view)) for view in await known.messages.about_person(who)),
    )
    return Changes(writes) + answers


async def match_without_erased(view: MatchView, people: Kept[PersonView]) -> MatchView:
    """Return a match that is about to be kept, with the erased made anonymous."""
    named = (*view.state.panel, *view.state.reserves)
    return match_without(view, await erased_among((one.participant_id for one in named), people))


async def session_without_erased(view: SessionView, people: Kept[PersonView]) -> SessionView:
    """Return a session that is about to be kept, with the erased made anonymous."""
    named = [attendee.participant_id for attendee in view.state.attendees]
    named += [absentee.participant_id for absentee in view.state.cannot_come]
    return session_without(view, await erased_among(named, people))


async def message_without_erased(view: MessageView, people: Kept[PersonView]) -> MessageView:
    """Return a message that is about to be kept: one to somebody erased is to nobody."""
    who = view.state.participant_id
    return _message(view) if who and await erased_among([who], people) else view


async def erased_among(participants: Iterable[UUID], people: Kept[PersonView]) -> frozenset[str]:
    """Return who of them was erased, by one query for all."""
    named = {str(participant) for participant in participants}
    rows = await asyncio.gather(*(people.get(who) for who in named))
    return frozenset(row.id for row in rows if row and row.status is ParticipantStatus.ERASED)


def without_moves_of(view: WhatIfView, gone: Collection[str]) -> WhatIfView:
    """Return an answer about others without what it says of some."""
    if view.answered is None:
        return view
    moves = tuple(each for each in view.answered.moves if str(each.participant_id) not in gone)
    return replace(view, answered=view.answered.model_copy(update={"moves": moves}))


def _what_if(view: WhatIfView, who: str, known: Knowledge) -> Write:
    """Drop a question about the person; of another one, blank what its answer says of them."""
    if str(view.asked.participant_id) == who:
        return known.what_ifs.drop(view)
    return known.what_ifs.keep(without_moves_of(view, {who}))


def match_without(view: MatchView, gone: Collection[str]) -> MatchView:
    """Return a match with some people made anonymous."""
    state = view.state
    update = {"panel": _without(state.panel, gone), "reserves": _without(state.reserves, gone)}
    return replace(view, state=state.model_copy(update=update))


def session_without(view: SessionView, gone: Collection[str]) -> SessionView:
    """Return a session with some people made anonymous."""
    attendees = _without(view.state.attendees, gone)
    absent = tuple(a for a in view.state.cannot_come if str(a.participant_id) not in gone)
    blank = {"attendees": attendees, "cannot_come": absent}
    return replace(view, state=view.state.model_copy(update=blank))


def _message(view: MessageView) -> MessageView:
    """Return a message to nobody; a call to nobody is not to be made."""
    nobody = {"participant_reference": ERASED, "participant_id": None}
    call = view.state.status is MessageStatus.TO_CALL
    return replace(
        view,
        state=view.state.model_copy(update=nobody),
        done_by=view.done_by or (ERASED if call else None),
    )


def _without(people: tuple[Person, ...], gone: Collection[str]) -> tuple[Person, ...]:
    """Return the list with some made anonymous; how many there were stays true."""
    nothing = {"participant_reference": ERASED, "reasons": (), "features": {}}
    return tuple(
        person.model_copy(update={k: v for k, v in nothing.items() if hasattr(person, k)})
        if str(person.participant_id) in gone
        else person
        for person in people
    )


async def _nobody(event: ParticipantErased, known: Knowledge) -> PersonView:
    stored = await known.people.get(str(event.data.participant_id))
    return PersonView(
        id=str(event.data.participant_id),
        **told_by(event, stored),
        reference=ERASED,
        status=ParticipantStatus.ERASED,
        preferred_channel=Channel.EMAIL,
    )


async def _no_contact(event: ParticipantErased, known: Knowledge) -> ContactView:
    stored = await known.contacts.get(str(event.data.participant_id))
    return ContactView(
        id=str(event.data.participant_id),
        **told_by(event, stored),
        sealed=None,
    )
