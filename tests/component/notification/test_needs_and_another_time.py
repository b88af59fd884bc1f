"""What a person hears who wants another time, or said what they need; and when staff ring them."""

from typing import Any

from services.notification.domain import Kind, Status
from shared.contracts.participants import Channel
from shared.contracts.sessions import (
    Answer,
    InvitationAnotherTime,
    InvitationIssued,
    InvitationState,
    NeedsState,
    ReplyNeedsGiven,
)
from tests.builders.letters import calendars_of, text_of
from tests.builders.notification import an_event, an_invitation_state, told
from tests.fakes.notification_service import NotificationOnFakes, invited


def needs(state: InvitationState, **said: Any) -> ReplyNeedsGiven:
    data = NeedsState(
        invitation_id=state.invitation_id, participant_id=state.participant_id, **said
    )
    return an_event(ReplyNeedsGiven, data, state.invitation_id)


async def test_who_wants_another_time_is_told_that_they_wait_and_loses_the_calendar_entry(
    service: NotificationOnFakes,
) -> None:
    state = await invited(service)

    await service.hear_and_send(told(InvitationAnotherTime, state, 2, Answer.ANOTHER_TIME))

    mail = service.mails[-1]
    assert "You are on the waiting list" in text_of(mail)
    assert {each["method"] for each in calendars_of(mail)} == {"CANCEL"}


async def test_who_says_what_they_need_is_thanked_and_asked_to_answer_still(
    service: NotificationOnFakes,
) -> None:
    state = await invited(service)

    await service.hear_and_send(needs(state, needs=("204331000000107",)))

    assert "Please say yes or no by" in text_of(service.mails[-1])
    assert "sign" not in text_of(service.mails[-1]).lower()
    assert service.kinds(Status.TO_CALL) == []


async def test_who_asks_to_be_phoned_is_a_call_for_staff_and_gets_a_mail(
    service: NotificationOnFakes,
) -> None:
    state = await invited(service)
    asked = needs(state, call_me=True)

    await service.hear_and_send(asked, asked)

    assert service.kinds(Status.TO_CALL) == [Kind.CALL_ME]
    assert service.kinds(Status.SENT) == [Kind.INVITATION, Kind.NEEDS]


async def test_who_said_it_on_the_telephone_is_not_rung_to_be_thanked(
    service: NotificationOnFakes,
) -> None:
    state = an_invitation_state(await service.know(preferred_channel=Channel.PHONE))
    await service.hear_and_send(told(InvitationIssued, state, 1))

    await service.hear_and_send(needs(state, needs=("204331000000107",), by_phone=True))

    assert service.kinds(Status.TO_CALL) == [Kind.INVITATION]


async def test_a_later_change_of_the_invitation_does_not_silence_the_thanks(
    service: NotificationOnFakes,
) -> None:
    state = await invited(service)
    await service.hear(needs(state, needs=("204331000000107",)))

    await service.hear_and_send(told(InvitationAnotherTime, state, 2, Answer.ANOTHER_TIME))

    assert set(service.kinds(Status.SENT)) == {Kind.INVITATION, Kind.NEEDS, Kind.ANOTHER_TIME}
