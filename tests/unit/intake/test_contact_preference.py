"""How a person wants to hear: kept when left out, and loosened by no silence and no stranger."""

from datetime import time
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.availability import DAYS, WeeklySlot, merged
from services.intake.domain.contact_preference import (
    LONDON,
    UNSAID,
    ContactPreference,
    read_contact_preference,
)
from services.intake.domain.faults import Report
from services.intake.domain.form import Form
from shared.contracts import participants as contract
from shared.contracts.participants import (
    ParticipantErased,
    ParticipantRegistered,
    ParticipantState,
    ParticipantUpdated,
)
from shared.contracts.submissions import SubmissionAccepted
from tests.builders.intake import event, full_person, intake, person, pointers, send, without
from tests.fakes.intake import Intake

Said = dict[str, Any]
ACCEPTED = SubmissionAccepted.TYPE

MORNING = {"day": "mon", "from": "09:00", "to": "12:00"}
GUARDED: Said = {"news": False, "discreet": True}
LOOSE: Said = {"news": True, "discreet": False}
HOURS = st.integers(0, 22)
SLOTS = st.builds(
    lambda day, start, longer: WeeklySlot(day, time(start), time(min(23, start + longer))),
    st.sampled_from(DAYS),
    HOURS,
    st.integers(1, 5),
)
TIMES = st.lists(SLOTS, max_size=4).map(merged)
PREFERENCES = st.builds(
    ContactPreference,
    times=st.none() | TIMES,
    time_zone=st.none() | st.sampled_from([LONDON, "Asia/Karachi"]),
    news=st.none() | st.booleans(),
    discreet=st.none() | st.booleans(),
)


def newest(to: Intake) -> contract.ContactPreference:
    """What was told last of how anybody wants to hear."""
    told = [each.data for each in to.store.events if isinstance(each.data, ParticipantState)]
    return told[-1].contact_preference


def guard(preference: ContactPreference) -> tuple[bool, bool]:
    """Whether a person gets no news, and whether all is kept discreet."""
    return preference.news is False, preference.discreet is True


async def test_what_is_said_is_told_with_its_times_in_order_and_together() -> None:
    door = intake()
    later = {"day": "mon", "from": "12:00", "to": "13:00"}
    said = {"times": [later, MORNING], "time_zone": "Asia/Karachi", **GUARDED}

    received = await send(door, event(person(contact_preference=said)))

    assert pointers(received) == {}
    [slot] = newest(door).times
    assert (slot.day, slot.start, slot.end) == ("mon", time(9), time(13))
    assert newest(door).time_zone == "Asia/Karachi"
    assert (newest(door).news, newest(door).discreet) == (False, True)


@pytest.mark.parametrize("said", [{}, {"contact_preference": None}, {"contact_preference": {}}])
async def test_of_whom_nothing_is_said_it_is_as_usual(said: Said) -> None:
    door = intake()

    await send(door, event(person(**said)))

    assert newest(door) == contract.ContactPreference()


@pytest.mark.parametrize(
    ("said", "faults"),
    [
        ({"times": [MORNING | {"to": "09:00"}]}, {"/times/0/to": "order"}),
        ({"times": [MORNING | {"from": "09:00Z"}]}, {"/times/0/from": "time"}),
        ({"times": [MORNING | {"day": "monday"}]}, {"/times/0/day": "not-one-of"}),
        ({"times": [{"day": "mon", "from": "09:00"}]}, {"/times/0/to": "missing"}),
        ({"times": [MORNING] * 51}, {"/times": "too-many"}),
        ({"time_zone": "Europe/Londres"}, {"/time_zone": "unknown-time-zone"}),
        ({"time_zone": "europe/london"}, {"/time_zone": "unknown-time-zone"}),
        ({"time_zone": "../London"}, {"/time_zone": "unknown-time-zone"}),
        ({"time_zone": ""}, {"/time_zone": "too-short"}),
        ({"news": "no"}, {"/news": "wrong-type"}),
        ({"discreet": 1}, {"/discreet": "wrong-type"}),
        ({"discrete": True}, {"/discrete": "unknown-field"}),
        ({"times": "mornings"}, {"/times": "wrong-type"}),
        ("discreet", {"": "wrong-type"}),
    ],
)
async def test_what_may_not_be_said_of_it_is_named(said: Any, faults: dict[str, str]) -> None:
    received = await send(intake(), event(person(contact_preference=said)))

    assert pointers(received) == {
        f"/data/contact_preference{where}": code for where, code in faults.items()
    }
    assert all("Londres" not in each.sentence for each in received.submission.faults)


