"""Handing a message over by the first channel that is left; what reaches nobody ends with staff."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from email.message import EmailMessage

from services.notification.domain import (
    ENGLISH,
    PERHAPS_TAKEN,
    SHORTEST_PATIENCE,
    Addressee,
    Channel,
    Format,
    HandedOver,
    Kind,
    Letter,
    Message,
    NotItsKindError,
    NotReachedError,
    Parcel,
    RefusedError,
    patience,
)
from services.notification.ports import Carrier, Carriers, Composer
from services.notification.use_cases.post import Post
from services.notification.use_cases.queue import queued, queued_at
from services.notification.use_cases.settling import dropped, failed, sent, task, to_staff
from shared.changes import NOTHING, Changes
from shared.due import DueWork
from shared.errors import UnavailableError

FIRST_PAUSE = timedelta(seconds=2)
REFUSED = {
    Channel.EMAIL: "mail-refused",
    Channel.SMS: "sms-refused",
    Channel.LETTER: "letter-refused",
}
NOT_TAKEN = "not-taken-in-time"


async def hand_over(letter: Letter, to: Addressee, work: DueWork, post: Post) -> Changes:
    """Send by the first channel that is left, or make a task for staff of it.

    Raises UnavailableError while who carries it takes nothing, and is still waited for. What was
    late already when it was first tried is waited for from then on.
    """
    channel, begun = channels_left(letter, to, post)[0], letter.message.channel
    by = letter.message.of_use_until(letter.invitation)
    if channel is not begun:
        handed = await _handed_over(letter.message, post, until=patience(letter.message, by))
        if handed:
            return await _taken(letter, begun, handed, post)
        letter = replace(letter, message=letter.message.by(channel))
    if channel is Channel.CALL:
        return await _have_rung(letter, to, post)
    try:
        return await _hand_over_by(channel, letter, to, post)
    except RefusedError:
        return await _otherwise(letter, channel, REFUSED[channel], to, post)
    except UnavailableError:
        if post.facts.now() < patience(letter.message, by):
            raise
        if letter.message.tried_since is None and not work.tries:
            begins = replace(letter.message, tried_since=post.facts.now())
            return _noted(begins, post, delay=FIRST_PAUSE)
        return await _otherwise(letter, channel, NOT_TAKEN, to, post)


def channels_left(letter: Letter, to: Addressee, post: Post) -> list[Channel]:
    """Return what is left to try. A letter that comes too late to be of use is not tried.

    What a mail server may have goes there again, where it is one mail: never by two channels.
    """
    if letter.is_past(post.facts.now()):
        return [Channel.CALL]
    person = letter.participant
    is_second = letter.kind is Kind.SECOND_TRY
    contacts = to.contacts - {*letter.unreachable}
    found = (person.other_channels if is_second else person.channels)(contacts, post.served)
    left = [each for each in found if each not in letter.message.tried]
    if letter.message.perhaps_told and Channel.EMAIL in left:
        left = sorted(left, key=lambda each: each is not Channel.EMAIL)
    by = letter.message.of_use_until(letter.invitation)
    is_too_late = by is not None and by < post.facts.now() + post.pace.letter_takes
    return [each for each in left if not (each is Channel.LETTER and is_too_late)]


async def _hand_over_by(channel: Channel, letter: Letter, to: Addressee, post: Post) -> Changes:
    if channel is not Channel.EMAIL:
        return await _carry(channel, letter, to, post)
    handed = await post.mailer.send(await _email(letter, to, post))
    return await _taken(letter, channel, handed, post)


async def _email(letter: Letter, to: Addressee, post: Post) -> EmailMessage:
    """Write it, in a thread where a document is made for it: that takes a while."""
    if letter.participant.format is Format.STANDARD:
        return post.composer.email(letter, to)
    return await asyncio.to_thread(post.composer.email, letter, to)


async def _carry(channel: Channel, letter: Letter, to: Addressee, post: Post) -> Changes:
    """Note which provider is to take it, then hand it over: after a crash that one is asked."""
    message, carriers = letter.message, post.carriers[channel]
    carrier = carriers.named(message.handing_to) if message.handing_to else None
    handed = await carrier.find(message.id) if carrier else None
    if carrier is None or (handed is None and carriers.is_resting(carrier.name)):
        carrier = await _first_ready(carriers, message)
        if carrier.name != message.handing_to:
            return _noted(replace(message, handing_to=carrier.name), post)
    if handed is None:
        parcel = await asyncio.to_thread(WRITTEN_BY[channel], post.composer, letter, to)
        try:
            handed = await carrier.hand_over(parcel)
        except NotItsKindError:
            passed_by = (*message.passed_by, carrier.name)
            return _noted(replace(message, handing_to=None, passed_by=passed_by), post)
        except NotReachedError:
            other = await _first_ready(carriers, message, but=carrier.name)
            if carriers.is_resting(other.name):
                raise
            return _noted(replace(message, handing_to=other.name), post)
    return await _taken(letter, channel, handed, post)


async def _first_ready(carriers: Carriers, message: Message, but: str | None = None) -> Carrier:
    """Return the first provider that answers, of those whose kind of message it is.

    Raises UnavailableError when none answers, and RefusedError when none ever takes this kind.
    """
    left = [each for each in carriers.in_order() if each.name not in message.passed_by]
    if not left:
        raise RefusedError("no provider of this channel takes it")
    for carrier in left:
        if carrier.name == but:
            continue
        try:
            await carrier.find(message.id)
        except UnavailableError:
            continue
        return carrier
    raise UnavailableError("no provider of this channel answers")


def _noted(message: Message, post: Post, *, delay: timedelta = timedelta()) -> Changes:
    return queued_at(message, post.facts.now() + delay, post.records)


async def _taken(letter: Letter, channel: Channel, handed: HandedOver, post: Post) -> Changes:
    done = sent(letter.message, channel, handed, post, letter.reference)
    return done + await _to_translate(letter, post)


async def _to_translate(letter: Letter, post: Post) -> Changes:
    """Have staff say it to who reads a language that it is not translated into; not for news."""
    message, language = letter.message, letter.participant.language
    if language == ENGLISH or message.is_news(letter.invitation):
        return NOTHING
    if post.composer.is_translated(letter.kind, language):
        return NOTHING
    wanted = message.to_translate(language)
    known = await post.records.messages.get(wanted.id)
    return NOTHING if known else task(wanted, letter, post)


async def drop(message: Message, reference: str | None, post: Post) -> Changes:
    """Forget what is not worth telling any more, unless a provider has it, or may have it.

    Raises UnavailableError for a while: what follows it waits to know what became of it.
    """
    try:
        handed = await _handed_over(message, post)
    except UnavailableError:
        if post.facts.now() < message.at + SHORTEST_PATIENCE:
            raise
        return failed(message, message.channel, PERHAPS_TAKEN, post, reference=reference)
    if handed:
        return sent(message, message.channel, handed, post, reference)
    if message.perhaps_told and not message.handing_to:
        return failed(message, message.channel, PERHAPS_TAKEN, post, reference=reference)
    return dropped(message, post)


async def tell_by_staff(letter: Letter, to: Addressee, post: Post) -> Changes:
    """Have staff tell what would come too late otherwise, unless a provider has it already.

    Raises UnavailableError while that is not known.
    """
    message = letter.message
    by = message.of_use_until(letter.invitation)
    handed = await _handed_over(message, post, until=patience(message, by))
    if handed:
        return await _taken(letter, message.channel, handed, post)
    return to_staff(letter, post, by=to.task)


async def _handed_over(
    message: Message, post: Post, *, until: datetime | None = None
) -> HandedOver | None:
    """Ask the provider that may have a message; after `until`, one without an answer has it not.

    Raises UnavailableError.
    """
    carriers = post.carriers.get(message.channel)
    carrier = carriers.named(message.handing_to) if carriers and message.handing_to else None
    try:
        return await carrier.find(message.id) if carrier else None
    except UnavailableError:
        if until is None or post.facts.now() < until:
            raise
        return None


async def _have_rung(letter: Letter, to: Addressee, post: Post) -> Changes:
    """Make a task of it; about one asking that nobody answered there is one, whatever leads to it.

    What nobody needs to hear from a person is not rung about when it could not be written.
    """
    message = letter.message
    if letter.kind is Kind.SECOND_TRY:
        call = message.call_about_silence()
        if await post.records.messages.get(call.id):
            return dropped(message, post)
        return dropped(message, post) + task(call, letter, post, by=to.task)
    return to_staff(letter, post, by=to.task)


async def _otherwise(
    letter: Letter, channel: Channel, code: str, to: Addressee, post: Post
) -> Changes:
    """Settle what did not reach the person, and try the next channel; the last is staff."""
    message = letter.message
    gone = failed(message, channel, code, post, reference=letter.reference)
    if letter.was_said_by_phone:
        return gone
    following = letter.about(message.instead(post.facts.now(), channel))
    if channels_left(following, to, post)[0] is Channel.CALL:
        return gone + await _have_rung(following, to, post)
    return gone + queued(following.message, post.records)


WRITTEN_BY: Mapping[Channel, Callable[[Composer, Letter, Addressee], Parcel]] = {
    Channel.SMS: lambda composer, letter, to: composer.text_message(letter, to),
    Channel.LETTER: lambda composer, letter, to: composer.postal(letter, to),
}
