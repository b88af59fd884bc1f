"""What a partner may ask for, every fault at once."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders.intake import engagement, event, intake, pointers, send, without
from tests.unit.intake.json_values import JSON

TYPE = "engagement.submitted"


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({"places": 0}, {"/data/places": "too-small"}),
        ({"places": "12"}, {"/data/places": "wrong-type"}),
        ({"kind": "chat"}, {"/data/kind": "not-one-of"}),
        ({"ladder_step": "coercion"}, {"/data/ladder_step": "not-one-of"}),
        ({"title": " "}, {"/data/title": "blank"}),
        ({"title": "Falls\r\nBcc: a@b.org"}, {"/data/title": "not-one-line"}),
        ({"partner": "\u202eTSURT SHN"}, {"/data/partner": "not-one-line"}),
        (
            {"window": {"from": "2026-12-14", "to": "2026-12-13"}},
            {"/data/window/to": "order"},
        ),
        (
            {"window": {"from": "2025-12-14", "to": "2025-12-15"}},
            {"/data/window/to": "in-the-past"},
        ),
        (
            {"window": {"from": "2026-12-14", "to": "9999-12-31"}},
            {"/data/window/to": "too-far"},
        ),
        (
            {"window": {"from": "0001-01-01", "to": "2026-12-15"}},
            {"/data/window/to": "too-far"},
        ),
        (
            {"window": {"from": "14.12.2026"}},
            {"/data/window/from": "date", "/data/window/to": "missing"},
        ),
        ({"feedback_due": "2026-12-01"}, {"/data/feedback_due": "order"}),
        (
            {"eligibility": {"age_min": 60, "age_max": 50}},
            {"/data/eligibility/age_max": "order"},
        ),
        (
            {"eligibility": {"boroughs": ["Brant"]}},
            {"/data/eligibility/boroughs/0": "unknown-borough"},
        ),
        ({"place": {"in_person": True}}, {"/data/place/postcode": "postcode-missing"}),
        (
            {"place": {"in_person": False, "online": False}},
            {"/data/place/in_person": "nowhere"},
        ),
        ({"place": {"postcode": "QQ1 4XZ"}}, {"/data/place/postcode": "unknown-postcode"}),
        ({"quotas": "census"}, {"/data/quotas": "not-one-of"}),
        (
            {"quotas": {"mood": {"good": {"min": 0, "max": 1}}}},
            {"/data/quotas/mood": "unknown-feature"},
        ),
        (
            {"quotas": {"sex": {"female": {"min": 3, "max": 2}}}},
            {"/data/quotas/sex/female/max": "order"},
        ),
        (
            {"quotas": {"sex": {"female": {"min": 3, "max": 4, "min_flex": 4, "max_flex": 3}}}},
            {"/data/quotas/sex/female/min": "order", "/data/quotas/sex/female/max_flex": "order"},
        ),
        (
            {"quotas": {"sex": {"female": {"min": 8, "max": 9}, "male": {"min": 8, "max": 9}}}},
            {"/data/quotas/sex": "quotas-above-places"},
        ),
        (
            {"quotas": {"sex": {"women": {"min": 3, "max": 4}}}},
            {"/data/quotas/sex": "unknown-value"},
        ),
        (
            {"quotas": {"borough": {"Kingston upon Hull": {"min": 1, "max": 2}}}},
            {"/data/quotas/borough": "unknown-value"},
        ),
        (
            {"quotas": {"sex": {"female": {"min": -1}}}},
            {
                "/data/quotas/sex/female/min": "too-small",
                "/data/quotas/sex/female/max": "missing",
            },
        ),
        (
            {
                "quotas": {
                    "age_band": {
                        band: {"min": 0, "max": 1}
                        for band in ("16-24", "25-44", "45-64", "65-74", "75+")
                    }
                }
            },
            {"/data/quotas/age_band": "quotas-below-places"},
        ),
        ({"quotas": {"sex": "population"}}, {"/data/quotas/sex": "wrong-type"}),
        (
            {"over_representation": {"ethnicity": {"black": 2}}},
            {"/data/over_representation": "quotas-not-population"},
        ),
        (
            {"quotas": "populatoin", "over_representation": {"ethnicity": {"black": 2}}},
            {"/data/quotas": "not-one-of"},
        ),
        (
            {
                "quotas": "population",
                "over_representation": {
                    "ethnicity": {"black": 1, "asian": 11},
                    "mood": {"good": 2},
                    "sex": {"women": 2},
                    "age_band": {"75+": "twice"},
                },
            },
            {
                "/data/over_representation/ethnicity/black": "too-small",
                "/data/over_representation/ethnicity/asian": "too-large",
                "/data/over_representation/mood": "unknown-feature",
                "/data/over_representation/sex": "unknown-value",
                "/data/over_representation/age_band": "wrong-type",
            },
        ),
    ],
)
async def test_what_may_not_be_asked_for_is_named(
    changes: dict[str, Any], faults: dict[str, str]
) -> None:
    received = await send(intake(), event(engagement(**changes), type=TYPE))

    assert pointers(received) == faults


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"quotas": "populatoin"}, "Must be 'population', or an object."),
        ({"quotas": 5}, "Must be 'population', or an object."),
        ({"quotas": {"sex": "population"}}, "Must be an object."),
        ({"payment": {"gbp_per_hour": 100_000}}, "Must be at most 1000."),
        ({"payment": {"gbp_per_hour": -1}}, "Must be at least 0."),
        ({"title": ""}, "Must not be empty."),
    ],
)
async def test_a_fault_is_told_in_one_sentence_that_says_all_that_may_stand_there(
    changes: dict[str, Any], sentence: str
) -> None:
    received = await send(intake(), event(engagement(**changes), type=TYPE))

    assert [fault.sentence for fault in received.submission.faults] == [sentence]


async def test_a_quota_on_some_values_leaves_room_for_the_others() -> None:
    quotas = {"disability": {"yes": {"min": 1, "max": 4}}}

    received = await send(intake(), event(engagement(quotas=quotas), type=TYPE))

    assert received.submission.status == "accepted"


@pytest.mark.parametrize(
    "changes",
    [
        {"quotas": "population"},
        {"quotas": "population", "over_representation": {"age_band": {"75+": 1.5}}},
        {"quotas": {}},
        {"quotas": {}, "over_representation": {}},
        {"description": ""},
    ],
)
async def test_what_may_be_asked_for_is_published(changes: dict[str, Any]) -> None:
    desk = intake()

    await send(desk, event(engagement(**changes), type=TYPE))

    [published, accepted] = desk.store.events
    assert published.TYPE == "wlc.engagement.published.v1"
    assert (published.subject, published.sequence) == (accepted.data.aggregate_id, 1)


async def test_an_engagement_online_needs_no_postcode() -> None:
    place = {"online": True, "in_person": False}

    received = await send(intake(), event(engagement(place=place), type=TYPE))

    assert received.submission.status == "accepted"


async def test_an_engagement_sent_again_with_changes_is_updated() -> None:
    desk, asked = intake(), engagement()
    await send(desk, event(asked, type=TYPE))

    await send(desk, event(asked | {"places": 13}, type=TYPE))
    await send(desk, event(asked | {"places": 13}, type=TYPE))

    told = [e for e in desk.store.events if e.TYPE.startswith("wlc.engagement")]
    assert [(e.TYPE, e.sequence) for e in told] == [
        ("wlc.engagement.published.v1", 1),
        ("wlc.engagement.updated.v1", 2),
    ]


async def test_what_was_stored_before_a_field_was_added_is_the_same_when_sent_again() -> None:
    desk, asked = intake(), engagement()
    await send(desk, event(asked, type=TYPE))
    collection: Any = desk.desk.engagements
    [stored] = collection.entities.values()
    del stored.state["over_representation"]

    await send(desk, event(asked, type=TYPE))

    assert "wlc.engagement.updated.v1" not in desk.said()


async def test_what_was_sent_before_but_comes_later_changes_nothing() -> None:
    desk, asked = intake(), engagement()
    await send(desk, event(asked, type=TYPE, time="2026-11-22T11:00:00Z"))

    older = event(asked | {"places": 13}, type=TYPE, time="2026-11-22T10:59:59Z")
    received = await send(desk, older)

    assert received.submission.notes
    assert desk.said().count("wlc.engagement.updated.v1") == 0


async def test_what_is_asked_for_again_unchanged_still_stands_above_what_was_sent_before() -> None:
    desk, asked = intake(), engagement()
    await send(desk, event(asked, type=TYPE, sequence=1))
    await send(desk, event(asked, type=TYPE, sequence=3))

    late = await send(desk, event(asked | {"places": 13}, type=TYPE, sequence=2))

    assert late.submission.notes
    assert "wlc.engagement.updated.v1" not in desk.said()


async def test_a_time_ahead_of_ours_holds_back_no_later_news_of_an_engagement() -> None:
    desk, asked = intake(), engagement()
    await send(desk, event(asked, type=TYPE, time="9999-12-31T23:59:59Z"))

    later = event(asked | {"places": 13}, type=TYPE, time="2026-11-22T12:00:00Z")
    received = await send(desk, later)

    assert not received.submission.notes
    assert desk.said().count("wlc.engagement.updated.v1") == 1


async def test_a_cancelled_engagement_stays_cancelled() -> None:
    desk, asked = intake(), engagement()
    await send(desk, event(asked, type=TYPE))
    reference = {"reference": asked["reference"]}

    cancelled = await send(desk, event(reference, type="engagement.cancelled"))
    again = await send(desk, event(asked, type=TYPE))

    assert cancelled.submission.status == "accepted"
    assert desk.store.events[2].data.status == "cancelled"
    assert pointers(again) == {"/data/reference": "cancelled"}


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ({"sequence": 2}, {"sequence": 3}),
        ({"time": "2026-11-22T11:01:00Z"}, {"time": "2026-11-22T11:02:00Z"}),
    ],
)
async def test_what_was_asked_for_before_it_was_called_off_is_overtaken(
    older: dict[str, Any], newer: dict[str, Any]
) -> None:
    desk, asked = intake(), engagement()
    await send(desk, event(asked, type=TYPE, sequence=1))
    reference = {"reference": asked["reference"]}
    await send(desk, event(reference, type="engagement.cancelled", **newer))

    late = await send(desk, event(asked | {"places": 13}, type=TYPE, **older))

    assert late.submission.status == "accepted"
    assert late.submission.notes
    assert "wlc.engagement.updated.v1" not in desk.said()


async def test_an_engagement_is_known_to_its_own_publisher_only() -> None:
    desk, asked = intake(), engagement()
    await send(desk, event(asked, type=TYPE))

    reference = {"reference": asked["reference"]}
    received = await send(
        desk, event(reference, type="engagement.cancelled"), by="borough-of-brent"
    )

    assert pointers(received) == {"/data/reference": "unknown-reference"}


@given(st.dictionaries(st.sampled_from(list(engagement())), JSON))
async def test_whatever_is_asked_for_is_answered(spoiled: dict[str, Any]) -> None:
    received = await send(intake(), event(engagement() | spoiled, type=TYPE))

    assert received.submission.faults or received.submission.status == "accepted"


async def test_every_field_that_is_required_is_named_when_all_are_missing() -> None:
    received = await send(intake(), event(without(engagement(), *engagement()), type=TYPE))

    assert {"/data/reference", "/data/ladder_step", "/data/window"} <= set(pointers(received))
