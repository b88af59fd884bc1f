"""Previews come back until their day is over, and films as they were supplied."""

from dataclasses import replace
from datetime import timedelta

from services.console.ports import PreviewView
from shared.changes import Changes
from shared.contracts.previews import FilmSupplied, PreviewRendered, PreviewRequested
from shared.mongo import Database
from tests.builders.console import BEFORE_THE_SAMPLES_END
from tests.builders.console_knowledge import Subject, on_mongo
from tests.builders.events import an_event


def a_preview_asked(name: str = "p-1") -> PreviewView:
    wanted = an_event(PreviewRequested).data
    return PreviewView(
        id=name,
        hub="west-london",
        asked_by="amina",
        asked_at=BEFORE_THE_SAMPLES_END,
        wanted=wanted,
    )


async def test_a_preview_is_kept_until_it_is_written_and_after(subject: Subject) -> None:
    event = an_event(PreviewRendered)
    previews, asked = subject.known.previews, a_preview_asked(event.subject)
    await subject.commit(Changes((previews.keep(asked),)))

    before = await previews.get(event.subject)
    await subject.hear(event)

    assert before == replace(asked, version=1)
    assert await previews.get(event.subject) == replace(asked, rendered=event.data, version=2)


async def test_a_preview_goes_after_a_day_by_itself(database: Database) -> None:
    subject = await on_mongo(database)

    await subject.commit(Changes((subject.known.previews.keep(a_preview_asked()),)))

    indexes = await database["previews"].index_information()
    stored = await database["previews"].find_one({})
    assert indexes["goes_at_1"]["expireAfterSeconds"] == 0
    assert stored is not None
    assert stored["goes_at"] == BEFORE_THE_SAMPLES_END + timedelta(days=1)


async def test_a_film_comes_back_as_it_was_supplied(subject: Subject) -> None:
    event = an_event(FilmSupplied)

    await subject.hear(event)

    film = await subject.known.films.get(event.subject)
    assert film is not None
    assert (film.state, film.sequence) == (event.data, event.sequence)
