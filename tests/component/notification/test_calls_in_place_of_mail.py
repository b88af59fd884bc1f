"""Staff ring where no e-mail can tell a participant of an invitation."""

import pytest

from services.notification.domain import Kind, Status
from shared.contracts.base import Event
from shared.contracts.messages import (
    MessageStatus,
    NotificationCallNeeded,
    NotificationFailed,
)
from shared.contracts.participants import Channel
from shared.contracts.sessions import (
    Answer,
    InvitationAccepted,
    InvitationDeclined,
    InvitationIssued,
    InvitationState,
)
from tests.builders.notification import an_invitation_state, told
from tests.fakes.notification_service import NotificationOnFakes, invited


def by_phone(state: InvitationState) -> InvitationState:
    return state.model_copy(update={"by_phone": True})


@pytest.mark.parametrize("channel", [Channel.SMS, Channel.PHONE, Channel.LETTER])
async def test_whoever_does_not_use_e_mail_is_rung_by_staff(
    service: NotificationOnFakes, channel: Channel
) -> None:
    person = await service.know(preferred_channel=channel)

    await service.hear_and_send(told(InvitationIssued, an_invitation_state(person), 1))

    assert service.mails == []
    [call] = service.records.events
    assert isinstance(call, NotificationCallNeeded)
    assert (call.data.channel, call.data.status) == ("call", MessageStatus.TO_CALL)


@pytest.mark.parametrize(
    ("kind", "answer"),
    [(InvitationAccepted, Answer.ACCEPTED), (InvitationDeclined, Answer.DECLINED)],
)
async def test_whoever_answered_on_the_telephone_is_not_rung_again_about_the_answer(
    service: NotificationOnFakes, kind: type[Event], answer: Answer
) -> None:
    state = an_invitation_state(await service.know(preferred_channel=Channel.PHONE))
    await service.hear_and_send(told(InvitationIssued, state, 1))

    await service.hear_and_send(told(kind, by_phone(state), 2, answer))

    assert service.kinds(Status.TO_CALL) == [Kind.INVITATION]


async def test_whoever_uses_e_mail_gets_what_they_said_on_the_telephone_in_writing(
    service: NotificationOnFakes,
) -> None:
    state = await invited(service)

    await service.hear_and_send(told(InvitationAccepted, by_phone(state), 2, Answer.ACCEPTED))

    assert service.kinds(Status.SENT) == [Kind.INVITATION, Kind.ACCEPTED]


async def test_a_refused_e_mail_about_an_answer_on_the_telephone_makes_no_call(
    service: NotificationOnFakes,
) -> None:
    state = await invited(service)
    service.mailer.refused.add("asha@example.org")

    await service.hear_and_send(told(InvitationDeclined, by_phone(state), 2, Answer.DECLINED))

    assert service.kinds(Status.FAILED) == [Kind.DECLINED]
    assert service.kinds(Status.TO_CALL) == []


async def test_a_card_without_an_e_mail_address_makes_a_call_task(
    service: NotificationOnFakes,
) -> None:
    person = await service.know()
    contact = service.records.contacts.entities[str(person)]
    object.__setattr__(contact.card, "ciphertext", "")

    await service.hear_and_send(told(InvitationIssued, an_invitation_state(person), 1))

    assert service.kinds(Status.TO_CALL) == [Kind.INVITATION]


async def test_a_refused_e_mail_is_said_to_have_failed_and_becomes_a_call(
    service: NotificationOnFakes,
) -> None:
    service.mailer.refused.add("asha@example.org")
    person = await service.know()

    await service.hear_and_send(told(InvitationIssued, an_invitation_state(person), 1))

    failed, call = service.records.events
    assert isinstance(failed, NotificationFailed)
    assert failed.data.error_code == "mail-refused"
    assert isinstance(call, NotificationCallNeeded)
    assert failed.data.message_id != call.data.message_id
