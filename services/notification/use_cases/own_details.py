"""Sending a person the link to their own details, as they asked."""

from services.notification.domain import Kind, Message, Standing, message_id
from services.notification.ports import Records
from services.notification.use_cases.queue import queued
from shared.changes import NOTHING, Changes
from shared.contracts.own_details import ReplyDetailsLinkAsked


async def send_details_link(event: ReplyDetailsLinkAsked, records: Records) -> Changes:
    """Have the link sent by the channel that the person is always written to by.

    Whoever cannot be written to in time is rung: staff look at the details with them.
    """
    who = str(event.data.participant_id)
    person = await records.participants.get(who)
    if person and person.standing is Standing.ERASED:
        return NOTHING
    message = Message(
        id=message_id(event.id, Kind.DETAILS_LINK, who),
        kind=Kind.DETAILS_LINK,
        hub=event.hub,
        caused_by=event.id,
        correlation_id=event.correlationid,
        at=event.time,
        participant_id=who,
        due_by=event.data.ends_at,
    )
    known = await records.messages.get(message.id)
    return NOTHING if known else queued(message, records)
