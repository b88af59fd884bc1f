"""What became of what was handed over, and what follows when it did not arrive."""

from datetime import timedelta
from uuid import uuid4

import pytest

from services.notification.domain import Bounced, Channel, Kind, Receipt, Status
from services.notification.use_cases.receipts import hear_of_mail
from shared.contracts.messages import NotificationDelivered
from shared.contracts.participants import Channel as Wanted
from shared.contracts.sessions import InvitationIssued, InvitationState
from shared.errors import NotYetError
from tests.builders.notification import a_contact_event, an_invitation_state, told
from tests.fakes.carriers import InMemoryCarrier, InMemoryCarriers
from tests.fakes.notification_service import NotificationOnFakes

MINUTE = timedelta(minutes=1)
SMS = Channel.SMS


@pytest.fixture
def texts() -> InMemoryCarrier:
    return InMemoryCarrier()


@pytest.fixture
def service(texts: InMemoryCarrier) -> NotificationOnFakes:
    return NotificationOnFakes(carriers={SMS: InMemoryCarriers(texts)})


async def invited(service: NotificationOnFakes, prefers: Wanted, *others: str) -> InvitationState:
    person = await service.know(preferred_channel=prefers)
    service.addresses.others[str(person)] = others
    state = an_invitation_state(person)
    await service.hear(told(InvitationIssued, state, 1))
    await service.pass_to(service.now)
    return state


async def bounce(
    service: NotificationOnFakes, message_id: str, outcome: Receipt = Receipt.UNKNOWN_ADDRESS
) -> None:
    heard = Bounced(message_id, outcome, "5.1.1", "report-1")
    service.records.commit(await hear_of_mail(heard, service.post))
    await service.pass_to(service.now)


async def test_a_receipt_says_that_a_text_arrived(
    service: NotificationOnFakes, texts: InMemoryCarrier
) -> None:
    await invited(service, Wanted.SMS, "sms")
    [message] = service.messages
    texts.receipts[message.id] = Receipt.DELIVERED

    await service.pass_to(service.now + MINUTE)

    assert service.kinds(Status.DELIVERED) == [Kind.INVITATION]
    assert isinstance(service.records.events[-1], NotificationDelivered)
    assert not service.records.due


async def test_a_text_that_did_not_arrive_goes_by_mail_within_a_minute(
    service: NotificationOnFakes, texts: InMemoryCarrier
) -> None:
    await invited(service, Wanted.SMS, "sms")
    [message] = service.messages
    texts.receipts[message.id] = Receipt.FAILED

    await service.pass_to(service.now + MINUTE)

    assert [(each.channel, each.status) for each in service.messages] == [
        (SMS, Status.FAILED),
        (Channel.EMAIL, Status.SENT),
    ]


async def test_a_text_without_a_receipt_for_a_day_did_not_arrive(
    service: NotificationOnFakes,
) -> None:
    await invited(service, Wanted.SMS, "sms")

    await service.pass_to(service.now + timedelta(days=2))

    assert [each.error_code for each in service.messages] == ["no-receipt", None]
    assert len(service.mails) == 1


async def test_a_hard_bounce_goes_by_the_second_channel_then_to_staff(
    service: NotificationOnFakes, texts: InMemoryCarrier
) -> None:
    await invited(service, Wanted.EMAIL, "sms")
    [message] = service.messages
    texts.refuses = True

    await bounce(service, message.id)

    assert [(each.channel, each.status, each.error_code) for each in service.messages] == [
        (Channel.EMAIL, Status.FAILED, "bounced-5.1.1"),
        (SMS, Status.FAILED, "sms-refused"),
        (Channel.CALL, Status.TO_CALL, None),
    ]


async def test_a_bounce_that_is_told_twice_is_one(
    service: NotificationOnFakes, texts: InMemoryCarrier
) -> None:
    await invited(service, Wanted.EMAIL, "sms")
    [message] = service.messages

    await bounce(service, message.id)
    await bounce(service, message.id)

    assert len(texts.taken) == 1


async def test_a_bounce_before_we_know_that_it_was_sent_comes_again_later(
    service: NotificationOnFakes,
) -> None:
    person = await service.know()
    await service.hear(told(InvitationIssued, an_invitation_state(person), 1))
    [message] = service.messages

    with pytest.raises(NotYetError):
        await bounce(service, message.id)


