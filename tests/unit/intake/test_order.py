"""What is newer by its publisher's own count, or else by its time, stands."""

from typing import Any

import pytest

from services.intake.use_cases.leaving import let_go
from services.intake.use_cases.receiving import Received
from shared.contracts.sessions import ReplyLeft
from tests.builders.events import an_event
from tests.builders.intake import event, intake, person, send
from tests.fakes.intake import Intake


async def test_an_older_statement_changes_nothing() -> None:
    desk, stated = intake(), person(travel_km=5)
    await send(desk, event(stated, sequence=7))

    received = await send(desk, event(stated | {"travel_km": 50}, sequence=6))

    assert received.submission.notes
    assert desk.people[0].profile.travel_km == 5


async def availability(to: Intake, reference: str, day: str, **changes: Any) -> Received:
    weekly = {"weekly": [{"day": day, "from": "10:00", "to": "12:00"}]}
    data = {"reference": reference, "availability": weekly}
    return await send(to, event(data, type="availability.submitted", **changes))


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ({"sequence": 6}, {"sequence": 7}),
        ({"time": "2026-11-22T11:01:00Z"}, {"time": "2026-11-22T11:02:00Z"}),
    ],
)
async def test_older_availability_does_not_replace_newer(
    older: dict[str, Any], newer: dict[str, Any]
) -> None:
    desk, stated = intake(), person()
    await send(desk, event(stated, sequence=1))
    await availability(desk, stated["reference"], "fri", **newer)

    late = await availability(desk, stated["reference"], "mon", **older)
    whole = await send(desk, event(stated | {"travel_km": 50}, **older))

    assert [each.submission.status for each in (late, whole)] == ["accepted", "accepted"]
    assert late.submission.notes
    assert whole.submission.notes
    profile = desk.people[0].profile
    assert [slot.day for slot in profile.availability.weekly] == ["fri"]
    assert profile.travel_km == 50


async def test_what_is_said_of_the_whole_person_ends_what_was_said_before_of_their_times() -> None:
    desk, stated = intake(), person()
    await send(desk, event(stated, sequence=1))
    await availability(desk, stated["reference"], "fri", sequence=3)
    await send(desk, event(stated, sequence=4))

    late = await availability(desk, stated["reference"], "mon", sequence=3)

    assert late.submission.notes
    assert desk.people[0].profile.availability.weekly == ()


async def test_a_withdrawal_does_not_forget_what_was_said_later_of_the_times() -> None:
    desk, stated = intake(), person()
    await send(desk, event(stated, sequence=1))
    await availability(desk, stated["reference"], "fri", sequence=4)
    leaves = event({"reference": stated["reference"]}, type="participant.withdrawn", sequence=2)
    await send(desk, leaves)
    anew = stated["consent"]["involvement"] | {"given_at": "2026-11-22T11:30:00Z"}

    await send(desk, event(stated | {"consent": {"involvement": anew}}, sequence=3))

    [known] = desk.people
    assert known.status == "active"
    assert [slot.day for slot in known.profile.availability.weekly] == ["fri"]


async def test_a_withdrawal_overtaken_by_newer_consent_changes_nothing() -> None:
    desk, stated = intake(), person()
    given = stated["consent"]["involvement"] | {"given_at": "2026-11-22T11:30:00Z"}
    joins = stated | {"consent": {"involvement": given}}
    await send(desk, event(joins, sequence=3, time="2026-11-22T11:31:00Z"))
    leaves = event({"reference": stated["reference"]}, type="participant.withdrawn", sequence=2)

    received = await send(desk, leaves)

    assert received.submission.status == "accepted"
    assert received.submission.notes
    assert desk.people[0].status == "active"


@pytest.mark.parametrize("said_at", [{}, {"time": None}])
async def test_a_withdrawal_overtaken_by_a_list_with_the_old_consent_counts(
    said_at: dict[str, Any],
) -> None:
    desk, stated = intake(), person()
    await send(desk, event(stated, sequence=3, time="2026-11-22T11:31:00Z"))
    leaves = event({"reference": stated["reference"]}, type="participant.withdrawn", sequence=2)

    received = await send(desk, leaves | said_at)

    assert not received.submission.notes
    assert [each.status for each in desk.people] == ["left"]
    assert desk.people[0].references[0].sequence == 3


async def test_what_was_said_before_a_person_left_changes_nothing() -> None:
    desk, stated = intake(), person()
    await send(desk, event(stated, sequence=1))
    leaves = event({"reference": stated["reference"]}, type="participant.withdrawn", sequence=3)
    await send(desk, leaves)

    late = await send(desk, event(stated, sequence=2))

    assert late.submission.notes
    assert late.submission.status == "accepted"
    assert [each.status for each in desk.people] == ["left"]


