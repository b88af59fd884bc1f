"""What is looked for is found alike on fake and MongoDB, and there by an index alone."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from services.console.ports import Asked, EngagementView, PersonView, View
from services.console.ports.search import words_in, written
from services.console.store.search import make_findable
from shared.contracts.engagements import EngagementPublished, EngagementUpdated
from shared.contracts.matches import MatchProposed
from shared.contracts.participants import ParticipantErased, ParticipantRegistered
from shared.contracts.sessions import SessionAnnounced
from shared.mongo import Database
from tests.builders.console_knowledge import Subject, on_mongo
from tests.builders.events import an_event

HUBS = ("west-london",)


def titled(title: str, **fields: Any) -> EngagementPublished:
    data = {"engagement_id": uuid4(), "title": title, "reference": "R", "partner": "P"}
    envelope = {"hub": fields.pop("hub", "west-london")}
    return an_event(EngagementPublished, data={**data, **fields}, **envelope)


def called(*references: str, hub: str = "west-london") -> ParticipantRegistered:
    named = [{"publisher": f"p{at}", "reference": each} for at, each in enumerate(references)]
    data = {"participant_id": uuid4(), "references": named}
    return an_event(ParticipantRegistered, hub=hub, data=data)


async def titles(subject: Subject, text: str, hubs: tuple[str, ...] = HUBS) -> set[str]:
    asked = Asked(hubs=hubs, words=words_in(text))
    listed = await subject.known.engagements.listed(asked)
    assert await subject.known.engagements.how_many(asked) == len(listed)
    return {each.state.title for each in listed}


async def references(subject: Subject, text: str, hubs: tuple[str, ...] = HUBS) -> list[str]:
    people, beginning = subject.known.people, written(text)
    found = await people.called_like(beginning, hubs, limit=9)
    assert await people.how_many_called_like(beginning, hubs, at_most=9) == len(found)
    return [each.reference for each in found]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("crisis", {"A crisis line", "Crisis-Café (West)"}),
        ("LINE cri", {"A crisis line"}),
        ("cafe", {"Crisis-Café (West)"}),
        ("west", {"Crisis-Café (West)"}),
        ("(west)", {"Crisis-Café (West)"}),
        ("isis", set()),
        ("cris.*", set()),
        ("^crisis", set()),
        ("straße", {"Auf der Strasse"}),
        ("trust", {"Auf der Strasse"}),
        ("014", {"Auf der Strasse"}),
        ("nwl-2026", {"Auf der Strasse"}),
    ],
)
async def test_each_word_is_the_beginning_of_one_and_signs_stand_for_themselves(
    subject: Subject, text: str, found: set[str]
) -> None:
    await subject.hear(
        titled("A crisis line"),
        titled("Crisis-Café (West)"),
        titled("Auf der Strasse", reference="NWL-2026-014", partner="A Trust"),
    )

    assert await titles(subject, text) == found


async def test_what_is_looked_for_is_of_the_hubs_asked_for_and_as_it_is_now(
    subject: Subject,
) -> None:
    here, there = titled("A crisis line"), titled("Crisis there", hub="lambeth")
    await subject.hear(here, there)
    renamed = here.data.model_dump(mode="json") | {"title": "Discharge"}
    await subject.hear(an_event(EngagementUpdated, data=renamed, sequence=here.sequence + 1))

    assert await titles(subject, "crisis") == set()
    assert await titles(subject, "discharge") == {"Discharge"}
    assert await titles(subject, "crisis", ("lambeth", "west-london")) == {"Crisis there"}


async def test_matches_and_sessions_are_found_by_their_engagement_and_no_person(
    subject: Subject,
) -> None:
    match, session = an_event(MatchProposed), an_event(SessionAnnounced)
    await subject.hear(match, session)
    known, someone = subject.known, match.data.panel[0].participant_reference

    def asked(text: str) -> Asked:
        return Asked(hubs=HUBS, words=words_in(text))

    assert len(await known.matches.listed(asked(match.data.title))) == 1
    assert len(await known.sessions.listed(asked(session.data.engagement_reference))) == 1
    assert session.data.venue is not None
    assert len(await known.sessions.listed(asked(session.data.venue.name))) == 1
    assert await known.matches.listed(asked(someone)) == []
    assert await known.sessions.listed(asked(someone)) == []


async def test_people_are_found_by_the_beginning_of_any_reference_in_its_order(
    subject: Subject,
) -> None:
    first, second, gone = called("NWL-2", "x 1"), called("nwl-1"), called("NWL-3")
    await subject.hear(first, second, gone, called("NWL-4", hub="lambeth"), called("Other"))
    await subject.hear(
        an_event(ParticipantErased, data={"participant_id": gone.data.participant_id}, sequence=9)
    )

    assert await references(subject, "NWL-") == ["nwl-1", "NWL-2"]
    assert await references(subject, "X  1") == ["NWL-2"]
    assert await references(subject, "1") == []
    assert await references(subject, "nwl.") == []
    assert await references(subject, "erased") == []
    assert await references(subject, "nwl-4", ("lambeth", "west-london")) == ["NWL-4"]


async def test_people_found_are_cut_into_pages(subject: Subject) -> None:
    await subject.hear(*(called(f"N-{number}") for number in range(5)))
    people = subject.known.people

    pages = [await people.called_like("n-", HUBS, limit=2, skip=skip) for skip in (0, 2, 4)]

    assert [each.reference for page in pages for each in page] == [f"N-{at}" for at in range(5)]
    assert await people.how_many_called_like("n-", HUBS, at_most=3) == 3


async def test_what_was_kept_before_it_could_be_found_is_found_after_it_was_seen_to(
    database: Database,
) -> None:
    subject = await on_mongo(database)
    await subject.hear(titled("A crisis line"), called("NWL-1"))
    for name in ("engagements", "people"):
        await database[name].update_many({}, {"$unset": {"search": ""}})
    before = (await titles(subject, "crisis"), await references(subject, "nwl"))

    kinds: Mapping[str, type[View]] = {"engagements": EngagementView, "people": PersonView}
    for name, kind in kinds.items():
        await make_findable(database, name, kind)

    assert before == (set(), [])
    assert await titles(subject, "crisis") == {"A crisis line"}
    [person] = await subject.known.people.called_like("nwl", HUBS, limit=9)
    kept = await subject.known.people.get(person.id)
    assert kept == replace(person, version=1)


async def test_no_search_reads_what_it_does_not_find(database: Database) -> None:
    subject = await on_mongo(database)
    await subject.hear(*(called(f"N-{number}") for number in range(40)), called("Z"))
    await subject.hear(*(titled(f"Crossing {number}") for number in range(40)), titled("Zebra"))
    commands = []
    for name, words in (("people", "z"), ("engagements", "zeb")):
        query = {
            "hub": {"$in": list(HUBS)},
            "$and": [{"search": {"$elemMatch": {"$gte": words, "$lt": words + "\U0010ffff"}}}],
        }
        commands.append({"find": name, "filter": query, "hint": "search"})

    read = [
        (await database.command("explain", each, verbosity="executionStats"))["executionStats"]
        for each in commands
    ]

    assert [each["totalDocsExamined"] for each in read] == [1, 1]
