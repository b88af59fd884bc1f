"""A hub sees month by month whom it reaches and how fair its draws are, and nobody is found."""

from datetime import UTC, datetime
from itertools import combinations
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.console.ports import Asking
from shared.contracts.matches import MatchApproved, MatchProposed
from tests.builders.console import ConsoleInMemory, a_member
from tests.builders.events import an_event

MONTHS = ("2026-07", "2026-08", "2026-09", "2026-10", "2026-11")
QUOTA = {"feature": "sex", "value": "female", "min": 2, "max": 2, "selected": 2}


def ask(console: ConsoleInMemory, month: str, *people: UUID, hub: str = "west-london") -> None:
    """Keep that people were asked and told in a month, as the events about it would."""
    at = datetime.fromisoformat(f"{month}-15T12:00:00+00:00")
    askings = console.stored.known.askings
    for who in people:
        row = Asking(
            id=str(uuid4()), hub=hub, participant_id=str(who), at=at, channel="sms", told=True
        )
        askings.entities[row.id] = row  # type: ignore[attr-defined]


def asked_in(counts: list[int]) -> ConsoleInMemory:
    console = ConsoleInMemory()
    for month, count in zip(MONTHS, counts, strict=False):
        ask(console, month, *(uuid4() for _ in range(count)))
    return console


async def read(console: ConsoleInMemory, path: str = "/v1/reach/over-time", **query: str) -> Any:
    async with console.scripted() as script:
        [found] = (await script.get(path, params=query)).json()
    return found


async def approve(console: ConsoleInMemory, month: str, **data: Any) -> None:
    at = datetime.fromisoformat(f"{month}-10T12:00:00+00:00").astimezone(UTC)
    ids = {"match_id": uuid4(), "engagement_id": uuid4()}
    proposed = an_event(MatchProposed, subject=str(ids["match_id"]), data={**ids, **data})
    decided = an_event(MatchApproved).data
    approved = an_event(
        MatchApproved,
        time=at,
        subject=str(ids["match_id"]),
        data={
            **decided.model_dump(mode="json"),
            "match": proposed.data.model_dump(mode="json"),
            "match_sequence": proposed.sequence,
        },
    )
    await console.hear(proposed, approved)


async def test_each_month_has_its_numbers_and_small_ones_are_hidden() -> None:
    console = asked_in([20, 0, 3, 40, 11])

    found = await read(console, **{"from": "2026-07", "to": "2026-11"})

    months = {each["month"]: each["asked"] for each in found["months"]}
    assert [months[each] for each in MONTHS] == [20, None, None, 40, 10]
    assert found["months"][2]["told"] is None
    assert found["months"][2]["first_percent"] is None


async def test_by_default_it_is_the_last_twelve_months() -> None:
    found = await read(ConsoleInMemory())

    assert (found["from"], found["to"]) == ("2025-12-01", "2026-11-01")
    assert len(found["months"]) == 12


@given(st.lists(st.integers(0, 30), min_size=5, max_size=5))
@settings(deadline=None, max_examples=5)
async def test_what_is_said_of_any_two_periods_differs_by_what_is_said_of_the_months_between(
    counts: list[int],
) -> None:
    console = asked_in(counts)
    found = await read(console, **{"from": MONTHS[0], "to": MONTHS[-1]})
    months = [each["asked"] for each in found["months"]]

    for start, end in combinations(range(6), 2):
        period = {"from": MONTHS[start], "to": MONTHS[end - 1]}
        whole = (await read(console, "/v1/reach", **period))["everybody"]["asked"] or 0
        shown = sum(each or 0 for each in months[start:end])
        hidden = sum(each is None for each in months[start:end])
        assert whole in {0, *range(shown, shown + 5 * hidden + 1, 5)}


async def test_how_many_had_never_been_asked_before_is_told_as_a_share() -> None:
    console = ConsoleInMemory()
    old, new = [uuid4() for _ in range(20)], [uuid4() for _ in range(20)]
    ask(console, "2026-09", *old)
    ask(console, "2026-10", *old, *new)

    found = await read(console, **{"from": "2026-10", "to": "2026-10"})

    [month] = found["months"]
    assert (month["asked"], month["first"], month["first_percent"]) == (40, 20, 50)


async def test_fairness_is_the_middle_of_the_draws_that_were_approved_in_a_month() -> None:
    console = ConsoleInMemory()
    for minimum, gini, selected in ((0.05, 0.1, 2), (0.1, 0.2, 2), (0.02, 0.4, 1)):
        evenness = {"even": 0.1, "minimum": minimum, "gini": gini, "geometric_mean": 0.09}
        await approve(
            console,
            "2026-10",
            evenness=evenness,
            quotas=[{**QUOTA, "selected": selected}],
        )

    found = await read(console, **{"from": "2026-09", "to": "2026-10"})

    none, fair = (each["fairness"] for each in found["months"])
    assert fair == {
        "draws": 3,
        "smallest_of_even": pytest.approx(0.5),
        "gini": 0.2,
        "with_quotas": 3,
        "met_quotas": 2,
    }
    assert (none["draws"], none["smallest_of_even"], none["gini"]) == (0, None, None)


async def test_each_chart_stands_beside_a_table_with_its_numbers() -> None:
    console = asked_in([20, 0, 3, 40, 11])
    await approve(console, "2026-10")

    async with console.signed_in() as browser:
        page = (await browser.get("/reach/over-time?from=2026-07")).text

    assert page.count("<figure") == page.count('role="img"') == 9
    assert page.count("<details") == page.count("<table") == 3
    assert "style=" not in page
    assert "stands out" not in page


async def test_only_with_thirteen_whole_months_does_any_stand_out() -> None:
    console = ConsoleInMemory()
    for place in range(14):
        month = f"{2025 + (9 + place) // 12}-{(9 + place) % 12 + 1:02}"
        ask(console, month, *(uuid4() for _ in range(200 if place == 6 else 40 + place % 2)))

    async with console.signed_in() as browser:
        twelve = (await browser.get("/reach/over-time?from=2025-11&to=2026-10")).text
        more = (await browser.get("/reach/over-time?from=2025-10&to=2026-11")).text

    assert "stand out" not in twelve
    assert "April 2026: outside the limits" in more


async def test_it_is_of_one_hub_at_a_time_and_of_the_visitor_s_alone() -> None:
    console = ConsoleInMemory()
    ask(console, "2026-11", *(uuid4() for _ in range(20)), hub="lambeth")
    console.employ(a_member("ben", hubs=("west-london", "lambeth"), token="st_ben"))

    async with console.scripted("st_ben") as script:
        both = (await script.get("/v1/reach/over-time?from=2026-11")).json()
    async with console.scripted() as script:
        refused = await script.get("/v1/reach/over-time?hub=lambeth")

    assert {each["hub"]: each["months"][0]["asked"] for each in both} == {
        "west-london": None,
        "lambeth": 20,
    }
    assert refused.status_code == 404


@pytest.mark.parametrize("query", ["from=nonsense", "from=2026-12", "from=1990-01"])
async def test_what_is_no_period_or_too_long_is_refused(query: str) -> None:
    async with ConsoleInMemory().scripted() as script:
        refused = await script.get(f"/v1/reach/over-time?{query}")

    assert (refused.status_code, refused.json()["code"]) == (422, "unknown-period")
