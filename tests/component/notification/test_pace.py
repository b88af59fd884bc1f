"""At what hours people are told, what is gathered, and how much is too much."""

import asyncio
from datetime import UTC, datetime, time, timedelta

import pytest

from services.notification.domain import Kind, Pace, QuietHours, Status
from services.notification.use_cases.queue import SENDS
from shared.contracts.base import Event
from shared.contracts.engagements import Payment
from shared.contracts.matches import MatchFellShort, MatchProposed
from shared.contracts.participants import ContactPreference, Day, WeeklySlot
from shared.contracts.sessions import (
    Answer,
    InvitationAccepted,
    InvitationAnotherTime,
    InvitationChanged,
    InvitationExpired,
    InvitationIssued,
    InvitationState,
    SessionUpdated,
)
from shared.due import DueWork
from tests.builders.notification import (
    HUB,
    a_match_state,
    a_reminder,
    a_session_state,
    an_event,
    an_invitation_state,
    an_invited_session,
    told,
)
from tests.fakes.notification_service import NotificationOnFakes

QUIET = QuietHours(time(20), time(8))
EVENING = datetime(2026, 2, 2, 21, 30, tzinfo=UTC)
MORNING = datetime(2026, 2, 3, 8, tzinfo=UTC)
GATHER = timedelta(minutes=2)


def at(now: datetime, **pace: object) -> NotificationOnFakes:
    return NotificationOnFakes(pace=Pace(**pace), now=now)


def told_now(
    service: NotificationOnFakes, kind: type[Event], state: InvitationState, sequence: int
) -> Event:
    return told(kind, state, sequence).model_copy(update={"time": service.now})


async def test_nothing_is_sent_in_quiet_hours_and_all_of_it_after() -> None:
    service = at(EVENING, quiet=QUIET)
    state = an_invitation_state(await service.know())
    await service.hear(told_now(service, InvitationIssued, state, 1))

    await service.pass_to(MORNING - timedelta(seconds=1))
    sent_at_night = len(service.mails)
    await service.pass_to(MORNING)

    assert (sent_at_night, len(service.mails)) == (0, 1)


async def test_a_person_hears_at_the_times_they_asked_for() -> None:
    service = at(EVENING, quiet=QUIET)
    noon = WeeklySlot(day=Day.WED, start=time(12), end=time(13))
    person = await service.know(contact_preference=ContactPreference(times=(noon,)))
    await service.hear(told_now(service, InvitationIssued, an_invitation_state(person), 1))

    await service.pass_to(EVENING + timedelta(days=3))

    [message] = service.messages
    assert message.at == datetime(2026, 2, 4, 12, tzinfo=UTC)


async def test_a_change_that_would_be_told_too_late_is_for_staff_to_tell_now() -> None:
    service = at(EVENING, quiet=QUIET)
    early = an_invited_session(starts_at=MORNING - timedelta(minutes=30))
    state = an_invitation_state(await service.know(), answer=Answer.ACCEPTED, sessions=(early,))
    await service.hear(told_now(service, InvitationChanged, state, 2))

    await service.pass_to(EVENING)

    assert service.kinds(Status.TO_CALL) == [Kind.CHANGED]


async def test_a_change_is_told_though_something_of_less_weight_waits() -> None:
    service = at(datetime(2026, 2, 4, 9, tzinfo=UTC), quiet=QUIET)
    tuesday = WeeklySlot(day=Day.TUE, start=time(10), end=time(12))
    person = await service.know(contact_preference=ContactPreference(times=(tuesday,)))
    state = an_invitation_state(person, answer=Answer.ACCEPTED)
    await service.hear(told_now(service, InvitationAccepted, state, 1))
    await service.pass_to(datetime(2026, 2, 10, 10, tzinfo=UTC))
    near = state.model_copy(
        update={"sessions": (an_invited_session(starts_at=service.now + timedelta(days=2)),)}
    )
    await service.hear(told_now(service, InvitationAnotherTime, state, 2))

    await service.hear(told_now(service, InvitationChanged, near, 3))
    await service.pass_to(service.now + timedelta(days=1))

    assert service.kinds(Status.SENT)[-1] is Kind.CHANGED


async def test_who_waits_for_room_is_not_looked_at_again_and_again() -> None:
    service = at(datetime(2026, 2, 2, 9, 0, 30, tzinfo=UTC), per_person_a_day=1)
    person = await service.know()
    for _ in range(2):
        await service.hear(told_now(service, InvitationIssued, an_invitation_state(person), 1))
    await service.pass_to(service.now)

    await service.pass_to(service.now + timedelta(days=1))

    assert len(service.mails) == 2


