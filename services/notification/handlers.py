"""Message handlers: each event to its use case; what is due is sent."""

from typing import get_args

from services.notification.ports import Records
from services.notification.use_cases.contact_book import (
    SECOND_LOOKS,
    StateEvent,
    forget_participant,
    keep_contact,
    keep_participant,
    look_again,
)
from services.notification.use_cases.films import keep_film
from services.notification.use_cases.invitations import (
    InvitationEvent,
    follow_up,
    hear_needs,
    remind,
    tell_of_invitation,
)
from services.notification.use_cases.own_details import send_details_link
from services.notification.use_cases.post import Post
from services.notification.use_cases.previews import write_preview
from services.notification.use_cases.queue import SENDS
from services.notification.use_cases.receipts import look_for_receipt
from services.notification.use_cases.sending import give_up, send
from services.notification.use_cases.settling import RECEIPTS
from services.notification.use_cases.staff import (
    Decision,
    MatchEvent,
    SessionEvent,
    note_decision,
    tell_of_match,
    tell_of_session,
)
from services.notification.use_cases.staff_post import DIGESTS, send_digest, send_singly
from shared.changes import Changes
from shared.contracts.own_details import ReplyDetailsLinkAsked
from shared.contracts.participants import (
    ParticipantContactChanged,
    ParticipantErased,
)
from shared.contracts.previews import FilmSupplied, PreviewRequested
from shared.contracts.sessions import (
    InvitationFollowUpDue,
    InvitationReminderDue,
    ReplyNeedsGiven,
)
from shared.due import DueWork
from shared.handlers import Handlers

SENT_AT_ONCE = 64
"""So many wait for a few connections to the mail server: what they read and store is read and
stored together."""


def build_handlers(post: Post) -> Handlers:
    """Return what this service does about what it hears and about what is due."""
    handlers = Handlers()
    _hear_of_people(handlers, post.records)
    _hear_of_erasures(handlers, post)
    _hear_of_invitations(handlers, post)
    _hear_for_staff(handlers, post.records)
    _hear_of_forms(handlers, post)
    _send_what_is_due(handlers, post)
    return handlers


def _send_what_is_due(handlers: Handlers, post: Post) -> None:
    @handlers.when_due(SENDS, at_once=SENT_AT_ONCE)
    async def on_send_due(work: DueWork) -> Changes:
        return await send(work, post)

    @handlers.when_given_up(SENDS)
    async def on_send_given_up(work: DueWork) -> Changes:
        return await give_up(work, post)

    @handlers.when_due(DIGESTS)
    async def on_digest_due(work: DueWork) -> Changes:
        return await send_digest(work, post)

    @handlers.when_given_up(DIGESTS)
    async def on_digest_given_up(work: DueWork) -> Changes:
        return await send_singly(work, post)

    @handlers.when_due(RECEIPTS)
    async def on_receipt_due(work: DueWork) -> Changes:
        return await look_for_receipt(work, post)


def _hear_of_people(handlers: Handlers, records: Records) -> None:
    @handlers.on(*get_args(StateEvent))
    async def on_participant_changed(event: StateEvent) -> Changes:
        return await keep_participant(event, records)

    @handlers.on(ReplyDetailsLinkAsked)
    async def on_details_link_asked(event: ReplyDetailsLinkAsked) -> Changes:
        return await send_details_link(event, records)

    @handlers.on(ParticipantContactChanged)
    async def on_contact_changed(event: ParticipantContactChanged) -> Changes:
        return await keep_contact(event, records)


def _hear_of_erasures(handlers: Handlers, post: Post) -> None:
    @handlers.on(ParticipantErased)
    async def on_participant_erased(event: ParticipantErased) -> Changes:
        return await forget_participant(event, post.records, post.facts)

    @handlers.when_due(SECOND_LOOKS)
    async def on_second_look_due(work: DueWork) -> Changes:
        return await look_again(work, post)


def _hear_of_invitations(handlers: Handlers, post: Post) -> None:
    records = post.records

    @handlers.on(*get_args(InvitationEvent))
    async def on_invitation_changed(event: InvitationEvent) -> Changes:
        return await tell_of_invitation(event, records, post.pace)

    @handlers.on(InvitationFollowUpDue)
    async def on_follow_up_due(event: InvitationFollowUpDue) -> Changes:
        return await follow_up(event, records)

    @handlers.on(ReplyNeedsGiven)
    async def on_needs_given(event: ReplyNeedsGiven) -> Changes:
        return await hear_needs(event, records)

    @handlers.on(InvitationReminderDue)
    async def on_reminder_due(event: InvitationReminderDue) -> Changes:
        return await remind(event, records)


def _hear_for_staff(handlers: Handlers, records: Records) -> None:
    @handlers.on(*get_args(MatchEvent))
    async def on_match_changed(event: MatchEvent) -> Changes:
        return await tell_of_match(event, records)

    @handlers.on(*get_args(Decision))
    async def on_match_decided(event: Decision) -> Changes:
        return await note_decision(event, records)

    @handlers.on(*get_args(SessionEvent))
    async def on_session_changed(event: SessionEvent) -> Changes:
        return await tell_of_session(event, records)


def _hear_of_forms(handlers: Handlers, post: Post) -> None:
    @handlers.on(PreviewRequested)
    async def on_preview_requested(event: PreviewRequested) -> Changes:
        return await write_preview(event, post)

    @handlers.on(FilmSupplied)
    async def on_film_supplied(event: FilmSupplied) -> Changes:
        return await keep_film(event, post.records)
