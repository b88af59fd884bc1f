"""Joining, changing, leaving and being erased."""

from datetime import timedelta
from itertools import permutations
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
from shared.contracts.sessions import Answer, InvitationCancelled, InvitationIssued
from tests.builders.letters import calendars_of
from tests.builders.notification import (
    a_contact_event,
    a_state,
    an_event,
    an_invitation_state,
    an_invited_session,
)
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


@pytest.mark.parametrize("order", list(permutations(["left", "withdrawn", "send"])))
async def test_the_goodbye_takes_every_session_ahead_out_of_the_calendar(
    service: NotificationOnFakes, order: tuple[str, ...]
) -> None:
    person = await service.know()
    sessions = (an_invited_session(), an_invited_session())
    state = an_invitation_state(person, sessions=sessions)
    await service.hear_and_send(an_event(InvitationIssued, state, state.invitation_id))
    withdrawn = state.model_copy(update={"answer": Answer.WITHDRAWN})
    heard = {
        "left": left(person),
        "withdrawn": an_event(InvitationCancelled, withdrawn, state.invitation_id, sequence=2),
    }

    for step in order:
        await (service.hear(heard[step]) if step in heard else service.do_what_is_due())
    await service.do_what_is_due()

    request, goodbye = service.mails
    before, after = calendars_of(request), calendars_of(goodbye)
    assert [str(calendar["method"]) for calendar in after] == ["CANCEL", "CANCEL"]
    assert [c.events[0]["uid"] for c in after] == [c.events[0]["uid"] for c in before]
    assert {c.events[0]["sequence"] for c in before} == {1}
    assert {c.events[0]["sequence"] for c in after} == {2}
    assert {c.events[0]["status"] for c in after} == {"CANCELLED"}


async def test_the_goodbye_says_nothing_of_what_is_over_or_was_never_told(
    service: NotificationOnFakes,
) -> None:
    person = await service.know()
    over = an_invited_session(starts_at=service.now - timedelta(days=1))
    state = an_invitation_state(person, sessions=(over,))
    await service.hear_and_send(an_event(InvitationIssued, state, state.invitation_id))

    await service.hear(invited(person), left(person))
    await service.do_what_is_due()

    assert calendars_of(service.mails[-1]) == []


async def test_erasure_leaves_nothing_but_ids(service: NotificationOnFakes) -> None:
    person = await service.know()
    await service.hear(invited(person), left(person))

    await service.hear(erased(person))
    await service.pass_to(service.now + timedelta(minutes=2))

    records = service.records
    assert service.mails == []
    assert records.messages.entities == records.invitations.entities == records.due == {}
    assert records.contacts.entities[str(person)].card is None
    participant = records.participants.entities[str(person)]
    assert (participant.standing, participant.reference) == (Standing.ERASED, None)


async def test_what_was_written_to_an_erased_person_goes_from_our_disks_also_what_was_on_its_way(
    service: NotificationOnFakes,
) -> None:
    person, other = await service.know(), await service.know()
    await service.hear_and_send(invited(person), invited(other))
    await service.hear(left(person))
    sent = {each.id: each.participant_id for each in service.messages}
    service.keepsakes.files = list(sent)

    await service.hear(erased(person))
    await service.pass_to(service.now + timedelta(minutes=2))

    assert len(sent) == 3
    assert [sent[each] for each in service.keepsakes.files] == [str(other)]


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


async def test_what_was_read_before_an_erasure_and_kept_after_it_is_forgotten_soon(
    service: NotificationOnFakes,
) -> None:
    person = await service.know()
    invitation = invited(person)
    read_before = await service.handlers._of_event[invitation.TYPE](invitation)
    await service.hear(erased(person))
    service.records.commit(read_before)

    await service.pass_to(service.now + timedelta(minutes=2))

    records = service.records
    assert records.messages.entities == records.invitations.entities == records.due == {}
