"""What the staff of a hub hear of panels that wait for their decision."""

from datetime import timedelta

import pytest

from services.notification.domain import Kind, Status
from shared.contracts.base import Event
from shared.contracts.matches import (
    MatchApproved,
    MatchCancelled,
    MatchDecision,
    MatchFellShort,
    MatchProposed,
    MatchSentBack,
    MatchState,
    MatchStatus,
)
from tests.builders.letters import text_of
from tests.builders.notification import NOW, a_match_state, a_member, an_event
from tests.fakes.notification_service import NotificationOnFakes


def proposed(state: MatchState, sequence: int = 1) -> Event:
    return an_event(MatchProposed, state, state.match_id, sequence=sequence)


def decided(kind: type[Event], state: MatchState, sequence: int, **fields: object) -> Event:
    decision = MatchDecision(match=state, match_sequence=sequence, by="sam", **fields)
    return an_event(kind, decision, state.match_id)


async def test_a_new_panel_is_told_once(service: NotificationOnFakes) -> None:
    state = a_match_state()

    await service.hear_and_send(proposed(state), proposed(state, 2), proposed(state, 1))

    [mail] = service.mails
    assert mail["To"] == "team@wlc.example.org"
    [sent] = service.records.events
    assert (sent.data.staff, sent.data.participant_id) == ("west-london", None)


async def test_a_panel_drawn_anew_while_it_waits_is_no_second_mail(
    service: NotificationOnFakes,
) -> None:
    state = a_match_state()
    other = state.model_copy(update={"panel": (a_member(),)})

    await service.hear_and_send(proposed(state), proposed(other, 2))

    assert service.kinds(Status.SENT) == [Kind.STAFF_MATCH]


async def test_short_is_told_once_and_then_the_panel(service: NotificationOnFakes) -> None:
    short = a_match_state(status=MatchStatus.SHORT, panel=())
    more = short.model_copy(update={"eligible": 41})
    full = short.model_copy(update={"status": MatchStatus.PROPOSED, "panel": (a_member(),)})

    await service.hear_and_send(
        an_event(MatchFellShort, short, short.match_id),
        an_event(MatchFellShort, more, short.match_id, sequence=2),
        proposed(full, 3),
    )

    assert service.kinds(Status.SENT) == [Kind.STAFF_SHORT, Kind.STAFF_MATCH]


@pytest.mark.parametrize("kind", [MatchApproved, MatchSentBack])
async def test_staff_are_not_asked_for_what_they_decided_meanwhile(
    service: NotificationOnFakes, kind: type[Event]
) -> None:
    state = a_match_state()

    await service.hear(proposed(state), decided(kind, state, 1))
    await service.do_what_is_due()

    assert service.mails == []


async def test_a_decision_that_comes_first_is_not_asked_for(
    service: NotificationOnFakes,
) -> None:
    state = a_match_state()

    await service.hear_and_send(decided(MatchApproved, state, 1), proposed(state, 1))

    assert service.mails == []


async def test_a_panel_sent_back_to_rest_is_news_when_it_comes_again(
    service: NotificationOnFakes,
) -> None:
    state = a_match_state()

    await service.hear_and_send(
        proposed(state), decided(MatchSentBack, state, 1), proposed(state, 2)
    )

    assert service.kinds(Status.SENT) == [Kind.STAFF_MATCH, Kind.STAFF_MATCH]


async def test_a_panel_drawn_again_is_not_told_as_a_new_one(service: NotificationOnFakes) -> None:
    state = a_match_state()
    other = state.model_copy(update={"panel": (a_member(),)})

    await service.hear_and_send(
        proposed(state), decided(MatchSentBack, state, 1, draw_again=True), proposed(other, 2)
    )

    [first, again] = [(mail["Subject"], text_of(mail)) for mail in service.mails]
    assert first[0] == f"A panel is ready for your decision: {state.title}"
    assert "Nobody is invited until you approve" in first[1]
    assert again[0] == f"A panel was drawn again for your decision: {state.title}"
    assert "# A panel" not in again[1]
    assert "not the first draw" in again[1]
    assert "Nobody else is invited until you approve" in again[1]


async def test_a_panel_redrawn_before_staff_heard_of_it_is_told_as_the_first(
    service: NotificationOnFakes,
) -> None:
    state = a_match_state()
    other = state.model_copy(update={"panel": (a_member(),)})

    await service.hear_and_send(proposed(state), proposed(other, 2))

    [mail] = service.mails
    assert mail["Subject"] == f"A panel is ready for your decision: {state.title}"


async def test_a_match_that_lost_its_panel_is_told_as_drawn_again(
    service: NotificationOnFakes,
) -> None:
    state = a_match_state()
    short = state.model_copy(update={"status": MatchStatus.SHORT, "panel": ()})

    await service.hear_and_send(
        proposed(state),
        decided(MatchApproved, state, 1),
        an_event(MatchFellShort, short, state.match_id, sequence=2),
    )

    assert service.mails[-1]["Subject"] == f"Too few people when drawn again: {state.title}"


async def test_a_cancelled_match_is_not_waiting_any_more(service: NotificationOnFakes) -> None:
    state = a_match_state()
    cancelled = state.model_copy(update={"status": MatchStatus.CANCELLED})

    await service.hear(
        proposed(state), an_event(MatchCancelled, cancelled, state.match_id, sequence=2)
    )
    await service.do_what_is_due()

    assert service.mails == []


async def test_a_hub_without_an_address_of_staff_is_a_failure_that_shows(
    service: NotificationOnFakes,
) -> None:
    state = a_match_state()

    await service.hear_and_send(an_event(MatchProposed, state, state.match_id, hub="lambeth"))

    [failed] = service.records.events
    assert failed.data.error_code == "no-staff-address"


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
async def test_a_panel_drawn_after_a_decision_is_news_though_it_overtakes_the_decision(
    service: NotificationOnFakes, order: tuple[int, int]
) -> None:
    state = a_match_state()
    await service.hear_and_send(proposed(state))
    news = (decided(MatchSentBack, state, 1, draw_again=True), proposed(state, 3))

    await service.hear(*(news[each] for each in order))
    await service.do_what_is_due()

    assert service.kinds(Status.SENT) == [Kind.STAFF_MATCH] * 2


async def test_of_two_panels_before_the_first_mail_one_mail_is_sent(
    service: NotificationOnFakes,
) -> None:
    state, later = a_match_state(), NOW + timedelta(seconds=1)
    sent_back = decided(MatchSentBack, state, 1, draw_again=True)
    anew = an_event(MatchProposed, state, state.match_id, sequence=3, time=later)

    await service.hear(proposed(state), sent_back, anew)
    await service.do_what_is_due()

    assert service.kinds(Status.SENT) == [Kind.STAFF_MATCH]
