"""What participants hear of their invitations, from the event to the e-mail."""

from datetime import timedelta
from uuid import UUID

import pytest

from services.notification.domain import Kind, Status
from shared.contracts.base import Event
from shared.contracts.messages import (
    MessageStatus,
    NotificationSent,
)
from shared.contracts.sessions import (
    Answer,
    Choice,
    Chosen,
    InvitationAccepted,
    InvitationCancelled,
    InvitationChanged,
    InvitationDeclined,
    InvitationExpired,
    InvitationIssued,
)
from tests.builders.letters import calendars_of, text_of
from tests.builders.notification import (
    a_reminder,
    an_invitation_state,
    an_invited_session,
    told,
)
from tests.fakes.notification_service import NotificationOnFakes, invited


async def test_an_invited_person_gets_one_e_mail_and_it_is_said(
    service: NotificationOnFakes,
) -> None:
    person = await service.know()
    issued = told(InvitationIssued, an_invitation_state(person), 1)

    await service.hear_and_send(issued)

    [mail] = service.mails
    assert mail["To"] == "asha@example.org"
    [sent] = service.records.events
    assert isinstance(sent, NotificationSent)
    assert sent.data.status is MessageStatus.SENT
    assert sent.data.caused_by == sent.causationid == issued.id
    assert (sent.data.participant_id, sent.data.participant_reference) == (person, "P-1")
    assert sent.data.kind == "invitation"
    assert sent.sequence == 2
    assert "asha" not in sent.model_dump_json().lower()


async def test_hearing_the_same_event_again_sends_nothing_more(
    service: NotificationOnFakes,
) -> None:
    issued = told(InvitationIssued, an_invitation_state(await service.know()), 1)

    await service.hear_and_send(issued, issued)

    assert len(service.mails) == 1


async def test_what_is_due_twice_is_sent_once(service: NotificationOnFakes) -> None:
    await service.hear(told(InvitationIssued, an_invitation_state(await service.know()), 1))
    again = dict(service.records.due)

    await service.do_what_is_due()
    service.records.due.update(again)
    await service.do_what_is_due()

    assert len(service.mails) == 1


async def test_each_answer_and_change_is_told(service: NotificationOnFakes) -> None:
    state = await invited(service)

    await service.hear_and_send(
        told(InvitationAccepted, state, 2, Answer.ACCEPTED),
        told(InvitationChanged, state, 3, Answer.ACCEPTED),
        told(InvitationDeclined, state, 4, Answer.DECLINED),
    )

    assert [mail["Subject"] for mail in service.mails[1:]] == [
        "You said yes. Here are the details",
        "A time or place has changed",
        "Thank you for telling us",
    ]


async def test_who_says_yes_when_the_place_is_taken_reads_that_it_is(
    service: NotificationOnFakes,
) -> None:
    state = await invited(service)
    refused = state.model_copy(update={"refused_reply": 2})

    await service.hear_and_send(
        told(InvitationDeclined, state, 2, Answer.DECLINED),
        told(InvitationDeclined, refused, 3, Answer.DECLINED),
    )

    assert [mail["Subject"] for mail in service.mails[1:]] == [
        "Thank you for telling us",
        "The place has gone to somebody else",
    ]


async def test_a_late_event_is_not_told(service: NotificationOnFakes) -> None:
    state = await invited(service)

    await service.hear_and_send(
        told(InvitationCancelled, state, 3, Answer.CANCELLED), told(InvitationChanged, state, 2)
    )

    assert len(service.mails) == 2
    assert "You do not need to come" in service.mails[-1]["Subject"]


async def test_news_that_was_outrun_while_it_waited_is_dropped(
    service: NotificationOnFakes,
) -> None:
    state = await invited(service)

    await service.hear(
        told(InvitationAccepted, state, 2, Answer.ACCEPTED),
        told(InvitationDeclined, state, 3, Answer.DECLINED),
    )
    await service.do_what_is_due()

    assert service.kinds(Status.SENT) == [Kind.INVITATION, Kind.DECLINED]
    assert service.kinds(Status.QUEUED) == []


@pytest.mark.parametrize(
    ("kind", "answer"),
    [(InvitationCancelled, Answer.CANCELLED), (InvitationExpired, Answer.EXPIRED)],
)
async def test_nobody_hears_of_the_end_of_what_they_never_heard_of(
    service: NotificationOnFakes, kind: type[Event], answer: Answer
) -> None:
    state = an_invitation_state(await service.know())

    await service.hear(told(InvitationIssued, state, 1), told(kind, state, 2, answer))
    await service.do_what_is_due()

    assert service.mails == []
    assert service.messages == []


async def test_a_change_before_the_first_mail_is_told_as_the_invitation(
    service: NotificationOnFakes,
) -> None:
    state = an_invitation_state(await service.know())

    await service.hear(told(InvitationIssued, state, 1), told(InvitationChanged, state, 2))
    await service.do_what_is_due()

    [mail] = service.mails
    assert mail["Subject"].startswith("You are invited")


async def test_a_cancellation_waits_for_an_invitation_that_may_be_on_its_way(
    service: NotificationOnFakes,
) -> None:
    state = an_invitation_state(await service.know())
    await service.hear(told(InvitationIssued, state, 1))
    on_its_way = dict(service.records.due)
    service.records.due.clear()

    await service.hear(told(InvitationCancelled, state, 2, Answer.CANCELLED))
    put_off = await service.do_what_is_due()
    service.records.due.update(on_its_way)

    assert put_off == ["not-yet"]
    assert service.mails == []


