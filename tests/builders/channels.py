"""People invited by one channel or another, and the ways their messages went."""

from services.notification.domain import Channel, Status
from shared.contracts.participants import Channel as Wanted
from shared.contracts.sessions import InvitationIssued, InvitationState
from tests.builders.notification import an_invitation_state, told
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


async def invited_by_then_away(service: NotificationOnFakes) -> InvitationState:
    person = await service.know()
    service.addresses.others[str(person)] = ("sms",)
    service.mailer.refused.add(EMAIL)
    state = an_invitation_state(person)
    await service.hear(told(InvitationIssued, state, 1))
    for _ in range(3):
        await service.do_what_is_due()
    return state
