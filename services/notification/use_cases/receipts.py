"""What became of what was handed over: asked of who carries it, or heard from mail servers."""

from services.notification.domain import (
    Bounced,
    Channel,
    Contact,
    Message,
    Receipt,
    Status,
)
from services.notification.use_cases.post import Post
from services.notification.use_cases.queue import queued
from services.notification.use_cases.settling import failed, told, watched
from shared.changes import NOTHING, Changes
from shared.due import DueWork
from shared.errors import NotYetError, UnavailableError

NO_RECEIPT = "no-receipt"
UNDELIVERED = {Channel.SMS: "sms-undelivered", Channel.LETTER: "letter-undelivered"}
BOUNCED = "bounced"


async def look_for_receipt(work: DueWork, post: Post) -> Changes:
    """Ask the provider what became of a message; without an answer, look again later.

    Raises UnavailableError.
    """
    message = await post.records.messages.get(work.id)
    if message is None or not message.is_watched:
        return NOTHING
    carriers = post.carriers.get(message.channel)
    carrier = carriers.named(message.provider or "") if carriers else None
    again, receipt = watched(message, post), Receipt.UNDER_WAY
    try:
        if carrier:
            receipt = await carrier.receipt(message.provider_reference or "")
    except UnavailableError:
        if again != NOTHING:
            raise
    if receipt.is_failure or (receipt, message.status) == (Receipt.DELIVERED, Status.SENT):
        return await _settle(message, receipt, UNDELIVERED[message.channel], post)
    if again == NOTHING and message.status is Status.SENT:
        return await _settle(message, Receipt.FAILED, NO_RECEIPT, post)
    return again


async def hear_of_mail(heard: Bounced, post: Post) -> Changes:
    """Take in what a mail server says of an e-mail; what bounced goes by another channel.

    Raises NotYetError when it is not known yet that the e-mail was sent.
    """
    message = await post.records.messages.get(heard.message_id)
    code = f"{BOUNCED}-{heard.code}" if heard.code else BOUNCED
    if heard.outcome is Receipt.UNDER_WAY:
        return NOTHING
    if message is None:
        return await _hear_of_digest(heard, code, post)
    if message.status is Status.QUEUED:
        raise NotYetError("the message is about to be settled")
    if message.status not in {Status.SENT, Status.DELIVERED}:
        return NOTHING
    return await _settle(message, heard.outcome, code, post)


async def _hear_of_digest(heard: Bounced, code: str, post: Post) -> Changes:
    """Note of each piece of a digest that staff did not get it; staff have no second channel.

    Raises NotYetError when no such digest is known yet: its report came before our commit.
    """
    if not heard.outcome.is_failure:
        return NOTHING
    pieces = await post.records.messages.handed_over_as(heard.message_id)
    if not pieces:
        raise NotYetError("the digest is about to be settled")
    lost = (piece for piece in pieces if piece.status is Status.SENT)
    return sum((failed(piece, piece.channel, code, post) for piece in lost), start=NOTHING)


async def _settle(message: Message, receipt: Receipt, code: str, post: Post) -> Changes:
    reference = await _reference(message, post)
    if receipt is Receipt.DELIVERED:
        if message.status is Status.DELIVERED:
            return NOTHING
        done = message.settled(Status.DELIVERED, message.channel, post.facts.now())
        return told(done, post, reference=reference) + watched(done, post)
    gone = failed(message, message.channel, code, post, reference=reference)
    if message.participant_id is None:
        return gone
    contact = await post.records.contacts.get(message.participant_id)
    if contact is None or message.contact_sequence not in {0, contact.sequence}:
        return gone + queued(message.instead(post.facts.now()), post.records)
    noted = _noted(message, contact, post) if receipt is Receipt.UNKNOWN_ADDRESS else NOTHING
    return gone + noted + queued(message.instead(post.facts.now(), message.channel), post.records)


def _noted(message: Message, contact: Contact, post: Post) -> Changes:
    """Remember that the address is no good, so that what comes next does not begin with it."""
    if contact.card is None or message.channel in contact.unreachable:
        return NOTHING
    return Changes((post.records.contacts.keep(contact.without(message.channel)),))


async def _reference(message: Message, post: Post) -> str | None:
    if message.participant_id is None:
        return None
    participant = await post.records.participants.get(message.participant_id)
    return participant.reference if participant else None
