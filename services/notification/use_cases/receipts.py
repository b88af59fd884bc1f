"""What became of what was handed over: asked of who carries it, or heard from mail servers."""

from services.notification.domain import (
    Bounced,
    Channel,
    Message,
    Receipt,
    Status,
    next_look,
)
from services.notification.use_cases.post import Post
from services.notification.use_cases.queue import queued
from services.notification.use_cases.settling import RECEIPTS, failed, told
from shared.changes import NOTHING, Changes, Due
from shared.due import DueWork
from shared.errors import NotYetError

NO_RECEIPT = "no-receipt"
UNDELIVERED = {Channel.SMS: "sms-undelivered", Channel.LETTER: "letter-undelivered"}
BOUNCED = "bounced"


async def look_for_receipt(work: DueWork, post: Post) -> Changes:
    """Ask the provider what became of a message; without an answer, look again later.

    Raises UnavailableError.
    """
    message = await post.records.messages.get(work.id)
    if message is None or message.status is not Status.SENT:
        return NOTHING
    carriers = post.carriers.get(message.channel)
    carrier = carriers.named(message.provider or "") if carriers else None
    receipt = Receipt.UNDER_WAY
    if carrier:
        receipt = await carrier.receipt(message.provider_reference or "")
    if receipt is not Receipt.UNDER_WAY:
        return await _settle(message, receipt, UNDELIVERED[message.channel], post)
    again = next_look(message.channel, message.at, post.facts.now())
    if again is None:
        return await _settle(message, Receipt.FAILED, NO_RECEIPT, post)
    return Changes((Due(RECEIPTS, message.id, again),))


async def hear_of_mail(heard: Bounced, post: Post) -> Changes:
    """Take in what a mail server says of an e-mail; what bounced goes by another channel.

    Raises NotYetError when it is not known yet that the e-mail was sent.
    """
    message = await post.records.messages.get(heard.message_id)
    if message is None or heard.outcome is Receipt.UNDER_WAY:
        return NOTHING
    if message.status is Status.QUEUED:
        raise NotYetError("the message is about to be settled")
    if message.status not in {Status.SENT, Status.DELIVERED}:
        return NOTHING
    code = f"{BOUNCED}-{heard.code}" if heard.code else BOUNCED
    return await _settle(message, heard.outcome, code, post)


async def _settle(message: Message, receipt: Receipt, code: str, post: Post) -> Changes:
    reference = await _reference(message, post)
    if receipt is Receipt.DELIVERED:
        if message.status is Status.DELIVERED:
            return NOTHING
        done = message.settled(Status.DELIVERED, message.channel, post.facts.now())
        return told(done, post, reference=reference)
    gone = failed(message, message.channel, code, post, reference=reference)
    if message.participant_id is None:
        return gone
    following = message.instead(message.channel, post.facts.now())
    noted = NOTHING if code == NO_RECEIPT else await _noted(message, post)
    return gone + noted + queued(following, post.records)


async def _noted(message: Message, post: Post) -> Changes:
    """Remember that the address is no good, so that what comes next does not begin with it."""
    contact = await post.records.contacts.get(message.participant_id or "")
    if contact is None or contact.card is None or message.channel in contact.unreachable:
        return NOTHING
    return Changes((post.records.contacts.keep(contact.without(message.channel)),))


async def _reference(message: Message, post: Post) -> str | None:
    if message.participant_id is None:
        return None
    participant = await post.records.participants.get(message.participant_id)
    return participant.reference if participant else None
