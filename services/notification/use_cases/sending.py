"""Telling it: what is due is written from what is known now, and handed over once.

Between the mail server's yes and our commit, a crash leaves a message that was perhaps sent. It is
sent again under the same Message-ID, which mail programs show once. Who carries text messages and
letters is asked whether it has them; one that does not answer for long is taken not to, for silence
would be worse than a message that comes twice.
"""

from dataclasses import replace
from datetime import datetime

from services.notification.domain import (
    ABOUT_SILENCE,
    ENDED_BY_LEAVING,
    FOLLOW_UPS,
    ONLY_CALLED,
    PERHAPS_TAKEN,
    TRIES_WITHOUT_CONTACT,
    Addressee,
    Channel,
    Invitation,
    Kind,
    Letter,
    Message,
    Participant,
    Status,
    next_moment,
)
from services.notification.ports import Records
from services.notification.use_cases.handing_over import (
    channels_left,
    drop,
    hand_over,
    tell_by_staff,
)
from services.notification.use_cases.limits import next_room
from services.notification.use_cases.post import Post
from services.notification.use_cases.queue import queued, queued_at
from services.notification.use_cases.settling import dropped, failed, to_staff, told
from services.notification.use_cases.staff_post import send_to_staff
from shared.changes import NOTHING, Changes
from shared.due import DueWork
from shared.errors import NotFoundError, NotYetError

GIVEN_UP = "given-up"
"""The error code of what a fault of ours keeps from being sent."""

DISCREET_SCRIPT = """\
1. They asked us to be discreet. Ask if they can talk freely now. If not, ask when you can ring \
again.
2. Then say what the top of this page names. They may find all details on their own page.
"""
"""What staff say where a fault of ours keeps the script from being written."""

PERHAPS_WRITTEN = frozenset({Status.QUEUED, Status.SENT, Status.DELIVERED})
"""What is queued may be on its way while something else is sent."""


async def send(work: DueWork, post: Post) -> Changes:
    """Send one message, or hand it to staff, or find that it is no longer wanted."""
    message = await post.records.messages.get(work.id)
    if message is None or message.status is not Status.QUEUED:
        return NOTHING
    if message.participant_id is None:
        return await send_to_staff(message, work, post)
    participant = await post.records.participants.get(message.participant_id)
    if participant is None:
        return _wait_or_fail(message, work, post)
    if work.unfinished and not message.handing_to:
        message = replace(message, perhaps_told=True)
    letter = None
    if message.is_wanted_by(participant):
        letter = await _letter(message, participant, post)
    if letter is None:
        return await drop(message, participant.reference, post)
    return await _send_to_participant(letter, work, post)


async def give_up(work: DueWork, post: Post) -> Changes:
    """Settle a message that a fault of ours keeps from being sent: staff ring in its place.

    Reads as little as can be, for what sending reads may be what is at fault. Later messages about
    the invitation wait for this one. Raises UnavailableError.
    """
    message = await post.records.messages.get(work.id)
    if message is None or message.status is not Status.QUEUED:
        return NOTHING
    participant = None
    if message.participant_id is not None:
        participant = await post.records.participants.get(message.participant_id)
    if participant is None:
        return failed(message, message.channel, GIVEN_UP, post)
    if not message.is_wanted_by(participant):
        return dropped(message, post)
    now, reference = post.facts.now(), participant.reference
    call = message.instead(now, message.channel).settled(Status.TO_CALL, Channel.CALL, now)
    given_up = failed(message, message.channel, GIVEN_UP, post, reference=reference)
    script = DISCREET_SCRIPT if participant.preference.discreet else ""
    return given_up + told(call, post, reference=reference, script=script)