async def test_a_bounce_of_a_digest_that_is_not_settled_yet_comes_again_later(
    service: NotificationOnFakes,
) -> None:
    with pytest.raises(NotYetError):
        await bounce(service, str(uuid4()))


async def test_what_a_crash_hid_went_to_the_number_that_was_known_then(
    service: NotificationOnFakes, texts: InMemoryCarrier
) -> None:
    texts.cuts = 1
    person = await service.know(preferred_channel=Wanted.SMS)
    service.addresses.others[str(person)] = ("sms",)
    await service.hear(told(InvitationIssued, an_invitation_state(person), 1))
    await service.do_what_is_due()
    await service.do_what_is_due()
    await service.hear(a_contact_event(person, sequence=2))

    await service.do_what_is_due()
    [message] = service.messages
    texts.receipts[message.id] = Receipt.UNKNOWN_ADDRESS
    await service.pass_to(service.now + MINUTE)

    assert message.contact_sequence == 1
    assert service.records.contacts.entities[str(person)].unreachable == ()


@pytest.mark.parametrize("outcome", [Receipt.UNDER_WAY, Receipt.DELIVERED])
async def test_what_is_late_or_arrived_is_not_sent_again(
    service: NotificationOnFakes, texts: InMemoryCarrier, outcome: Receipt
) -> None:
    await invited(service, Wanted.EMAIL, "sms")
    [message] = service.messages

    await bounce(service, message.id, outcome)

    assert texts.taken == []
    assert len(service.messages) == 1


async def test_a_bounce_of_an_old_address_says_nothing_of_the_new_one(
    service: NotificationOnFakes, texts: InMemoryCarrier
) -> None:
    state = await invited(service, Wanted.EMAIL, "sms")
    [message] = service.messages
    new = a_contact_event(state.participant_id, email="new@example.org", sequence=2)
    await service.hear(new)

    await bounce(service, message.id)

    assert texts.taken == []
    assert [mail["To"] for mail in service.mails] == ["asha@example.org", "new@example.org"]


async def test_a_bounce_after_it_was_said_to_have_arrived_is_believed(
    service: NotificationOnFakes, texts: InMemoryCarrier
) -> None:
    await invited(service, Wanted.EMAIL, "sms")
    [message] = service.messages
    await bounce(service, message.id, Receipt.DELIVERED)

    await bounce(service, message.id)

    assert len(texts.taken) == 1


@pytest.mark.parametrize(
    ("outcome", "unreachable"),
    [(Receipt.UNKNOWN_ADDRESS, (Channel.EMAIL,)), (Receipt.FAILED, ())],
)
async def test_an_address_is_given_up_only_where_nothing_ever_arrives(
    service: NotificationOnFakes, outcome: Receipt, unreachable: tuple[Channel, ...]
) -> None:
    state = await invited(service, Wanted.EMAIL, "sms")
    [message] = service.messages

    await bounce(service, message.id, outcome)

    contact = service.records.contacts.entities[str(state.participant_id)]
    assert contact.unreachable == unreachable
    assert [each.channel for each in service.messages] == [Channel.EMAIL, SMS]


async def a_posted_letter(letters: InMemoryCarrier) -> NotificationOnFakes:
    """Have an invitation taken as a letter, of which it will be said that it was posted."""
    service = NotificationOnFakes(carriers={Channel.LETTER: InMemoryCarriers(letters)})
    await invited(service, Wanted.LETTER, "letter")
    [message] = service.messages
    letters.receipts[message.id] = Receipt.DELIVERED
    return service


async def test_a_letter_that_comes_back_after_it_was_posted_is_followed_by_another_way() -> None:
    letters = InMemoryCarrier()
    service = await a_posted_letter(letters)
    [message] = service.messages
    await service.pass_to(service.now + timedelta(hours=12))
    posted = service.kinds(Status.DELIVERED)

    letters.receipts[message.id] = Receipt.UNKNOWN_ADDRESS
    await service.pass_to(service.now + timedelta(days=1))

    assert posted == [Kind.INVITATION]
    assert [each.status for each in service.messages] == [Status.FAILED, Status.SENT]


async def test_a_letter_that_was_posted_is_not_asked_for_for_ever() -> None:
    service = await a_posted_letter(InMemoryCarrier())

    await service.pass_to(service.now + timedelta(days=20))

    assert service.kinds(Status.DELIVERED) == [Kind.INVITATION]
    assert not service.records.due
