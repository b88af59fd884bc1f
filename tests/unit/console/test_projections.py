from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.console.ports import InvitationView
from services.console.queries import calls_to_make
from services.console.use_cases.replies import Reply, Standing, answer_invitation, standing
from shared.contracts.matches import (
    MatchApproved,
    MatchCancelled,
    MatchFellShort,
    MatchProposed,
    MatchStatus,
)
from shared.contracts.messages import NotificationCallNeeded, NotificationSent
from shared.contracts.participants import (
    ParticipantContactChanged,
    ParticipantErased,
    ParticipantRegistered,
    ParticipantUpdated,
)
from shared.contracts.sessions import (
    Answer,
    InvitationAccepted,
    InvitationCancelled,
    InvitationChanged,
    InvitationDeclined,
    InvitationIssued,
    SessionAnnounced,
)
from tests.builders.console import ConsoleInMemory
from tests.builders.events import an_event


async def only_match(console: ConsoleInMemory) -> tuple[MatchStatus, int, str | None]:
    [view] = console.stored.known.matches.entities.values()  # type: ignore[attr-defined]
    return view.state.status, view.sequence, view.decided_by


async def invitation(console: ConsoleInMemory) -> InvitationView:
    [view] = console.stored.known.invitations.entities.values()  # type: ignore[attr-defined]
    assert isinstance(view, InvitationView)
    return view


async def test_a_late_older_event_does_not_replace_a_newer_state() -> None:
    console = ConsoleInMemory()
    await console.hear(an_event(MatchProposed, sequence=2))

    await console.hear(an_event(MatchFellShort, sequence=1))

    assert await only_match(console) == (MatchStatus.PROPOSED, 2, None)


@given(st.permutations([1, 2, 3, 4]))
@settings(deadline=None)
async def test_whatever_the_order_the_newest_state_is_kept(order: list[int]) -> None:
    console = ConsoleInMemory()

    for sequence in order:
        await console.hear(
            an_event(SessionAnnounced, sequence=sequence, data={"missing": sequence})
        )

    [view] = console.stored.known.sessions.entities.values()  # type: ignore[attr-defined]
    assert (view.sequence, view.state.missing) == (4, 4)


async def test_the_same_event_twice_is_traced_once() -> None:
    console, event = ConsoleInMemory(), an_event(MatchProposed)

    await console.hear(event, event)

    assert list(console.stored.known.trace.entities) == [event.id]  # type: ignore[attr-defined]


async def test_an_automatic_approval_is_shown_though_its_proposal_comes_later() -> None:
    console = ConsoleInMemory()
    approved = an_event(MatchApproved)
    approved = approved.model_copy(
        update={"data": approved.data.model_copy(update={"by": "automatic"})}
    )

    await console.hear(approved, an_event(MatchProposed, sequence=approved.data.match_sequence))

    assert await only_match(console) == (MatchStatus.APPROVED, 2, "automatic")


async def test_a_match_drawn_anew_waits_for_a_decision_again() -> None:
    console = ConsoleInMemory()
    await console.hear(an_event(MatchApproved))

    await console.hear(an_event(MatchProposed, sequence=5))

    assert await only_match(console) == (MatchStatus.PROPOSED, 5, None)


async def test_a_decision_on_an_older_draw_does_not_hide_the_new_one() -> None:
    console = ConsoleInMemory()
    await console.hear(an_event(MatchProposed, sequence=5))

    await console.hear(an_event(MatchApproved))

    assert await only_match(console) == (MatchStatus.PROPOSED, 5, None)


async def test_a_called_off_engagement_ends_an_approved_match() -> None:
    console = ConsoleInMemory()
    await console.hear(an_event(MatchApproved))

    await console.hear(an_event(MatchCancelled, sequence=9, data={"status": "cancelled"}))

    status, _, _ = await only_match(console)
    assert status is MatchStatus.CANCELLED


async def test_an_answer_given_here_outlives_news_that_was_on_its_way() -> None:
    console = ConsoleInMemory()
    issued = an_event(InvitationIssued, sequence=1)
    await console.hear(issued)
    known = console.stored.known.invitations
    console.stored.commit(
        await answer_invitation(issued.data.invitation_id, Reply.YES, known, console.facts)
    )

    await console.hear(an_event(InvitationChanged, sequence=2, data={"answer": "invited"}))

    assert standing(await invitation(console), console.clock.at) is Standing.ACCEPTED


