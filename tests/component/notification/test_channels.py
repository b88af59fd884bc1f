"""Who is told by which channel, and what follows when one does not reach them."""

from dataclasses import replace
from datetime import time, timedelta

import pytest

from services.notification.domain import Channel, Kind, Pace, QuietHours, Status
from shared.contracts.messages import NotificationCallNeeded, NotificationFailed, NotificationSent
from shared.contracts.participants import Channel as Wanted
from shared.contracts.participants import Language, ParticipantUpdated
from shared.contracts.sessions import (
    Answer,
    InvitationAccepted,
    InvitationCancelled,
    InvitationIssued,
    InvitationState,
)
from tests.builders.notification import a_state, an_event, an_invitation_state, told
from tests.fakes.carriers import InMemoryCarrier, InMemoryCarriers
from tests.fakes.notification_service import NotificationOnFakes

EMAIL = "asha@example.org"
SMS, LETTER = Channel.SMS, Channel.LETTER


def with_carriers(**carriers: InMemoryCarrier) -> NotificationOnFakes:
    return NotificationOnFakes(
        carriers={Channel(name): InMemoryCarriers(each) for name, each in carriers.items()}
    )


async def invited_by(
    service: NotificationOnFakes, prefers: Wanted, *others: str, **fields: object
) -> InvitationState:
    person = await service.know(preferred_channel=prefers, **fields)
    service.addresses.others[str(person)] = others
    state = an_invitation_state(person)
    await service.hear(told(InvitationIssued, state, 1))
    await service.pass_to(service.now)
    return state


def ways(service: NotificationOnFakes) -> list[tuple[Channel, Status]]:
    return [(each.channel, each.status) for each in service.messages]


async def test_who_prefers_a_text_gets_one() -> None:
    texts = InMemoryCarrier()
    service = with_carriers(sms=texts)

    await invited_by(service, Wanted.SMS, "sms")

    [message] = service.messages
    assert (message.channel, message.status, message.provider) == (SMS, Status.SENT, texts.name)
    assert texts.keys == [message.id]
    assert service.mails == []


async def test_which_provider_takes_it_is_known_before_it_is_handed_over() -> None:
    texts = InMemoryCarrier()
    texts.cuts = 1
    service = with_carriers(sms=texts)
    person = await service.know(preferred_channel=Wanted.SMS)
    service.addresses.others[str(person)] = ("sms",)
    await service.hear(told(InvitationIssued, an_invitation_state(person), 1))
    await service.do_what_is_due()
    [message] = service.messages

    put_off = await service.do_what_is_due()
    await service.do_what_is_due()

    assert message.handing_to == texts.name
    assert put_off == ["unavailable"]
    assert service.kinds(Status.SENT) == [Kind.INVITATION]
    assert texts.keys == [message.id]


async def test_a_provider_that_cannot_be_reached_is_passed_over() -> None:
    away, other = InMemoryCarrier("first"), InMemoryCarrier("second")
    away.is_away = True
    service = NotificationOnFakes(carriers={SMS: InMemoryCarriers(away, other)})

    await invited_by(service, Wanted.SMS, "sms")

    assert [each.provider for each in service.messages] == ["second"]


async def test_what_certainly_did_not_arrive_is_handed_to_another_provider() -> None:
    full, other = InMemoryCarrier("first"), InMemoryCarrier("second")
    full.is_full = True
    service = NotificationOnFakes(carriers={SMS: InMemoryCarriers(full, other)})
    await invited_by(service, Wanted.SMS, "sms")
    full.is_away = True

    await service.pass_to(service.now + timedelta(minutes=1))

    assert [each.provider for each in service.messages] == ["second"]
    assert (len(full.taken), len(other.taken)) == (0, 1)


async def test_what_a_provider_does_not_have_goes_by_another_once_that_one_rests() -> None:
    first, other = InMemoryCarrier("first"), InMemoryCarrier("second")
    carriers = InMemoryCarriers(first, other)
    service = NotificationOnFakes(carriers={SMS: carriers})
    first.is_full = other.is_away = True
    await invited_by_then_away(service)
    other.is_away = False
    carriers.resting.add("first")
    carriers.carriers = (other, first)

    await service.pass_to(service.now + timedelta(minutes=1))

    assert (first.keys, len(other.keys)) == ([], 1)


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


async def test_who_gets_a_text_in_english_and_reads_another_language_is_one_task() -> None:
    texts = InMemoryCarrier()
    service = with_carriers(sms=texts)

    await invited_by(service, Wanted.SMS, "sms", languages=(Language(code="so"),))

    assert service.kinds(Status.SENT) == [Kind.INVITATION]
    assert service.kinds(Status.TO_CALL) == [Kind.TRANSLATE]


async def test_a_provider_that_takes_nothing_for_now_refuses_nobody() -> None:
    texts = InMemoryCarrier()
    texts.is_full = True
    service = with_carriers(sms=texts)
    person = await service.know(preferred_channel=Wanted.SMS)
    service.addresses.others[str(person)] = ("sms",)
    await service.hear(told(InvitationIssued, an_invitation_state(person), 1))

    put_off = [await service.do_what_is_due() for _ in range(3)]
    texts.is_full = False
    await service.do_what_is_due()

    assert put_off == [[], ["unavailable"], ["unavailable"]]
    assert service.kinds(Status.SENT) == [Kind.INVITATION]


async def test_two_providers_that_take_nothing_are_waited_for_and_not_asked_without_end() -> None:
    first, other = InMemoryCarrier("first"), InMemoryCarrier("second")
    first.is_full = other.is_full = True
    carriers = InMemoryCarriers(first, other)
    carriers.resting.update({"first", "second"})
    service = NotificationOnFakes(carriers={SMS: carriers})
    person = await service.know(preferred_channel=Wanted.SMS)
    service.addresses.others[str(person)] = ("sms",)
    await service.hear(told(InvitationIssued, an_invitation_state(person), 1))

    put_off = [await service.do_what_is_due() for _ in range(3)]

    assert put_off == [[], ["not-reached"], ["not-reached"]]


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


async def invited_by_then_away(service: NotificationOnFakes) -> InvitationState:
    person = await service.know()
    service.addresses.others[str(person)] = ("sms",)
    service.mailer.refused.add(EMAIL)
    state = an_invitation_state(person)
    await service.hear(told(InvitationIssued, state, 1))
    for _ in range(3):
        await service.do_what_is_due()
    return state


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
