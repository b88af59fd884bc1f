"""Who is told by which channel, and what follows when one does not reach them."""

from dataclasses import replace
from datetime import time, timedelta

import pytest

from services.notification.domain import Channel, Kind, Pace, QuietHours, Status
from shared.contracts.messages import NotificationCallNeeded, NotificationFailed, NotificationSent
from shared.contracts.participants import Channel as Wanted
from shared.contracts.participants import Language
from shared.contracts.sessions import (
    Answer,
    InvitationAccepted,
    InvitationCancelled,
    InvitationIssued,
)
from tests.builders.channels import (
    EMAIL,
    LETTER,
    SMS,
    invited_by,
    invited_by_then_away,
    ways,
    with_carriers,
)
from tests.builders.notification import an_invitation_state, told
from tests.fakes.carriers import InMemoryCarrier, InMemoryCarriers
from tests.fakes.notification_service import NotificationOnFakes


async def test_who_prefers_a_text_gets_one() -> None:
    texts = InMemoryCarrier()
    service = with_carriers(sms=texts)

    await invited_by(service, Wanted.SMS, "sms")

    [message] = service.messages
    assert (message.channel, message.status, message.provider) == (SMS, Status.SENT, texts.name)
    assert texts.keys == [message.id]
    assert service.mails == []


async def test_patience_ends_though_quiet_hours_interrupt_it() -> None:
    texts = InMemoryCarrier()
    quiet = Pace(quiet=QuietHours(time(20), time(8)))
    service = NotificationOnFakes(carriers={SMS: InMemoryCarriers(texts)}, pace=quiet)
    service.mailer.is_away = True
    person = await service.know()
    service.addresses.others[str(person)] = ("sms",)
    state = an_invitation_state(person, answer_by=service.now + timedelta(days=20))
    await service.hear(told(InvitationIssued, state, 1))

    await service.pass_to(service.now + timedelta(days=3))

    assert len(texts.taken) == 1


async def test_what_was_late_when_it_was_first_tried_is_waited_for_all_the_same() -> None:
    texts = InMemoryCarrier()
    service = with_carriers(sms=texts)
    service.mailer.is_away = True
    person = await service.know()
    service.addresses.others[str(person)] = ("sms",)
    state = an_invitation_state(person, answer_by=service.now + timedelta(days=30))
    await service.hear(told(InvitationIssued, state, 1))
    service.now += timedelta(days=2)
    await service.do_what_is_due()
    service.mailer.is_away = False

    await service.pass_to(service.now + timedelta(minutes=1))

    assert ways(service) == [(Channel.EMAIL, Status.SENT)]
    assert texts.taken == []


async def test_who_was_only_rung_about_their_silence_hears_of_the_end() -> None:
    service = with_carriers(sms=InMemoryCarrier())
    state = await invited_by(service, Wanted.SMS, "sms")
    [invited] = service.messages
    rung = replace(
        invited.call_about_silence(), status=Status.TO_CALL, channel=Channel.CALL, version=1
    )
    service.records.messages.entities = {rung.id: rung}

    await service.hear(told(InvitationCancelled, state, 2, Answer.CANCELLED))
    await service.pass_to(service.now + timedelta(minutes=1))

    assert Kind.CANCELLED in service.kinds(Status.SENT)


async def test_who_gets_a_text_in_english_and_reads_another_language_is_one_task() -> None:
    texts = InMemoryCarrier()
    service = with_carriers(sms=texts)

    await invited_by(service, Wanted.SMS, "sms", languages=(Language(code="so"),))

    assert service.kinds(Status.SENT) == [Kind.INVITATION]
    assert service.kinds(Status.TO_CALL) == [Kind.TRANSLATE]


