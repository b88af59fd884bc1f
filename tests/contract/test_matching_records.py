"""Matching's records keep their word in memory and on MongoDB."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.matching.domain.attendance import Attendance
from services.matching.domain.candidates import Candidate, Slot, Stretch, reach_around
from services.matching.domain.chances import Draw, Evenness, Had
from services.matching.domain.eligibility import Step
from services.matching.domain.engagements import Engagement, Session
from services.matching.domain.matches import Followed, Match, Member, Opportunity, QuotaFit, Status
from services.matching.domain.staff_changes import Change, StaffChange
from services.matching.store import records
from shared.mongo import Database
from shared.sortition.relaxation import Shortfall
from tests.builders.exclusions import digests
from tests.builders.matching import VENUE, WINDOW, a_candidate, an_engagement, later, quotas
from tests.builders.matching_records import Kept, in_memory, on_mongo


@pytest.fixture
async def kept(place: Database | None) -> Kept:
    return in_memory() if place is None else await on_mongo(place)


async def test_what_is_kept_is_what_is_read(kept: Kept) -> None:
    entities: list[Any] = [
        _full_candidate(),
        _full_engagement(),
        _full_match(),
        _opportunity("declined"),
        _full_draw(),
        _staff_change(),
        Attendance("s1", 3, {"p1": True, "p2": False}),
    ]

    await kept.keep(*entities)

    all_kept = kept.records
    kinds: tuple[Any, ...] = (
        all_kept.candidates,
        all_kept.engagements,
        all_kept.matches,
        all_kept.opportunities,
        all_kept.draws,
        all_kept.changes,
        all_kept.attendances,
    )
    read = [await kind.get(entity.id) for kind, entity in zip(kinds, entities, strict=True)]
    assert read == [replace(entity, version=1) for entity in entities]


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


async def test_engagements_that_still_want_people_are_told_as_they_are_now(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "REMEMBERED_SECONDS", 0.0)
    met, changed, same = (an_engagement(short=True) for _ in range(3))
    await kept.keep(met, changed, same)
    await kept.records.engagements.still_short("west-london")
    await kept.keep(
        replace(met, short=False, version=1), replace(changed, title="Coming home", version=1)
    )

    found = await kept.records.engagements.still_short("west-london")

    assert {each.id: (each.title, each.version) for each in found} == {
        changed.id: ("Coming home", 2),
        same.id: (same.title, 1),
    }


async def test_a_match_is_found_by_whom_it_names(kept: Kept) -> None:
    match = _full_match()
    await kept.keep(match, replace(match, id="other", panel=(), reserves=()))

    found = await asyncio.gather(*map(kept.records.matches.naming, ("p1", "p2", "p3")))
    assert [[each.id for each in some] for some in found] == [[match.id], [match.id], []]


async def test_the_opportunities_of_an_engagement_are_found(kept: Kept) -> None:
    other = replace(_opportunity("expired"), engagement_id="e2")
    await kept.keep(_opportunity("declined"), _opportunity("accepted"), other)

    found = await kept.records.opportunities.of_engagement("e1")

    assert {each.answer for each in found} == {"declined", "accepted"}


async def test_the_opportunities_of_a_session_are_found(kept: Kept) -> None:
    invited = replace(_opportunity("accepted"), sessions=("s1", "s2"))
    await kept.keep(invited, replace(_opportunity("declined"), sessions=("s3",)))

    found = await kept.records.opportunities.of_session("s2")

    assert [each.id for each in found] == [invited.id]


async def test_what_happened_lately_in_a_hub_is_found(kept: Kept) -> None:
    since = WINDOW.start
    lately = [replace(_opportunity(str(n)), until=since + timedelta(days=n)) for n in (0, 9)]
    before = replace(_opportunity("before"), until=since - timedelta(days=1))
    elsewhere = replace(_opportunity("elsewhere"), until=since, hub="lambeth")
    await kept.keep(*lately, before, elsewhere, Opportunity("old", "e1", "p1", "declined", 1))

    found = await kept.records.opportunities.lately("west-london", since)

    assert {each.id for each in found} == {each.id for each in lately}


async def test_the_draws_of_a_match_are_found(kept: Kept) -> None:
    await kept.keep(_full_draw(), replace(_full_draw(), id="d2", match_id="m2"))

    assert [each.id for each in await kept.records.draws.of_match("m1")] == ["d1"]
    assert await kept.records.draws.being_noted("west-london")
    assert not await kept.records.draws.being_noted("lambeth")


def _full_draw() -> Draw:
    types = ((0.25, 2), (0.5, 1))
    return Draw("d1", "west-london", "m1", later(60), "packed", types, "ids", taken=True, noted=1)


async def test_what_staff_want_is_found_by_engagement_and_by_person(kept: Kept) -> None:
    mine = _staff_change()
    other = replace(mine, id="other", engagement_id="e2", participant_id="p2")
    await kept.keep(mine, other)

    for_one = await kept.records.changes.of_engagement("e1")
    of_another = await kept.records.changes.of_person("p2")

    assert [each.id for each in for_one] == [mine.id]
    assert [each.id for each in of_another] == ["other"]


async def test_what_somebody_stays_away_from_is_read_as_digests_where_it_lies_in_words(
    database: Database,
) -> None:
    there = (await on_mongo(database)).records
    put = there.candidates.keep(a_candidate("c1"))
    before = {name: each for name, each in put.document.items() if name != "avoids"}
    words = {"excluded_partners": ["A trust"], "excluded_sites": ["HA90FJ"]}
    await database["candidates"].insert_one({**before, **words, "_id": "c1", "version": 1})

    found = await there.candidates.get("c1")
    [in_field] = (await there.candidates.field_for(an_engagement())).candidates

    assert found is not None
    assert found.avoids == in_field.avoids == _full_candidate().avoids
    assert "A trust" not in str(there.candidates.keep(found).document)


def _full_candidate() -> Candidate:
    return a_candidate(
        "c1",
        languages=("en", "so"),
        lived_experience=("carer",),
        slots=(Slot(2, 540, 720),),
        away=(Stretch(WINDOW.start, WINDOW.start + timedelta(days=3)),),
        avoids=digests(partners=("A trust",), sites=("HA90FJ",)),
        monitoring={"sex": "female"},
        one_paid_activity_a_week=True,
        had=Had(1.25, later(60)),
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
        paid=True,
        sessions=(Session("s1", 3, 1, later(60), later(30)), Session("s2", 2, 0, None, None)),
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
        reserves=(Member("p2", "ref-2", 0.0, by_staff=True, asked_again=1),),
        quotas=(QuotaFit("sex", "female", 1, 2, 1, population_share=0.5, raised_times=2),),
        unmet=(Shortfall("places", "", 2, 1, "2 people are wanted and 1 is eligible."),),
        evenness=Evenness(0.25, 0.2, 0.1, 0.24),
        draw_id="d1",
        followed=(Followed("p2", 3),),
        told=7,
    )


def _opportunity(answer: str) -> Opportunity:
    return Opportunity(
        f"i-{answer}",
        "e1",
        f"of {answer}",
        answer,
        2,
        hub="west-london",
        asked_at=later(60),
        starts_on=WINDOW.start,
        ends_on=WINDOW.end,
        paid=True,
        until=WINDOW.end,
        asked=2,
    )


def _staff_change() -> StaffChange:
    return StaffChange("c1", "e1", "p1", Change.ASK_AGAIN, asked=1, sequence=2)


ADDED = {
    "candidates": {"had", "erased", "one_paid_activity_a_week"},
    "engagements": {"secret", "paid", "over_representation"},
    "matches": {"cause", "draw_id", "evenness", "followed"},
    "opportunities": {
        *("hub", "asked", "asked_at", "starts_on", "ends_on", "paid", "until"),
        *("sessions", "took_part"),
    },
}
"""What was not kept in the first version."""


async def test_what_an_earlier_version_kept_is_read(database: Database) -> None:
    kept = (await on_mongo(database)).records
    found: list[tuple[Any, Any]] = [
        (kept.candidates, _full_candidate()),
        (kept.engagements, _full_engagement()),
        (kept.matches, _full_match()),
        (kept.opportunities, _opportunity("declined")),
    ]

    for kind, entity in found:
        put = kind.keep(entity)
        before = {k: v for k, v in put.document.items() if k not in ADDED[put.collection]}
        assert before.keys() | ADDED[put.collection] == put.document.keys()
        await database[put.collection].insert_one({**before, "_id": put.id, "version": 1})

    read = [await kind.get(entity.id) for kind, entity in found]
    assert [each.id for each in read] == [entity.id for _, entity in found]