async def _send_to_participant(letter: Letter, work: DueWork, post: Post) -> Changes:
    message, participant = letter.message, letter.participant
    if letter.kind in ONLY_CALLED:
        return to_staff(letter, post)
    contact = await post.records.contacts.get(participant.id)
    if contact is None:
        return _without_contact(letter, work, post)
    if contact.card is None:
        return dropped(message, post)
    try:
        to = await post.addresses.addressee(participant, contact.card)
    except NotFoundError:
        return await drop(message, participant.reference, post)
    if not message.handing_to:
        letter = letter.about(replace(letter.message, contact_sequence=contact.sequence))
    letter = replace(letter, unreachable=contact.unreachable)
    later = await _later(letter, to, post)
    if later is not None:
        return await _put_off(letter, later, to, work, post)
    return await hand_over(letter, to, work, post)


def _without_contact(letter: Letter, work: DueWork, post: Post) -> Changes:
    """Have staff ring who is only rung; of all others the contact card is waited for."""
    if letter.participant.is_only_rung and letter.kind is not Kind.SECOND_TRY:
        return to_staff(letter, post)
    return _wait_or_fail(letter.message, work, post)


async def _later(letter: Letter, to: Addressee, post: Post) -> datetime | None:
    """Return when it is to be sent, where that is not now; tasks for staff are made at once."""
    person, message = letter.participant, letter.message
    if channels_left(letter, to, post)[0] is Channel.CALL:
        return None
    now, by = post.facts.now(), message.of_use_until(letter.invitation)
    preference = person.preference.at_any_time if message.is_timed else person.preference
    moment = next_moment(now, preference, post.pace.quiet, by)
    return moment if moment > now else await next_room(letter, by, post)


async def _put_off(
    letter: Letter, later: datetime, to: Addressee, work: DueWork, post: Post
) -> Changes:
    """Ask for it to be sent later; what would come too late then is for staff to tell now."""
    message, by = letter.message, letter.message.of_use_until(letter.invitation)
    if by is not None and by <= later and letter.kind is not Kind.REMINDER:
        return await tell_by_staff(letter, to, post)
    if message.handing_to or work.tries:
        return queued_at(message, later, post.records)
    return queued(replace(message, at=later), post.records)


async def _letter(message: Message, participant: Participant, post: Post) -> Letter | None:
    """Return what to say now, None when there is nothing to say any more."""
    invitation = await _invitation(message, post.records)
    if message.is_news(invitation) and not participant.preference.news:
        return None
    kind = await _kind_now(message, invitation, post)
    if kind is None:
        return None
    given_up = await _given_up(message, post) if kind is Kind.GOODBYE else ()
    film = await _film(participant, invitation, post.records)
    return Letter(replace(message, kind=kind), kind, participant, invitation, given_up, film)


async def _film(
    participant: Participant, invitation: Invitation | None, records: Records
) -> str | None:
    if invitation is None or not participant.signs:
        return None
    film = await records.films.get(invitation.engagement_id)
    return film.url if film else None


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
    """Tell whether they heard of it; what waits for a later time is not on its way."""
    found = await post.records.messages.about_invitation(invitation_id)
    earlier = [other for other in found if other.is_earlier_than(message)]
    if any(other.was_told for other in earlier):
        return True
    now, waited_for = post.facts.now(), (each for each in earlier if each.kind not in ABOUT_SILENCE)
    if any(other.status is Status.QUEUED and other.at <= now for other in waited_for):
        raise NotYetError("an earlier message may be on its way")
    return False


async def _given_up(message: Message, post: Post) -> tuple[Invitation, ...]:
    """Return what the person was told of and leaves behind, whether or not it is withdrawn yet."""
    invitations = await post.records.invitations.of_participant(message.participant_id or "")
    ended = [each for each in invitations if each.answer in ENDED_BY_LEAVING]
    now = post.facts.now()
    return tuple([each.given_up(now) for each in ended if await _was_perhaps_written(each, post)])


async def _was_perhaps_written(invitation: Invitation, post: Post) -> bool:
    found = await post.records.messages.about_invitation(invitation.id)
    return any(each.status in PERHAPS_WRITTEN or each.error_code == PERHAPS_TAKEN for each in found)


def _wait_or_fail(message: Message, work: DueWork, post: Post) -> Changes:
    if work.tries < TRIES_WITHOUT_CONTACT:
        raise NotYetError("how to reach the person has not arrived")
    return failed(message, message.channel, "no-contact", post)
