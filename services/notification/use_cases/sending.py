"""Telling it: what is due is written from what is known now, and handed over once.

Between the mail server's yes and our commit, a crash leaves a message that was perhaps sent. It is
sent again under the same Message-ID, which mail programs show once. Nothing else sends twice.
"""

from dataclasses import dataclass
from uuid import UUID

from services.notification.domain import (
    ENDED_BY_LEAVING,
    FOLLOW_UPS,
    ONLY_CALLED,
    TRIES_WITHOUT_CONTACT,
    Channel,
    Contact,
    Invitation,
    Kind,
    Letter,
    Match,
    Message,
    Participant,
    RefusedError,
    Session,
    Status,
)
from services.notification.ports import Addresses, Composer, Mailer, Records
from shared.changes import NOTHING, Changes
from shared.contracts import messages
from shared.contracts.messages import MessageState
from shared.due import DueWork
from shared.errors import NotFoundError, NotYetError
from shared.facts import Facts

EVENTS = {
    Status.SENT: messages.NotificationSent,
    Status.FAILED: messages.NotificationFailed,
    Status.TO_CALL: messages.NotificationCallNeeded,
}


GIVEN_UP = "given-up"
"""The error code of what a fault of ours keeps from being sent."""

PERHAPS_MAILED = frozenset({Status.QUEUED, Status.SENT})
"""What is queued may be on its way while something else is sent."""


@dataclass(frozen=True, slots=True)
class Post:
    """What it takes to send a message."""

    records: Records
    addresses: Addresses
    composer: Composer
    mailer: Mailer
    facts: Facts


async def send(work: DueWork, post: Post) -> Changes:
    """Send one message, or hand it to staff, or find that it is no longer wanted."""
    message = await post.records.messages.get(work.id)
    if message is None or message.status is not Status.QUEUED:
        return NOTHING
    if message.participant_id is None:
        return await _send_to_staff(message, post)
    participant = await post.records.participants.get(message.participant_id)
    if participant is None:
        return _wait_or_fail(message, work, post)
    if not message.is_wanted_by(participant):
        return _dropped(message, post)
    return await _send_to_participant(message, participant, work, post)


async def give_up(work: DueWork, post: Post) -> Changes:
    """Settle a message that a fault of ours keeps from being sent: staff ring in its place.

    Reads as little as can be, for what sending reads may be what is at fault. Later messages about
    the invitation wait for this one. Raises UnavailableError.
    """
    message = await post.records.messages.get(work.id)
    if message is None or message.status is not Status.QUEUED:
        return NOTHING
    if message.participant_id is None:
        return _settled(message, Status.FAILED, post, error_code=GIVEN_UP)
    participant = await post.records.participants.get(message.participant_id)
    if participant is None:
        return _settled(message, Status.FAILED, post, error_code=GIVEN_UP)
    if not message.is_wanted_by(participant):
        return _dropped(message, post)
    return _rung_instead(message, participant.reference, post, error_code=GIVEN_UP)


async def _send_to_staff(message: Message, post: Post) -> Changes:
    subject = await _subject(message, post.records)
    if subject is None or not message.still_concerns(subject):
        return _dropped(message, post)
    if await _is_told_later(message, subject, post):
        return _dropped(message, post)
    mail = post.composer.to_staff(message, subject)
    if mail is None:
        return _settled(message, Status.FAILED, post, error_code="no-staff-address")
    try:
        await post.mailer.send(mail)
    except RefusedError as error:
        return _settled(message, Status.FAILED, post, error_code=error.code)
    return _settled(message, Status.SENT, post)


async def _is_told_later(message: Message, subject: Match | Session, post: Post) -> bool:
    """Tell whether a later message about the same match or series, still queued, says as much."""
    for other in await post.records.messages.queued_about_match(message.match_id or ""):
        if not message.is_followed_by(other):
            continue
        later = await _subject(other, post.records)
        if later and other.still_concerns(later) and later.says_all_of(subject):
            return True
    return False


async def _subject(message: Message, records: Records) -> Match | Session | None:
    if message.session_id:
        return await records.sessions.get(message.session_id)
    return await records.matches.get(message.match_id or "")


async def _send_to_participant(
    message: Message, participant: Participant, work: DueWork, post: Post
) -> Changes:
    invitation = await _invitation(message, post.records)
    kind = await _kind_now(message, invitation, post)
    if kind is None:
        return _dropped(message, post)
    given_up = await _given_up(message, post) if kind is Kind.GOODBYE else ()
    letter = Letter(message, kind, participant, invitation, given_up)
    if kind in ONLY_CALLED:
        return _settled(message, Status.TO_CALL, post, reference=letter.reference)
    if participant.channel is Channel.CALL and kind is not Kind.SECOND_TRY:
        return _to_call(letter, post)
    contact = await post.records.contacts.get(participant.id)
    if contact is None:
        return _wait_or_fail(message, work, post)
    if kind is Kind.SECOND_TRY:
        return await _try_otherwise(letter, contact, post)
    return await _mail(letter, contact, post)