async def test_a_time_ahead_of_ours_holds_back_no_later_news() -> None:
    desk, stated = intake(), person(travel_km=5)
    await send(desk, event(stated, time="9999-12-31T23:59:59Z"))

    await send(desk, event(stated | {"travel_km": 50}, time="2026-11-22T12:00:00Z"))

    assert desk.people[0].profile.travel_km == 50


@pytest.mark.parametrize("consent_comes_first", [True, False])
async def test_who_consents_anew_after_leaving_is_active_whichever_comes_first(
    *, consent_comes_first: bool
) -> None:
    desk, stated = intake(), person()
    await send(desk, event(stated, sequence=1, time="2026-11-22T11:00:00Z"))
    anew = stated["consent"]["involvement"] | {"given_at": "2026-11-22T11:30:00Z"}
    joins = event(
        stated | {"consent": {"involvement": anew}}, sequence=3, time="2026-11-22T11:31:00Z"
    )
    leaves = event(
        {"reference": stated["reference"]},
        type="participant.withdrawn",
        sequence=2,
        time="2026-11-22T11:20:00Z",
    )

    for sent in (joins, leaves) if consent_comes_first else (leaves, joins):
        await send(desk, sent)

    assert [each.status for each in desk.people] == ["active"]


@pytest.mark.parametrize("count", [{}, {"sequence": 3}])
async def test_consent_given_before_a_person_left_again_does_not_bring_them_back(
    count: dict[str, Any],
) -> None:
    desk, stated = intake(), person()
    await send(desk, event(stated, time="2026-11-22T11:00:00Z"))
    reference = {"reference": stated["reference"]}
    for left_at in ("2026-11-22T11:10:00Z", "2026-11-22T11:30:00Z"):
        await send(desk, event(reference, type="participant.withdrawn", time=left_at))
    between = stated["consent"]["involvement"] | {"given_at": "2026-11-22T11:20:00Z"}
    joins = stated | {"consent": {"involvement": between}}

    await send(desk, event(joins, time="2026-11-22T11:20:00Z", **count))

    assert [each.status for each in desk.people] == ["left"]


async def test_who_leaves_by_link_after_leaving_is_not_brought_back_by_consent_in_between() -> None:
    desk, stated = intake(), person()
    await send(desk, event(stated, sequence=1))
    leaves = event({"reference": stated["reference"]}, type="participant.withdrawn", sequence=2)
    await send(desk, leaves | {"time": "2026-11-22T11:10:00Z"})
    [known] = desk.people
    left = an_event(
        ReplyLeft, data={"participant_id": known.id}, time="2026-11-22T11:30:00Z", hub=known.hub
    )
    desk.store.commit(await let_go(left, desk.desk))
    between = stated["consent"]["involvement"] | {"given_at": "2026-11-22T11:20:00Z"}

    await send(desk, event(stated | {"consent": {"involvement": between}}, sequence=3))

    assert [each.status for each in desk.people] == ["left"]


async def test_the_consent_known_when_a_person_leaves_does_not_bring_them_back() -> None:
    desk, stated = intake(), person()
    given = stated["consent"]["involvement"] | {"given_at": "2026-11-22T11:30:00Z"}
    joins = stated | {"consent": {"involvement": given}}
    await send(desk, event(joins, time=None))
    reference = {"reference": stated["reference"]}
    leaves = event(reference, type="participant.withdrawn", time="2026-11-22T00:00:00Z")
    await send(desk, leaves)

    await send(desk, event(joins, time=None))

    assert [each.status for each in desk.people] == ["left"]


@pytest.mark.parametrize("consent_comes_first", [True, False])
async def test_who_consents_anew_after_leaving_by_link_is_active_whichever_comes_first(
    *, consent_comes_first: bool
) -> None:
    desk, stated = intake(), person()
    await send(desk, event(stated, sequence=1))
    anew = stated["consent"]["involvement"] | {"given_at": "2026-11-22T11:30:00Z"}
    joins = event(stated | {"consent": {"involvement": anew}}, sequence=2)
    [known] = desk.people
    left = an_event(
        ReplyLeft, data={"participant_id": known.id}, time="2026-11-22T11:20:00Z", hub=known.hub
    )

    if consent_comes_first:
        await send(desk, joins)
    desk.store.commit(await let_go(left, desk.desk))
    if not consent_comes_first:
        await send(desk, joins)

    assert [each.status for each in desk.people] == ["active"]
