"""Who was perhaps told, by a provider that did not say so or before a crash, and what follows."""

from datetime import timedelta

import pytest

from services.notification.domain import Kind, Status
from shared.contracts.participants import Channel as Wanted
from shared.contracts.participants import Language, ParticipantUpdated
from shared.contracts.sessions import Answer, InvitationCancelled, InvitationIssued, InvitationState
from tests.builders.channels import SMS, ways, with_carriers
from tests.builders.notification import a_state, an_event, an_invitation_state, told
from tests.fakes.carriers import InMemoryCarrier
from tests.fakes.notification_service import NotificationOnFakes


async def texted_without_an_answer(
    texts: InMemoryCarrier,
) -> tuple[NotificationOnFakes, InvitationState]:
    """Have an invitation taken by a provider that does not say so."""
    texts.cuts = 1
    service = with_carriers(sms=texts)
    person = await service.know(preferred_channel=Wanted.SMS)
    service.addresses.others[str(person)] = ("sms",)
    state = an_invitation_state(person)
    await service.hear(told(InvitationIssued, state, 1))
    await service.do_what_is_due()
    await service.do_what_is_due()
    return service, state


async def test_what_a_provider_took_is_known_though_it_is_no_longer_worth_telling() -> None:
    texts = InMemoryCarrier()
    service, state = await texted_without_an_answer(texts)

    await service.hear(told(InvitationCancelled, state, 2, Answer.CANCELLED))
    await service.pass_to(service.now + timedelta(minutes=1))

    assert [each.kind for each in service.messages] == [Kind.INVITATION, Kind.CANCELLED]
    assert set(service.kinds(Status.SENT)) == {Kind.INVITATION, Kind.CANCELLED}


async def test_what_a_silent_provider_perhaps_told_is_cancelled_to_the_person() -> None:
    texts = InMemoryCarrier()
    service, state = await texted_without_an_answer(texts)
    texts.is_away = True
    await service.hear(told(InvitationCancelled, state, 2, Answer.CANCELLED))

    waits = await service.do_what_is_due()
    for _ in range(2):
        service.now += timedelta(hours=25)
        await service.do_what_is_due()
    await service.do_what_is_due()

    assert "not-reached" in waits
    codes = {each.kind: each.error_code for each in service.messages if each.error_code}
    assert codes[Kind.INVITATION] == "perhaps-taken"
    assert [each.kind for each in service.messages if each.status is Status.SENT] == [
        Kind.CANCELLED
    ]
    assert len(service.mails) == 1


async def test_who_was_perhaps_mailed_before_a_crash_hears_that_it_is_cancelled() -> None:
    service = NotificationOnFakes()
    state = an_invitation_state(await service.know())
    await service.hear(
        told(InvitationIssued, state, 1), told(InvitationCancelled, state, 2, Answer.CANCELLED)
    )
    [_, cancelled] = list(service.records.due)
    waits = service.records.due.pop(cancelled)

    service.unfinished = True
    await service.do_what_is_due()
    service.unfinished = False
    service.records.due[cancelled] = waits
    await service.do_what_is_due()

    assert [(each.kind, each.status) for each in service.messages] == [
        (Kind.INVITATION, Status.FAILED),
        (Kind.CANCELLED, Status.SENT),
    ]
    assert service.messages[0].error_code == "perhaps-taken"


async def test_what_was_perhaps_mailed_goes_by_mail_again_whatever_is_preferred_since() -> None:
    texts = InMemoryCarrier()
    service = with_carriers(sms=texts)
    person = await service.know()
    service.addresses.others[str(person)] = ("sms",)
    await service.hear(told(InvitationIssued, an_invitation_state(person), 1))
    since = a_state(person, preferred_channel=Wanted.SMS)
    await service.hear(an_event(ParticipantUpdated, since, person, sequence=2))

    service.unfinished = True
    await service.do_what_is_due()

    assert (len(service.mails), texts.taken) == (1, [])


async def test_a_text_that_a_crash_hid_is_said_by_staff_in_the_person_s_own_language() -> None:
    texts = InMemoryCarrier()
    texts.cuts = 1
    service = with_carriers(sms=texts)
    person = await service.know(preferred_channel=Wanted.SMS, languages=(Language(code="so"),))
    service.addresses.others[str(person)] = ("sms",)
    await service.hear(told(InvitationIssued, an_invitation_state(person), 1))
    await service.do_what_is_due()
    before = service.kinds(Status.TO_CALL)
    await service.do_what_is_due()

    since = a_state(person, preferred_channel=Wanted.EMAIL, languages=(Language(code="so"),))
    await service.hear(an_event(ParticipantUpdated, since, person, sequence=2))
    await service.pass_to(service.now + timedelta(minutes=1))

    assert before == []
    assert service.kinds(Status.TO_CALL) == [Kind.TRANSLATE]


@pytest.mark.parametrize("wanted", [Wanted.EMAIL, Wanted.LETTER])
async def test_what_a_provider_took_is_not_sent_by_another_channel_that_is_wanted_since(
    wanted: Wanted,
) -> None:
    texts, letters = InMemoryCarrier("notify"), InMemoryCarrier("notify")
    texts.cuts = 1
    service = with_carriers(sms=texts, letter=letters)
    person = await service.know(preferred_channel=Wanted.SMS)
    service.addresses.others[str(person)] = ("sms", "letter")
    await service.hear(told(InvitationIssued, an_invitation_state(person), 1))
    await service.do_what_is_due()
    await service.do_what_is_due()

    since = a_state(person, preferred_channel=wanted)
    await service.hear(an_event(ParticipantUpdated, since, person, sequence=2))
    await service.pass_to(service.now + timedelta(minutes=1))

    assert (len(texts.taken), letters.taken, service.mails) == (1, [], [])
    assert ways(service) == [(SMS, Status.SENT)]
