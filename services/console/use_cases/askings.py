"""Whom invitations reached: one small row for each person asked, and groups apart from them.

A row follows from the events about the invitation and its messages, in whatever order they come.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from services.console.ports import Asking, Group, Knowledge, MessageView, Telling
from services.console.use_cases.erasure import erased_among
from services.console.use_cases.known_people import MONITORING, AnyPerson
from services.console.use_cases.projections import AnyInvitation, AnyMessage
from shared.changes import NOTHING, Changes
from shared.contracts.messages import MessageState, MessageStatus
from shared.contracts.participants import ParticipantState, ParticipantStatus
from shared.contracts.sessions import Answer, InvitationState

FIRST = "invitation"
TELLS = frozenset({FIRST, "second-try", "no-answer", "translate"})
"""Kinds of messages, and of calls, that tell a person that they are asked."""
ANSWERS = frozenset({Answer.ACCEPTED, Answer.DECLINED, Answer.ANOTHER_TIME})
ARRIVED = frozenset({MessageStatus.SENT, MessageStatus.DELIVERED})
QUESTIONS = ("age_band", "borough", "ethnicity", "sex", "disability")


async def know_asked(event: AnyInvitation, known: Knowledge) -> Changes:
    """Keep that a person was asked, and whether they ever answered."""
    state, at = event.data, (event.data.issued_at or event.time).astimezone(UTC)
    if await erased_among([state.participant_id], known.people):
        return NOTHING
    stored = await known.askings.get(str(state.invitation_id))
    asking = stored or _asking(state, event.hub, at)
    answered = asking.answered or state.answer in ANSWERS
    return _kept(stored, replace(asking, at=min(asking.at, at), answered=answered), known)


async def know_telling(event: AnyMessage, known: Knowledge) -> Changes:
    """Keep what became of a message by which a person was to hear that they are asked."""
    state, at = event.data, event.data.at.astimezone(UTC)
    if state.invitation_id is None or state.participant_id is None or state.kind not in TELLS:
        return NOTHING
    if await erased_among([state.participant_id], known.people):
        return NOTHING
    stored = await known.askings.get(str(state.invitation_id))
    asking = stored or _asking(state, event.hub, at)
    before = asking.tellings.get(str(state.message_id))
    telling = _telling(event, at).joined(before)
    asking = replace(asking, at=min(asking.at, at))
    return _told(stored, asking, str(state.message_id), telling, known)


async def know_rung(call: MessageView, known: Knowledge) -> Changes:
    """Keep that staff spoke to a person whom they were to ring."""
    stored = await known.askings.get(str(call.state.invitation_id))
    telling = stored.tellings.get(call.id) if stored else None
    if stored is None or telling is None:
        return NOTHING
    return _told(stored, stored, call.id, replace(telling, is_taken=True), known)


async def know_group(event: AnyPerson, known: Knowledge) -> Changes:
    """Keep what a person answered about equality, where they agreed to monitoring.

    Which event is the newest, and whether the person was erased, their other row tells.
    """
    who = str(event.data.participant_id)
    person, stored = await asyncio.gather(known.people.get(who), known.groups.get(who))
    if event.is_old(person) or (person and person.status is ParticipantStatus.ERASED):
        return NOTHING
    answers = _answers(event.data)
    if answers == (stored.answers if stored else {}):
        return NOTHING
    group = stored or Group(id=who, hub=event.hub)
    return Changes((known.groups.keep(replace(group, answers=answers)),))


def _asking(state: InvitationState | MessageState, hub: str, at: datetime) -> Asking:
    who = str(state.participant_id)
    return Asking(id=str(state.invitation_id), hub=hub, participant_id=who, at=at)


def _telling(event: AnyMessage, at: datetime) -> Telling:
    state = event.data
    return Telling(
        kind=state.kind,
        channel=state.channel,
        status=state.status,
        at=at,
        sequence=event.sequence,
        instead=state.instead_of is not None,
        is_taken=_is_taken(state),
    )


def _answers(person: ParticipantState) -> Mapping[str, str]:
    if person.status is not ParticipantStatus.ACTIVE or MONITORING not in person.consents:
        return {}
    stated = {"age_band": person.age_band, "borough": person.borough, **person.monitoring}
    return {question: answer for question in QUESTIONS if (answer := stated.get(question))}


def _is_taken(state: MessageState) -> bool:
    """Whether it went out, also if it came back later."""
    return state.status in ARRIVED or (
        state.status is MessageStatus.FAILED and state.provider is not None
    )


def _told(
    stored: Asking | None, asking: Asking, message_id: str, telling: Telling, known: Knowledge
) -> Changes:
    tellings = {**asking.tellings, message_id: telling}
    return _kept(stored, replace(asking, tellings=tellings), known)


def _kept(stored: Asking | None, asking: Asking, known: Knowledge) -> Changes:
    """Keep a row with what follows from its messages; who answered was told and reached."""
    tellings = asking.tellings.values()
    in_order = sorted(tellings, key=lambda each: (each.instead, each.kind != FIRST, each.at))
    row = replace(
        asking,
        channel=in_order[0].channel if in_order else None,
        told=asking.answered or any(each.is_taken for each in tellings),
        reached=asking.answered or any(map(_arrived, tellings)),
    )
    return NOTHING if row == stored else Changes((known.askings.keep(row),))


def _arrived(telling: Telling) -> bool:
    rung = telling.status is MessageStatus.TO_CALL and telling.is_taken
    return rung or telling.status in ARRIVED
