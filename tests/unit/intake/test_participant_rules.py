"""What may be said of a person, every fault at once."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders.intake import (
    consent,
    event,
    full_person,
    intake,
    person,
    pointers,
    send,
    without,
)
from tests.unit.intake.json_values import JSON, SECRET

CONSENT = {"version": "1", "given_at": "2026-10-01T09:00:00Z", "how": "web"}


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({"postcode": "nowhere"}, {"/data/postcode": "postcode"}),
        ({"postcode": "QQ1 4XZ"}, {"/data/postcode": "unknown-postcode"}),
        ({"needs": ["12"]}, {"/data/needs/0": "unknown-need"}),
        ({"needs": ["231501003"]}, {"/data/needs/0": "unknown-need"}),
        ({"needs": [204331000000107]}, {"/data/needs/0": "wrong-type"}),
        ({"lived_experience": ["On The Ward"]}, {"/data/lived_experience/0": "pattern"}),
        ({"travel_km": "8"}, {"/data/travel_km": "wrong-type"}),
        ({"travel_km": -1}, {"/data/travel_km": "too-small"}),
        ({"online": "yes"}, {"/data/online": "wrong-type"}),
        ({"online": False, "in_person": False}, {"/data/in_person": "nowhere"}),
        ({"age_band": "18-24"}, {"/data/age_band": "not-one-of"}),
        ({"age_band": None}, {"/data/age_band": "age"}),
        ({"date_of_birth": "1980-01-01"}, {"/data/age_band": "age"}),
        ({"name": "Amina"}, {"/data/name": "wrong-type"}),
        ({"name": {"display": " ", "address_as": "A"}}, {"/data/name/display": "name"}),
        ({"contacts": []}, {"/data/contacts": "too-few"}),
        ({"contacts": [3]}, {"/data/contacts/0": "wrong-type"}),
        ({"gp_practice": "x"}, {"/data/gp_practice": "unknown-field"}),
        ({"Jane Roe": "x"}, {"/data": "unknown-field"}),
        ({"consent": {}}, {"/data/consent": "consent-missing"}),
        ({"consent": {"newsletter": CONSENT}}, {"/data/consent": "consent-missing"}),
        (
            {"consent": {"involvement": {"version": "1", "how": "web"}}},
            {"/data/consent/involvement/given_at": "missing"},
        ),
        (
            {"consent": {"involvement": CONSENT | {"given_at": "2026-12-24T00:00:00Z"}}},
            {"/data/consent/involvement/given_at": "in-the-future"},
        ),
        (
            {"consent": {"involvement": CONSENT | {"given_at": "1600000000"}}},
            {"/data/consent/involvement/given_at": "date-time"},
        ),
        (
            {"consent": {"involvement": CONSENT | {"given_at": "01/10/2026"}}},
            {"/data/consent/involvement/given_at": "date-time"},
        ),
        ({"monitoring": {"shoe_size": "9"}}, {"/data/monitoring/shoe_size": "unknown-question"}),
        ({"monitoring": {"sex": "f"}}, {"/data/monitoring/sex": "not-one-of"}),
        (
            {"languages": [{"code": "English"}]},
            {"/data/languages/0/code": "pattern"},
        ),
    ],
)
async def test_what_may_not_be_said_of_a_person_is_named(
    changes: dict[str, Any], faults: dict[str, str]
) -> None:
    received = await send(intake(), event(person(**changes)))

    assert pointers(received) == faults


@pytest.mark.parametrize(
    ("born", "faults"),
    [
        ("12/03/61", {"/data/date_of_birth": "date"}),
        ("1961-02-30", {"/data/date_of_birth": "date"}),
        ("1961-03-12T00:00:00", {"/data/date_of_birth": "date"}),
        (-277862400, {"/data/date_of_birth": "date"}),
        ("-277862400", {"/data/date_of_birth": "date"}),
        ("2015-01-01", {"/data/date_of_birth": "age-out-of-range"}),
        ("1890-01-01", {"/data/date_of_birth": "age-out-of-range"}),
    ],
)
async def test_a_date_of_birth_is_a_day_that_makes_a_participant(
    born: Any, faults: dict[str, str]
) -> None:
    received = await send(intake(), event(without(person(date_of_birth=born), "age_band")))

    assert pointers(received) == faults


async def test_faults_of_shape_and_of_rule_are_named_together() -> None:
    spoiled = full_person(
        postcode="QQ1 4XZ",
        needs=["12"],
        gp_practice="x",
        contacts=[{"channel": "email", "value": "07700 900123"}, 3],
        consent={},
    )

    received = await send(intake(), event(spoiled))

    assert pointers(received) == {
        "/data/postcode": "unknown-postcode",
        "/data/needs/0": "unknown-need",
        "/data/gp_practice": "unknown-field",
        "/data/contacts/0/value": "phone-as-email",
        "/data/contacts/1": "wrong-type",
        "/data/consent": "consent-missing",
    }


async def test_a_missing_consent_is_named_once() -> None:
    received = await send(intake(), event(without(person(), "consent")))

    assert pointers(received) == {"/data/consent": "missing"}


async def test_the_date_of_birth_becomes_an_age() -> None:
    desk = intake()

    await send(desk, event(without(person(date_of_birth="1961-11-23"), "age_band")))

    [registered] = [e for e in desk.store.events if e.TYPE.startswith("wlc.participant.reg")]
    assert (registered.data.age_band, registered.data.age_from) == ("45-64", 64)
    assert "1961" not in registered.model_dump_json()


async def test_where_a_person_lives_is_told_to_half_a_kilometre() -> None:
    desk = intake()

    await send(desk, event(person(postcode="w127rz")))

    state = desk.store.events[0].data
    assert (state.borough, state.easting, state.northing) == (
        "Hammersmith and Fulham",
        523000,
        180500,
    )


async def test_an_answer_that_one_prefers_not_to_give_is_none() -> None:
    desk = intake()

    await send(desk, event(full_person()))

    assert desk.store.events[0].data.monitoring == {"ethnicity": "black", "disability": "yes"}


async def test_answers_about_equality_are_kept_with_consent_to_that_only() -> None:
    desk, stated = intake(), full_person(consent=consent("involvement", "needs-sharing"))

    without_consent = await send(desk, event(stated))
    later = event(stated | {"consent": consent("involvement", "monitoring")})
    with_consent = await send(desk, later)

    assert without_consent.submission.status == with_consent.submission.status == "accepted"
    [note] = without_consent.submission.notes
    assert "no consent for the purpose monitoring" in note
    assert "black" not in desk.store.events[0].model_dump_json()
    assert not with_consent.submission.notes
    assert desk.people[0].profile.monitoring["ethnicity"] == "black"


async def test_answers_about_equality_go_when_consent_to_them_is_no_longer_sent() -> None:
    desk, stated = intake(), full_person()
    await send(desk, event(stated))

    await send(desk, event(stated | {"consent": consent("involvement")}))

    assert desk.people[0].profile.monitoring == {}


async def test_nothing_is_said_of_monitoring_where_nothing_was_answered() -> None:
    received = await send(intake(), event(person(consent=consent("involvement"), monitoring={})))

    assert not received.submission.notes


@given(st.dictionaries(st.sampled_from([*full_person(), "date_of_birth", SECRET]), JSON))
async def test_whatever_is_said_of_a_person_is_answered_and_not_repeated(
    spoiled: dict[str, Any],
) -> None:
    received = await send(intake(), event(full_person() | spoiled))

    said = " ".join(f.pointer + f.code + f.sentence for f in received.submission.faults)
    assert received.submission.faults or received.submission.status == "accepted"
    assert SECRET not in said.replace(f"/{SECRET}", "")


@given(JSON)
async def test_data_of_any_kind_is_answered(data: Any) -> None:
    received = await send(intake(), event(data))

    assert received.submission.status == "rejected"
    assert received.submission.faults