async def _try_otherwise(letter: Letter, contact: Contact, post: Post) -> Changes:
    """Reach a silent person another way than before; who has none is rung now, once."""
    message = letter.message
    if contact.card is None:
        return _dropped(message, post)
    try:
        found = await post.addresses.channels(letter.participant, contact.card)
    except NotFoundError:
        return _dropped(message, post)
    channel = letter.participant.second_channel(found)
    if channel is Channel.EMAIL:
        return await _mail(letter, contact, post)
    if channel is not Channel.CALL:
        return _settled(message, Status.TO_CALL, post, reference=letter.reference, by=channel)
    call = message.call_about_silence()
    if await post.records.messages.get(call.id):
        return _dropped(message, post)
    rung = _settled(call, Status.TO_CALL, post, reference=letter.reference)
    return _dropped(message, post) + rung


async def _invitation(message: Message, records: Records) -> Invitation | None:
    if message.invitation_id is None:
        return None
    invitation = await records.invitations.get(message.invitation_id)
    if invitation is None:
        raise NotYetError("the invitation has not arrived")
    return invitation


async def _kind_now(message: Message, invitation: Invitation | None, post: Post) -> Kind | None:
    """Return what to say, None when there is nothing to say any more.

    Nobody hears of the end of what they never heard of; a change to it is then the invitation.
    """
    if invitation is None:
        return message.kind
    if not message.still_holds(invitation, post.facts.now()):
        return None
    if message.kind not in FOLLOW_UPS or await _was_told_before(message, invitation.id, post):
        return message.kind
    if message.kind is Kind.CHANGED:
        return Kind.INVITATION if invitation.answer == "invited" else Kind.CHANGED
    return None


async def _was_told_before(message: Message, invitation_id: str, post: Post) -> bool:
    found = await post.records.messages.about_invitation(invitation_id)
    earlier = [other for other in found if other.sequence < message.sequence]
    if any(other.status is Status.QUEUED for other in earlier):
        raise NotYetError("an earlier message may be on its way")
    return any(other.status in {Status.SENT, Status.TO_CALL} for other in earlier)


async def _given_up(message: Message, post: Post) -> tuple[Invitation, ...]:
    """Return what the person was told of and leaves behind, whether or not it is withdrawn yet."""
    invitations = await post.records.invitations.of_participant(message.participant_id or "")
    ended = [each for each in invitations if each.answer in ENDED_BY_LEAVING]
    now = post.facts.now()
    return tuple([each.given_up(now) for each in ended if await _was_perhaps_mailed(each, post)])


async def _was_perhaps_mailed(invitation: Invitation, post: Post) -> bool:
    found = await post.records.messages.about_invitation(invitation.id)
    return any(message.status in PERHAPS_MAILED for message in found)


async def _mail(letter: Letter, contact: Contact, post: Post) -> Changes:
    message, reference = letter.message, letter.reference
    if contact.card is None:
        return _dropped(message, post)
    try:
        to = await post.addresses.addressee(letter.participant, contact.card)
    except NotFoundError:
        return _dropped(message, post)
    if to is None:
        return _to_call(letter, post)
    try:
        await post.mailer.send(post.composer.to_participant(letter, to))
    except RefusedError as error:
        if letter.was_said_by_phone:
            return _failed(message, reference, post, error_code=error.code)
        return _rung_instead(message, reference, post, error_code=error.code)
    return _settled(message, Status.SENT, post, reference=reference)


def _rung_instead(
    message: Message, reference: str | None, post: Post, *, error_code: str
) -> Changes:
    call = message.call_instead()
    failed = _failed(message, reference, post, error_code=error_code)
    return failed + _settled(call, Status.TO_CALL, post, reference=reference)


def _failed(message: Message, reference: str | None, post: Post, *, error_code: str) -> Changes:
    return _settled(message, Status.FAILED, post, reference=reference, error_code=error_code)


def _to_call(letter: Letter, post: Post) -> Changes:
    """Have staff ring the person, unless they have said it on the telephone already."""
    if letter.was_said_by_phone:
        return _dropped(letter.message, post)
    return _settled(letter.message, Status.TO_CALL, post, reference=letter.reference)


def _wait_or_fail(message: Message, work: DueWork, post: Post) -> Changes:
    if work.tries < TRIES_WITHOUT_CONTACT:
        raise NotYetError("how to reach the person has not arrived")
    return _settled(message, Status.FAILED, post, error_code="no-contact")


def _dropped(message: Message, post: Post) -> Changes:
    return Changes((post.records.messages.drop(message),))


def _settled(
    message: Message,
    status: Status,
    post: Post,
    *,
    reference: str | None = None,
    error_code: str | None = None,
    by: Channel = Channel.CALL,
) -> Changes:
    channel = by if status is Status.TO_CALL else Channel.EMAIL
    done = message.settled(status, channel, post.facts.now(), error_code)
    header = post.facts.started(
        message.hub, correlation_id=message.correlation_id, causation_id=message.caused_by
    )
    event = EVENTS[status](
        **header, subject=message.id, sequence=message.version + 1, data=_state(done, reference)
    )
    return Changes((post.records.messages.keep(done),), (event,))


def _state(message: Message, reference: str | None) -> MessageState:
    return MessageState(
        message_id=UUID(message.id),
        kind=message.kind,
        participant_id=UUID(message.participant_id) if message.participant_id else None,
        participant_reference=reference,
        staff=None if message.participant_id else message.hub,
        channel=message.channel,
        status=messages.MessageStatus(message.status),
        at=message.at,
        caused_by=message.caused_by,
        engagement_id=UUID(message.engagement_id) if message.engagement_id else None,
        invitation_id=UUID(message.invitation_id) if message.invitation_id else None,
        error_code=message.error_code,
        due_by=message.due_by if message.status is Status.TO_CALL else None,
    )
