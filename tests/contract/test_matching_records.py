"""Matching's records keep their word in memory and on MongoDB."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from services.matching import store
from services.matching.domain.candidates import Candidate, Slot, Stretch, reach_around
from services.matching.domain.draw import QuotaFit
from services.matching.domain.eligibility import (
    Step,
    is_eligible,
    narrowed,
    wide_requirements,
)
from services.matching.domain.engagements import Engagement, Site
from services.matching.domain.matches import Match, Member, Opportunity, Status
from services.matching.domain.relaxation import Shortfall
from services.matching.main import records_in
from services.matching.ports import Records
from shared.changes import Changes
from shared.mongo import Database
from shared.transaction import Transaction
from tests.builders.matching import WINDOW, a_candidate, an_engagement, quotas
from tests.fakes.matching import InMemoryMatching
from tests.fakes.store import InMemoryStore

VENUE = Site(easting=520_000, northing=185_000, online=False)


@dataclass
class Kept:
    """Records of one kind, and how changes to them are made true."""

    records: Records
    where: InMemoryStore | Transaction
    commits: int = 0

    async def keep(self, *entities: Any) -> None:
        kinds: dict[type, Any] = {
            Candidate: self.records.candidates,
            Engagement: self.records.engagements,
            Match: self.records.matches,
            Opportunity: self.records.opportunities,
        }
        writes = tuple(kinds[type(each)].keep(each) for each in entities)
        if isinstance(self.where, InMemoryStore):
            self.where.commit(Changes(writes))
            return
        self.commits += 1
        await self.where.run([f"message {self.commits}"], writes, [])


@pytest.fixture(params=["memory", "mongo"])
def place(request: pytest.FixtureRequest) -> Database | None:
    return request.getfixturevalue("database") if request.param == "mongo" else None


@pytest.fixture
async def kept(place: Database | None) -> Kept:
    if place is None:
        memory = InMemoryMatching()
        return Kept(memory.records, memory.store)
    return await on_mongo(place)


async def on_mongo(database: Database) -> Kept:
    for name, models in store.INDEXES.items():
        await database[name].create_indexes(list(models))
    return Kept(records_in(database), Transaction(database))


async def test_what_is_kept_is_what_is_read(kept: Kept) -> None:
    entities: list[Any] = [
        _full_candidate(),
        _full_engagement(),
        _full_match(),
        _opportunity("declined"),
    ]

    await kept.keep(*entities)

    records = kept.records
    kinds: tuple[Any, ...] = (
        records.candidates,
        records.engagements,
        records.matches,
        records.opportunities,
    )
    read = [await kind.get(entity.id) for kind, entity in zip(kinds, entities, strict=True)]
    assert read == [replace(entity, version=1) for entity in entities]


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

    eligible = {each.id for each in pool if is_eligible(each, engagement)}
    left, _ = narrowed(field.candidates, engagement, asked_before=())
    expected = await _in_memory(pool, engagement)
    assert eligible
    assert {each.id for each in left} == eligible
    assert len(left) == len(eligible)
    assert field.steps == expected


async def test_only_open_engagements_that_are_short_still_want_people(kept: Kept) -> None:
    short = an_engagement(short=True)
    others = [
        an_engagement(),
        an_engagement(short=True, open=False),
        an_engagement(short=True, hub="lambeth"),
    ]
    await kept.keep(short, *others)

    [found] = await kept.records.engagements.still_short("west-london")

    assert found.id == short.id


async def test_a_match_is_found_by_whom_it_names(kept: Kept) -> None:
    match = _full_match()
    await kept.keep(match, replace(match, id="other", panel=(), reserves=()))

    for person in ("p1", "p2"):
        [found] = await kept.records.matches.naming(person)
        assert found.id == match.id
    assert await kept.records.matches.naming("p3") == []


async def test_an_opportunity_is_over_once_it_was_turned_down_or_passed(kept: Kept) -> None:
    await kept.keep(
        *(_opportunity(each) for each in ("declined", "withdrawn", "expired", "accepted"))
    )

    over = await kept.records.opportunities.over_for("e1")

    assert set(over) == {"of declined", "of withdrawn", "of expired"}


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

    eligible = sum(is_eligible(each, engagement) for each in many + few)
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


def _full_candidate() -> Candidate:
    return a_candidate(
        "c1",
        languages=("en", "so"),
        lived_experience=("carer",),
        slots=(Slot(2, 540, 720),),
        away=(Stretch(WINDOW.start, WINDOW.start + timedelta(days=3)),),
        excluded_partners=("A trust",),
        excluded_sites=("HA90FJ",),
        monitoring={"sex": "female"},
        reach=reach_around(520_000, 185_000, 12.5),
    )


def _full_engagement() -> Engagement:
    return an_engagement(
        short=True,
        automatic=True,
        site=VENUE,
        any_of=("carer",),
        all_of=("discharge",),
        age_min=18,
        age_max=30,
        boroughs=("Brent",),
        languages=("so",),
        quotas=quotas(sex={"female": (1, 2)}),
    )


def _full_match() -> Match:
    return Match(
        id="m1",
        hub="west-london",
        engagement_id="e1",
        engagement_reference="E-1",
        title="Leaving hospital",
        partner="A trust",
        status=Status.SHORT,
        places=2,
        seed=2**32 - 1,
        eligible=3,
        steps=(Step("consent and hub", 4),),
        panel=(Member("p1", "ref-1", 0.25, ("lives in Brent",), {"sex": "female"}),),
        reserves=(Member("p2", "ref-2", 1.0),),
        quotas=(QuotaFit("sex", "female", 1, 2, 1),),
        unmet=(Shortfall("places", "", 2, 1, "2 people are wanted and 1 are eligible."),),
    )


def _opportunity(answer: str) -> Opportunity:
    return Opportunity(f"i-{answer}", "e1", f"of {answer}", answer, 2)
