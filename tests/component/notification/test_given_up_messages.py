"""What becomes of a message that a fault of ours keeps from being sent."""

from uuid import UUID

from services.notification.domain import Kind, Status
from shared.contracts.base import Event
from shared.contracts.matches import MatchProposed
from shared.contracts.messages import NotificationCallNeeded, NotificationFailed
from shared.contracts.participants import ParticipantLeft
from shared.contracts.sessions import Answer, InvitationCancelled, InvitationIssued, InvitationState
from tests.builders.notification import a_match_state, a_state, an_event, an_invitation_state
from tests.fakes.notification_service import NotificationOnFakes


def issued(state: InvitationState) -> Event:
    return an_event(InvitationIssued, state, state.invitation_id, sequence=1)


def cancelled(state: InvitationState) -> Event:
    ended = state.model_copy(update={"answer": Answer.CANCELLED})
    return an_event(InvitationCancelled, ended, state.invitation_id, sequence=2)


async def test_a_message_that_cannot_be_sent_is_said_to_have_failed_and_becomes_a_call(
    service: NotificationOnFakes,
) -> None:
    await service.hear(issued(an_invitation_state(await service.know())))

    await service.give_up_what_is_due()

    failed, call = service.records.events
    assert isinstance(failed, NotificationFailed)
    assert (failed.data.error_code, failed.data.kind) == ("given-up", "invitation")
    assert isinstance(call, NotificationCallNeeded)
    assert call.data.participant_reference == failed.data.participant_reference == "P-1"
    assert service.mails == []


async def test_what_follows_a_message_that_cannot_be_sent_does_not_wait_for_it(
    service: NotificationOnFakes,
) -> None:
    state = an_invitation_state(await service.know())
    await service.hear(issued(state))
    await service.give_up_what_is_due()

    await service.hear(cancelled(state))
    put_off = await service.do_what_is_due()

    assert put_off == []
    assert service.kinds(Status.SENT) == [Kind.CANCELLED]


async def test_giving_up_twice_asks_for_one_call(service: NotificationOnFakes) -> None:
    await service.hear(issued(an_invitation_state(await service.know())))
    again = dict(service.records.due)

    await service.give_up_what_is_due()
    service.records.due.update(again)
    await service.give_up_what_is_due()
    service.records.due.update(again)
    await service.do_what_is_due()

    assert service.kinds(Status.TO_CALL) == [Kind.INVITATION]
    assert service.kinds(Status.FAILED) == [Kind.INVITATION]
    assert service.mails == []


async def test_nobody_is_rung_about_what_they_may_not_be_told_any_more(
    service: NotificationOnFakes,
) -> None:
    person = await service.know()
    await service.hear(issued(an_invitation_state(person)))
    await service.hear(an_event(ParticipantLeft, a_state(person), person, sequence=2))

    await service.give_up_what_is_due()

    assert service.kinds(Status.TO_CALL) == [Kind.GOODBYE]
    assert service.kinds(Status.QUEUED) == []


async def test_a_message_to_somebody_unknown_fails_and_asks_for_no_call(
    service: NotificationOnFakes,
) -> None:
    await service.hear(issued(an_invitation_state(UUID(int=1))))

    await service.give_up_what_is_due()

    assert [message.status for message in service.messages] == [Status.FAILED]


async def test_a_message_to_staff_that_cannot_be_sent_fails(service: NotificationOnFakes) -> None:
    state = a_match_state()
    await service.hear(an_event(MatchProposed, state, state.match_id))

    await service.give_up_what_is_due()

    [failed] = service.records.events
    assert (failed.data.status, failed.data.error_code) == ("failed", "given-up")
