"""What the staff of a hub hear of sessions: no slot, empty places, too few people."""

from datetime import timedelta
from uuid import uuid4

import pytest

from services.notification.domain import Kind, Status
from shared.contracts.sessions import (
    SessionAnnounced,
    SessionRescheduled,
    SessionState,
    SessionStatus,
    SessionUnscheduled,
    SessionUpdated,
)
from tests.builders.letters import text_of
from tests.builders.notification import NOW, a_session_state, an_event
from tests.fakes.notification_service import NotificationOnFakes


def a_series(**fields: object) -> list[SessionState]:
    match_id = uuid4()
    return [a_session_state(match_id=match_id, **fields) for _ in range(3)]


async def test_a_series_without_a_slot_is_one_piece_of_news(
    service: NotificationOnFakes,
) -> None:
    series = a_series(status=SessionStatus.UNSCHEDULED, reasons=("No venue has a hearing loop.",))

    await service.hear_and_send(
        *(
            an_event(SessionUnscheduled, state, state.session_id, causationid="approval")
            for state in series
        )
    )

    [mail] = service.mails
    assert "No venue has a hearing loop." in mail.get_body(("plain",)).get_content()


async def test_empty_places_are_told_when_there_are_more_of_them(
    service: NotificationOnFakes,
) -> None:
    state = a_session_state()
    missing = [state.model_copy(update={"missing": count}) for count in (0, 2, 2, 1, 3)]

    await service.hear_and_send(
        an_event(SessionAnnounced, state, state.session_id),
        *(
            an_event(SessionUpdated, changed, state.session_id, sequence=sequence)
            for sequence, changed in enumerate(missing, start=2)
        ),
    )

    assert [subject[:14] for subject in service.mailer.subjects] == [
        "2 places empty",
        "3 places empty",
    ]


async def test_places_that_empty_one_after_the_other_are_one_mail(
    service: NotificationOnFakes,
) -> None:
    state = a_session_state()
    later = NOW + timedelta(seconds=3)
    one, two = (state.model_copy(update={"missing": count}) for count in (1, 2))

    await service.hear(
        an_event(SessionUpdated, one, state.session_id),
        an_event(SessionUpdated, two, state.session_id, sequence=2, time=later),
    )
    await service.do_what_is_due()

    assert service.mailer.subjects == [f"2 places empty: {state.title}"]
    assert service.kinds(Status.QUEUED) == []


async def test_a_concern_of_another_session_does_not_hide_empty_places(
    service: NotificationOnFakes,
) -> None:
    first, second, _ = a_series()
    empty = first.model_copy(update={"missing": 2})
    worried = second.model_copy(update={"reasons": ("The lift is out of order.",)})
    later = NOW + timedelta(seconds=3)

    await service.hear(
        an_event(SessionUpdated, empty, first.session_id),
        an_event(SessionUpdated, worried, second.session_id, time=later),
    )
    await service.do_what_is_due()

    assert [subject[:14] for subject in service.mailer.subjects] == [
        "2 places empty",
        "A session need",
    ]


@pytest.mark.parametrize("is_filled", [True, False])
async def test_of_two_sessions_with_empty_places_one_is_told_though_the_other_is_filled(
    service: NotificationOnFakes, *, is_filled: bool
) -> None:
    first, second, _ = a_series()
    one, other = (each.model_copy(update={"missing": 1}) for each in (first, second))
    later = NOW + timedelta(seconds=1)
    await service.hear(
        an_event(SessionUpdated, one, first.session_id, causationid="a"),
        an_event(SessionUpdated, other, second.session_id, causationid="b", time=later),
    )

    await service.pass_to(NOW + timedelta(seconds=3.5))
    if is_filled:
        await service.hear(an_event(SessionUpdated, second, second.session_id, sequence=2))
    await service.pass_to(NOW + timedelta(minutes=1))

    assert [subject[:14] for subject in service.mailer.subjects] == ["1 place empty:"]
    assert service.kinds(Status.QUEUED) == []