@given(st.lists(SLOTS, max_size=4))
def test_times_are_londons_unless_another_zone_is_said(slots: list[WeeklySlot]) -> None:
    times = [{"day": x.day, "from": f"{x.start:%H:%M}", "to": f"{x.end:%H:%M}"} for x in slots]

    read = read_contact_preference(Form({"times": times}), frozenset(), Report())

    assert read == ContactPreference(merged(slots), LONDON)


@pytest.mark.parametrize("later", [{}, {"contact_preference": {}}, {"contact_preference": None}])
async def test_a_list_that_leaves_it_out_changes_nothing_of_it(later: Said) -> None:
    door, said = intake(), {"times": [MORNING], "time_zone": "Asia/Karachi", **GUARDED}
    data = full_person()
    await send(door, event(data | {"contact_preference": said}))
    before = newest(door)

    await send(door, event(data | later | {"travel_km": 3}))

    assert before.discreet
    assert newest(door) == before


async def test_what_is_left_out_inside_of_it_stays_too() -> None:
    door, data = intake(), full_person(contact_preference=GUARDED)
    await send(door, event(data))

    await send(door, event(data | {"contact_preference": {"times": [MORNING]}}))

    assert len(newest(door).times) == 1
    assert (newest(door).news, newest(door).discreet) == (False, True)


async def test_the_publisher_who_registered_a_person_may_take_it_back_by_saying_so() -> None:
    door, data = intake(), full_person(contact_preference={"times": [MORNING], **GUARDED})
    await send(door, event(data))

    await send(door, event(data | {"contact_preference": {"times": [], **LOOSE}}))

    assert newest(door) == contract.ContactPreference()


@pytest.mark.parametrize("said", [None, {}, LOOSE, {"times": [], "time_zone": "Asia/Karachi"}])
async def test_another_publisher_loosens_nothing_whatever_it_says(said: Said | None) -> None:
    door, data = intake(), full_person()
    await send(door, event(data | {"contact_preference": {"times": [MORNING], **GUARDED}}))
    before = newest(door)

    other = data | {"contact_preference": said, "travel_km": 3}
    await send(door, event(other), by="borough-of-brent")

    assert door.said()[-2:] == [ParticipantUpdated.TYPE, ACCEPTED]
    assert newest(door) == before


async def test_another_publisher_may_add_what_guards_a_person() -> None:
    door, data = intake(), full_person()
    await send(door, event(data | {"contact_preference": LOOSE}))

    other = data | {"contact_preference": {"times": [MORNING], **GUARDED}}
    await send(door, event(other), by="borough-of-brent")
    await send(door, event(data | {"travel_km": 3}))

    assert (newest(door).news, newest(door).discreet) == (False, True)
    assert len(newest(door).times) == 1


async def test_who_leaves_and_returns_is_still_guarded() -> None:
    door, data = intake(), full_person(contact_preference=GUARDED)
    await send(door, event(data))
    gone = {"reference": data["reference"]}
    await send(door, event(gone, type="participant.withdrawn", time="2026-11-22T11:10:00Z"))
    given_at = {"given_at": "2026-11-22T11:30:00Z"}
    consents = {purpose: each | given_at for purpose, each in data["consent"].items()}

    returns = without(data, "contact_preference") | {"consent": consents}
    await send(door, event(returns, time="2026-11-22T11:40:00Z"))

    assert [each.status for each in door.people] == ["active"]
    assert newest(door).discreet


