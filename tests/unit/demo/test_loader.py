"""The demo's events on another day, and what its engagements find."""

from collections import Counter
from datetime import date
from typing import cast

import pytest

from deploy.demo import Demo, load
from deploy.demo.events import CANCELLED
from deploy.demo.expected import INFEASIBLE
from deploy.demo.loader import BASE_DATE
from deploy.demo.plan import Plan
from deploy.demo.profile import AGE_BANDS, ETHNIC_GROUPS
from deploy.demo.shapes import Fields, Submission
from shared.contracts import submissions as contract


@pytest.mark.parametrize("today", [date(2026, 11, 22), date(2027, 3, 31), date(2025, 2, 28)])
def test_dates_follow_the_day_of_the_run_by_whole_weeks(today: date) -> None:
    committed, moved = load(BASE_DATE), load(today)

    windows = [_window(event) for event in moved.engagements]
    shifts = {
        here[0] - there[0]
        for here, there in zip(windows, map(_window, committed.engagements), strict=True)
    }

    [shift] = shifts
    assert shift.days % 7 == 0
    assert 0 <= (today - BASE_DATE - shift).days < 7
    assert {(first.weekday(), last.weekday()) for first, last in windows} == {(0, 4)}
    assert all(str(event["time"])[:10] <= today.isoformat() for event in moved.people_http)
    assert all(first > today for first, _ in windows)


def test_dates_of_birth_stay_where_days_away_move() -> None:
    committed, moved = load(BASE_DATE), load(date(2027, 3, 31))

    pairs = list(zip(_people(committed), _people(moved), strict=True))

    assert all(here.get("date_of_birth") == there.get("date_of_birth") for here, there in pairs)
    assert any("date_of_birth" in here for here, _ in pairs)
    assert any(here["availability"] != there["availability"] for here, there in pairs)


def test_what_is_cancelled_later_was_asked_for_before() -> None:
    demo = load(BASE_DATE)
    known = {event["subject"]: event["source"] for event in demo.people_http + demo.people_amqp}
    known |= {event["subject"]: event["source"] for event in demo.engagements}

    sources = {event["subject"]: event["source"] for event in demo.later}

    assert sources.items() <= known.items()
    assert CANCELLED in sources
    assert len(sources) == 5


def test_what_comes_later_is_later_than_all_that_was_said_before() -> None:
    demo = load(BASE_DATE)

    newest = max(
        str(each["time"]) for each in demo.people_http + demo.people_amqp + demo.engagements
    )

    assert all(str(event["time"]) > newest for event in demo.later)


def test_the_impossible_engagement_asks_for_more_people_than_there_are(drawn: Plan) -> None:
    asked = {event["subject"]: event["data"] for event in load(BASE_DATE).engagements}
    data = contract.SubmittedEngagement.model_validate(asked[INFEASIBLE[0]])
    assert data.quotas != "population"

    there = sum(
        person.resident.borough in data.eligibility.boroughs
        and person.resident.age_band == AGE_BANDS[-1]
        and ETHNIC_GROUPS[person.resident.ethnicity].group == "mixed"
        for person in drawn.population
    )

    assert there < data.quotas["ethnicity"]["mixed"].min


def test_every_other_engagement_finds_many_more_people_than_places(
    accepted: list[Submission],
) -> None:
    experienced = Counter(tag for person in accepted for tag in person["lived_experience"])

    scarce = [
        event["subject"]
        for event in load(BASE_DATE).engagements
        for data in [contract.SubmittedEngagement.model_validate(event["data"])]
        for tags in [data.lived_experience.any + data.lived_experience.all]
        if tags and sum(experienced[tag] for tag in tags) < 3 * (data.places + data.reserves)
    ]

    assert scarce == []


def _window(event: Fields) -> tuple[date, date]:
    window = contract.SubmittedEngagement.model_validate(event["data"]).window
    return window.start, window.end


def _people(demo: Demo) -> list[Submission]:
    return [cast("Submission", event["data"]) for event in demo.people_http]
