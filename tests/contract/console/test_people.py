"""What is known of a person comes back, is found by them, and is forgotten with them."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

from services.console.ports import Asked, WhatIfView
from shared.changes import Changes
from shared.contracts.draws import MatchChancesRemembered, MatchWhatIfAnswered, MatchWhatIfAsked
from shared.contracts.matches import MatchChangeRequested, MatchProposed
from shared.contracts.messages import NotificationSent
from shared.contracts.own_details import ReplyDetailsGiven
from shared.contracts.participants import (
    ParticipantErased,
    ParticipantRegistered,
    ParticipantStatus,
    ParticipantUpdated,
)
from shared.contracts.sessions import Answer, InvitationDeclined, InvitationIssued, SessionAnnounced
from tests.builders.console import BEFORE_THE_SAMPLES_END
from tests.builders.console_knowledge import Subject
from tests.builders.events import an_event


async def test_when_a_person_can_come_comes_back_as_it_was_said(subject: Subject) -> None:
    event = an_event(ParticipantUpdated)

    await subject.hear(event)

    view = await subject.known.times.get(str(event.data.participant_id))
    assert view is not None
    assert (view.availability, view.reminders) == (event.data.availability, event.data.reminders)
    assert (view.sequence, view.given) == (event.sequence, 0)


async def test_what_a_person_may_correct_comes_back_as_it_was_kept(subject: Subject) -> None:
    event = an_event(ParticipantUpdated)
    await subject.hear(event)
    who = str(event.data.participant_id)
    view = await subject.known.details.get(who)
    assert view is not None
    said = an_event(ReplyDetailsGiven).data
    own = replace(
        view,
        sealed=said.sealed,
        needs_dropped=said.needs_dropped,
        given=2,
        asked=1,
        asked_at=(BEFORE_THE_SAMPLES_END,),
    )

    await subject.commit(Changes((subject.known.details.keep(own),)))

    again = await subject.known.details.get(who)
    assert again == replace(own, version=own.version + 1)
    assert (view.languages, view.needs) == (event.data.languages, event.data.needs)
    assert (view.consents, view.contact_preference) == (
        event.data.consents,
        event.data.contact_preference,
    )


async def test_everything_about_a_person_is_found_and_forgotten(subject: Subject) -> None:
    issued, session = an_event(InvitationIssued), an_event(SessionAnnounced)
    proposed, sent = an_event(MatchProposed), an_event(NotificationSent)
    who = str(issued.data.participant_id)
    await subject.hear(issued, session, proposed, sent)

    await subject.hear(an_event(ParticipantErased, data={"participant_id": who}))

    known = subject.known
    assert await known.invitations.get(str(issued.data.invitation_id)) is None
    match = await known.matches.get(str(proposed.data.match_id))
    assert match is not None
    assert match.state.panel[0].participant_reference == "erased"
    [attended] = await known.sessions.about_person(who)
    assert attended.state.attendees[0].participant_reference == "erased"
    assert await known.messages.about_person(who) == []


async def test_what_staff_want_is_found_by_engagement_and_person_and_forgotten(
    subject: Subject,
) -> None:
    change, other = an_event(MatchChangeRequested), uuid4()
    elsewhere = an_event(
        MatchChangeRequested, data={"engagement_id": other}, subject=str(uuid4()), hub="lambeth"
    )
    await subject.hear(change, elsewhere)
    known, who = subject.known.changes, str(change.data.participant_id)

    of_engagement = await known.listed(
        Asked(hubs=("west-london",), engagement_id=str(change.data.engagement_id))
    )
    of_person = await known.about_person(who)
    await subject.hear(an_event(ParticipantErased, data={"participant_id": who}))

    assert [(view.id, view.state) for view in of_engagement] == [(change.subject, change.data)]
    assert {view.id for view in of_person} == {change.subject, elsewhere.subject}
    assert await known.about_person(who) == []


async def test_a_person_is_found_by_any_reference_in_their_hub_until_they_are_erased(
    subject: Subject,
) -> None:
    called = [
        {"publisher": "trust", "reference": "T-1"},
        {"publisher": "council", "reference": "C"},
    ]
    here, there = (
        an_event(
            ParticipantRegistered, hub=hub, data={"participant_id": uuid4(), "references": called}
        )
        for hub in ("west-london", "lambeth")
    )
    await subject.hear(here, there)
    who, people = str(here.data.participant_id), subject.known.people
    stored = await people.get(str(there.data.participant_id))
    assert stored is not None
    as_before = replace(stored, references=())
    await subject.commit(Changes((people.keep(as_before),)))

    found = [await people.known_as(reference, "west-london") for reference in ("T-1", "C", "T")]
    kept_before = [await people.known_as(reference, "lambeth") for reference in ("T-1", "C")]
    await subject.hear(an_event(ParticipantErased, data={"participant_id": who}))
    erased = [await people.known_as(reference, "west-london") for reference in ("C", "erased")]

    assert [[person.id for person in each] for each in found] == [[who], [who], []]
    assert [[person.id for person in each] for each in kept_before] == [[stored.id], []]
    assert erased == [[], []]


async def test_chances_are_found_by_person_the_newest_first_and_forgotten(
    subject: Subject,
) -> None:
    told = an_event(MatchChancesRemembered)
    later = an_event(
        MatchChancesRemembered,
        data={"draw_id": uuid4(), "drawn_at": told.data.drawn_at + timedelta(days=1)},
        subject=str(uuid4()),
    )
    await subject.hear(told, later)
    who, other = (str(each.participant_id) for each in told.data.chances[:2])
    chances = subject.known.chances

    found = await chances.about_person(who)
    await subject.hear(an_event(ParticipantErased, data={"participant_id": who}))

    assert [row.draw_id for row in found] == [str(later.data.draw_id), str(told.data.draw_id)]
    assert (found[1].chance, found[1].drawn_as) == (0.0952, "panel")
    assert found[1].drawn_at == told.data.drawn_at
    assert await chances.about_person(who) == []
    assert len(await chances.about_person(other)) == 2


async def test_where_the_people_of_an_engagement_stand_is_read_together(subject: Subject) -> None:
    issued = an_event(InvitationIssued)
    person = an_event(ParticipantRegistered, data={"participant_id": issued.data.participant_id})
    away = {"engagement_id": uuid4(), "invitation_id": uuid4()}
    declined = {**issued.data.model_dump(mode="json"), "answer": "declined", "asked": 2}
    other = {"invitation_id": uuid4(), "participant_id": uuid4()}
    await subject.hear(
        issued,
        person,
        an_event(InvitationIssued, data=away),
        an_event(InvitationDeclined, data={**declined, **other}),
    )
    view = await subject.known.invitations.get(str(issued.data.invitation_id))
    assert view
    answered = replace(view, said=Answer.ACCEPTED, left=True)
    await subject.commit(Changes((subject.known.invitations.keep(answered),)))

    engagement_id, hub = str(issued.data.engagement_id), issued.hub
    invited = await subject.known.invitations.invited_to(engagement_id, hub)
    elsewhere = await subject.known.invitations.invited_to(engagement_id, "brent")
    who = str(issued.data.participant_id)
    standings = await subject.known.people.standings([who, "nobody"])

    known = {each.participant_id: each for each in invited}
    mine, others = known[issued.data.participant_id], known[other["participant_id"]]
    assert len(invited) == 2
    assert mine == answered.invited
    assert (mine.answer, mine.left, mine.said_yes) == (Answer.ACCEPTED, True, False)
    assert (others.answer, others.asked, others.left) == (Answer.DECLINED, 2, False)
    assert elsewhere == []
    assert {each: (one.reference, one.status) for each, one in standings.items()} == {
        who: (person.data.references[0].reference, ParticipantStatus.ACTIVE)
    }


async def test_a_question_is_found_by_everybody_whom_it_or_its_answer_names(
    subject: Subject,
) -> None:
    answered, asked = an_event(MatchWhatIfAnswered), an_event(MatchWhatIfAsked).data
    what_ifs, out = subject.known.what_ifs, str(asked.participant_id)
    at = BEFORE_THE_SAMPLES_END
    question = WhatIfView(
        id=answered.subject, hub="west-london", asked_by="amina", asked_at=at, asked=asked
    )
    await subject.commit(Changes((what_ifs.keep(question),)))
    await subject.hear(answered)
    comes_in = str(answered.data.moves[1].participant_id)

    found = [await what_ifs.about_person(who) for who in (out, comes_in, str(uuid4()))]
    await subject.hear(an_event(ParticipantErased, data={"participant_id": comes_in}))
    blanked = await what_ifs.get(question.id)
    await subject.hear(an_event(ParticipantErased, data={"participant_id": out}))

    assert [[each.answered for each in some] for some in found] == [
        [answered.data],
        [answered.data],
        [],
    ]
    assert blanked is not None
    assert blanked.answered is not None
    assert comes_in not in {str(each.participant_id) for each in blanked.answered.moves}
    assert await what_ifs.get(question.id) is None
