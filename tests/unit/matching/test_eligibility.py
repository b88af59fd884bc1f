"""Who may be asked."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.matching.domain.candidates import Candidate, Slot, Stretch, joined
from services.matching.domain.eligibility import is_eligible, narrowed
from services.matching.domain.engagements import Site
from services.matching.domain.reasons import reasons
from tests.builders.exclusions import EXCLUSIONS, digests
from tests.builders.matching import WINDOW, a_candidate, an_engagement

FAR_OFF = Site(easting=560_000, northing=185_000, online=False)
ELSEWHERE = Site(easting=520_000, northing=185_000, postcode="HA9 0FJ", online=False)
AWAY_ALL_WINDOW = (Stretch(WINDOW.start - timedelta(days=5), WINDOW.end),)
MONDAYS = (Slot(0, 9 * 60, 12 * 60),)


@pytest.mark.parametrize(
    ("candidate", "engagement", "eligible"),
    [
        ({}, {}, True),
        ({"active": False}, {}, False),
        ({"hub": "lambeth"}, {}, False),
        ({"lived_experience": ("carer",)}, {"any_of": ("carer", "discharge")}, True),
        ({"lived_experience": ("carer",)}, {"any_of": ("discharge",)}, False),
        ({"lived_experience": ("carer",)}, {"all_of": ("carer", "discharge")}, False),
        ({"age_from": 16, "age_to": 24}, {"age_min": 18}, True),
        ({"age_from": 16, "age_to": 24}, {"age_min": 25}, False),
        ({"age_from": 75, "age_to": 120}, {"age_max": 74}, False),
        ({"age_from": None, "age_to": None}, {}, True),
        ({"age_from": None, "age_to": None}, {"age_min": 18}, False),
        ({"borough": "Brent"}, {"boroughs": ("Ealing",)}, False),
        ({}, {"site": FAR_OFF}, False),
        ({"travel_km": 40.0}, {"site": FAR_OFF}, True),
        ({"travel_km": 40.0, "in_person": False}, {"site": FAR_OFF}, False),
        ({}, {"site": replace(FAR_OFF, online=True)}, True),
        ({"online": False}, {"site": replace(FAR_OFF, online=True)}, False),
        ({"online": False}, {"site": Site(online=True, in_person=False)}, False),
        ({"easting": None}, {"site": FAR_OFF}, True),
        ({}, {"languages": ("en",)}, True),
        ({"languages": ("so",)}, {"languages": ("en",)}, False),
        ({"languages": ("so", "en")}, {"languages": ("so", "ar")}, True),
        ({"away": AWAY_ALL_WINDOW}, {}, False),
        ({"slots": MONDAYS}, {}, True),
        ({"slots": MONDAYS, "away": AWAY_ALL_WINDOW}, {}, False),
        ({"slots": MONDAYS}, {"window_end": WINDOW.start}, True),
        ({"slots": (Slot(1, 540, 720),)}, {"window_end": WINDOW.start}, False),
        ({"avoids": digests(partners=("west london nhs trust",))}, {}, False),
        ({"avoids": digests(sites=("ha90fj",))}, {"site": ELSEWHERE}, False),
    ],
)
def test_a_person_may_be_asked_when_every_requirement_holds(
    candidate: dict[str, Any], engagement: dict[str, Any], *, eligible: bool
) -> None:
    person, asked = a_candidate(**candidate), an_engagement(**engagement)

    assert is_eligible(person, asked, EXCLUSIONS) is eligible


@pytest.mark.parametrize(
    ("slots", "eligible"),
    [
        ((Slot(0, 600, 630),), False),
        ((Slot(0, 600, 690),), True),
        ((Slot(0, 600, 645), Slot(0, 645, 690)), True),
        ((Slot(0, 640, 690), Slot(0, 600, 650)), True),
        ((Slot(0, 600, 690), Slot(0, 610, 620)), True),
        ((Slot(0, 600, 645), Slot(0, 646, 690)), False),
        ((Slot(0, 600, 645), Slot(1, 645, 690)), False),
        ((Slot(0, 600, 630), Slot(1, 540, 720)), True),
    ],
    ids=str,
)
def test_who_named_slots_may_be_asked_when_a_session_fits_into_one(
    slots: tuple[Slot, ...], *, eligible: bool
) -> None:
    engagement = an_engagement(session_minutes=90)

    assert is_eligible(a_candidate(slots=slots), engagement, EXCLUSIONS) is eligible


def test_a_long_slot_on_a_day_away_does_not_make_up_for_a_short_one() -> None:
    tuesday = WINDOW.start + timedelta(days=1)
    person = a_candidate(
        slots=(Slot(0, 600, 630), Slot(1, 540, 720)), away=(Stretch(tuesday, tuesday),)
    )
    engagement = an_engagement(window_end=tuesday, session_minutes=90)

    assert not is_eligible(person, engagement, EXCLUSIONS)


def test_who_only_said_when_they_are_away_may_come_at_any_time_of_the_other_days() -> None:
    person = a_candidate(away=(Stretch(WINDOW.start, WINDOW.start),))

    assert is_eligible(person, an_engagement(session_minutes=480), EXCLUSIONS)


slots_of_a_week = st.lists(
    st.builds(
        lambda day, start, length: Slot(day, start, start + length),
        st.integers(0, 6),
        st.integers(0, 30),
        st.integers(1, 10),
    ),
    max_size=12,
)


@given(slots_of_a_week)
def test_joined_slots_cover_the_same_minutes_and_lie_apart(slots: list[Slot]) -> None:
    whole = joined(slots)

    assert _minutes(whole) == _minutes(slots)
    assert all(
        (before.day, before.end) < (after.day, after.start) for before, after in pairwise(whole)
    )


def _minutes(slots: Iterable[Slot]) -> set[tuple[int, int]]:
    return {(slot.day, minute) for slot in slots for minute in range(slot.start, slot.end)}


people = st.lists(
    st.builds(
        a_candidate,
        st.uuids().map(str),
        travel_km=st.floats(0, 60),
        online=st.booleans(),
        in_person=st.booleans(),
        languages=st.sampled_from([(), ("en",), ("so",)]),
        slots=st.sampled_from([(), MONDAYS]),
        away=st.sampled_from([(), AWAY_ALL_WINDOW]),
    ),
    max_size=30,
)


@given(people, st.sets(st.integers(0, 29)))
def test_each_step_leaves_no_more_than_the_one_before_and_only_those_eligible(
    pool: list[Candidate], declined: set[int]
) -> None:
    engagement = an_engagement(site=FAR_OFF, languages=("en",))
    over = {pool[index].id for index in declined if index < len(pool)}

    left, steps = narrowed(pool, engagement, EXCLUSIONS, asked_before=over)

    counts = [len(pool), *(step.left for step in steps)]
    assert counts == sorted(counts, reverse=True)
    assert counts[-1] == len(left)
    assert [each.id for each in left] == [
        each.id
        for each in pool
        if is_eligible(each, engagement, EXCLUSIONS) and each.id not in over
    ]


def test_a_reason_writes_the_nhs_in_capitals() -> None:
    person = a_candidate(lived_experience=("nhs-staff",))

    [first, *_] = reasons(person, an_engagement(any_of=("nhs-staff",)))

    assert first == "has lived experience of NHS staff"


def test_reasons_say_what_of_the_person_answers_what_was_asked() -> None:
    person = a_candidate(
        lived_experience=("discharge", "carer"),
        easting=523_000,
        slots=(Slot(1, 540, 720), Slot(3, 1080, 1200)),
        languages=("so",),
    )
    engagement = an_engagement(
        any_of=("discharge",), boroughs=("Brent",), languages=("so",), site=_venue()
    )

    assert reasons(person, engagement) == (
        "has lived experience of discharge",
        "lives in Brent",
        "lives 3 km from the venue",
        "uses a language asked for (Somali)",
        "free on Tuesday mornings in the window",
        "free on Thursday evenings in the window",
    )


def test_reasons_name_only_times_into_which_a_session_fits() -> None:
    person = a_candidate(
        easting=590_000,
        slots=(Slot(0, 540, 570), Slot(2, 1080, 1140), Slot(2, 1140, 1200)),
    )

    assert reasons(person, an_engagement(session_minutes=90)) == (
        "can join online",
        "free on Wednesday evenings in the window",
    )


def test_who_lives_too_far_joins_online() -> None:
    person = a_candidate(easting=590_000)

    assert reasons(person, an_engagement()) == ("can join online",)


def _venue() -> Site:
    return Site(easting=520_000, northing=185_000)
