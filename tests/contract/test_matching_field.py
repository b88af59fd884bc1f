"""The field of a draw is found alike in memory and on MongoDB, and there without waste."""

from dataclasses import replace
from typing import Any

import pytest

from services.matching.domain.candidates import Candidate
from services.matching.domain.eligibility import Step, is_eligible, narrowed, wide_requirements
from services.matching.domain.engagements import Engagement, Site
from services.matching.store import candidates as store
from shared import mongo
from shared.mongo import Database
from tests.builders.exclusions import EXCLUSIONS
from tests.builders.matching import VENUE, a_candidate, an_engagement
from tests.builders.matching_records import Kept, in_memory, on_mongo
from tests.fakes.matching import InMemoryMatching


@pytest.fixture
async def kept(place: Database | None) -> Kept:
    return in_memory() if place is None else await on_mongo(place)


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"any_of": ("carer", "discharge")},
        {"all_of": ("carer", "discharge")},
        {"any_of": ("carer",), "all_of": ("discharge",)},
        {"age_min": 18},
        {"age_max": 30, "boroughs": ("Ealing", "Harrow")},
        {"site": VENUE},
        {"site": Site(easting=520_000, northing=185_000, online=True)},
        {"site": Site(online=True, in_person=False)},
        {"site": Site(online=False, in_person=True)},
    ],
    ids=str,
)
async def test_the_field_holds_all_who_are_eligible_and_counts_each_step(
    kept: Kept, asked: dict[str, Any]
) -> None:
    pool = _varied_candidates()
    engagement = an_engagement(**asked)
    await kept.keep(*pool)

    field = await kept.records.candidates.field_for(engagement)

    eligible = {each.id for each in pool if is_eligible(each, engagement, EXCLUSIONS)}
    left, _ = narrowed(field.candidates, engagement, EXCLUSIONS, asked_before=())
    expected = await _in_memory(pool, engagement)
    assert eligible
    assert {each.id for each in left} == eligible
    assert len(left) == len(eligible)
    assert field.steps == expected


async def test_everybody_is_found_whom_one_answer_does_not_hold(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mongo, "BATCH", 2)
    await kept.keep(*(a_candidate(f"p{n}") for n in range(5)))

    field = await kept.records.candidates.field_for(an_engagement())

    assert sorted(each.id for each in field.candidates) == ["p0", "p1", "p2", "p3", "p4"]


async def test_whoever_is_found_is_whole_again_as_they_are_kept(kept: Kept) -> None:
    await kept.keep(a_candidate("known"), a_candidate("nowhere", easting=None))

    field = await kept.records.candidates.field_for(an_engagement())

    assert len(field.candidates) == 2
    for each in field.candidates:
        assert each.whole() == await kept.records.candidates.get(each.id)


@pytest.mark.parametrize(
    "asked",
    [
        {"any_of": ("perinatal",)},
        {"any_of": ("perinatal", "rare"), "age_min": 18, "boroughs": ("Brent",)},
        {"boroughs": ("Harrow",)},
        {"age_min": 90},
        {"site": Site(easting=900_000, northing=900_000, online=False)},
    ],
    ids=str,
)
async def test_documents_are_read_of_those_eligible_and_of_hardly_anybody_else(
    database: Database, asked: dict[str, Any]
) -> None:
    kept, engagement = await on_mongo(database), an_engagement(**asked)
    many = [
        a_candidate(f"m{n}", lived_experience=("carer", "discharge", "medication"))
        for n in range(4950)
    ]
    few = [
        a_candidate(
            f"f{n}",
            lived_experience=("perinatal", "carer"),
            borough="Harrow" if "Brent" not in asked.get("boroughs", ()) else "Brent",
            age_from=90,
            age_to=99,
            easting=900_000,
            northing=900_000,
            online=False,
        )
        for n in range(50)
    ]
    engagement = replace(engagement, site=engagement.site if "site" in asked else _anywhere())
    await kept.keep(*many, *few)

    read = await _documents_read(database, engagement)

    eligible = sum(is_eligible(each, engagement, EXCLUSIONS) for each in many + few)
    assert eligible == 50
    assert read["find"] <= 1.3 * eligible
    assert read["count"] == 0


async def _documents_read(database: Database, engagement: Engagement) -> dict[str, int]:
    wide: dict[str, Any] = {}
    count = find = 0
    for requirement in wide_requirements(engagement):
        wide |= store._WIDE[requirement](engagement)
        counted = {"count": "candidates", "query": wide, "hint": store.index_for(wide)}
        count += await _examined(database, counted)
    for reach in store.reaches(engagement):
        found = {"find": "candidates", "filter": wide | reach, "hint": store.index_for(wide)}
        find += await _examined(database, found)
    return {"find": find, "count": count}


async def _examined(database: Database, command: dict[str, Any]) -> int:
    explained = await database.command({"explain": command, "verbosity": "executionStats"})
    return int(explained["executionStats"]["totalDocsExamined"])


async def _in_memory(pool: list[Candidate], engagement: Engagement) -> tuple[Step, ...]:
    memory = InMemoryMatching()
    memory.candidates.entities.update({each.id: each for each in pool})
    return (await memory.candidates.field_for(engagement)).steps


def _varied_candidates() -> list[Candidate]:
    tags = [(), ("carer",), ("discharge",), ("carer", "discharge"), ("medication", "carer")]
    ages = [(16, 24), (25, 44), (None, None)]
    pool = [
        a_candidate(
            f"p{tag}{age}{borough}{east}{online}{in_person}",
            lived_experience=tags[tag],
            age_from=ages[age][0],
            age_to=ages[age][1],
            borough=borough,
            easting=east,
            travel_km=5.0,
            online=online,
            in_person=in_person,
        )
        for tag in range(len(tags))
        for age in range(len(ages))
        for borough in ("Brent", "Ealing", None)
        for east in (520_000, 524_000, 526_000)
        for online in (True, False)
        for in_person in (True, False)
    ]
    nowhere = a_candidate("nowhere", easting=None, northing=None, online=False)
    return [*pool, nowhere, a_candidate("gone", active=False), a_candidate("far", hub="lambeth")]


def _anywhere() -> Site:
    return Site()


@pytest.mark.parametrize(("seconds", "counted"), [(60.0, 1), (0.0, 2)])
async def test_a_large_count_is_told_as_it_was_a_moment_ago_and_whom_it_counts_as_they_are(
    seconds: float, counted: int, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "MANY", 0)
    monkeypatch.setattr(store, "MANY_REMEMBERED_SECONDS", seconds)
    kept = await on_mongo(database)
    await kept.keep(a_candidate("first"))
    await kept.records.candidates.field_for(an_engagement())
    await kept.keep(a_candidate("second"))

    field = await kept.records.candidates.field_for(an_engagement())

    assert {each.id for each in field.candidates} == {"first", "second"}
    assert field.steps == (Step("consent and hub", counted),)