async def test_a_refused_e_mail_goes_by_the_second_channel_and_then_to_staff() -> None:
    texts = InMemoryCarrier()
    texts.refuses = True
    service = with_carriers(sms=texts)
    service.mailer.refused.add(EMAIL)

    await invited_by(service, Wanted.EMAIL, "sms")

    assert ways(service) == [
        (Channel.EMAIL, Status.FAILED),
        (SMS, Status.FAILED),
        (Channel.CALL, Status.TO_CALL),
    ]
    by_mail, by_text, call = service.messages
    assert (by_text.instead_of, call.instead_of) == (by_mail.id, by_text.id)
    kinds = [type(event) for event in service.records.events]
    assert kinds == [NotificationFailed, NotificationFailed, NotificationCallNeeded]
    assert service.records.events[-1].data.script


async def test_who_has_answered_meanwhile_is_not_told_by_the_second_channel() -> None:
    texts = InMemoryCarrier()
    texts.is_away = True
    service = with_carriers(sms=texts)
    service.mailer.refused.add(EMAIL)
    state = await invited_by_then_away(service)
    service.mailer.refused.clear()

    await service.hear(told(InvitationAccepted, state, 2, Answer.ACCEPTED))
    texts.is_away = False
    await service.pass_to(service.now + timedelta(hours=1))

    assert texts.taken == []
    assert Kind.ACCEPTED in service.kinds(Status.SENT)


async def test_a_mail_server_that_takes_nothing_for_long_is_not_waited_for() -> None:
    texts = InMemoryCarrier()
    service = with_carriers(sms=texts)
    service.mailer.is_away = True
    person = await service.know()
    service.addresses.others[str(person)] = ("sms",)
    await service.hear(told(InvitationIssued, an_invitation_state(person), 1))

    assert await service.do_what_is_due() == ["unavailable"]
    service.now += timedelta(days=1)
    await service.do_what_is_due()
    await service.pass_to(service.now)

    assert ways(service) == [(Channel.EMAIL, Status.FAILED), (SMS, Status.SENT)]
    assert service.messages[0].error_code == "not-taken-in-time"


@pytest.mark.parametrize(("days", "by"), [(18, LETTER), (3, Channel.CALL)])
async def test_a_letter_is_written_only_where_it_comes_in_time(days: int, by: Channel) -> None:
    service = with_carriers(letter=InMemoryCarrier())
    person = await service.know(preferred_channel=Wanted.LETTER)
    service.addresses.others[str(person)] = ("letter", "phone")
    state = an_invitation_state(person, answer_by=service.now + timedelta(days=days))

    await service.hear(told(InvitationIssued, state, 1))
    contact = service.records.contacts.entities[str(person)]
    object.__setattr__(contact.card, "ciphertext", "")
    await service.pass_to(service.now)

    assert [each.channel for each in service.messages] == [by]


async def test_who_reads_a_language_that_nobody_translated_is_a_task_beside_the_english() -> None:
    service = NotificationOnFakes()

    await invited_by(service, Wanted.EMAIL, languages=(Language(code="so"),))

    assert service.kinds(Status.SENT) == [Kind.INVITATION]
    assert service.kinds(Status.TO_CALL) == [Kind.TRANSLATE]
    sent, task = service.records.events
    assert isinstance(sent, NotificationSent)
    assert (task.data.language, task.data.channel) == ("so", "call")


@pytest.mark.parametrize(
    "languages",
    [(), (Language(code="so"), Language(code="en"))],
)
async def test_who_reads_english_is_no_task(languages: tuple[Language, ...]) -> None:
    service = NotificationOnFakes()

    await invited_by(service, Wanted.EMAIL, languages=languages)

    assert service.kinds(Status.TO_CALL) == []


async def test_a_person_with_nothing_but_an_address_is_written_to_by_staff() -> None:
    service = NotificationOnFakes()
    person = await service.know(preferred_channel=Wanted.LETTER)
    service.addresses.others[str(person)] = ("letter",)

    await service.hear_and_send(told(InvitationIssued, an_invitation_state(person), 1))

    assert ways(service) == [(LETTER, Status.TO_CALL)]