async def test_what_waited_for_the_morning_is_waited_with_anew() -> None:
    service = at(EVENING, quiet=QUIET)
    state = an_invitation_state(await service.know(), answer_by=EVENING + timedelta(hours=40))
    await service.hear(told_now(service, InvitationIssued, state, 1))
    await service.do_what_is_due()
    service.now, service.mailer.is_away = MORNING, True

    put_off = await service.do_what_is_due()

    assert put_off == ["unavailable"]
    assert service.kinds(Status.FAILED) == []


async def test_a_reminder_comes_at_the_time_chosen_for_it_and_not_at_those_for_all_else() -> None:
    service = at(datetime(2026, 3, 2, 18, tzinfo=UTC), quiet=QUIET)
    noon = WeeklySlot(day=Day.WED, start=time(12), end=time(13))
    person = await service.know(contact_preference=ContactPreference(times=(noon,)))
    state = an_invitation_state(person, answer=Answer.ACCEPTED)
    await service.hear(told_now(service, InvitationAccepted, state, 1))
    await service.hear(a_reminder(state, sequence=2))

    await service.pass_to(service.now)

    assert Kind.REMINDER in service.kinds(Status.SENT)


async def test_who_wants_no_news_still_hears_of_a_change() -> None:
    service = at(datetime(2026, 2, 2, 9, tzinfo=UTC))
    person = await service.know(contact_preference=ContactPreference(news=False))
    state = an_invitation_state(person)
    await service.hear_and_send(told(InvitationIssued, state, 1))

    await service.hear_and_send(
        told(InvitationChanged, state, 2), told(InvitationExpired, state, 3, Answer.EXPIRED)
    )

    assert service.kinds(Status.SENT) == [Kind.INVITATION, Kind.CHANGED]


async def test_several_changes_within_minutes_are_one_message() -> None:
    service = at(datetime(2026, 2, 2, 9, tzinfo=UTC), gather=GATHER)
    state = an_invitation_state(await service.know())
    await service.hear(told(InvitationIssued, state, 1))
    await service.pass_to(service.now)

    for sequence in (2, 3, 4):
        await service.hear(told_now(service, InvitationChanged, state, sequence))
        await service.pass_to(service.now + timedelta(minutes=1))
    await service.pass_to(service.now + timedelta(minutes=5))

    assert service.kinds(Status.SENT) == [Kind.INVITATION, Kind.CHANGED]


async def test_changes_that_never_end_are_told_after_a_while() -> None:
    service = at(datetime(2026, 2, 2, 9, tzinfo=UTC), gather=GATHER)
    state = an_invitation_state(await service.know())
    await service.hear(told(InvitationIssued, state, 1))
    await service.pass_to(service.now)

    for sequence in range(2, 32):
        await service.hear(told_now(service, InvitationChanged, state, sequence))
        await service.pass_to(service.now + timedelta(minutes=1))

    assert service.kinds(Status.SENT).count(Kind.CHANGED) >= 1


async def test_more_than_a_person_can_take_in_a_day_waits_until_there_is_room() -> None:
    service = at(datetime(2026, 2, 2, 9, tzinfo=UTC), per_person_a_day=2)
    person = await service.know()
    for _ in range(3):
        await service.hear(told_now(service, InvitationIssued, an_invitation_state(person), 1))
    await service.pass_to(service.now + timedelta(hours=1))
    sent_today = len(service.mails)

    await service.pass_to(service.now + timedelta(days=1))

    assert (sent_today, len(service.mails)) == (2, 3)


async def test_what_is_sent_side_by_side_passes_no_limit_together() -> None:
    service = at(datetime(2026, 2, 2, 9, tzinfo=UTC), per_person_a_day=5)
    person = await service.know()
    for _ in range(30):
        await service.hear(told_now(service, InvitationIssued, an_invitation_state(person), 1))
    rows = [
        DueWork(name, row.at, row.about, 0, "asked")
        for (_, name), row in service.records.due.items()
    ]

    changes = await asyncio.gather(*(service.handlers.of_due[SENDS](row) for row in rows))
    for each in changes:
        service.records.commit(each)

    assert len(service.mails) == 5
    assert service.kinds(Status.QUEUED) == [Kind.INVITATION] * 25