async def test_a_reminder_names_the_session_and_does_not_outrun_later_news(
    service: NotificationOnFakes,
) -> None:
    state = await invited(service)
    accepted = state.model_copy(update={"answer": Answer.ACCEPTED})
    await service.hear_and_send(told(InvitationAccepted, accepted, 2))

    await service.hear_and_send(
        a_reminder(accepted, sequence=2), told(InvitationDeclined, state, 3, Answer.DECLINED)
    )

    assert service.kinds(Status.SENT)[2:] == [Kind.REMINDER, Kind.DECLINED]


async def test_nobody_is_reminded_of_what_they_declined(service: NotificationOnFakes) -> None:
    state = await invited(service)
    reminder = a_reminder(state, sequence=2)
    await service.hear(reminder, told(InvitationDeclined, state, 3, Answer.DECLINED), reminder)

    await service.do_what_is_due()

    assert service.kinds(Status.SENT) == [Kind.INVITATION, Kind.DECLINED]


async def test_a_reminder_that_comes_after_its_session_is_dropped(
    service: NotificationOnFakes,
) -> None:
    state = await invited(service)
    accepted = state.model_copy(update={"answer": Answer.ACCEPTED})
    await service.hear_and_send(told(InvitationAccepted, accepted, 2))
    service.now = state.sessions[0].starts_at + timedelta(minutes=1)

    await service.hear_and_send(a_reminder(accepted, sequence=2))

    assert Kind.REMINDER not in service.kinds(Status.SENT)


async def test_while_the_mail_server_is_away_the_message_waits(
    service: NotificationOnFakes,
) -> None:
    service.mailer.is_away = True
    await service.hear(told(InvitationIssued, an_invitation_state(await service.know()), 1))

    put_off = await service.do_what_is_due()
    service.mailer.is_away = False
    await service.do_what_is_due()

    assert put_off == ["unavailable"]
    assert service.kinds(Status.SENT) == [Kind.INVITATION]


async def test_a_person_not_yet_known_is_waited_for(service: NotificationOnFakes) -> None:
    person = UUID(int=1)
    await service.hear(told(InvitationIssued, an_invitation_state(person), 1))

    put_off = await service.do_what_is_due()
    await service.know(person)
    await service.do_what_is_due()

    assert put_off == ["not-yet"]
    assert len(service.mails) == 1


async def test_a_card_that_never_comes_is_told_to_staff(service: NotificationOnFakes) -> None:
    await service.hear(told(InvitationIssued, an_invitation_state(UUID(int=1)), 1))

    await service.do_what_is_due(tries=12)

    [failed] = service.records.events
    assert failed.data.error_code == "no-contact"


async def test_whoever_withdrew_hears_of_it_by_the_goodbye_alone(
    service: NotificationOnFakes,
) -> None:
    state = await invited(service)

    await service.hear_and_send(told(InvitationDeclined, state, 2, Answer.WITHDRAWN))

    assert service.kinds(Status.SENT) == [Kind.INVITATION]


async def test_a_reminder_that_news_of_another_session_overtakes_is_given(
    service: NotificationOnFakes,
) -> None:
    state = await invited(service)
    accepted = state.model_copy(update={"answer": Answer.ACCEPTED})
    more = accepted.model_copy(update={"sessions": (*state.sessions, an_invited_session())})
    await service.hear_and_send(told(InvitationAccepted, accepted, 2))

    await service.hear_and_send(told(InvitationChanged, more, 4), a_reminder(accepted, sequence=3))

    assert service.kinds(Status.SENT)[2:] == [Kind.CHANGED, Kind.REMINDER]


async def test_nobody_is_reminded_of_a_session_that_has_moved(
    service: NotificationOnFakes,
) -> None:
    state = await invited(service)
    accepted = state.model_copy(update={"answer": Answer.ACCEPTED})
    [session] = state.sessions
    later = session.model_copy(update={"starts_at": session.starts_at + timedelta(days=7)})
    moved = accepted.model_copy(update={"sessions": (later,)})
    await service.hear_and_send(told(InvitationAccepted, accepted, 2))

    await service.hear(a_reminder(accepted, sequence=3), told(InvitationChanged, moved, 4))
    await service.do_what_is_due()

    assert Kind.REMINDER not in service.kinds(Status.SENT)


async def test_an_invitation_tells_the_chance_that_came_with_it(
    service: NotificationOnFakes,
) -> None:
    chosen = Chosen(how=Choice.LOT, chance=0.12, features=("disability",), follows_population=True)
    state = an_invitation_state(await service.know(), chosen=chosen)

    await service.hear_and_send(told(InvitationIssued, state, 1))

    [mail] = service.mails
    assert "You had a chance of about 12 in 100." in text_of(mail)
    assert "disability" not in mail.as_string()


async def test_a_session_that_falls_away_is_taken_out_of_the_calendar_and_no_other(
    service: NotificationOnFakes,
) -> None:
    state = an_invitation_state(await service.know())
    one, other = state.sessions[0], an_invited_session()
    both = state.model_copy(update={"sessions": (one, other)})
    await service.hear_and_send(told(InvitationIssued, both, 1))

    left = both.model_copy(update={"sessions": (one,)})
    await service.hear_and_send(told(InvitationChanged, left, 2))

    entries = [
        (str(calendar["method"]), str(event["uid"]), int(event["sequence"]))
        for calendar in calendars_of(service.mails[-1])
        for event in calendar.walk("VEVENT")
    ]
    assert entries == [
        ("REQUEST", str(one.session_id), 2),
        ("CANCEL", str(other.session_id), 2),
    ]
