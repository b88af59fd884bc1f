"""Calls that staff make to people whose channel is not e-mail."""

from dataclasses import replace

from services.console.ports import CallTry, Knowledge, MessageView
from services.console.use_cases.askings import know_rung
from services.console.use_cases.audit import noted
from services.console.use_cases.needs import Said, give_needs
from services.console.use_cases.replies import Reply, Standing, answer_invitation, standing
from services.console.use_cases.sign_in import Visitor
from shared.changes import NOTHING, Changes
from shared.contracts.messages import MessageStatus
from shared.errors import ConflictError, NotFoundError
from shared.facts import Facts


class CallMadeError(ConflictError):
    """A colleague made the call and noted another answer; which one counts, people have to say."""

    code = "call-made"

    def __init__(self, by: str) -> None:
        super().__init__("a colleague noted another answer")
        self.by = by


async def find_call(message_id: str, staff: Visitor, known: Knowledge) -> MessageView:
    """Return a call of the visitor's hubs to somebody not erased. Raises NotFoundError."""
    call = await known.messages.get(message_id)
    if call is None or call.hub not in staff.hubs or call.state.status != MessageStatus.TO_CALL:
        raise NotFoundError("no such call")
    if call.state.participant_id is None:
        raise NotFoundError("this call is to nobody any more")
    return call


async def look_at_person(
    message_id: str, staff: Visitor, known: Knowledge, facts: Facts
) -> Changes:
    """Write down that staff saw who a person is. Raises NotFoundError."""
    call = await find_call(message_id, staff, known)
    about = str(call.state.participant_id)
    return noted(
        known.audit,
        facts,
        who=staff.username,
        what="looked_at_person",
        about=about,
        hub=call.hub,
    )


async def take_answer_by_phone(
    message_id: str, reply: Reply, staff: Visitor, known: Knowledge, facts: Facts
) -> Changes:
    """Take what a person said when staff rang.

    Raises NotFoundError, TooLateError; CallMadeError where a colleague noted another answer.
    """
    call = await find_call(message_id, staff, known)
    if call.state.invitation_id is None:
        raise NotFoundError("this call is about no invitation")
    answered = await answer_invitation(
        call.state.invitation_id, reply, known.invitations, facts, by_phone=True
    )
    if answered.events and call.done_by and call.done_by != staff.username:
        await _see_that_nothing_is_answered(call, known, facts)
    row = noted(
        known.audit,
        facts,
        who=staff.username,
        what="answer_taken_by_phone",
        about=str(call.state.invitation_id),
        hub=call.hub,
    )
    return answered + row + await _done(call, staff, known, facts)


async def _see_that_nothing_is_answered(call: MessageView, known: Knowledge, facts: Facts) -> None:
    invitation = await known.invitations.get(str(call.state.invitation_id))
    if invitation and standing(invitation, facts.now()) is not Standing.OPEN:
        raise CallMadeError(call.done_by or "")


async def take_needs_by_phone(
    message_id: str, said: Said, staff: Visitor, known: Knowledge, facts: Facts
) -> Changes:
    """Take what a person needs, as they said when staff rang; the call is not over by that.

    Raises NotFoundError, TooLateError.
    """
    call = await find_call(message_id, staff, known)
    if call.state.invitation_id is None:
        raise NotFoundError("this call is about no invitation")
    invitation_id = call.state.invitation_id
    given = await give_needs(invitation_id, said, known, facts)
    return given + noted(
        known.audit,
        facts,
        who=staff.username,
        what="needs_taken_by_phone",
        about=str(invitation_id),
        hub=call.hub,
    )


async def mark_call_done(
    message_id: str, staff: Visitor, known: Knowledge, facts: Facts
) -> Changes:
    """Take a call off the list; done twice is done. Raises NotFoundError."""
    return await _done(await find_call(message_id, staff, known), staff, known, facts)


async def note_call_tried(
    message_id: str, staff: Visitor, known: Knowledge, facts: Facts
) -> Changes:
    """Note that nobody picked up; the call stays to be made. Raises NotFoundError."""
    call = await find_call(message_id, staff, known)
    if call.done_by:
        return NOTHING
    tried = replace(call, tries=(*call.tries, CallTry(by=staff.username, at=facts.now())))
    return Changes((known.messages.keep(tried),)) + noted(
        known.audit, facts, who=staff.username, what="call_tried", about=call.id, hub=call.hub
    )


async def _done(call: MessageView, staff: Visitor, known: Knowledge, facts: Facts) -> Changes:
    if call.done_by:
        return NOTHING
    done = Changes((known.messages.keep(replace(call, done_by=staff.username)),))
    row = noted(
        known.audit, facts, who=staff.username, what="call_made", about=call.id, hub=call.hub
    )
    return done + row + await know_rung(call, known)
