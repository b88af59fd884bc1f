"""What became of a message, stored and told."""

from uuid import UUID

from services.notification.domain import (
    Channel,
    HandedOver,
    Letter,
    Message,
    Status,
    next_look,
)
from services.notification.use_cases.post import Post
from shared.changes import NOTHING, Changes, Due
from shared.contracts import messages
from shared.contracts.messages import MessageState

EVENTS = {
    Status.SENT: messages.NotificationSent,
    Status.DELIVERED: messages.NotificationDelivered,
    Status.FAILED: messages.NotificationFailed,
    Status.TO_CALL: messages.NotificationCallNeeded,
}

RECEIPTS = "receipts"
"""Messages of which a receipt is looked for."""


def told(done: Message, post: Post, *, reference: str | None = None, script: str = "") -> Changes:
    """Keep a message that was settled, and tell what became of it."""
    header = post.facts.started(
        done.hub, correlation_id=done.correlation_id, causation_id=done.caused_by
    )
    event = EVENTS[done.status](
        **header,
        subject=done.id,
        sequence=done.version + 1,
        data=_state(done, reference, script),
    )
    return Changes((post.records.messages.keep(done),), (event,))


def sent(
    message: Message, channel: Channel, handed: HandedOver, post: Post, reference: str | None = None
) -> Changes:
    """Settle what was handed over; where a receipt is to be asked for, it is looked for."""
    taken = message.taken(channel, post.facts.now(), handed)
    changes = told(taken, post, reference=reference)
    return changes + watched(taken, post) if channel in post.carriers else changes


def watched(message: Message, post: Post) -> Changes:
    """Have its receipt looked for, as long as more may be heard of it."""
    again = next_look(message, post.facts.now()) if message.is_watched else None
    return Changes((Due(RECEIPTS, message.id, again),)) if again else NOTHING


def to_staff(letter: Letter, post: Post, *, by: Channel = Channel.CALL) -> Changes:
    """Have staff ring the person, unless they have said it on the telephone already."""
    if letter.was_said_by_phone:
        return dropped(letter.message, post)
    return task(letter.message, letter, post, by=by)


def task(message: Message, letter: Letter, post: Post, *, by: Channel = Channel.CALL) -> Changes:
    """Make a task for staff of a message, with what to say."""
    done = message.settled(Status.TO_CALL, by, post.facts.now())
    script = post.composer.script(letter.about(message))
    return told(done, post, reference=letter.reference, script=script)


def dropped(message: Message, post: Post) -> Changes:
    """Forget what is not worth telling any more, if it was kept at all."""
    if not message.version:
        return NOTHING
    return Changes((post.records.messages.drop(message),))


def failed(
    message: Message, channel: Channel, code: str, post: Post, *, reference: str | None = None
) -> Changes:
    """Settle what did not reach anybody."""
    done = message.settled(Status.FAILED, channel, post.facts.now(), code)
    return told(done, post, reference=reference)


def _state(message: Message, reference: str | None, script: str) -> MessageState:
    return MessageState(
        message_id=UUID(message.id),
        kind=message.kind,
        participant_id=_uuid(message.participant_id),
        participant_reference=reference,
        staff=None if message.participant_id else message.hub,
        channel=message.channel,
        status=messages.MessageStatus(message.status),
        at=message.at,
        caused_by=message.caused_by,
        engagement_id=_uuid(message.engagement_id),
        invitation_id=_uuid(message.invitation_id),
        error_code=message.error_code,
        due_by=message.due_by if message.status is Status.TO_CALL else None,
        provider=message.provider,
        provider_reference=message.provider_reference,
        instead_of=_uuid(message.instead_of),
        script=script,
        language=message.language,
    )


def _uuid(name: str | None) -> UUID | None:
    return UUID(name) if name else None
