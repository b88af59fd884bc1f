"""A person who asked for it gets the link to their own details, by their own channel."""

from datetime import time, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.notification.domain import Channel as Way
from services.notification.domain import Kind, Pace, QuietHours, Status
from shared.contracts.own_details import DetailsLinkAsked, ReplyDetailsLinkAsked
from shared.contracts.participants import Channel, ParticipantErased, ParticipantLeft
from shared.links import DETAILS_OPEN_FOR, Link, Links, Purpose
from tests.builders.letters import text_of
from tests.builders.notification import LINK_KEY, NOW, a_state, an_event
from tests.fakes.carriers import InMemoryCarrier, InMemoryCarriers
from tests.fakes.notification_service import NotificationOnFakes

ENDS = NOW.replace(microsecond=0) + DETAILS_OPEN_FOR


def asked(who: UUID, **envelope: Any) -> ReplyDetailsLinkAsked:
    return an_event(
        ReplyDetailsLinkAsked,
        DetailsLinkAsked(participant_id=who, ends_at=ENDS),
        who,
        **envelope,
    )


def link_in(words: str) -> Link | None:
    token = words.partition("https://wlc.example.org/d/")[2].split()[0].rstrip(").")
    return Links(LINK_KEY).read(token, Purpose.DETAILS)


async def test_the_link_comes_once_names_the_person_and_ends_when_it_was_said(
    service: NotificationOnFakes,
) -> None:
    who = await service.know()
    event = asked(who)

    await service.hear_and_send(event, event)

    [mail] = service.mails
    assert link_in(text_of(mail)) == Link(Purpose.DETAILS, who, ENDS)
    assert service.kinds(Status.SENT) == [Kind.DETAILS_LINK]


async def test_sent_again_after_a_crash_it_is_the_same_link(service: NotificationOnFakes) -> None:
    who = await service.know()
    await service.hear(asked(who))
    [message] = service.messages
    service.now += timedelta(hours=1)

    await service.do_what_is_due(tries=1)

    assert link_in(text_of(service.mails[0])) == Link(Purpose.DETAILS, who, ENDS)
    assert message.due_by == ENDS


async def test_who_wants_text_messages_gets_a_text_message() -> None:
    service = NotificationOnFakes(carriers={Way.SMS: InMemoryCarriers(InMemoryCarrier())})
    who = await service.know(preferred_channel=Channel.SMS)
    service.addresses.others[str(who)] = ("sms",)

    await service.hear(asked(who))
    await service.pass_to(service.now)

    [message] = service.messages
    assert (message.channel, message.status) == (Way.SMS, Status.SENT)


@pytest.mark.parametrize("channel", [Channel.PHONE, Channel.LETTER])
async def test_who_cannot_be_written_to_within_the_day_is_a_call_that_says_what_to_do(
    service: NotificationOnFakes, channel: Channel
) -> None:
    who = await service.know(preferred_channel=channel)

    await service.hear_and_send(asked(who))

    [call] = [each for each in service.messages if each.status is Status.TO_CALL]
    [told] = [each for each in service.records.events if each.subject == call.id]
    assert (call.kind, told.data.due_by) == (Kind.DETAILS_LINK, ENDS)
    assert "Look at their details together with them." in told.data.script
    assert "/d/" not in told.data.script


async def test_a_link_that_would_be_over_is_not_sent(service: NotificationOnFakes) -> None:
    who = await service.know()
    await service.hear(asked(who))
    service.now = ENDS

    await service.do_what_is_due()

    assert service.mails == []
    assert service.kinds(Status.TO_CALL) == [Kind.DETAILS_LINK]


async def test_nobody_is_written_to_at_night_and_the_link_still_works_in_the_morning() -> None:

    service = NotificationOnFakes(pace=Pace(quiet=QuietHours(time(20), time(8))))
    who = await service.know()
    service.now = NOW.replace(hour=22)
    event = asked(who, time=service.now)

    await service.hear_and_send(event)

    assert service.mails == []
    await service.pass_to(service.now + timedelta(hours=12))
    assert [each.kind for each in service.messages] == [Kind.DETAILS_LINK]
    assert len(service.mails) == 1


@pytest.mark.parametrize("gone", [ParticipantLeft, ParticipantErased])
async def test_who_left_or_was_forgotten_gets_none(
    service: NotificationOnFakes, gone: type[ParticipantLeft | ParticipantErased]
) -> None:
    who = await service.know()
    status = "left" if gone is ParticipantLeft else "erased"
    await service.hear(an_event(gone, a_state(who, status=status), who, sequence=2))
    await service.do_what_is_due()
    before = len(service.mails)

    await service.hear_and_send(asked(who))

    assert len(service.mails) == before
