"""What must hold at the end, seen from outside. Each check returns sentences about what does not.

No sentence names a person.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from deploy.demo.mailbox import Mail
from deploy.demo.seen import Health, Message, Session, filled, invitations

MUST_HAVE_HEARD = frozenset({"invited", "accepted", "declined"})


@dataclass(frozen=True)
class Picture:
    """All that can be seen from outside at one moment."""

    sessions: Sequence[Session]
    messages: Sequence[Message]
    mails: Sequence[Mail]
    repeats: int
    dead_letters: int
    status: dict[str, Health]
    keep_off: frozenset[str]
    cancelled: frozenset[str]
    may_repeat: bool


BESIDE = "translate"
"""Staff ring about what was written in English to somebody who reads another language."""


def breaches(picture: Picture) -> list[str]:
    """Return everything that is not as it must be."""
    return [sentence for _, check in CHECKS for sentence in check(picture)]


def _nothing_stuck(picture: Picture) -> Iterator[str]:
    if picture.dead_letters:
        yield f"{picture.dead_letters} messages are in dead-letter queues"
    for name, health in picture.status.items():
        if not health.is_idle or health.failed_work:
            yield (
                f"{name} is not at rest: ready {health.ready}, queue {health.queue_depth}, "
                f"outbox {health.outbox}, failed work {health.failed_work}"
            )


def _invited_once(picture: Picture) -> Iterator[str]:
    told = Counter(message.concerns for message in picture.messages if message.kind == "invitation")
    for invitation_id, (session, attendee) in invitations(picture.sessions).items():
        times = told[attendee.participant_reference, session.engagement_id]
        if times > 1 or (not times and attendee.answer in MUST_HAVE_HEARD):
            yield f"invitation {invitation_id} ({attendee.answer}) was told {times} times"


def _mails_are_messages(picture: Picture) -> Iterator[str]:
    caught = Counter(mail.message_id for mail in picture.mails)
    sent = {m.message_id for m in picture.messages if m.channel == "email" and m.status == "sent"}
    for message_id, times in caught.items():
        if times > 1:
            yield f"message {message_id} came {times} times"
    if lost := sent - caught.keys():
        yield f"{len(lost)} messages were called sent and no e-mail came"
    if unknown := caught.keys() - sent:
        yield f"{len(unknown)} e-mails came of which no message is known"
    if picture.repeats and not picture.may_repeat:
        yield f"{picture.repeats} e-mails were handed over more than once"


def _nothing_failed(picture: Picture) -> Iterator[str]:
    for kind, count in Counter(m.kind for m in picture.messages if m.status == "failed").items():
        yield f"{count} messages of kind {kind} failed"


def _only_to_who_wants_it(picture: Picture) -> Iterator[str]:
    wrong = sum(mail.to in picture.keep_off for mail in picture.mails)
    if wrong:
        yield f"{wrong} e-mails went to people who want to be told in another way"
    calls = [m for m in picture.messages if m.channel == "call" and m.kind != BESIDE]
    rung = {m.participant_reference for m in calls}
    written = {
        m.participant_reference
        for m in picture.messages
        if m.channel == "email" and m.participant_reference
    }
    if both := rung & written:
        yield f"{len(both)} people were both rung and written to"


def _cancelled_are_told(picture: Picture) -> Iterator[str]:
    methods = {mail.message_id: mail.calendar_methods for mail in picture.mails}
    told = {m.concerns: m for m in picture.messages if m.kind == "cancelled"}
    for invitation_id, (session, attendee) in invitations(picture.sessions).items():
        if session.engagement_reference not in picture.cancelled:
            continue
        if attendee.answer in {"invited", "accepted"}:
            yield f"invitation {invitation_id} stands although its engagement was cancelled"
        message = told.get((attendee.participant_reference, session.engagement_id))
        if attendee.answer == "cancelled" and message is None:
            yield f"invitation {invitation_id} was taken back and nobody was told"
        elif (
            message
            and message.channel == "email"
            and "CANCEL" not in methods.get(message.message_id, frozenset())
        ):
            yield f"message {message.message_id} takes back without a calendar entry that does"


def _cancelled_sessions(picture: Picture) -> Iterator[str]:
    for session in picture.sessions:
        wanted = session.engagement_reference in picture.cancelled
        if wanted != (session.status == "cancelled"):
            yield f"session {session.session_id} is {session.status}"


def _places_are_filled(picture: Picture) -> Iterator[str]:
    held = filled(picture.sessions)
    for session in picture.sessions:
        come = held[session.engagement_id]
        if session.status == "announced" and come + session.missing != session.places:
            yield (
                f"session {session.session_id}: {come} places held and {session.missing} missing "
                f"do not make {session.places} places"
            )


Check = Callable[[Picture], Iterator[str]]
CHECKS: tuple[tuple[str, Check], ...] = (
    ("no dead letters, empty queues and outboxes, every service ready", _nothing_stuck),
    ("every invitation told exactly once", _invited_once),
    ("e-mails and messages are the same, each once", _mails_are_messages),
    ("no message failed", _nothing_failed),
    ("no e-mail to people who want to be told in another way", _only_to_who_wants_it),
    ("cancelled: all told, with a calendar entry that cancels", _cancelled_are_told),
    ("sessions of cancelled engagements cancelled, no others", _cancelled_sessions),
    ("expected and missing people add up to the places", _places_are_filled),
)
