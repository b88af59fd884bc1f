"""Who was asked is counted by what holds of them, found by person, and forgotten."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from services.console.ports import Counts
from shared.contracts.messages import NotificationSent
from shared.contracts.participants import ParticipantErased, ParticipantRegistered
from shared.contracts.sessions import InvitationIssued
from tests.builders.console_knowledge import Subject
from tests.builders.events import an_event


async def test_who_was_asked_is_counted_by_every_value_that_holds_of_them(
    subject: Subject,
) -> None:
    first, second = uuid4(), uuid4()
    told = {"kind": "invitation", "channel": "sms", "instead_of": None}
    invitation = uuid4()
    asked = {"invitation_id": invitation, "participant_id": first}
    await subject.hear(
        an_event(
            ParticipantRegistered,
            data={"participant_id": first, "needs": ["a", "b"], "monitoring": {"sex": "female"}},
        ),
        an_event(ParticipantRegistered, data={"participant_id": second, "consents": {}}),
        an_event(InvitationIssued, data=asked),
        an_event(NotificationSent, data={**told, **asked}),
        an_event(InvitationIssued, data={"invitation_id": uuid4(), "participant_id": second}),
        an_event(InvitationIssued, hub="lambeth", data={"invitation_id": uuid4()}),
    )
    moments = [datetime(2026, month, 1, tzinfo=UTC) for month in (10, 11, 12)]

    before, until, found = await subject.known.askings.counted("west-london", moments)

    counts = {(each.feature, each.value): each.counts for each in found}
    once, silent = Counts(asked=1, told=1, reached=1), Counts(asked=1)
    needs = an_event(ParticipantRegistered).data.needs
    assert counts == {
        ("all", ""): Counts(asked=2, told=1, reached=1),
        ("first", ""): Counts(asked=2, told=1, reached=1),
        ("channel", "sms"): once,
        ("channel", ""): silent,
        ("need", "a"): once,
        ("need", "b"): once,
        **{("need", need): silent for need in needs},
        ("age_band", "25-44"): once,
        ("borough", "Ealing"): once,
        ("sex", "female"): once,
    }
    assert before == until == []


async def test_who_was_asked_before_is_not_asked_for_the_first_time(subject: Subject) -> None:
    who, days = uuid4(), (1, 2, 32)
    for day in days:
        at = datetime(2026, 10, 1, tzinfo=UTC) + timedelta(days=day)
        ids = {"invitation_id": uuid4(), "participant_id": who}
        await subject.hear(
            an_event(InvitationIssued, time=at, data={**ids, "issued_at": at.isoformat()})
        )
    moments = [datetime(2026, month, 1, tzinfo=UTC) for month in (10, 11, 12)]

    found = await subject.known.askings.counted("west-london", moments)

    counts = [{each.feature: each.counts.asked for each in until} for until in found]
    assert [each.get("all", 0) for each in counts] == [0, 2, 3]
    assert [each.get("first", 0) for each in counts] == [0, 1, 1]


async def test_whom_an_invitation_reached_is_found_by_person_and_forgotten(
    subject: Subject,
) -> None:
    issued = an_event(InvitationIssued)
    who = str(issued.data.participant_id)
    await subject.hear(an_event(ParticipantRegistered), issued)
    askings, groups = subject.known.askings, subject.known.groups

    [row] = await askings.about_person(who)
    group = await groups.get(who)
    await subject.hear(an_event(ParticipantErased, data={"participant_id": who}, sequence=2))

    assert (row.id, row.told) == (str(issued.data.invitation_id), False)
    assert group is not None
    assert await askings.about_person(who) == []
    assert await groups.get(who) is None