async def test_an_answer_that_was_taken_in_is_no_longer_held_here() -> None:
    console = ConsoleInMemory()
    issued = an_event(InvitationIssued, sequence=1)
    await console.hear(issued)
    known = console.stored.known.invitations
    console.stored.commit(
        await answer_invitation(issued.data.invitation_id, Reply.YES, known, console.facts)
    )

    await console.hear(an_event(InvitationAccepted, sequence=2, data={"answer": "accepted"}))

    view = await invitation(console)
    assert (view.said, view.replies, view.state.answer) == (None, 1, Answer.ACCEPTED)


@pytest.mark.parametrize(("asked", "shown"), [(1, Standing.DECLINED), (2, Standing.OPEN)])
async def test_a_no_is_held_here_until_the_person_is_invited_again(
    asked: int, shown: Standing
) -> None:
    console = ConsoleInMemory()
    issued = an_event(InvitationIssued, sequence=1)
    await console.hear(issued)
    known = console.stored.known.invitations
    console.stored.commit(
        await answer_invitation(issued.data.invitation_id, Reply.NO, known, console.facts)
    )

    await console.hear(an_event(InvitationIssued, sequence=3, data={"asked": asked}))

    assert standing(await invitation(console), console.clock.at) is shown


@pytest.mark.parametrize(
    ("refused", "shown"), [(0, Standing.REJOINING), (1, Standing.REJOINING), (2, Standing.GONE)]
)
async def test_a_yes_after_a_no_is_held_here_until_it_is_that_yes_which_is_refused(
    refused: int, shown: Standing
) -> None:
    console = ConsoleInMemory()
    issued = an_event(InvitationIssued, sequence=1)
    await console.hear(issued)
    known, who = console.stored.known.invitations, issued.data.invitation_id
    console.stored.commit(await answer_invitation(who, Reply.NO, known, console.facts))
    await console.hear(an_event(InvitationDeclined, sequence=2, data={"answer": "declined"}))
    console.stored.commit(await answer_invitation(who, Reply.YES, known, console.facts))

    await console.hear(
        an_event(
            InvitationDeclined, sequence=3, data={"answer": "declined", "refused_reply": refused}
        )
    )

    assert standing(await invitation(console), console.clock.at) is shown


def an_attendee(who: str) -> dict[str, object]:
    [first, *_] = an_event(SessionAnnounced).data.attendees
    return {**first.model_dump(mode="json"), "participant_id": who}


async def assert_gone(console: ConsoleInMemory, who: str) -> None:
    known = console.stored.known
    [match] = known.matches.entities.values()  # type: ignore[attr-defined]
    [session] = known.sessions.entities.values()  # type: ignore[attr-defined]
    messages = known.messages.entities.values()  # type: ignore[attr-defined]
    person, card = await known.people.get(who), await known.contacts.get(who)
    [member], [attendee] = match.state.panel, session.state.attendees
    assert not known.invitations.entities  # type: ignore[attr-defined]
    assert (member.participant_reference, member.reasons, member.features) == ("erased", (), {})
    assert attendee.participant_reference == "erased"
    assert {message.state.participant_reference for message in messages} == {"erased"}
    assert {message.state.participant_id for message in messages} == {None}
    assert await calls_to_make(known, ("west-london",)) == []
    assert person is not None
    assert (person.reference, person.needs) == ("erased", ())
    assert card is not None
    assert card.sealed is None


