"""Which chance people had: kept as matching tells it, shown as odds, gone with the person."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from services.console.api.rendering import _templates
from services.console.queries.chances import chances_of
from shared.contracts.draws import MatchChancesRemembered
from shared.contracts.participants import (
    ParticipantErased,
    ParticipantLeft,
    ParticipantRegistered,
    ParticipantUpdated,
)
from tests.builders.console import ConsoleInMemory
from tests.builders.events import an_event

WHO = UUID("a2ac77fd-36c6-4c2a-b238-f89b35daa570")
OTHER = UUID("3e0d8f57-5c62-4f1a-8f6e-7f2a1c9b4d80")
DRAWN = datetime(2026, 11, 16, 11, 2, tzinfo=UTC)


def remembered(who: UUID = WHO, *, days: int = 0, **person: Any) -> MatchChancesRemembered:
    """Tell the chance of one person in a draw of its own."""
    had = {"participant_id": who, "chance": 0.125, "drawn_as": "not_drawn", **person}
    data = {"draw_id": uuid4(), "drawn_at": DRAWN + timedelta(days=days), "chances": [had]}
    return an_event(MatchChancesRemembered, data=data, subject=str(uuid4()))


def of_person(kind: type[Any], who: UUID = WHO, *, sequence: int = 1, **data: Any) -> Any:
    return an_event(kind, data={"participant_id": who, **data}, subject=str(who), sequence=sequence)


def shown(rows: Any, **options: Any) -> str:
    """The rows as a page has them, without its markup's white space."""
    macro = _templates().get_template("parts.html").module.chances_table  # type: ignore[attr-defined]
    return " ".join(str(macro(rows, **options)).split())


async def test_each_draw_that_a_person_was_in_is_there_with_chance_and_outcome() -> None:
    console = ConsoleInMemory()
    told = an_event(MatchChancesRemembered)

    await console.hear(told, remembered(days=1))

    newest, first = await chances_of(str(WHO), console.stored.known)
    assert newest.drawn_at > first.drawn_at
    assert (first.title, first.partner, first.hub) == (told.data.title, told.data.partner, told.hub)
    assert (first.chance, first.drawn_as) == (0.0952, "panel")
    assert first.draw_id == str(told.data.draw_id)
    [other] = await chances_of(str(OTHER), console.stored.known)
    assert other.drawn_as == "not_drawn"


async def test_what_is_told_again_is_there_once() -> None:
    console = ConsoleInMemory()
    told = an_event(MatchChancesRemembered)

    await console.hear(told, told.model_copy(update={"id": str(uuid4())}))

    assert len(await chances_of(str(WHO), console.stored.known)) == 1


async def test_chances_are_gone_with_the_person_and_what_comes_late_is_not_kept() -> None:
    console = ConsoleInMemory()
    told = an_event(MatchChancesRemembered)
    await console.hear(told)

    await console.hear(of_person(ParticipantErased, sequence=9), remembered())

    kept = console.stored.known.chances.entities.values()  # type: ignore[attr-defined]
    assert {row.participant_id for row in kept} == {
        str(each.participant_id) for each in told.data.chances if each.participant_id != WHO
    }


async def test_what_was_read_before_an_erasure_and_kept_after_it_goes_at_the_second_look() -> None:
    console = ConsoleInMemory()
    late = remembered()
    changes = await console.handlers._of_event[late.TYPE](late)
    await console.hear(of_person(ParticipantErased, sequence=9))
    console.stored.commit(changes)

    console.clock.pass_by(timedelta(minutes=2))
    await console.do_what_is_due()

    assert await console.stored.known.chances.about_person(str(WHO)) == []


async def test_of_who_left_nothing_is_shown_until_they_come_back() -> None:
    console = ConsoleInMemory()
    await console.hear(of_person(ParticipantRegistered), remembered())

    await console.hear(of_person(ParticipantLeft, sequence=2, status="left"), remembered())
    away = await chances_of(str(WHO), console.stored.known)
    await console.hear(of_person(ParticipantUpdated, sequence=3))

    assert away == []
    assert len(await chances_of(str(WHO), console.stored.known)) == 2


async def test_the_table_says_odds_in_words_and_leads_only_staff_further() -> None:
    console = ConsoleInMemory()
    await console.hear(
        remembered(),
        remembered(days=1, chance=1.0, drawn_as="panel"),
        remembered(days=2, chance=0.0004, drawn_as="reserve"),
    )
    rows = await chances_of(str(WHO), console.stored.known)

    theirs, of_staff = shown(rows), shown(rows, linked=True)

    for said in ("12 in 100", "1 in 2,500", "Sure to be drawn", "Reserve", "Not drawn"):
        assert said in theirs
    assert "Monday 16 November 2026" in theirs
    assert "href" not in theirs
    assert f'href="/draws/{rows[0].draw_id}"' in of_staff
    assert f'href="/engagements/{rows[0].engagement_id}"' in of_staff
