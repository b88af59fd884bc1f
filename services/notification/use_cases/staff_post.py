"""Telling staff: by their hub's own system or by mail, at once or in a digest."""

from collections.abc import Callable
from datetime import timedelta

from services.notification.domain import (
    Channel,
    Kind,
    Match,
    Message,
    RefusedError,
    Session,
    Status,
    message_id,
)
from services.notification.ports import Records
from services.notification.use_cases.post import Post
from services.notification.use_cases.queue import SENDS
from services.notification.use_cases.settling import dropped, failed, sent
from shared.changes import NOTHING, Changes, Due
from shared.due import DueWork
from shared.errors import NotYetError, UnavailableError

DIGESTS = "digests"
"""Hubs whose staff have news waiting for them, each until the time it has chosen."""

HOOK_PATIENCE = timedelta(minutes=30)
"""How long a hub's own system that takes nothing is waited for, before staff get a mail."""

ALONE = "alone"
"""What work is about that is not to wait for a digest."""

LONGEST_WAIT = timedelta(minutes=30)
"""How long a later message, of another session, is waited for: then both are told."""

SAID = frozenset({Status.SENT, Status.DELIVERED})

NO_ADDRESS = "no-staff-address"
REFUSED = "mail-refused"


async def send_to_staff(message: Message, work: DueWork, post: Post) -> Changes:
    """Tell staff one piece of news that is still one, or keep it for their digest."""
    subject = await _subject(message, post.records)
    if subject is None or not message.still_concerns(subject):
        return dropped(message, post)
    later = await _said_by(message, subject, post)
    if later and (later.status in SAID or later.session_id == message.session_id):
        return dropped(message, post)
    if later and post.facts.now() < message.at + LONGEST_WAIT:
        raise NotYetError("a later message, of another session, may say it all")
    if message.is_gathered_for_staff and ALONE not in work.about:
        digest = post.pace.next_digest(message.hub, post.facts.now())
        if digest is not None:
            name = f"{message.hub} {digest.date()}"
            return Changes((Due(DIGESTS, name, digest, {"hub": message.hub}),))
    told_by_hook = await _by_hook(message, subject, post)
    return told_by_hook or await _by_mail(message, subject, post)


async def send_digest(work: DueWork, post: Post) -> Changes:
    """Tell the staff of a hub, in one mail, what waits for them and is still news."""
    waiting = await post.records.messages.queued_for_staff(_hub(work))
    gathered = [message for message in waiting if message.is_gathered_for_staff]
    items, changes = [], NOTHING
    for message in gathered:
        subject = await _subject(message, post.records)
        if subject and message.still_concerns(subject):
            items.append((message, subject))
        else:
            changes += dropped(message, post)
    return changes + (await _digest(_hub(work), items, post) if items else NOTHING)


def _hub(work: DueWork) -> str:
    """Return whose digest it is; work of before it had a date was named by the hub."""
    return str(work.about.get("hub", work.id))


async def send_singly(work: DueWork, post: Post) -> Changes:
    """Have each piece of news sent alone that a digest could not be made of."""
    waiting = await post.records.messages.queued_for_staff(_hub(work))
    now, alone = post.facts.now(), {ALONE: True}
    gathered = [message.id for message in waiting if message.is_gathered_for_staff]
    return Changes(tuple(Due(SENDS, each, now, alone) for each in gathered))


async def _by_hook(message: Message, subject: Match | Session, post: Post) -> Changes | None:
    """Tell the hub's own system; None when staff are to get a mail."""
    try:
        handed = await post.hook.tell(message, subject)
    except RefusedError:
        return None
    except UnavailableError:
        if post.facts.now() < message.at + HOOK_PATIENCE:
            raise
        return None
    return sent(message, Channel.WEBHOOK, handed, post) if handed else None


async def _by_mail(message: Message, subject: Match | Session, post: Post) -> Changes:
    mail = post.composer.to_staff(message, subject)
    if mail is None:
        return failed(message, Channel.EMAIL, NO_ADDRESS, post)
    try:
        handed = await post.mailer.send(mail)
    except RefusedError:
        return failed(message, Channel.EMAIL, REFUSED, post)
    return sent(message, Channel.EMAIL, handed, post)


async def _digest(hub: str, items: list[tuple[Message, Match | Session]], post: Post) -> Changes:
    """Send one mail; the same news is the same mail, whenever it is tried again."""
    pieces = [message for message, _ in items]
    key = message_id(" ".join(piece.id for piece in pieces), Kind.STAFF_DIGEST, hub)
    mail = post.composer.to_staff_digest(hub, items, key=key)
    if mail is None:
        return _all(pieces, lambda piece: failed(piece, Channel.EMAIL, NO_ADDRESS, post))
    try:
        handed = await post.mailer.send(mail)
    except RefusedError:
        return _all(pieces, lambda piece: failed(piece, Channel.EMAIL, REFUSED, post))
    return _all(pieces, lambda piece: sent(piece, Channel.EMAIL, handed, post))


def _all(pieces: list[Message], settle: Callable[[Message], Changes]) -> Changes:
    return sum((settle(piece) for piece in pieces), start=NOTHING)


async def _said_by(message: Message, subject: Match | Session, post: Post) -> Message | None:
    """Return a later message about the same match or series that is to say as much.

    Of another session, also one that said it: this message waited for that.
    """
    for other in await post.records.messages.about_match(message.match_id or ""):
        is_of_another = other.session_id != message.session_id
        may_say_it = other.status is Status.QUEUED or (is_of_another and other.status in SAID)
        if not may_say_it or not message.is_followed_by(other):
            continue
        later = await _subject(other, post.records)
        if later and other.still_concerns(later) and later.says_all_of(subject):
            return other
    return None


async def _subject(message: Message, records: Records) -> Match | Session | None:
    if message.session_id:
        return await records.sessions.get(message.session_id)
    return await records.matches.get(message.match_id or "")