async def test_an_erased_person_is_gone_from_everything_and_stays_gone() -> None:
    console = ConsoleInMemory()
    registered = an_event(ParticipantRegistered, sequence=1)
    who = str(registered.data.participant_id)
    contact = an_event(ParticipantContactChanged, data={"participant_id": who})
    proposed = an_event(MatchProposed)
    proposed = an_event(
        MatchProposed,
        data={"panel": [{**proposed.data.panel[0].model_dump(mode="json"), "participant_id": who}]},
    )
    issued = an_event(InvitationIssued, data={"participant_id": who})
    sent = an_event(NotificationSent, data={"participant_id": who})
    call = an_event(NotificationCallNeeded, data={"participant_id": who, "message_id": uuid4()})
    session = an_event(SessionAnnounced, data={"attendees": [an_attendee(who)]})
    await console.hear(registered, contact, proposed, issued, sent, call, session)

    erased = an_event(ParticipantErased, sequence=3, data={"participant_id": who})
    await console.hear(erased)
    await assert_gone(console, who)

    await console.hear(
        an_event(ParticipantUpdated, sequence=4, data={"participant_id": who}),
        an_event(ParticipantContactChanged, sequence=9, data={"participant_id": who}),
        an_event(MatchProposed, sequence=7, data=proposed.data.model_dump(mode="json")),
        an_event(
            MatchApproved,
            sequence=8,
            data={"match": proposed.data.model_dump(mode="json"), "match_sequence": 7},
        ),
        an_event(InvitationIssued, data={"participant_id": who}),
        an_event(InvitationCancelled, sequence=8, data={"participant_id": who}),
        an_event(NotificationSent, sequence=8, data={"participant_id": who}),
        an_event(NotificationCallNeeded, data={"participant_id": who, "message_id": uuid4()}),
        an_event(SessionAnnounced, sequence=8, data={"attendees": [an_attendee(who)]}),
    )
    await assert_gone(console, who)


async def test_what_was_read_before_an_erasure_and_kept_after_it_is_forgotten_soon() -> None:
    console = ConsoleInMemory()
    proposed, issued = an_event(MatchProposed), an_event(InvitationIssued)
    member = proposed.data.panel[0].model_copy(
        update={"participant_id": issued.data.participant_id}
    )
    proposed = proposed.model_copy(
        update={"data": proposed.data.model_copy(update={"panel": (member,)})}
    )
    handlers, who = console.handlers._of_event, issued.data.participant_id
    on_their_way = [await handlers[event.TYPE](event) for event in (proposed, issued)]
    await console.hear(an_event(ParticipantErased, data={"participant_id": who}))
    for changes in on_their_way:
        console.stored.commit(changes)

    console.clock.pass_by(timedelta(minutes=2))
    await console.do_what_is_due()

    [match] = console.stored.known.matches.entities.values()  # type: ignore[attr-defined]
    assert match.state.panel[0].participant_reference == "erased"
    assert not console.stored.known.invitations.entities  # type: ignore[attr-defined]


async def test_a_session_is_ordered_by_when_it_starts_whatever_the_time_zone() -> None:
    console = ConsoleInMemory()

    await console.hear(an_event(SessionAnnounced, data={"starts_at": "2027-07-12T14:00:00+01:00"}))

    [view] = console.stored.known.sessions.entities.values()  # type: ignore[attr-defined]
    assert view.at == datetime(2027, 7, 12, 13, tzinfo=UTC)


async def test_an_event_without_a_view_is_still_traced() -> None:
    console, event = ConsoleInMemory(), an_event(NotificationCallNeeded)

    await console.hear(event)

    [entry] = await console.stored.known.trace.of(event.correlationid)
    assert (entry.type, entry.causation_id) == (event.type, event.causationid)


@pytest.mark.parametrize("reply", [Reply.YES, Reply.NO, Reply.LEAVE])
async def test_the_same_answer_twice_is_published_once(reply: Reply) -> None:
    console = ConsoleInMemory()
    issued = an_event(InvitationIssued)
    await console.hear(issued)
    known, who = console.stored.known.invitations, issued.data.invitation_id

    for _ in range(3):
        console.stored.commit(await answer_invitation(who, reply, known, console.facts))

    [event] = console.stored.events
    assert (event.subject, event.sequence) == (str(who), 1)
    assert (event.correlationid, event.causationid) == (issued.correlationid, issued.id)


async def test_answers_to_one_invitation_count_up() -> None:
    console = ConsoleInMemory()
    issued = an_event(InvitationIssued)
    await console.hear(issued)
    known, who = console.stored.known.invitations, issued.data.invitation_id

    for reply in (Reply.YES, Reply.NO, Reply.LEAVE):
        console.stored.commit(await answer_invitation(who, reply, known, console.facts))

    assert [event.sequence for event in console.stored.events] == [1, 2, 3]
    assert len({event.id for event in console.stored.events} | {str(uuid4())}) == 4
