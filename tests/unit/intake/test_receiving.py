"""Every event is answered once; what is refused is kept and can be corrected."""

from typing import Any

import pytest

from services.intake.domain.faults import MOST_FAULTS
from services.intake.use_cases.doors import try_again
from services.intake.use_cases.keeping import expire, opened_from_quarantine
from tests.builders.intake import event, intake, person, pointers, publisher, send, without


@pytest.mark.parametrize(
    ("spoiled", "faults"),
    [
        ("not an object", {"": "wrong-type"}),
        ([], {"": "wrong-type"}),
        (event(person(), specversion="0.3"), {"/specversion": "not-one-of"}),
        (without(event(person()), "id"), {"/id": "missing"}),
        (event(person(), id=""), {"/id": "too-short"}),
        (event(person(), datacontenttype="text/xml"), {"/datacontenttype": "not-one-of"}),
        (event(person(), time="22/11/2026"), {"/time": "date-time"}),
        (event(person(), time="1600000000"), {"/time": "date-time"}),
        (event(person(), sequence=0), {"/sequence": "too-small"}),
        (event(person(), colour="blue"), {"/colour": "unknown-field"}),
        (event(person(), hub="camden"), {"/hub": "hub-not-permitted"}),
        (event(person(), hub="West London"), {"/hub": "pattern"}),
        (event(person(), type="participant.exploded"), {"/type": "unknown-type"}),
        (event(person()) | {"type": "wlc.participant.submitted.v2"}, {"/type": "unknown-version"}),
        (event(person()) | {"type": "wlc.participant.submitted"}, {"/type": "unknown-version"}),
        (event([]), {"/data": "wrong-type"}),
        (without(event(person()), "data"), {"/data": "missing"}),
    ],
)
async def test_what_is_not_an_event_that_is_known_here_is_refused(
    spoiled: Any, faults: dict[str, str]
) -> None:
    received = await send(intake(), spoiled)

    assert pointers(received) == faults


async def test_an_unknown_version_is_told_the_known_one() -> None:
    received = await send(intake(), event(person()) | {"type": "wlc.participant.submitted.v2"})

    assert "wlc.participant.submitted.v1" in received.submission.faults[0].sentence


async def test_faults_of_the_envelope_and_of_the_data_come_together() -> None:
    received = await send(intake(), event(person(postcode="x"), time="soon", hub="camden"))

    assert set(pointers(received)) == {"/time", "/hub", "/data/postcode"}


async def test_a_publisher_says_only_what_it_is_permitted_to() -> None:
    desk = intake(publisher(types=frozenset({"wlc.outcome.recorded.v1"})))

    received = await send(desk, event(person()))

    assert pointers(received) == {"/type": "type-not-permitted"}
    assert desk.people == []


async def test_a_publisher_speaks_under_its_own_name_only() -> None:
    desk = intake()

    received = await send(desk, event(person(), source="borough-of-brent"))

    assert pointers(received) == {"/source": "source-not-yours"}
    assert "borough-of-brent" not in received.submission.faults[0].sentence
    assert desk.people == []


async def test_the_same_event_twice_has_its_effect_once_and_the_same_answer() -> None:
    desk, sent = intake(), event(person())
    first = await send(desk, sent)

    second = await send(desk, dict(reversed(sent.items())))

    assert (first.is_duplicate, second.is_duplicate) == (False, True)
    assert second.submission.id == first.submission.id
    assert second.submission.aggregate_id == first.submission.aggregate_id
    assert desk.said().count("wlc.participant.registered.v1") == 1
    assert desk.said().count("wlc.submission.accepted.v1") == 1


async def test_an_id_that_was_accepted_is_not_used_for_something_else() -> None:
    desk, sent = intake(), event(person())
    accepted = await send(desk, sent)

    reused = await send(desk, sent | {"data": person()})
    again = await send(desk, sent | {"data": person()})

    assert pointers(reused) == {"/id": "id-reused"}
    assert pointers(again) == {"/id": "id-reused"}
    assert len(desk.people) == 1
    stored = await desk.desk.submissions.get(accepted.submission.id)
    assert stored
    assert stored.status == "accepted"


async def test_a_rejected_event_is_corrected_under_its_own_id() -> None:
    desk, sent = intake(), event(person(postcode="x"))
    rejected = await send(desk, sent)

    corrected = await send(desk, sent | {"data": person()})

    assert corrected.submission.id == rejected.submission.id
    assert corrected.submission.status == "accepted"
    assert await desk.desk.quarantine.get(rejected.submission.id) is None
    assert ("expiries", rejected.submission.id) not in desk.store.due
    assert [e.sequence for e in desk.store.events if "submission" in e.TYPE] == [1, 2]


async def test_two_publishers_may_use_the_same_id() -> None:
    desk, sent = intake(), event(person())

    await send(desk, sent)
    other = await send(desk, sent | {"data": person()}, by="borough-of-brent")

    assert other.submission.status == "accepted"


async def test_what_lies_in_quarantine_shows_nothing_of_the_person() -> None:
    desk = intake()
    received = await send(desk, event(person(postcode="SECRET1", gp="Dr Secret")))

    item = await desk.desk.quarantine.get(received.submission.id)

    assert item
    assert "SECRET" not in repr(item).upper()
    opened = await opened_from_quarantine(item, desk.desk)
    assert opened
    assert b"SECRET1" in opened


async def test_a_quarantined_event_is_tried_again_as_it_is() -> None:
    desk, stated, sent_by = intake(), person(), publisher()
    early = event({"reference": stated["reference"]}, type="participant.withdrawn")
    rejected = await send(desk, early)
    await send(desk, event(stated))
    item = await desk.desk.quarantine.get(rejected.submission.id)
    assert item

    received = await try_again(item, sent_by, event=None, desk=desk.desk, commits=desk.commits)

    assert pointers(rejected) == {"/data/reference": "unknown-reference"}
    assert received.submission.status == "accepted"
    assert await desk.desk.quarantine.get(item.id) is None


async def test_a_correction_under_a_new_id_takes_the_old_one_out_of_quarantine() -> None:
    desk = intake()
    rejected = await send(desk, event(person(postcode="x")))
    item = await desk.desk.quarantine.get(rejected.submission.id)
    assert item

    received = await try_again(
        item, publisher(), event=event(person()), desk=desk.desk, commits=desk.commits
    )

    assert received.submission.status == "accepted"
    assert await desk.desk.quarantine.get(item.id) is None


async def test_what_is_not_corrected_is_dropped_in_time_and_not_before() -> None:
    desk = intake()
    rejected = await send(desk, event(person(postcode="x")))

    changes = await expire(rejected.submission.id, desk.desk)

    assert changes.writes == ()
    due = desk.store.due["expiries", rejected.submission.id]
    assert (due.at - rejected.submission.received_at).days == 90


async def test_of_very_many_faults_only_some_are_named() -> None:
    needs = ["12"] * 50
    tags = ["No Tag"] * 50

    received = await send(intake(), event(person(needs=needs, lived_experience=tags, gp="x")))

    faults = received.submission.faults
    assert len(faults) == MOST_FAULTS + 1
    assert faults[-1].code == "more"


async def test_nobody_finds_out_who_is_known_in_a_hub_that_is_not_theirs() -> None:
    desk = intake(publisher(), publisher("lambeth-hub", hubs=frozenset({"lambeth"})))
    amina = person()
    await send(desk, event(amina))
    await send(desk, event({"reference": amina["reference"]}, type="participant.withdrawn"))

    received = await send(desk, event(amina), by="lambeth-hub")

    assert pointers(received) == {"/hub": "hub-not-permitted"}
