"""What comes in by AMQP, what other services say, and what has become due."""

from functools import partial
from typing import get_args

from services.intake.ports import Desk, Publishers
from services.intake.use_cases.attendance import SessionEvent, know_session, note_attendance
from services.intake.use_cases.consents import hear_consent_withdrawal
from services.intake.use_cases.doors import (
    keep_unjudged,
    look_again,
    read_message,
    receive_message,
)
from services.intake.use_cases.erasure_cases import (
    ERASURE_CHECKS,
    look_who_confirmed,
    note_confirmation,
)
from services.intake.use_cases.keeping import EXPIRIES, KEY_ENDS, SECOND_LOOKS, end_key, expire
from services.intake.use_cases.key_rotation import (
    KEY_ROTATIONS,
    MASTER_ROTATIONS,
    rewrap,
    seal_under_new_key,
)
from services.intake.use_cases.leaving import ERASURES, forget_by_own_wish, forget_key, let_go
from services.intake.use_cases.needs import add_needs
from services.intake.use_cases.own_details import hear_own_details
from services.intake.use_cases.times import hear_own_times
from services.intake.use_cases.turns import Turns
from shared.changes import Changes
from shared.contracts.erasures import ErasureConfirmed
from shared.contracts.own_details import (
    ReplyConsentWithdrawn,
    ReplyDetailsGiven,
    ReplyErasureAsked,
)
from shared.contracts.participants import ReplyAvailabilityGiven
from shared.contracts.sessions import ReplyLeft, ReplyNeedsGiven, SessionAttendanceNoted
from shared.due import DueWork
from shared.handlers import Handlers, Handling, Inbound


def build_handlers(desk: Desk, publishers: Publishers) -> Handlers:
    """Bind intake's use cases to what calls for them."""
    handlers = Handlers()
    _take_submissions(handlers, desk, publishers)
    _hear_what_people_say(handlers, desk)
    _hear_of_sessions(handlers, desk)
    _work_when_due(handlers, desk, publishers)
    _keep_keys(handlers, desk)
    return handlers


def _take_submissions(handlers: Handlers, desk: Desk, publishers: Publishers) -> None:
    turns = Turns()

    @handlers.inbound
    def on_submission(message: Inbound) -> Handling:
        if publisher := publishers.by_name(message.user or ""):
            turns.take(publisher, desk.facts.now(), has_waited=message.has_waited)
        arrival = read_message(message, publishers, desk.cipher)
        return Handling(arrival.message_id, partial(receive_message, arrival, desk))


def _hear_what_people_say(handlers: Handlers, desk: Desk) -> None:
    @handlers.on(ReplyLeft)
    async def on_reply_left(event: ReplyLeft) -> Changes:
        return await let_go(event, desk)

    @handlers.on(ReplyNeedsGiven)
    async def on_needs_given(event: ReplyNeedsGiven) -> Changes:
        return await add_needs(event, desk)

    @handlers.on(ReplyDetailsGiven)
    async def on_details_given(event: ReplyDetailsGiven) -> Changes:
        return await hear_own_details(event, desk)

    @handlers.on(ReplyErasureAsked)
    async def on_erasure_asked(event: ReplyErasureAsked) -> Changes:
        return await forget_by_own_wish(event, desk)

    @handlers.on(ReplyConsentWithdrawn)
    async def on_consent_withdrawn(event: ReplyConsentWithdrawn) -> Changes:
        return await hear_consent_withdrawal(event, desk)

    @handlers.on(ErasureConfirmed)
    async def on_erasure_confirmed(event: ErasureConfirmed) -> Changes:
        return await note_confirmation(event, desk)

    @handlers.on(ReplyAvailabilityGiven)
    async def on_availability_given(event: ReplyAvailabilityGiven) -> Changes:
        return await hear_own_times(event, desk)


def _hear_of_sessions(handlers: Handlers, desk: Desk) -> None:
    @handlers.on(*get_args(SessionEvent))
    async def on_session(event: SessionEvent) -> Changes:
        return await know_session(event, desk)

    @handlers.on(SessionAttendanceNoted)
    async def on_attendance_noted(event: SessionAttendanceNoted) -> Changes:
        return await note_attendance(event, desk)


def _work_when_due(handlers: Handlers, desk: Desk, publishers: Publishers) -> None:
    @handlers.when_due(SECOND_LOOKS)
    async def on_second_look_due(work: DueWork) -> Changes:
        return await look_again(work.id, work.about, desk, publishers)

    @handlers.when_given_up(SECOND_LOOKS)
    async def on_second_look_given_up(work: DueWork) -> Changes:
        return await keep_unjudged(work.id, work.about, desk)

    @handlers.when_due(ERASURES)
    async def on_erasure_due(work: DueWork) -> Changes:
        return await forget_key(work.id, work.about, desk)

    @handlers.when_due(ERASURE_CHECKS)
    async def on_erasure_check_due(work: DueWork) -> Changes:
        return await look_who_confirmed(work.id, work.about, desk)

    @handlers.when_due(EXPIRIES)
    async def on_expiry_due(work: DueWork) -> Changes:
        return await expire(work.id, desk)


def _keep_keys(handlers: Handlers, desk: Desk) -> None:
    @handlers.when_due(KEY_ENDS)
    async def on_key_end_due(work: DueWork) -> Changes:
        return await end_key(work.id, work.about, desk)

    @handlers.when_due(KEY_ROTATIONS)
    async def on_key_rotation_due(work: DueWork) -> Changes:
        return await seal_under_new_key(work.id, work.about, desk)

    @handlers.when_due(MASTER_ROTATIONS)
    async def on_master_rotation_due(_work: DueWork) -> Changes:
        return await rewrap(desk)
