"""Joining, changing, leaving and being erased."""

from uuid import UUID

import pytest

from services.notification.domain import Kind, Standing, Status
from shared.contracts.base import Event
from shared.contracts.participants import (
    Channel,
    ParticipantErased,
    ParticipantLeft,
    ParticipantStatus,
    ParticipantUpdated,
)
from shared.contracts.sessions import InvitationCancelled, InvitationIssued
from tests.builders.notification import a_contact_event, a_state, an_event, an_invitation_state
from tests.fakes.notification_service import NotificationOnFakes


def left(person: UUID, sequence: int = 2) -> Event:
    state = a_state(person, status=ParticipantStatus.LEFT)
    return an_event(ParticipantLeft, state, person, sequence=sequence)


def erased(person: UUID, sequence: int = 3) -> Event:
    state = a_state(person, status=ParticipantStatus.ERASED)
    return an_event(ParticipantErased, state, person, sequence=sequence)


def invited(person: UUID) -> Event:
    state = an_invitation_state(person)
    return an_event(InvitationIssued, state, state.invitation_id)


async def test_the_newest_address_is_used_whatever_the_order(
    service: NotificationOnFakes,
) -> None:
    person = await service.know()
    newest = a_contact_event(person, email="new@example.org", sequence=3)

    await service.hear(newest, a_contact_event(person, email="old@example.org", sequence=2))
    await service.hear_and_send(invited(person))

    [mail] = service.mails
    assert mail["To"] == "new@example.org"


async def test_a_channel_that_changes_before_sending_counts(
    service: NotificationOnFakes,
) -> None:
    person = await service.know()
    state = a_state(person, preferred_channel=Channel.PHONE)

    await service.hear(invited(person), an_event(ParticipantUpdated, state, person, sequence=2))
    await service.do_what_is_due()

    assert service.kinds(Status.TO_CALL) == [Kind.INVITATION]


async def test_whoever_leaves_is_told_goodbye_once_and_nothing_after(
    service: NotificationOnFakes,
) -> None:
    person = await service.know()
    state = an_invitation_state(person)
    issued = an_event(InvitationIssued, state, state.invitation_id)
    cancelled = an_event(InvitationCancelled, state, state.invitation_id, sequence=2)

    await service.hear(issued, left(person), cancelled, left(person, 3))
    await service.do_what_is_due()

    assert service.mailer.subjects == ["You have left West London Collaborative"]


async def test_erasure_leaves_nothing_but_ids(service: NotificationOnFakes) -> None:
    person = await service.know()
    await service.hear(invited(person), left(person))

    await service.hear(erased(person))
    await service.do_what_is_due()

    records = service.records
    assert service.mails == []
    assert records.messages.entities == records.invitations.entities == records.due == {}
    assert records.contacts.entities[str(person)].card is None
    participant = records.participants.entities[str(person)]
    assert (participant.standing, participant.reference) == (Standing.ERASED, None)


@pytest.mark.parametrize("sequence", [1, 9])
async def test_nothing_that_comes_late_brings_an_erased_person_back(
    service: NotificationOnFakes, sequence: int
) -> None:
    person = UUID(int=1)
    await service.hear(erased(person))

    await service.hear(
        an_event(ParticipantUpdated, a_state(person), person, sequence=sequence),
        a_contact_event(person, sequence=sequence),
        invited(person),
        erased(person, sequence + 1),
    )
    await service.do_what_is_due()

    assert service.mails == []
    assert service.messages == []
    assert service.records.contacts.entities[str(person)].card is None
    assert service.records.participants.entities[str(person)].standing is Standing.ERASED


async def test_a_forgotten_key_ends_the_message(service: NotificationOnFakes) -> None:
    person = await service.know()
    service.addresses.forgotten.add(str(person))

    await service.hear_and_send(invited(person))

    assert service.mails == []
    assert service.messages == []
