"""Who does not answer is reached by their second channel, then rung; never rung twice for it."""

import pytest

from services.notification.domain import Channel as By
from services.notification.domain import Kind, Status
from shared.contracts.messages import NotificationCallNeeded
from shared.contracts.participants import Channel
from shared.contracts.sessions import (
    Answer,
    FollowUpState,
    FollowUpStep,
    InvitationAccepted,
    InvitationFollowUpDue,
    InvitationIssued,
    InvitationState,
)
from tests.builders.letters import text_of
from tests.builders.notification import an_event, an_invitation_state, told
from tests.fakes.carriers import InMemoryCarrier, InMemoryCarriers
from tests.fakes.notification_service import NotificationOnFakes


def due(state: InvitationState, step: FollowUpStep, *, at: int = 2) -> InvitationFollowUpDue:
    data = FollowUpState(**dict(state), step=step)
    return an_event(InvitationFollowUpDue, data, state.invitation_id, sequence=at)


SECOND, CALL = FollowUpStep.SECOND_CHANNEL, FollowUpStep.CALL


async def asked(
    service: NotificationOnFakes, *others: str, prefers: Channel = Channel.EMAIL
) -> InvitationState:
    person = await service.know(preferred_channel=prefers)
    service.addresses.others[str(person)] = others
    state = an_invitation_state(person)
    await service.hear_and_send(told(InvitationIssued, state, 1))
    return state


@pytest.mark.parametrize("by", [By.SMS, By.LETTER])
async def test_who_was_written_to_is_reached_by_another_channel_and_rung_later(by: By) -> None:
    carrier = InMemoryCarrier()
    service = NotificationOnFakes(carriers={by: InMemoryCarriers(carrier)})
    state = await asked(service, by.value)

    await service.hear(due(state, SECOND), due(state, CALL, at=3))
    await service.pass_to(service.now)

    assert len(carrier.taken) == 1
    assert (Kind.SECOND_TRY, by) in [(each.kind, each.channel) for each in service.messages]
    assert service.kinds(Status.TO_CALL) == [Kind.NO_ANSWER]
    calls = [e for e in service.records.events if isinstance(e, NotificationCallNeeded)]
    assert {each.data.due_by for each in calls} == {state.answer_by}


@pytest.mark.parametrize("others", [(), ("phone",), ("sms",), ("phone", "letter")])
async def test_who_has_no_other_channel_is_rung_at_once_and_not_a_second_time(
    service: NotificationOnFakes, others: tuple[str, ...]
) -> None:
    state = await asked(service, *others)

    await service.hear_and_send(due(state, SECOND), due(state, CALL, at=3))

    assert service.kinds(Status.TO_CALL) == [Kind.NO_ANSWER]


async def test_the_call_that_comes_first_is_not_doubled_by_the_second_channel(
    service: NotificationOnFakes,
) -> None:
    state = await asked(service)

    await service.hear_and_send(due(state, CALL, at=3), due(state, SECOND))

    assert service.kinds(Status.TO_CALL) == [Kind.NO_ANSWER]


async def test_who_was_rung_first_and_has_an_e_mail_address_is_written_to(
    service: NotificationOnFakes,
) -> None:
    state = await asked(service, prefers=Channel.PHONE)

    await service.hear_and_send(due(state, SECOND))

    assert "have not heard from you" in text_of(service.mails[-1])
    assert service.kinds(Status.TO_CALL) == [Kind.INVITATION]


async def test_who_has_answered_meanwhile_is_left_alone(service: NotificationOnFakes) -> None:
    state = await asked(service, "sms")
    await service.hear(due(state, SECOND))

    await service.hear_and_send(told(InvitationAccepted, state, 3, Answer.ACCEPTED))

    assert service.kinds(Status.TO_CALL) == []


async def test_each_asking_has_a_call_of_its_own(service: NotificationOnFakes) -> None:
    state = await asked(service)
    again = state.model_copy(update={"asked": 2})

    await service.hear_and_send(due(state, CALL), due(state, CALL), due(again, CALL, at=5))

    assert service.kinds(Status.TO_CALL) == [Kind.NO_ANSWER, Kind.NO_ANSWER]
