"""Message handlers: each event to its use case; what is due is sent."""

from typing import get_args

from services.notification.ports import Records
from services.notification.use_cases.contact_book import (
    SECOND_LOOKS,
    StateEvent,
    forget_participant,
    forget_what_is_left,
    keep_contact,
    keep_participant,
)
from services.notification.use_cases.invitations import (
    InvitationEvent,
    follow_up,
    hear_needs,
    remind,
    tell_of_invitation,
)
from services.notification.use_cases.queue import SENDS
from services.notification.use_cases.sending import Post, give_up, send
from services.notification.use_cases.staff import (
    Decision,
    MatchEvent,
    SessionEvent,
    note_decision,
    tell_of_match,
    tell_of_session,
)
from shared.changes import Changes
from shared.contracts.participants import (
    ParticipantContactChanged,
    ParticipantErased,
)
from shared.contracts.sessions import (
    InvitationFollowUpDue,
    InvitationReminderDue,
    ReplyNeedsGiven,
)
from shared.due import DueWork
from shared.handlers import Handlers


def build_handlers(post: Post) -> Handlers:
    """Return what this service does about what it hears and about what is due."""
    handlers = Handlers()
    _hear_of_people(handlers, post.records)
    _hear_of_erasures(handlers, post)
    _hear_of_invitations(handlers, post.records)
    _hear_for_staff(handlers, post.records)

    @handlers.when_due(SENDS)
    async def on_send_due(work: DueWork) -> Changes:
        return await send(work, post)

    @handlers.when_given_up(SENDS)
    async def on_send_given_up(work: DueWork) -> Changes:
        return await give_up(work, post)

    return handlers


def _hear_of_people(handlers: Handlers, records: Records) -> None:
    @handlers.on(*get_args(StateEvent))
    async def on_participant_changed(event: StateEvent) -> Changes:
        return await keep_participant(event, records)

    @handlers.on(ParticipantContactChanged)
    async def on_contact_changed(event: ParticipantContactChanged) -> Changes:
        return await keep_contact(event, records)


def _hear_of_erasures(handlers: Handlers, post: Post) -> None:
    @handlers.on(ParticipantErased)
    async def on_participant_erased(event: ParticipantErased) -> Changes:
        return await forget_participant(event, post.records, post.facts)

    @handlers.when_due(SECOND_LOOKS)
    async def on_second_look_due(work: DueWork) -> Changes:
        return await forget_what_is_left(work.id, post.records)


def _hear_of_invitations(handlers: Handlers, records: Records) -> None:
    @handlers.on(*get_args(InvitationEvent))
    async def on_invitation_changed(event: InvitationEvent) -> Changes:
        return await tell_of_invitation(event, records)

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
