"""Which provider a message goes by, and what follows when one is away, full or resting."""

from datetime import timedelta

from services.notification.domain import Kind, Status
from shared.contracts.participants import Channel as Wanted
from shared.contracts.sessions import InvitationIssued
from tests.builders.channels import SMS, invited_by, invited_by_then_away, with_carriers
from tests.builders.notification import an_invitation_state, told
from tests.fakes.carriers import InMemoryCarrier, InMemoryCarriers
from tests.fakes.notification_service import NotificationOnFakes


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