async def test_what_is_only_in_hand_holds_nothing_back_for_a_day() -> None:
    service = at(datetime(2026, 2, 2, 9, tzinfo=UTC), per_person_a_day=2)
    service.mailer.is_away = True
    person = await service.know()
    for _ in range(3):
        await service.hear(told_now(service, InvitationIssued, an_invitation_state(person), 1))
    await service.do_what_is_due()
    service.mailer.is_away = False

    await service.pass_to(service.now + timedelta(minutes=1))
    await service.pass_to(service.now + timedelta(minutes=10))

    assert len(service.mails) == 2
    assert service.kinds(Status.QUEUED) == [Kind.INVITATION]


async def test_what_is_near_is_told_whatever_was_told_before() -> None:
    service = at(datetime(2026, 2, 2, 9, tzinfo=UTC), per_person_a_day=1)
    person = await service.know()
    await service.hear(told_now(service, InvitationIssued, an_invitation_state(person), 1))
    await service.pass_to(service.now)
    near = an_invitation_state(person, answer_by=service.now + timedelta(hours=30))

    await service.hear(told_now(service, InvitationIssued, near, 1))
    await service.pass_to(service.now)

    assert len(service.mails) == 2


async def test_what_a_hub_may_not_send_yet_is_sent_later_and_all_of_it() -> None:
    service = at(datetime(2026, 2, 2, 9, tzinfo=UTC), per_hub_an_hour=2)
    for _ in range(5):
        state = an_invitation_state(await service.know(), payment=Payment())
        await service.hear(told_now(service, InvitationIssued, state, 1))
    await service.pass_to(service.now + timedelta(minutes=30))
    within_the_hour = len(service.mails)

    await service.pass_to(service.now + timedelta(hours=3))

    assert (within_the_hour, len(service.mails)) == (2, 5)


@pytest.fixture
def gathering() -> NotificationOnFakes:
    return at(datetime(2026, 2, 2, 9, tzinfo=UTC), digests={HUB: time(16)})


async def test_staff_read_what_can_wait_in_one_digest_at_their_time(
    gathering: NotificationOnFakes,
) -> None:
    service = gathering
    proposed, short = a_match_state(), a_match_state(status="short")
    await service.hear(
        an_event(MatchProposed, proposed, proposed.match_id),
        an_event(MatchFellShort, short, short.match_id),
    )

    await service.pass_to(datetime(2026, 2, 2, 15, 59, tzinfo=UTC))
    before = len(service.mails)
    await service.pass_to(datetime(2026, 2, 2, 16, 1, tzinfo=UTC))

    assert (before, len(service.mails)) == (0, 1)
    assert service.kinds(Status.SENT) == [Kind.STAFF_MATCH, Kind.STAFF_SHORT]


async def test_what_is_urgent_for_staff_waits_for_no_digest(
    gathering: NotificationOnFakes,
) -> None:
    state = a_session_state(at_risk=True, quorum=4)
    await gathering.hear(an_event(SessionUpdated, state, state.session_id))

    await gathering.pass_to(gathering.now + timedelta(minutes=1))

    assert gathering.kinds(Status.SENT) == [Kind.STAFF_AT_RISK]


async def test_a_digest_that_cannot_be_made_becomes_single_mails(
    gathering: NotificationOnFakes,
) -> None:
    proposed = a_match_state()
    await gathering.hear(an_event(MatchProposed, proposed, proposed.match_id))
    await gathering.do_what_is_due()

    await gathering.give_up_what_is_due()
    await gathering.do_what_is_due()

    assert gathering.kinds(Status.SENT) == [Kind.STAFF_MATCH]


async def test_a_hub_with_a_system_of_its_own_is_told_there(service: NotificationOnFakes) -> None:
    service.hook.hubs.add(HUB)
    proposed = a_match_state()

    await service.hear_and_send(an_event(MatchProposed, proposed, proposed.match_id))

    assert [message.kind for message in service.hook.told] == [Kind.STAFF_MATCH]
    assert service.mails == []


@pytest.mark.parametrize("how", ["refuses", "is_away"])
async def test_staff_get_a_mail_where_their_own_system_takes_nothing(
    service: NotificationOnFakes, how: str
) -> None:
    service.hook.hubs.add(HUB)
    setattr(service.hook, how, True)
    proposed = a_match_state()
    await service.hear(an_event(MatchProposed, proposed, proposed.match_id))

    service.now += timedelta(hours=1)
    await service.do_what_is_due()

    assert len(service.mails) == 1