async def test_nothing_of_it_is_kept_of_who_is_forgotten() -> None:
    door, data = intake(), full_person(contact_preference={"times": [MORNING], **GUARDED})
    await send(door, event(data))

    await send(door, event({"reference": data["reference"]}, type="participant.erasure_requested"))

    [forgotten] = door.people
    assert forgotten.profile.contact_preference == UNSAID
    assert door.said()[-2:] == [ParticipantErased.TYPE, ACCEPTED]
    assert newest(door) == contract.ContactPreference()


@pytest.mark.parametrize("order", [*permutations(range(3))])
async def test_discretion_asked_for_counts_in_whatever_order_a_list_arrives(
    order: tuple[int, ...],
) -> None:
    door, data = intake(), full_person()
    asks = data | {"contact_preference": {"times": [MORNING], **GUARDED}}
    versions = (data, asks, data | {"travel_km": 3})

    for number in order:
        await send(door, event(versions[number], sequence=number + 1))

    assert door.people[0].profile.travel_km == 3
    assert (newest(door).news, newest(door).discreet) == (False, True)
    assert len(newest(door).times) == 1


async def test_what_was_said_earlier_and_comes_late_takes_back_nothing_said_since() -> None:
    door, data = intake(), full_person()
    await send(door, event(data | {"contact_preference": GUARDED}, sequence=7))

    late = await send(door, event(data | {"contact_preference": LOOSE}, sequence=6))

    assert late.submission.notes == (
        "What was sent later is known already, so nothing was changed.",
    )
    assert door.said()[-2:] == [ACCEPTED, ACCEPTED]


async def test_of_who_has_left_what_comes_late_is_kept_and_nobody_is_told() -> None:
    door, data = intake(), full_person()
    await send(door, event(data, sequence=1))
    gone = {"reference": data["reference"]}
    await send(door, event(gone, type="participant.withdrawn", sequence=3))
    told = len(door.store.events)

    await send(door, event(data | {"contact_preference": GUARDED}, sequence=2))

    [left] = door.people
    assert (left.status, left.profile.contact_preference.discreet) == ("left", True)
    assert door.said()[told:] == [ACCEPTED]


async def test_a_stranger_who_shares_a_contact_changes_nothing_of_it() -> None:
    door, data = intake(), full_person(contact_preference=GUARDED)
    await send(door, event(data))
    stranger = {"reference": "P-stranger", "name": {"display": "Someone Else", "address_as": "S"}}

    await send(door, event(data | stranger | {"contact_preference": LOOSE}))

    assert (newest(door).news, newest(door).discreet) == (False, True)


async def test_a_registration_is_the_first_to_tell_of_it() -> None:
    door = intake()

    await send(door, event(person(contact_preference={"discreet": True})))

    assert door.said()[0] == ParticipantRegistered.TYPE
    assert newest(door) == contract.ContactPreference(discreet=True)


@given(PREFERENCES, PREFERENCES)
def test_what_another_says_never_loosens(known: ContactPreference, said: ContactPreference) -> None:
    after = said.added_to(known)

    before, now = guard(known), guard(after)
    assert now == tuple(one or other for one, other in zip(before, guard(said), strict=True))
    assert after.times == (said.times if known.times is None else known.times)
    assert after.added_to(after) == said.added_to(after) == after


@given(PREFERENCES)
def test_silence_changes_nothing_whoever_keeps_it(known: ContactPreference) -> None:
    after = {UNSAID.said_after(known), UNSAID.added_to(known)}

    assert after == {known}


@given(PREFERENCES, PREFERENCES, PREFERENCES)
def test_of_the_same_publisher_the_newest_word_on_each_part_stands(
    first: ContactPreference, second: ContactPreference, third: ContactPreference
) -> None:
    one_by_one = third.said_after(second.said_after(first))

    assert one_by_one == third.said_after(second).said_after(first)
    for part in ("times", "time_zone", "news", "discreet"):
        words = [getattr(each, part) for each in (third, second, first)]
        assert getattr(one_by_one, part) == next((x for x in words if x is not None), None)