async def test_places_that_were_filled_meanwhile_are_not_told(
    service: NotificationOnFakes,
) -> None:
    state = a_session_state()
    empty = state.model_copy(update={"missing": 1})

    await service.hear(
        an_event(SessionUpdated, empty, state.session_id, sequence=2),
        an_event(SessionUpdated, state, state.session_id, sequence=3),
    )
    await service.do_what_is_due()

    assert service.mails == []


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
async def test_empty_places_are_told_though_a_move_of_the_session_overtakes_them(
    service: NotificationOnFakes, order: tuple[int, int]
) -> None:
    state = a_session_state(missing=1)
    updated, moved = (
        an_event(kind, state, state.session_id, sequence=sequence)
        for sequence, kind in enumerate((SessionUpdated, SessionRescheduled), start=2)
    )

    await service.hear(*((updated, moved)[each] for each in order))
    await service.do_what_is_due()

    assert service.mailer.subjects == [f"1 place empty: {state.title}"]


async def test_a_session_without_a_slot_is_told_though_later_news_of_it_comes_first(
    service: NotificationOnFakes,
) -> None:
    state = a_session_state(status=SessionStatus.UNSCHEDULED, starts_at=None, reasons=("Why.",))
    unscheduled, updated = (
        an_event(kind, state, state.session_id, sequence=sequence)
        for sequence, kind in enumerate((SessionUnscheduled, SessionUpdated), start=1)
    )

    await service.hear(updated, unscheduled)
    await service.do_what_is_due()

    assert service.kinds(Status.SENT) == [Kind.STAFF_UNSCHEDULED]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
async def test_a_slot_that_is_lost_again_is_told_though_it_overtakes_the_one_in_between(
    service: NotificationOnFakes, order: tuple[int, int]
) -> None:
    announced = a_session_state()
    without = announced.model_copy(
        update={"status": SessionStatus.UNSCHEDULED, "starts_at": None, "reasons": ("Why.",)}
    )
    lost, found, lost_again = (
        an_event(kind, state, state.session_id, sequence=sequence)
        for sequence, (kind, state) in enumerate(
            [
                (SessionUnscheduled, without),
                (SessionAnnounced, announced),
                (SessionUnscheduled, without),
            ],
            start=1,
        )
    )
    await service.hear_and_send(lost)

    await service.hear(*((found, lost_again)[each] for each in order))
    await service.do_what_is_due()

    assert service.kinds(Status.SENT) == [Kind.STAFF_UNSCHEDULED] * 2


async def test_places_that_emptied_while_a_session_had_no_slot_are_told_with_its_slot(
    service: NotificationOnFakes,
) -> None:
    state = a_session_state(missing=2)
    without = {"status": SessionStatus.UNSCHEDULED, "starts_at": None, "reasons": ("Why.",)}
    undated = state.model_copy(update=without)

    await service.hear_and_send(
        an_event(SessionUnscheduled, undated, state.session_id),
        an_event(SessionAnnounced, state, state.session_id, sequence=2),
    )

    assert service.kinds(Status.SENT) == [Kind.STAFF_UNSCHEDULED, Kind.STAFF_MISSING]


async def test_staff_hear_once_when_a_session_comes_at_risk(service: NotificationOnFakes) -> None:
    risky = a_session_state(quorum=6, at_risk=True)
    at = (risky.session_id,)
    safe = risky.model_copy(update={"at_risk": False})

    await service.hear_and_send(
        an_event(SessionAnnounced, safe, *at),
        an_event(SessionUpdated, risky, *at, sequence=2),
        an_event(SessionUpdated, risky, *at, sequence=3),
    )

    [mail] = service.mails
    assert mail["Subject"] == "Too few people so far: Leaving the ward"
    assert "Said yes: 0" in text_of(mail)
    assert "Needed: 6" in text_of(mail)
    assert f"/sessions/{risky.session_id}" in text_of(mail)


async def test_staff_are_not_written_to_about_a_risk_that_is_over(
    service: NotificationOnFakes,
) -> None:
    risky = a_session_state(quorum=6, at_risk=True)
    safe = risky.model_copy(update={"at_risk": False})
    await service.hear(an_event(SessionAnnounced, risky, risky.session_id))

    await service.hear_and_send(an_event(SessionUpdated, safe, safe.session_id, sequence=2))

    assert service.mails == []
